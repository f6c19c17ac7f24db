"""Accounts at the centre's desk: money in, budgets, credit lines, credits for availability."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection

from zhisuan.access import records as access
from zhisuan.access.tenant import Caller
from zhisuan.compute.supply import records as supply
from zhisuan.compute.supply.interval import CORES, Kind, supplied
from zhisuan.core.clock import Instant
from zhisuan.core.errors import Conflict
from zhisuan.core.money import MicroYuan, to_yuan
from zhisuan.ledger.accounts.budget import Budget
from zhisuan.ledger.accounts.ladder import Standing, data_kept_until
from zhisuan.ledger.accounts.sla import Availability, credit
from zhisuan.ledger.invoicing import records as invoicing
from zhisuan.ledger.invoicing.invoice import span_of
from zhisuan.services.centre import Centre

_SLA_NOTE = "availability"
_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Account:
    """A tenant's account as it stands.

    Attributes:
        available: what may be spent without credit.
        credit: by how much it may be in debt besides.
        kept_until: until when data and results are certainly kept, once work was ended.
    """

    tenant: str
    available: MicroYuan
    held: MicroYuan
    credit: MicroYuan
    standing: Standing
    kept_until: Instant | None
    budgets: Sequence[Budget]


def account(centre: Centre, connection: Connection, tenant: str) -> Account:
    """A tenant's account.

    Raises:
        NotFound: it has none.
    """
    ledger = centre.ledger
    free, held = ledger.balance(connection, tenant)
    standing = ledger.accounts.standing(connection, tenant)
    return Account(
        tenant,
        free,
        held,
        ledger.accounts.credit(connection, tenant),
        standing,
        data_kept_until(standing, ledger.accounts.business.ladder),
        ledger.accounts.budgets(connection, tenant, ledger.zone),
    )


def pay_in(
    centre: Centre,
    connection: Connection,
    who: Caller,
    tenant: str,
    amount: MicroYuan,
    note: str,
) -> Account:
    """Enter money that a tenant paid; it leads an account that ran dry back to the top.

    Raises:
        NotFound: there is no such tenant.
    """
    centre.ledger.deposit(connection, tenant, amount, note)
    facts = {"yuan": str(to_yuan(amount)), "note": note}
    access.audit(connection, who, "account.deposit", tenant, facts, centre.clock.now())
    centre.ledger.accounts.review(connection)
    return account(centre, connection, tenant)


def set_credit(
    centre: Centre, connection: Connection, who: Caller, tenant: str, most: MicroYuan
) -> Account:
    """Let a tenant pay afterwards, up to so much; 0 asks for money first.

    Raises:
        NotFound: there is no such tenant.
        Conflict: it owes more than that already.
    """
    before = account(centre, connection, tenant)
    if before.available < -most:
        raise Conflict(
            f"The account is {to_yuan(MicroYuan(-before.available))} yuan in debt.",
            hint="Enter what was paid first, or allow more credit.",
        )
    centre.ledger.accounts.set_credit(connection, tenant, most)
    access.audit(
        connection,
        who,
        "account.credit",
        tenant,
        {"credit_yuan": str(to_yuan(most))},
        centre.clock.now(),
        before={"credit_yuan": str(to_yuan(before.credit))},
    )
    centre.ledger.accounts.review(connection)
    return account(centre, connection, tenant)


def set_budget(
    centre: Centre,
    connection: Connection,
    who: Caller,
    project: str,
    most: MicroYuan | None,
) -> Account:
    """Give one's tenant, or one of its projects, the most it may spend in a month.

    Args:
        centre: where.
        connection: of a write.
        who: a manager of the tenant.
        project: an id or a name; empty for the tenant as a whole.
        most: micro-yuan; None takes the budget away.

    Raises:
        NotFound: the tenant has no such project.
    """
    ledger = centre.ledger
    if project:
        project = access.project(connection, who.tenant, project).project_id
    had = {b.project: b.limit for b in ledger.accounts.budgets(connection, who.tenant, ledger.zone)}
    ledger.accounts.set_budget(connection, who.tenant, project, most, ledger.zone)
    access.audit(
        connection,
        who,
        "budget.set",
        project or who.tenant,
        {"month_yuan": None if most is None else str(to_yuan(most))},
        centre.clock.now(),
        before={"month_yuan": str(to_yuan(had[project])) if project in had else None},
    )
    return account(centre, connection, who.tenant)


@dataclass(frozen=True, slots=True)
class SlaMonth:
    """What a month's availability was, and what was credited for it.

    Attributes:
        availability: of what really exists; of cores where there are no devices.
        credits: tenant and what it was credited.
    """

    month: str
    availability: Availability
    credits: Sequence[tuple[str, MicroYuan]]


def credit_month(centre: Centre, connection: Connection, who: Caller, month: str) -> SlaMonth:
    """Credit every tenant for a month in which availability was less than promised; once.

    Raises:
        WrongInput: it is not written as a month.
        Conflict: the month is not over, or was credited before.
    """
    since, until = span_of(month, centre.ledger.zone)
    now = centre.clock.now()
    if now < until:
        raise Conflict(f"The month {month} ends at {until:%Y-%m-%d %H:%M}.", hint="Ask then.")
    note = f"{_SLA_NOTE} {month}"
    measured = availability(centre, connection, since, until)
    made: list[tuple[str, MicroYuan]] = []
    for tenant in access.every_tenant(connection):
        charges = list(invoicing.charges(connection, tenant.tenant_id, since, until))
        charged = MicroYuan(sum(charge.amount - voucher for charge, voucher in charges))
        owed = credit(centre.ledger.accounts.business, measured, charged)
        if not owed:
            continue
        later = invoicing.given_back(connection, tenant.tenant_id, until, now + _MOMENT)
        if any(each.note == note for each in later):
            raise Conflict(f"The month {month} was credited before.", hint="Nothing more is owed.")
        centre.ledger.credit(connection, tenant.tenant_id, owed, note)
        made.append((tenant.tenant_id, owed))
    facts = {"share": str(measured.share), "tenants": len(made)}
    access.audit(connection, who, "sla.credit", month, facts, now)
    return SlaMonth(month, measured, made)


def availability(
    centre: Centre, connection: Connection, since: Instant, until: Instant
) -> Availability:
    """How much of a span the real pool was available; time without a record is not."""
    there = supplied(supply.between(connection, since, until, centre.clock.now()), since, until)
    real = {kind: seconds for kind, seconds in there.installed.items() if not kind.simulated}
    cores = Kind(CORES, simulated=False)
    judged = [kind for kind in real if kind != cores] or [cores]
    installed = sum(real.get(kind, 0.0) for kind in judged)
    good = sum(there.available.get(kind, 0.0) for kind in judged)
    span = until - since
    bad = span * (1 - good / installed) if installed else span * 0
    return Availability(span, bad)
