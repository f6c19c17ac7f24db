"""All SQL of a month's export: the chained records word for word, and what they rest on."""

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, Table, and_, exists, func, or_, select

from zhisuan.core.chain import GENESIS
from zhisuan.core.clock import Instant, format_instant
from zhisuan.ledger.tables import CHARGE, ENTRY, HOLD, INVOICE, TARIFF, USAGE

_PAGE = 5_000


class Linked(NamedTuple):
    """A record of a chain.

    Attributes:
        seq: its place.
        body: the text that was hashed.
        hash: its link, 64 hex digits.
        previous: the link before it.
    """

    seq: int
    body: str
    hash: str
    previous: str


class Accepted(NamedTuple):
    """What was accepted for a job, in micro-yuan; see `charge.Hold`."""

    job_id: str
    tenant: str
    project: str | None
    quote_id: str
    amount: int
    shadow: int
    tariff_version: int
    price_class: str
    category: str
    at: str


def earliest_start(connection: Connection, since: Instant, until: Instant) -> str | None:
    """When the earliest attempt began of the jobs charged in a span; None if there are none."""
    query = select(func.min(USAGE.c.started_at)).join(CHARGE, CHARGE.c.job_id == USAGE.c.job_id)
    return connection.execute(query.where(*_settled(since, until))).scalar()


def charges(connection: Connection, since: Instant, until: Instant) -> Iterator[Linked]:
    """The charges settled in a span, in their order."""
    yield from _linked(connection, CHARGE, and_(*_settled(since, until)))


def usage(connection: Connection, since: Instant, until: Instant) -> Iterator[Linked]:
    """The usage records of the jobs charged in a span, in their order."""
    charged = exists().where(CHARGE.c.job_id == USAGE.c.job_id, *_settled(since, until))
    yield from _linked(connection, USAGE, charged)


def entries(connection: Connection, since: Instant, until: Instant) -> Iterator[Linked]:
    """What vouchers paid of the jobs charged in a span, and every refund and credit."""
    charged = exists().where(CHARGE.c.job_id == ENTRY.c.job_id, *_settled(since, until))
    given = [ENTRY.c.body.like(f'%"movement":"{kind}"%') for kind in ("refund", "credit")]
    of_tenants = and_(ENTRY.c.account.like("tenant:%:available"), or_(*given))
    by_vouchers = and_(ENTRY.c.account.like("voucher:%:used"), charged)
    yield from _linked(connection, ENTRY, or_(of_tenants, by_vouchers))


def accepted(connection: Connection, since: Instant, until: Instant) -> Iterator[Accepted]:
    """What was accepted for the jobs charged in a span, in the order of their charges."""
    query = (
        select(*(HOLD.c[name] for name in Accepted._fields))
        .join(CHARGE, CHARGE.c.job_id == HOLD.c.job_id)
        .where(*_settled(since, until))
        .order_by(CHARGE.c.seq)
    )
    for row in connection.execute(query.execution_options(yield_per=_PAGE)):
        yield Accepted(*row)


def invoices(connection: Connection, month: str) -> Iterator[tuple[str, str]]:
    """Body and digest of a month's invoices, one at a time."""
    numbers = select(INVOICE.c.number).where(INVOICE.c.month == month).order_by(INVOICE.c.number)
    for number in connection.execute(numbers).scalars().all():
        query = select(INVOICE.c.body, INVOICE.c.digest).where(INVOICE.c.number == number)
        row = connection.execute(query).one()
        yield row.body, row.digest


def tariffs(connection: Connection) -> dict[int, str]:
    """The text of every published version."""
    return {row.version: row.text for row in connection.execute(select(TARIFF))}


def _settled(since: Instant, until: Instant) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    first, end = format_instant(since), format_instant(until)
    return CHARGE.c.settled_at >= first, CHARGE.c.settled_at < end


def _linked(connection: Connection, table: Table, wanted: ColumnElement[bool]) -> Iterator[Linked]:
    before = table.alias()
    query = (
        select(table.c.seq, table.c.body, table.c.hash, before.c.hash.label("previous"))
        .outerjoin(before, before.c.seq == table.c.seq - 1)
        .where(wanted)
        .order_by(table.c.seq)
    )
    for row in connection.execute(query.execution_options(yield_per=_PAGE)):
        yield Linked(row.seq, row.body, row.hash, row.previous or GENESIS)
