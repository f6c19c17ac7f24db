"""All SQL of budgets and of where accounts stand on the ladder.

Whoever commits holds the ledger's heads, so one transaction at a time does.
"""

from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    String,
    Table,
    case,
    delete,
    func,
    insert,
    select,
    update,
)

from zhisuan.core.clock import Instant, format_instant, parse_instant
from zhisuan.core.money import MicroYuan
from zhisuan.ledger.account import available, held
from zhisuan.ledger.accounts.budget import Budget
from zhisuan.ledger.accounts.ladder import Stage, Standing
from zhisuan.ledger.tables import ACCOUNT, CHARGE, HOLD
from zhisuan.store.database import METADATA

BUDGET = Table(
    "ledger_budget",
    METADATA,
    Column("tenant", String(40), primary_key=True),
    Column("project", String(40), primary_key=True),
    Column("most", BigInteger, nullable=False),
)

SPENT = Table(
    "ledger_spent",
    METADATA,
    Column("tenant", String(40), primary_key=True),
    Column("project", String(40), primary_key=True),
    Column("month", String(7), primary_key=True),
    Column("committed", BigInteger, nullable=False),
)

STANDING = Table(
    "ledger_standing",
    METADATA,
    Column("tenant", String(40), primary_key=True),
    Column("stage", String(16), nullable=False),
    Column("since", String(27), nullable=False),
    Column("dry_since", String(27)),
)


def budgets(connection: Connection, tenants: Collection[str], month: str) -> list[Budget]:
    """The budgets of some tenants and their projects, with what the month has committed."""
    spent = (
        (SPENT.c.tenant == BUDGET.c.tenant)
        & (SPENT.c.project == BUDGET.c.project)
        & (SPENT.c.month == month)
    )
    rows = connection.execute(
        select(BUDGET, func.coalesce(SPENT.c.committed, 0).label("committed"))
        .outerjoin(SPENT, spent)
        .where(BUDGET.c.tenant.in_(tenants))
        .order_by(BUDGET.c.tenant, BUDGET.c.project)
    )
    return [
        Budget(row.tenant, row.project, MicroYuan(row.most), MicroYuan(row.committed))
        for row in rows
    ]


def set_budget(
    connection: Connection,
    tenant: str,
    project: str,
    most: MicroYuan | None,
    month: str,
    since: Instant,
) -> None:
    """Give a tenant or a project a budget, or take it away; what the month spent counts.

    Args:
        connection: the transaction, which has locked the ledger.
        tenant: whose.
        project: which; empty for the tenant as a whole.
        most: micro-yuan a month; None takes the budget away.
        month: the present one.
        since: its beginning.
    """
    mine = (BUDGET.c.tenant == tenant) & (BUDGET.c.project == project)
    had = connection.execute(delete(BUDGET).where(mine)).rowcount
    if most is None:
        return
    connection.execute(insert(BUDGET), {"tenant": tenant, "project": project, "most": most})
    if not had:
        connection.execute(
            delete(SPENT).where(SPENT.c.tenant == tenant, SPENT.c.project == project)
        )
        commit(
            connection, {(tenant, project): _spent_since(connection, tenant, project, since)}, month
        )


def commit(connection: Connection, gains: Mapping[tuple[str, str], int], month: str) -> None:
    """Add to what a month has committed, by tenant and project; a negative gain frees."""
    for (tenant, project), gain in gains.items():
        key = {"tenant": tenant, "project": project, "month": month}
        moved = connection.execute(
            update(SPENT)
            .where(*(SPENT.c[name] == value for name, value in key.items()))
            .values(committed=SPENT.c.committed + gain)
        )
        if not moved.rowcount:
            connection.execute(insert(SPENT), {**key, "committed": gain})


