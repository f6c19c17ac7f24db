"""The desk: what each move does to a voucher and to the money, for whoever holds a transaction.

Every function locks the ledger first, so that of two approvals one sees what the other left of
the budget, and of two applications for one contract one sees the other.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection

from zhisuan.core.chain import canonical
from zhisuan.core.clock import Instant
from zhisuan.core.errors import Conflict, NotEligible, WrongInput
from zhisuan.core.identifiers import new_id
from zhisuan.core.money import MicroYuan, shown, to_yuan
from zhisuan.ledger import records as ledger
from zhisuan.ledger.voucher import money, records
from zhisuan.ledger.voucher.application import Application, Document, application_json
from zhisuan.ledger.voucher.programme import read_programme
from zhisuan.ledger.voucher.records import KeptProgramme
from zhisuan.ledger.voucher.rules import (
    Assessment,
    Refusal,
    Standing,
    assess,
    assess_redemption,
)
from zhisuan.ledger.voucher.voucher import (
    CENTRE,
    WHO,
    Actor,
    By,
    Move,
    Voucher,
    VoucherState,
    moved,
)


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody wants done with a voucher.

    Attributes:
        note: why, or by what paper; some moves need it.
        application: in the place of the one before, when submitting.
        contract: the number of the contract to bind to.
        documents: invoices and delivery records, when redeeming.
    """

    move: Move
    note: str = ""
    application: Application | None = None
    contract: str | None = None
    documents: tuple[Document, ...] = ()


@dataclass(frozen=True, slots=True)
class _Case:
    """Everything a move is decided on; `before` stands where it stood, `after` has moved."""

    connection: Connection
    kept: KeptProgramme
    before: Voucher
    after: Voucher
    order: Order
    who: Actor
    now: Instant


_Facts = Mapping[str, Any]


def add_programme(
    connection: Connection, text: str, budget: MicroYuan | None, now: Instant
) -> KeptProgramme:
    """Add a programme and open its budget; `budget` may be less than the programme's own.

    Raises:
        WrongInput: the text is no programme, it has no ratio, or the budget does not fit.
        Conflict: this version was added before.
    """
    programme = read_programme(text)
    if not programme.ratio:
        raise WrongInput(
            f"The programme {programme.slug} has no ratio yet.",
            hint="Copy its file and write in the issuer's [[ratio]].",
        )
    most = programme.caps.budget_yuan
    amount = most if budget is None else budget
    if not amount or (most is not None and amount > most):
        limit = "" if most is None else f" and at most {shown(most)}"
        raise WrongInput(f"A programme's budget is above zero{limit}.", hint="Give a budget.")
    ledger.lock(connection)
    for kept in records.programmes(connection, limit=10_000):
        if (kept.programme.slug, kept.programme.version) == (programme.slug, programme.version):
            raise Conflict(
                f"Version {programme.version} of {programme.slug} was added before.",
                hint="Give another version, or use the programme that is there.",
            )
    made = KeptProgramme(new_id("vpr"), programme, amount, now)
    records.add_programme(connection, made)
    money.fund(connection, made.programme_id, amount, now)
    return made


def draft(
    connection: Connection, tenant: str, application: Application, who: Actor, now: Instant
) -> Voucher:
    """A tenant's first draft of an application; nothing is asked for yet.

    Raises:
        NotFound: there is no such programme.
    """
    kept = records.programme(connection, application.programme)
    made = Voucher(
        voucher_id=new_id("vch"),
        programme_id=kept.programme_id,
        tenant=tenant,
        state=VoucherState.DRAFT,
        application=application,
        created_at=now,
        changed_at=now,
    )
    records.add(connection, made)
    records.append_move(connection, made, None, who, _said(application))
    return made


def assessed(connection: Connection, voucher: Voucher, now: Instant) -> Assessment:
    """What a voucher's application comes to as things stand.

    One that was submitted is judged by the day on which it was.
    """
    kept = records.programme(connection, voucher.programme_id)
    programme, application = kept.programme, voucher.application
    today = programme.day(voucher.changed_at if voucher.state is VoucherState.APPLIED else now)
    uses = records.contract_uses(connection, application.contract.key, voucher.voucher_id)
    here = {each for each in uses if _slug(connection, each) == programme.slug}
    firm = application.applicant.code.upper()
    standing = Standing(
        today=today,
        contract_taken=bool(here),
        contract_elsewhere=bool(uses - here),
        firm_year=records.firm_year(
            connection, programme.slug, firm, today.year, voucher.voucher_id
        ),
        budget_left=money.budget_of(connection, kept.programme_id)[0],
    )
    return assess(programme, application, standing)


