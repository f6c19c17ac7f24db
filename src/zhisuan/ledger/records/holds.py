"""Holds: money set aside while work goes on."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, case, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from zhisuan.core.clock import Instant, format_instant, parse_instant
from zhisuan.core.errors import Conflict
from zhisuan.core.money import MicroYuan
from zhisuan.ledger.charge import Hold
from zhisuan.ledger.tables import CHARGE, HOLD
from zhisuan.ledger.tariff import Category, PriceClass

_CLOSE = (
    update(HOLD)
    .where(HOLD.c.job_id.in_(bindparam("jobs", expanding=True)), HOLD.c.closed_at.is_(None))
    .values(closed_at=bindparam("now"))
    .returning(HOLD)
)


def add_hold(connection: Connection, hold: Hold) -> None:
    """Keep an open hold.

    Raises:
        Conflict: the job has one already.
    """
    try:
        connection.execute(
            insert(HOLD),
            {
                "job_id": hold.job_id,
                "tenant": hold.tenant,
                "project": hold.project,
                "quote_id": hold.quote_id,
                "amount": hold.amount,
                "tariff_version": hold.tariff_version,
                "price_class": hold.price_class.value,
                "category": hold.category.value,
                "shadow": hold.shadow,
                "at": format_instant(hold.at),
            },
        )
    except IntegrityError as error:
        raise Conflict(f"Job {hold.job_id} has a hold already.") from error


def close_holds(connection: Connection, jobs: Sequence[str], now: Instant) -> dict[str, Hold]:
    """Close those of the jobs' holds that are open; each is given to one caller only."""
    rows = connection.execute(_CLOSE, {"jobs": jobs, "now": format_instant(now)}).all()
    return {row.job_id: _hold(row) for row in rows}


def open_holds_of(connection: Connection, jobs: Sequence[str]) -> dict[str, Hold]:
    """What is held for some jobs, by job; without those for which nothing is."""
    query = select(HOLD).where(HOLD.c.job_id.in_(jobs), HOLD.c.closed_at.is_(None))
    return {row.job_id: _hold(row) for row in connection.execute(query)}


def open_holds(connection: Connection) -> dict[str, int]:
    """The sum of open holds by tenant."""
    rows = connection.execute(
        select(HOLD.c.tenant, func.sum(HOLD.c.amount).label("amount"))
        .where(HOLD.c.closed_at.is_(None))
        .group_by(HOLD.c.tenant)
    )
    return {row.tenant: row.amount for row in rows}


def has_hold(connection: Connection, job_id: str) -> bool:
    """Whether money was ever held for this job."""
    query = select(HOLD.c.job_id).where(HOLD.c.job_id == job_id)
    return connection.execute(query).first() is not None


def of_projects(connection: Connection, tenant: str) -> dict[str, tuple[MicroYuan, MicroYuan]]:
    """By project of a tenant: what is held for its jobs, and what they were charged."""
    still = case((HOLD.c.closed_at.is_(None), HOLD.c.amount), else_=0)
    rows = connection.execute(
        select(
            HOLD.c.project,
            func.sum(still).label("held"),
            func.sum(func.coalesce(CHARGE.c.amount, 0)).label("charged"),
        )
        .join(CHARGE, CHARGE.c.job_id == HOLD.c.job_id, isouter=True)
        .where(HOLD.c.tenant == tenant, HOLD.c.project.is_not(None))
        .group_by(HOLD.c.project)
    )
    return {row.project: (MicroYuan(int(row.held)), MicroYuan(int(row.charged))) for row in rows}


def _hold(row: Row[Any]) -> Hold:
    return Hold(
        row.job_id,
        row.tenant,
        row.project,
        row.quote_id,
        MicroYuan(row.amount),
        row.tariff_version,
        PriceClass(row.price_class),
        parse_instant(row.at),
        Category(row.category),
        MicroYuan(row.shadow),
    )