def _spent_since(connection: Connection, tenant: str, project: str, since: Instant) -> int:
    """What holds of a span committed: open ones whole, closed ones what was charged."""
    cost = case((HOLD.c.closed_at.is_(None), HOLD.c.amount), else_=CHARGE.c.amount)
    query = (
        select(func.coalesce(func.sum(cost), 0))
        .select_from(HOLD.outerjoin(CHARGE, CHARGE.c.job_id == HOLD.c.job_id))
        .where(HOLD.c.tenant == tenant, HOLD.c.at >= format_instant(since))
    )
    if project:
        query = query.where(HOLD.c.project == project)
    return int(connection.execute(query).scalar_one())


def spendable(
    connection: Connection, tenants: Iterable[str]
) -> dict[str, tuple[MicroYuan, MicroYuan]]:
    """What tenants may still spend, credit included, and what is held for their work."""
    wanted = list(tenants)
    names = [account(tenant) for tenant in wanted for account in (available, held)]
    rows = connection.execute(select(ACCOUNT).where(ACCOUNT.c.account.in_(names)))
    left = {row.account: row.balance - (row.floor or 0) for row in rows}
    return {
        tenant: (MicroYuan(left[available(tenant)]), MicroYuan(left[held(tenant)]))
        for tenant in wanted
        if available(tenant) in left
    }


def running_low(connection: Connection, below: MicroYuan) -> list[str]:
    """Tenants with less to spend than this, or who are not at the top of the ladder."""
    low = select(ACCOUNT.c.account).where(
        ACCOUNT.c.floor.is_not(None),
        ACCOUNT.c.account.like("tenant:%:available"),
        ACCOUNT.c.balance - ACCOUNT.c.floor < max(below, 1),
    )
    found = {account.split(":")[1] for account in connection.execute(low).scalars()}
    found.update(connection.execute(select(STANDING.c.tenant)).scalars())
    return sorted(found)


def set_credit(connection: Connection, tenant: str, credit: MicroYuan) -> None:
    """Let a tenant's account be in debt by so much; 0 makes it prepaid."""
    connection.execute(
        update(ACCOUNT).where(ACCOUNT.c.account == available(tenant)).values(floor=-credit)
    )


def credit(connection: Connection, tenant: str) -> MicroYuan:
    """By how much a tenant's account may be in debt."""
    query = select(ACCOUNT.c.floor).where(ACCOUNT.c.account == available(tenant))
    return MicroYuan(-(connection.execute(query).scalar() or 0))


def standings(connection: Connection, tenants: Collection[str]) -> dict[str, Standing]:
    """Where accounts stand; one that is not named is at the top."""
    rows = connection.execute(select(STANDING).where(STANDING.c.tenant.in_(tenants)))
    return {
        row.tenant: Standing(
            Stage(row.stage),
            parse_instant(row.since),
            None if row.dry_since is None else parse_instant(row.dry_since),
        )
        for row in rows
    }


def off_the_top(connection: Connection, limit: int) -> dict[str, Standing]:
    """Accounts that are not in good standing, those that came there last first."""
    query = select(STANDING.c.tenant).order_by(STANDING.c.since.desc()).limit(limit)
    tenants = list(connection.execute(query).scalars())
    found = standings(connection, tenants)
    return {tenant: found[tenant] for tenant in tenants}


def dry(connection: Connection) -> dict[str, Stage]:
    """Tenants whose work is paused or stopped."""
    rows = connection.execute(
        select(STANDING.c.tenant, STANDING.c.stage).where(
            STANDING.c.stage.in_((Stage.PAUSED, Stage.STOPPED))
        )
    )
    return {row.tenant: Stage(row.stage) for row in rows}


def keep_standing(connection: Connection, tenant: str, now: Standing) -> None:
    """Keep where an account stands; the top needs no row."""
    connection.execute(delete(STANDING).where(STANDING.c.tenant == tenant))
    if now.stage is not Stage.GOOD:
        connection.execute(
            insert(STANDING),
            {
                "tenant": tenant,
                "stage": now.stage,
                "since": format_instant(now.since),
                "dry_since": None if now.dry_since is None else format_instant(now.dry_since),
            },
        )
