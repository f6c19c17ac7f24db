"""All SQL of invoices: what they are made from, and the invoices made."""

from collections.abc import Iterator

from pydantic import TypeAdapter
from sqlalchemy import Connection, func, insert, select

from zhisuan.core.chain import canonical
from zhisuan.core.clock import Instant, format_instant
from zhisuan.core.errors import NotFound
from zhisuan.core.money import NOTHING, MicroYuan
from zhisuan.ledger.account import Entry, Movement, available
from zhisuan.ledger.charge import Charge
from zhisuan.ledger.invoicing.invoice import Invoice
from zhisuan.ledger.tables import CHARGE, ENTRY, INVOICE

_CHARGE = TypeAdapter(Charge)
_ENTRY = TypeAdapter(Entry)
_INVOICE = TypeAdapter(Invoice)
_USED = "voucher:%:used"


def charges(
    connection: Connection, tenant: str, since: Instant, until: Instant
) -> Iterator[tuple[Charge, MicroYuan]]:
    """A tenant's charges settled in a span, in their order, with what vouchers paid of each."""
    settled = (
        CHARGE.c.tenant == tenant,
        CHARGE.c.settled_at >= format_instant(since),
        CHARGE.c.settled_at < format_instant(until),
    )
    paid = connection.execute(
        select(ENTRY.c.transaction_seq, ENTRY.c.amount)
        .join(CHARGE, CHARGE.c.job_id == ENTRY.c.job_id)
        .where(*settled, ENTRY.c.account.like(_USED))
    )
    by_transaction = {row.transaction_seq: MicroYuan(row.amount) for row in paid}
    bodies = connection.execute(select(CHARGE.c.body).where(*settled).order_by(CHARGE.c.seq))
    for body in bodies.scalars():
        charge = _CHARGE.validate_json(body)
        yield charge, by_transaction.get(charge.transaction_seq, NOTHING)


def given_back(
    connection: Connection, tenant: str, since: Instant, until: Instant
) -> Iterator[Entry]:
    """Refunds and credits of a tenant in a span, in their order."""
    first, last = _first_at(connection, since), _first_at(connection, until)
    kinds = [ENTRY.c.body.like(f'%"movement":"{kind}"%') for kind in _GIVING]
    query = select(ENTRY.c.body).where(
        ENTRY.c.account == available(tenant),
        ENTRY.c.seq >= first,
        ENTRY.c.seq < last,
        kinds[0] | kinds[1],
    )
    for body in connection.execute(query.order_by(ENTRY.c.seq)).scalars():
        entry = _ENTRY.validate_json(body)
        if entry.movement in _GIVING:  # and not a note that says so
            yield entry


_GIVING = (Movement.REFUND, Movement.CREDIT)


def _first_at(connection: Connection, at: Instant) -> int:
    """The place of the first entry at or after an instant: entries are in order of time."""
    low, high = 1, (connection.execute(select(func.max(ENTRY.c.seq))).scalar() or 0) + 1
    while low < high:
        middle = (low + high) // 2
        body = connection.execute(select(ENTRY.c.body).where(ENTRY.c.seq == middle)).scalar_one()
        if _ENTRY.validate_json(body).at < at:
            low = middle + 1
        else:
            high = middle
    return low


def next_number(connection: Connection) -> int:
    """The number the next invoice will have."""
    return (connection.execute(select(func.max(INVOICE.c.number))).scalar() or 0) + 1


def add(connection: Connection, invoice: Invoice) -> None:
    """Keep a new invoice."""
    connection.execute(
        insert(INVOICE),
        {
            "number": invoice.number,
            "tenant": invoice.tenant,
            "month": invoice.month,
            "made_at": format_instant(invoice.made_at),
            "total": invoice.total,
            "digest": invoice.digest,
            "body": canonical(invoice.body()).decode(),
        },
    )


def of_month(connection: Connection, month: str) -> dict[str, Invoice]:
    """The invoices of a month, by tenant."""
    query = select(INVOICE.c.tenant, INVOICE.c.body).where(INVOICE.c.month == month)
    return {row.tenant: _INVOICE.validate_json(row.body) for row in connection.execute(query)}


def without_invoice(connection: Connection, month: str, since: Instant, until: Instant) -> int:
    """How many tenants have charges of a month, whose span this is, and no invoice of it."""
    invoiced = select(INVOICE.c.tenant).where(INVOICE.c.month == month)
    query = select(func.count(CHARGE.c.tenant.distinct())).where(
        CHARGE.c.settled_at >= format_instant(since),
        CHARGE.c.settled_at < format_instant(until),
        CHARGE.c.tenant.not_in(invoiced),
    )
    return connection.execute(query).scalar() or 0


def get(connection: Connection, number: int, tenant: str | None) -> Invoice:
    """One invoice.

    Args:
        connection: of a transaction.
        number: its number.
        tenant: whose it must be; None for anybody's.

    Raises:
        NotFound: there is none, or it is another tenant's.
    """
    query = select(INVOICE.c.body).where(INVOICE.c.number == number)
    if tenant is not None:
        query = query.where(INVOICE.c.tenant == tenant)
    body = connection.execute(query).scalar()
    if body is None:
        raise NotFound(f"There is no invoice {number}.", hint="List the invoices.")
    return _INVOICE.validate_json(body)


def page(
    connection: Connection,
    tenant: str | None,
    *,
    month: str | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[Invoice]:
    """Invoices, newest first; `tenant` None for everybody's."""
    query = select(INVOICE.c.body).order_by(INVOICE.c.number.desc()).limit(limit)
    if tenant is not None:
        query = query.where(INVOICE.c.tenant == tenant)
    if month is not None:
        query = query.where(INVOICE.c.month == month)
    if before is not None:
        query = query.where(INVOICE.c.number < before)
    return [_INVOICE.validate_json(body) for body in connection.execute(query).scalars()]
