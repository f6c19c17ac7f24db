"""Usage records, and what tenants used in each month where tiers count it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from pydantic import TypeAdapter
from sqlalchemy import Connection, bindparam, insert, select, update

from zhisuan.core.clock import Instant, format_instant
from zhisuan.ledger.rating import Counted
from zhisuan.ledger.tables import HOLD, MONTH, USAGE
from zhisuan.ledger.tariff import Category
from zhisuan.ledger.usage import UsageRecord

_USAGE = TypeAdapter(UsageRecord)
_GROW = (
    update(MONTH)
    .where(
        MONTH.c.tenant == bindparam("of"),
        MONTH.c.month == bindparam("during"),
        MONTH.c.kind == bindparam("what"),
    )
    .values(quantity=bindparam("grown"))
)


def usage(connection: Connection, jobs: Sequence[str]) -> dict[str, list[UsageRecord]]:
    """The jobs' usage records by job, in the order of their attempts."""
    rows = connection.execute(
        select(USAGE.c.job_id, USAGE.c.body)
        .where(USAGE.c.job_id.in_(jobs))
        .order_by(USAGE.c.job_id, USAGE.c.attempt)
    )
    found: dict[str, list[UsageRecord]] = {}
    for row in rows:
        found.setdefault(row.job_id, []).append(_USAGE.validate_json(row.body))
    return found


def usage_since(connection: Connection, since: Instant) -> Iterator[UsageRecord]:
    """Every usage record that began at or after an instant."""
    query = select(USAGE.c.body).where(USAGE.c.started_at >= format_instant(since))
    for body in connection.execute(query).scalars():
        yield _USAGE.validate_json(body)


def usage_between(
    connection: Connection, since: Instant, until: Instant
) -> Iterator[tuple[Category, UsageRecord]]:
    """Every usage record that began in a span, with its tenant's category, in their order."""
    query = (
        select(USAGE.c.body, HOLD.c.category)
        .outerjoin(HOLD, HOLD.c.job_id == USAGE.c.job_id)
        .where(USAGE.c.started_at >= format_instant(since))
        .where(USAGE.c.started_at < format_instant(until))
        .order_by(USAGE.c.seq)
    )
    for row in connection.execute(query):
        yield Category(row.category or Category.EXTERNAL), _USAGE.validate_json(row.body)


def months(connection: Connection, tenants: Iterable[str]) -> dict[str, dict[Counted, Decimal]]:
    """What tenants used in each month, where a tariff's tiers count it."""
    query = select(MONTH).where(MONTH.c.tenant.in_(set(tenants)))
    found: dict[str, dict[Counted, Decimal]] = {}
    for row in connection.execute(query):
        found.setdefault(row.tenant, {})[Counted(row.month, row.kind)] = Decimal(row.quantity)
    return found


def keep_months(
    connection: Connection,
    before: Mapping[str, Mapping[Counted, Decimal]],
    now: Mapping[str, Mapping[Counted, Decimal]],
) -> None:
    """Keep the quantities that changed; `before` is what has a row."""
    fresh: list[dict[str, str]] = []
    grown: list[dict[str, str]] = []
    for tenant, quantities in now.items():
        kept = before.get(tenant, {})
        for (month, kind), quantity in quantities.items():
            place = (tenant, month, kind, str(quantity))
            if (month, kind) not in kept:
                fresh.append(dict(zip(("tenant", "month", "kind", "quantity"), place, strict=True)))
            elif kept[Counted(month, kind)] != quantity:
                grown.append(dict(zip(("of", "during", "what", "grown"), place, strict=True)))
    if fresh:
        connection.execute(insert(MONTH), fresh)
    if grown:
        connection.execute(_GROW, grown)