def move(
    connection: Connection,
    tenant: str | None,
    voucher_id: str,
    order: Order,
    who: Actor,
    now: Instant,
) -> Voucher:
    """Make a move with a tenant's voucher, or (None) with anybody's.

    Vouchers of the programme whose time is over expire first.

    Raises:
        NotFound: there is none, or it is another tenant's.
        NotAllowed: this part never makes this move.
        IllegalTransition: it is not possible from where the voucher stands.
        NotEligible: rules of the programme are not met; the sentence names each.
        Conflict, WrongInput: what this move needs is not there.
    """
    ledger.lock(connection)
    before = records.voucher(connection, tenant, voucher_id)
    kept = records.programme(connection, before.programme_id)
    ended = [each.voucher_id for each in expire_due(connection, kept.programme_id, now)]
    before = records.voucher(connection, tenant, voucher_id)
    if voucher_id in ended and order.move in _ENDING and who.by in WHO[order.move]:
        return before
    after = moved(before, order.move, who.by, now)
    case = _Case(connection, kept, before, after, order, who, now)
    made, facts = _DOES.get(order.move, _plain)(case)
    records.save(connection, made)
    noted = {"note": order.note} if order.note else {}
    records.append_move(connection, made, order.move, who, {**facts, **noted})
    return made


def expire_due(connection: Connection, programme_id: str, now: Instant) -> list[Voucher]:
    """Give back to a programme's budget what vouchers hold whose time is over."""
    expired: list[Voucher] = []
    for voucher in records.overdue(connection, programme_id, now):
        after = moved(voucher, Move.EXPIRE, By.CENTRE, now)
        rest = money.give_back(connection, programme_id, voucher.voucher_id, now)
        made = replace(after, given_back=rest)
        records.save(connection, made)
        records.append_move(connection, made, Move.EXPIRE, CENTRE, {"given_back_yuan": _yuan(rest)})
        expired.append(made)
    return expired


def _plain(case: _Case) -> tuple[Voucher, _Facts]:
    return case.after, {}


def _submit(case: _Case) -> tuple[Voucher, _Facts]:
    application = case.order.application or case.before.application
    before = replace(case.before, application=application)
    named = records.programme(case.connection, application.programme)
    if named.programme_id != case.kept.programme_id:
        raise WrongInput(
            "A voucher stays under the programme it was drafted for.",
            hint="Make a new application for another programme.",
        )
    found = assessed(case.connection, before, case.now)
    _require_eligible(found.refusals)
    year = case.kept.programme.day(case.now).year
    facts = {**_said(application), "amount_yuan": _yuan(found.amount)}
    return replace(case.after, application=application, year=year), facts


def _approve(case: _Case) -> tuple[Voucher, _Facts]:
    found = assessed(case.connection, case.before, case.now)
    _require_eligible(found.refusals)
    programme, contract = case.kept.programme, case.before.application.contract
    last = min(contract.ends_on, programme.dates.redeem_to or contract.ends_on)
    expires_at = programme.end_of(last)
    if expires_at <= case.now:
        raise Conflict(
            f"The contract's service ended on {last}, so there is nothing left to pay for.",
            hint="Refuse the application.",
        )
    voucher_id = case.after.voucher_id
    money.set_aside(case.connection, case.kept.programme_id, voucher_id, found.amount, case.now)
    steps = [{"name": step.name, "yuan": _yuan(step.amount)} for step in found.steps]
    facts = {"granted_yuan": _yuan(found.amount), "steps": steps}
    return replace(case.after, granted=found.amount, expires_at=expires_at), facts


def _with_note(case: _Case) -> tuple[Voucher, _Facts]:
    _require_note(case)
    return case.after, {}


def _send_back(case: _Case) -> tuple[Voucher, _Facts]:
    _require_note(case)
    return replace(case.after, redeemed=MicroYuan(0), redeem_year=None), {}


def _bind(case: _Case) -> tuple[Voucher, _Facts]:
    contract = case.before.application.contract
    named = case.order.contract or ""
    if replace(contract, number=named).key != contract.key:
        raise Conflict(
            f"The voucher was issued for contract {contract.number}, not for {named or 'none'}.",
            hint="Bind it to the contract of its application.",
        )
    return replace(case.after, bound_at=case.now), {"contract": contract.number}


