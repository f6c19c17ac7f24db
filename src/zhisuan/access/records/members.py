"""Members: the people of a tenant."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from zhisuan.access.member import Member
from zhisuan.access.tables import MEMBERS
from zhisuan.access.tenant import Role
from zhisuan.core.clock import format_instant, parse_instant
from zhisuan.core.errors import Conflict, NotFound


def add_member(connection: Connection, member: Member) -> None:
    """Keep a new member.

    Raises:
        Conflict: the login name is taken, also by one who is no member any more.
    """
    taken = select(MEMBERS.c.login).where(MEMBERS.c.login == member.login)
    if connection.execute(taken).first() is not None:
        raise Conflict(f"The login name {member.login!r} is taken.", hint="Choose another one.")
    connection.execute(
        insert(MEMBERS),
        {
            "member_id": member.member_id,
            "tenant": member.tenant,
            "login": member.login,
            "created_at": format_instant(member.created_at),
            **_changing(member),
        },
    )


def save_member(connection: Connection, member: Member) -> None:
    """Write what may change of a member: name, role, password, and the end."""
    connection.execute(
        update(MEMBERS).where(MEMBERS.c.member_id == member.member_id).values(_changing(member))
    )


def member(connection: Connection, tenant: str, member_id: str) -> Member:
    """One member of a tenant.

    Raises:
        NotFound: the tenant has none of this id.
    """
    query = select(MEMBERS).where(MEMBERS.c.member_id == member_id, MEMBERS.c.tenant == tenant)
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFound(f"There is no member {member_id}.", hint="List the members.")
    return _member(row)


def member_by_login(connection: Connection, login: str) -> Member | None:
    """Whoever logs in by this name and is still a member."""
    query = select(MEMBERS).where(MEMBERS.c.login == login, MEMBERS.c.removed_at.is_(None))
    row = connection.execute(query).one_or_none()
    return None if row is None else _member(row)


def members(
    connection: Connection, tenant: str, after: str | None = None, limit: int = 50
) -> list[Member]:
    """A tenant's members who have not been removed, in the order they came."""
    query = (
        select(MEMBERS)
        .where(MEMBERS.c.tenant == tenant, MEMBERS.c.removed_at.is_(None))
        .order_by(MEMBERS.c.member_id)
        .limit(limit)
    )
    if after is not None:
        query = query.where(MEMBERS.c.member_id > after)
    return [_member(row) for row in connection.execute(query)]


def member_names(connection: Connection, member_ids: Iterable[str]) -> dict[str, str]:
    """The names of these members, also of removed ones, by id."""
    query = select(MEMBERS.c.member_id, MEMBERS.c.name)
    rows = connection.execute(query.where(MEMBERS.c.member_id.in_(set(member_ids))))
    return {row.member_id: row.name for row in rows}


def _changing(member: Member) -> dict[str, Any]:
    return {
        "name": member.name,
        "role": member.role,
        "password": member.password,
        "removed_at": member.removed_at and format_instant(member.removed_at),
    }


def _member(row: Row[Any]) -> Member:
    return Member(
        member_id=row.member_id,
        tenant=row.tenant,
        login=row.login,
        name=row.name,
        role=Role(row.role),
        password=row.password,
        created_at=parse_instant(row.created_at),
        removed_at=row.removed_at and parse_instant(row.removed_at),
    )
