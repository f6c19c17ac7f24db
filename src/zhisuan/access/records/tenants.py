"""Tenants."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from zhisuan.access.tables import TENANTS
from zhisuan.access.tenant import Category, Tenant
from zhisuan.core.clock import Instant, format_instant, parse_instant
from zhisuan.core.errors import Conflict, NotFound
from zhisuan.core.identifiers import new_id


def add_tenant(
    connection: Connection, name: str, at: Instant, category: Category = Category.EXTERNAL
) -> Tenant:
    """Register a tenant.

    Raises:
        Conflict: the name is taken.
    """
    taken = connection.execute(select(TENANTS.c.name).where(TENANTS.c.name == name)).first()
    if taken is not None:
        raise Conflict(f"A tenant named {name!r} exists.", hint="Choose another name.")
    made = Tenant(new_id("ten"), name, at, category)
    connection.execute(
        insert(TENANTS),
        {
            "tenant_id": made.tenant_id,
            "name": name,
            "created_at": format_instant(at),
            "category": category,
        },
    )
    return made


def tenant(connection: Connection, tenant_id: str) -> Tenant:
    """One tenant.

    Raises:
        NotFound: there is none.
    """
    row = connection.execute(select(TENANTS).where(TENANTS.c.tenant_id == tenant_id)).one_or_none()
    if row is None:
        raise NotFound(f"There is no tenant {tenant_id}.", hint="List the tenants.")
    return _tenant(row)


def tenants(connection: Connection, after: str | None = None, limit: int = 50) -> list[Tenant]:
    """Tenants in order of their ids, that is of registration."""
    query = select(TENANTS).order_by(TENANTS.c.tenant_id).limit(limit)
    if after is not None:
        query = query.where(TENANTS.c.tenant_id > after)
    return [_tenant(row) for row in connection.execute(query)]


def tenant_names(connection: Connection, tenant_ids: Iterable[str]) -> dict[str, str]:
    """The names of these tenants, by id."""
    query = select(TENANTS.c.tenant_id, TENANTS.c.name)
    rows = connection.execute(query.where(TENANTS.c.tenant_id.in_(set(tenant_ids))))
    return {row.tenant_id: row.name for row in rows}


def every_tenant(connection: Connection) -> list[Tenant]:
    """All tenants in order of their ids."""
    return [
        _tenant(row) for row in connection.execute(select(TENANTS).order_by(TENANTS.c.tenant_id))
    ]


def _tenant(row: Row[Any]) -> Tenant:
    return Tenant(row.tenant_id, row.name, parse_instant(row.created_at), Category(row.category))
