"""Invoices: a month closed for every tenant, or a tenant's month as it stands."""

from datetime import timedelta

from sqlalchemy import Connection

from zhisuan.access import records as access
from zhisuan.access.tenant import Caller, Tenant
from zhisuan.core.clock import Instant
from zhisuan.core.errors import Conflict
from zhisuan.ledger.invoicing import records
from zhisuan.ledger.invoicing.invoice import Invoice, invoice, span_of
from zhisuan.services.centre import Centre

_LAST = timedelta(microseconds=1)
"""A month ends before the next begins, and so does the tariff that rounds it."""


def close_month(centre: Centre, connection: Connection, who: Caller, month: str) -> list[Invoice]:
    """Make the invoices of a month that is over; those made before stay as they are.

    Tenants of whom nothing was asked, and to whom nothing was given back, get none.

    Returns:
        All invoices of the month.

    Raises:
        WrongInput: it is not written as a month.
        Conflict: the month is not over.
    """
    since, until = span_of(month, centre.ledger.zone)
    now = centre.clock.now()
    if now < until:
        raise Conflict(
            f"The month {month} ends at {until:%Y-%m-%d %H:%M} ({centre.ledger.zone}).",
            hint="Until then a statement shows how it stands.",
        )
    made = records.of_month(connection, month)
    fresh = 0
    for tenant in access.every_tenant(connection):
        if tenant.tenant_id in made:
            continue
        number = records.next_number(connection)
        found = _of(centre, connection, tenant, month, (since, until), number)
        if found.items or found.adjustments:
            records.add(connection, found)
            made[tenant.tenant_id] = found
            fresh += 1
    if fresh:
        access.audit(connection, who, "month.close", month, {"invoices": fresh}, now)
    return sorted(made.values(), key=lambda each: each.number)


def statement(
    centre: Centre, connection: Connection, tenant: str, month: str | None = None
) -> Invoice:
    """A tenant's month as it stands, without a number; this month if none is named.

    Raises:
        WrongInput: it is not written as a month.
    """
    calendar = centre.ledger.tariff.calendar
    month = month or calendar.month(centre.clock.now())
    span = span_of(month, calendar.zone)
    return _of(centre, connection, access.tenant(connection, tenant), month, span, 0)


def _of(
    centre: Centre,
    connection: Connection,
    tenant: Tenant,
    month: str,
    span: tuple[Instant, Instant],
    number: int,
) -> Invoice:
    now = centre.clock.now()
    return invoice(
        number,
        (tenant.tenant_id, tenant.name),
        month,
        now,
        centre.ledger.tariffs.book.at(min(now, span[1] - _LAST)),
        records.charges(connection, tenant.tenant_id, *span),
        records.given_back(connection, tenant.tenant_id, *span),
    )
