"""Charges: what ended work cost."""

from collections.abc import Sequence

from pydantic import TypeAdapter
from sqlalchemy import Connection, func, select

from zhisuan.core.clock import Instant, format_instant
from zhisuan.core.money import MicroYuan
from zhisuan.ledger.charge import Charge
from zhisuan.ledger.tables import CHARGE

_CHARGE = TypeAdapter(Charge)


def charges_of(connection: Connection, jobs: Sequence[str]) -> dict[str, Charge]:
    """The charges of those jobs that have one."""
    rows = connection.execute(
        select(CHARGE.c.job_id, CHARGE.c.body).where(CHARGE.c.job_id.in_(jobs))
    )
    return {row.job_id: _CHARGE.validate_json(row.body) for row in rows}


def charged(connection: Connection, jobs: Sequence[str]) -> dict[str, MicroYuan]:
    """What the jobs were charged that have been, by job."""
    query = select(CHARGE.c.job_id, CHARGE.c.amount).where(CHARGE.c.job_id.in_(jobs))
    return {row.job_id: MicroYuan(row.amount) for row in connection.execute(query)}


def charged_since(connection: Connection, since: Instant) -> MicroYuan:
    """What all tenants were charged since an instant."""
    query = select(func.sum(CHARGE.c.amount)).where(CHARGE.c.settled_at >= format_instant(since))
    return MicroYuan(int(connection.execute(query).scalar() or 0))


def charges(
    connection: Connection, tenant: str, before: int | None, limit: int
) -> tuple[Charge, ...]:
    """A tenant's charges, newest first, below place `before`."""
    query = select(CHARGE.c.body).where(CHARGE.c.tenant == tenant)
    if before is not None:
        query = query.where(CHARGE.c.seq < before)
    rows = connection.execute(query.order_by(CHARGE.c.seq.desc()).limit(limit))
    return tuple(_CHARGE.validate_json(row.body) for row in rows)


def charges_between(
    connection: Connection, tenant: str, since: Instant, until: Instant
) -> list[Charge]:
    """A tenant's charges settled from an instant up to another, in order."""
    query = (
        select(CHARGE.c.body)
        .where(CHARGE.c.tenant == tenant)
        .where(CHARGE.c.settled_at >= format_instant(since))
        .where(CHARGE.c.settled_at < format_instant(until))
        .order_by(CHARGE.c.seq)
    )
    return [_CHARGE.validate_json(body) for body in connection.execute(query).scalars()]
