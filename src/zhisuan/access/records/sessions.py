"""Sessions of people and keys that have logged in."""

import json
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select, update

from zhisuan.access.session import Holder, Session
from zhisuan.access.tables import KEYS, MEMBERS, SESSIONS
from zhisuan.access.tenant import Role
from zhisuan.core.clock import Instant, format_instant, parse_instant

KEPT = timedelta(days=1)
"""For so long after its end a session is still a row."""


def add_session(connection: Connection, session: Session) -> None:
    """Keep a session that began."""
    connection.execute(
        insert(SESSIONS),
        {
            "session_id": session.session_id,
            "digest": session.digest,
            "tenant": session.tenant,
            "member": session.member,
            "key_id": session.key,
            "created_at": format_instant(session.created_at),
            "seen_at": format_instant(session.seen_at),
            "expires_at": format_instant(session.expires_at),
        },
    )


_SESSION = (
    select(
        SESSIONS,
        func.coalesce(MEMBERS.c.role, KEYS.c.role).label("role"),
        func.coalesce(MEMBERS.c.name, KEYS.c.name).label("name"),
        MEMBERS.c.login,
        KEYS.c.scope,
        KEYS.c.project,
        KEYS.c.member.label("made_for"),
        KEYS.c.expires_at.label("until"),
    )
    .outerjoin(MEMBERS, MEMBERS.c.member_id == SESSIONS.c.member)
    .outerjoin(KEYS, KEYS.c.key_id == SESSIONS.c.key_id)
    .where(SESSIONS.c.session_id == bindparam("session_id"))
    .where(MEMBERS.c.removed_at.is_(None), KEYS.c.revoked_at.is_(None))
)


def session(connection: Connection, session_id: str) -> tuple[Session, Holder] | None:
    """A session of this id and whose it is, as they are now; None if there is none."""
    row = connection.execute(_SESSION, {"session_id": session_id}).one_or_none()
    return None if row is None else (_session(row), _holder(row))


def note_seen(connection: Connection, session_id: str, at: Instant) -> None:
    """Remember that a session was used."""
    connection.execute(
        update(SESSIONS)
        .where(SESSIONS.c.session_id == session_id)
        .values(seen_at=format_instant(at))
    )


def end_session(connection: Connection, session_id: str, at: Instant) -> None:
    """End a session; one that has ended stays as it is."""
    _end(connection, SESSIONS.c.session_id == session_id, at)


def end_sessions_of(connection: Connection, member: str, at: Instant) -> None:
    """End every session of a member."""
    _end(connection, SESSIONS.c.member == member, at)


def shorten_sessions_of_key(connection: Connection, key_id: str, until: Instant) -> None:
    """Let sessions that stand on a key last no longer than this."""
    ends = format_instant(until)
    connection.execute(
        update(SESSIONS)
        .where(SESSIONS.c.key_id == key_id, SESSIONS.c.expires_at > ends)
        .values(expires_at=ends)
    )


def _end(connection: Connection, which: Any, at: Instant) -> None:  # noqa: ANN401  SQLAlchemy's own kind of condition
    connection.execute(
        update(SESSIONS)
        .where(which, SESSIONS.c.ended_at.is_(None))
        .values(ended_at=format_instant(at))
    )


def forget_sessions(connection: Connection, now: Instant) -> int:
    """Drop sessions that expired long ago; returns how many."""
    return connection.execute(
        delete(SESSIONS).where(SESSIONS.c.expires_at < format_instant(now - KEPT))
    ).rowcount


def _session(row: Row[Any]) -> Session:
    return Session(
        session_id=row.session_id,
        digest=row.digest,
        tenant=row.tenant,
        member=row.member,
        key=row.key_id,
        created_at=parse_instant(row.created_at),
        seen_at=parse_instant(row.seen_at),
        expires_at=parse_instant(row.expires_at),
        ended_at=row.ended_at and parse_instant(row.ended_at),
    )


def _holder(row: Row[Any]) -> Holder:
    return Holder(
        tenant=row.tenant,
        role=Role(row.role),
        name=row.name,
        login=row.login,
        member=row.member,
        key=row.key_id,
        made_for=row.member or row.made_for,
        scope=None if row.scope is None else frozenset(json.loads(row.scope)),
        project=row.project,
        until=row.until and parse_instant(row.until),
    )