def _return_rest(case: _Case) -> tuple[Voucher, _Facts]:
    if case.order.move is Move.REVOKE:
        _require_note(case)
    if case.order.move is Move.EXPIRE:
        raise Conflict(
            f"The voucher runs until {case.before.expires_at:%Y-%m-%d %H:%M} UTC.",
            hint="Revoke it if there is a reason to.",
        )
    rest = money.give_back(case.connection, case.kept.programme_id, case.after.voucher_id, case.now)
    return replace(case.after, given_back=rest), {"given_back_yuan": _yuan(rest)}


def _request(case: _Case) -> tuple[Voucher, _Facts]:
    documents = case.order.documents
    used = money.purse(case.connection, case.after.voucher_id).used
    if not used:
        raise Conflict("The voucher paid for nothing, so there is nothing to redeem.")
    _require_eligible(_redeemable(case, documents, used))
    year = case.kept.programme.day(case.now).year
    made = replace(case.after, papers=documents, redeemed=used, redeem_year=year)
    return made, {"redeemed_yuan": _yuan(used), "papers": len(documents)}


def _verify(case: _Case) -> tuple[Voucher, _Facts]:
    approver = next(
        made["actor"]
        for made in reversed(records.moves(case.connection, case.after.voucher_id))
        if made["move"] == Move.APPROVE.value
    )
    if approver == case.who.key_id:
        raise Conflict(
            "Who approved a voucher does not verify its redemption.",
            hint="Let an auditor or another operator verify it.",
        )
    used = money.purse(case.connection, case.after.voucher_id).used
    if not used:
        raise Conflict("All that the voucher paid was refunded.", hint="Claw it back.")
    _require_eligible(_redeemable(case, case.before.papers, used))
    return replace(case.after, redeemed=used), {"redeemed_yuan": _yuan(used)}


def _pay(case: _Case) -> tuple[Voucher, _Facts]:
    _require_note(case)
    paid = money.pay_out(
        case.connection,
        case.kept.programme_id,
        case.after.voucher_id,
        case.now,
        case.order.note,
    )
    return replace(case.after, redeemed=paid), {"paid_yuan": _yuan(paid)}


def _claw_back(case: _Case) -> tuple[Voucher, _Facts]:
    _require_note(case)
    paid = case.before.redeemed if case.before.state is VoucherState.PAID else MicroYuan(0)
    owed = money.claw_back(
        case.connection, case.kept.programme_id, case.after.voucher_id, paid, case.now
    )
    made = replace(case.after, given_back=case.before.granted)
    return made, {"owed_yuan": _yuan(owed)}


_ENDING = frozenset({Move.EXPIRE, Move.CLOSE})
"""What has happened already when a voucher's time is over."""

_DOES: Mapping[Move, Callable[[_Case], tuple[Voucher, _Facts]]] = {
    Move.SUBMIT: _submit,
    Move.APPROVE: _approve,
    Move.RETURN: _send_back,
    Move.REFUSE: _with_note,
    Move.BIND: _bind,
    Move.CLOSE: _return_rest,
    Move.REQUEST: _request,
    Move.VERIFY: _verify,
    Move.PAY: _pay,
    Move.EXPIRE: _return_rest,
    Move.REVOKE: _return_rest,
    Move.CLAW_BACK: _claw_back,
}


def _redeemable(
    case: _Case, documents: tuple[Document, ...], used: MicroYuan
) -> tuple[Refusal, ...]:
    programme = case.kept.programme
    today = programme.day(case.now)
    firm = case.before.application.applicant.code.upper()
    voucher_id = case.before.voucher_id
    redeemed = records.firm_year_redeemed(
        case.connection, programme.slug, firm, today.year, voucher_id
    )
    jobs = records.jobs_paid(case.connection, voucher_id)
    charges = ledger.charges_of(case.connection, list(jobs))
    billed = MicroYuan(sum(charge.amount for charge in charges.values()))
    return assess_redemption(programme, documents, used, billed, redeemed, today)


def _require_eligible(refusals: tuple[Refusal, ...]) -> None:
    if refusals:
        told = " ".join(f"[{each.rule.value}] {each.en} {each.zh}" for each in refusals)
        raise NotEligible(told, hint="Correct what the rules name, then ask again.")


def _require_note(case: _Case) -> None:
    if not case.order.note:
        raise WrongInput(
            f"To {case.order.move.value.replace('_', ' ')} needs a note.",
            hint="Say why, or by what paper.",
        )


def _slug(connection: Connection, programme_id: str) -> str:
    return records.programme(connection, programme_id).programme.slug


def _said(application: Application) -> _Facts:
    """What stands in the chain of an application: enough to see that it was not changed."""
    told = application_json(application)
    return {"application_sha256": sha256(canonical(told)).hexdigest()}


def _yuan(amount: MicroYuan) -> str:
    return f"{to_yuan(amount):f}"
