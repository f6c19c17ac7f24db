"""Vouchers: who may make which move, and what is noted when one is made."""

from collections.abc import Mapping

from sqlalchemy import Connection

from zhisuan.access import records as access
from zhisuan.access.permission import Permission, may
from zhisuan.access.tenant import Caller
from zhisuan.core.errors import NotAllowed
from zhisuan.core.money import MicroYuan, to_yuan
from zhisuan.ledger.voucher import desk
from zhisuan.ledger.voucher.application import Application
from zhisuan.ledger.voucher.desk import Order
from zhisuan.ledger.voucher.records import KeptProgramme
from zhisuan.ledger.voucher.voucher import WHO, Actor, By, Move, Voucher
from zhisuan.ledger.voucher.voucher import may as possible
from zhisuan.services import records
from zhisuan.services.centre import Centre
from zhisuan.services.events import Event

_PARTS: Mapping[By, Permission] = {
    By.OPERATOR: Permission.OPERATE,
    By.FINANCE: Permission.VERIFY,
    By.TENANT: Permission.WORK,
}
"""What a part asks for; the first that a caller can play for a move is the one it plays."""


def part(caller: Caller, move: Move) -> Actor:
    """In which part a caller makes a move.

    Raises:
        NotAllowed: in none.
    """
    for by, permission in _PARTS.items():
        if by in WHO[move] and may(caller, permission):
            return Actor(by, caller.actor, caller.tenant)
    parts = " or ".join(sorted(WHO[move]))
    raise NotAllowed(
        f"To {move.value.replace('_', ' ')} a voucher is for the {parts}.",
        hint="Use a key of the right role.",
    )


def open_to(caller: Caller, voucher: Voucher) -> list[Move]:
    """The moves that a caller can make with a voucher as it stands."""
    own = voucher.tenant == caller.tenant
    parts = {
        by
        for by, permission in _PARTS.items()
        if may(caller, permission) and (own or by is not By.TENANT)
    }
    return [move for move in possible(voucher.state) if parts & WHO[move]]


def add_programme(
    centre: Centre, connection: Connection, who: Caller, text: str, budget: MicroYuan | None
) -> KeptProgramme:
    """Add a programme with its budget.

    Raises:
        WrongInput: the text is no programme, it has no ratio, or the budget does not fit.
        Conflict: this version was added before.
    """
    now = centre.clock.now()
    kept = desk.add_programme(connection, text, budget, now)
    facts = {
        "slug": kept.programme.slug,
        "version": kept.programme.version,
        "sha256": kept.programme.digest,
        "budget_yuan": str(to_yuan(kept.budget)),
    }
    access.audit(connection, who, "voucher_programme.added", kept.programme_id, facts, now)
    return kept


def apply(centre: Centre, connection: Connection, who: Caller, application: Application) -> Voucher:
    """Draft an application for the caller's tenant.

    Raises:
        NotFound: there is no such programme.
    """
    now = centre.clock.now()
    actor = Actor(By.TENANT, who.actor, who.tenant)
    made = desk.draft(connection, who.tenant, application, actor, now)
    facts = {"programme_id": made.programme_id}
    access.audit(connection, who, "voucher.drafted", made.voucher_id, facts, now)
    return made


def move(
    centre: Centre, connection: Connection, who: Caller, voucher_id: str, order: Order
) -> Voucher:
    """Make a move with a voucher: a tenant with its own, the centre's people with anybody's.

    Raises:
        NotAllowed: the caller never makes this move.
        NotFound, IllegalTransition, NotEligible, Conflict, WrongInput: see `desk.move`.
    """
    now = centre.clock.now()
    actor = part(who, order.move)
    tenant = who.tenant if actor.by is By.TENANT else None
    made = desk.move(connection, tenant, voucher_id, order, actor, now)
    facts = {"state": made.state.value, "by": actor.by.value, "note": order.note}
    access.audit(connection, who, f"voucher.{order.move.value}", voucher_id, facts, now)
    told = {"move": order.move.value, "state": made.state.value}
    records.append_events(connection, [Event(made.tenant, "voucher.moved", voucher_id, told, now)])
    return made
