"""Applications for grants."""

from collections.abc import Iterable
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, func, insert, select, update

from zhisuan.access.application import Application
from zhisuan.access.tables import APPLICATIONS
from zhisuan.core.clock import Instant, format_instant
from zhisuan.core.errors import NotFound
from zhisuan.core.money import MicroYuan

_BODY = TypeAdapter(Application)


def add_application(connection: Connection, application: Application) -> None:
    """Keep a new application."""
    connection.execute(
        insert(APPLICATIONS),
        {
            "application_id": application.application_id,
            "tenant": application.tenant,
            "level": application.level,
            "asked": application.wish.amount,
            "created_at": format_instant(application.created_at),
            **_changing(application),
        },
    )


def save_application(connection: Connection, application: Application) -> None:
    """Write what may change of an application."""
    connection.execute(
        update(APPLICATIONS)
        .where(APPLICATIONS.c.application_id == application.application_id)
        .values(_changing(application))
    )


def application(connection: Connection, tenant: str | None, application_id: str) -> Application:
    """One application; of one tenant, unless `tenant` is None.

    Raises:
        NotFound: there is none, or it is another tenant's.
    """
    query = select(APPLICATIONS.c.body).where(APPLICATIONS.c.application_id == application_id)
    if tenant is not None:
        query = query.where(APPLICATIONS.c.tenant == tenant)
    body = connection.execute(query).scalar()
    if body is None:
        raise NotFound(f"There is no application {application_id}.", hint="List the applications.")
    return _BODY.validate_json(body)


def applications(
    connection: Connection,
    tenant: str | None,
    state: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> list[Application]:
    """Applications, newest first; of one tenant, unless `tenant` is None."""
    query = select(APPLICATIONS.c.body).order_by(APPLICATIONS.c.application_id.desc()).limit(limit)
    if tenant is not None:
        query = query.where(APPLICATIONS.c.tenant == tenant)
    if state is not None:
        query = query.where(APPLICATIONS.c.state == state)
    if after is not None:
        query = query.where(APPLICATIONS.c.application_id < after)
    return [_BODY.validate_json(body) for body in connection.execute(query).scalars()]


def applications_in(connection: Connection, states: Iterable[str]) -> dict[str, tuple[int, str]]:
    """How many applications are in each of these states, and when the oldest was sent."""
    query = (
        select(APPLICATIONS.c.state, func.count(), func.min(APPLICATIONS.c.created_at))
        .where(APPLICATIONS.c.state.in_([str(each) for each in states]))
        .group_by(APPLICATIONS.c.state)
        .order_by(APPLICATIONS.c.state)
    )
    return {state: (count, since) for state, count, since in connection.execute(query)}


def awarded_since(connection: Connection, tenant: str, level: str, since: Instant) -> MicroYuan:
    """What a level has awarded to a tenant since an instant."""
    query = select(func.sum(APPLICATIONS.c.awarded)).where(
        APPLICATIONS.c.tenant == tenant,
        APPLICATIONS.c.level == level,
        APPLICATIONS.c.created_at >= format_instant(since),
    )
    return MicroYuan(int(connection.execute(query).scalar() or 0))


def _changing(application: Application) -> dict[str, Any]:
    return {
        "state": application.state,
        "awarded": application.awarded,
        "paid": application.paid,
        "body": _BODY.dump_json(application).decode(),
    }
