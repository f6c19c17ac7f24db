"""API keys: made, recognised, rotated, revoked.

A text that is no key, and a key that is unknown, wrong, revoked or expired, cost the same
statement and the same comparisons, and get the same answer.
"""

import json
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from zhisuan.access import key as keys
from zhisuan.access.key import ApiKey, NewKey
from zhisuan.access.tables import KEYS
from zhisuan.access.tenant import Caller, Role
from zhisuan.core.clock import Instant, format_instant, parse_instant
from zhisuan.core.errors import NotAuthenticated, NotFound


def add_key(
    connection: Connection,
    tenant_id: str,
    role: Role,
    at: Instant,
    *,
    name: str = "",
    scope: frozenset[str] | None = None,
    project: str | None = None,
    member: str | None = None,
    expires_at: Instant | None = None,
) -> NewKey:
    """Make a key of a tenant; its text is in the answer only."""
    made = keys.new_key()
    connection.execute(
        insert(KEYS),
        {
            "key_id": made.key_id,
            "tenant": tenant_id,
            "role": role,
            "digest": made.digest,
            "created_at": format_instant(at),
            "name": name,
            "scope": None if scope is None else json.dumps(sorted(scope)),
            "project": project,
            "member": member,
            "expires_at": expires_at and format_instant(expires_at),
        },
    )
    return made


_KEY = select(KEYS).where(KEYS.c.key_id == bindparam("key_id"))


def caller(connection: Connection, text: str, at: Instant) -> Caller:
    """Who is behind a key.

    Raises:
        NotAuthenticated: the centre does not know the key, or it holds no more.
    """
    key_id = keys.key_id(text)
    row = connection.execute(_KEY, {"key_id": key_id or ""}).one_or_none()
    # Compared even when there is no row, so that the time tells nothing.
    digests = _digests(row, format_instant(at))
    known = keys.matches(text, *digests)
    found = None if row is None else _key(row)
    if found is None or not known or not found.holds(at):
        raise NotAuthenticated(
            "This key is not known to the centre.",
            hint="Give a valid key with --key, ZHISUAN_KEY or the Authorization header.",
        )
    return Caller(found.tenant, found.role, found.key_id, found.scope, found.project, found.member)


def _digests(row: Row[Any] | None, now: str) -> tuple[str, str]:
    """The two digests to compare with: of the secret, and of the one before it while that holds."""
    if row is None:
        return keys.NO_DIGEST, keys.NO_DIGEST
    former = row.former_digest if (row.former_until or "") > now else None
    return row.digest, former or keys.NO_DIGEST


def key(connection: Connection, tenant: str, key_id: str) -> ApiKey:
    """One key of a tenant.

    Raises:
        NotFound: the tenant has none of this id.
    """
    query = select(KEYS).where(KEYS.c.key_id == key_id, KEYS.c.tenant == tenant)
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFound(f"There is no key {key_id}.", hint="List the keys.")
    return _key(row)


def keys_of(
    connection: Connection, tenant: str, after: str | None = None, limit: int = 50
) -> list[ApiKey]:
    """A tenant's keys by id, revoked ones too."""
    query = select(KEYS).where(KEYS.c.tenant == tenant).order_by(KEYS.c.key_id).limit(limit)
    if after is not None:
        query = query.where(KEYS.c.key_id > after)
    return [_key(row) for row in connection.execute(query)]


def rotate_key(connection: Connection, key: ApiKey, former_until: Instant) -> NewKey:
    """Give a key a new secret; the one it had holds until `former_until`, none before that."""
    made = keys.new_key(key.key_id)
    connection.execute(
        update(KEYS)
        .where(KEYS.c.key_id == key.key_id)
        .values(
            digest=made.digest,
            former_digest=KEYS.c.digest,
            former_until=format_instant(former_until),
        )
    )
    return made


def revoke_key(connection: Connection, key_id: str, at: Instant) -> None:
    """End a key; one that has ended stays as it is."""
    _revoke(connection, KEYS.c.key_id == key_id, at)


def revoke_keys_of(connection: Connection, member: str, at: Instant) -> None:
    """End every key that was made for a member."""
    _revoke(connection, KEYS.c.member == member, at)


def _revoke(connection: Connection, which: Any, at: Instant) -> None:  # noqa: ANN401  SQLAlchemy's own kind of condition
    connection.execute(
        update(KEYS).where(which, KEYS.c.revoked_at.is_(None)).values(revoked_at=format_instant(at))
    )


def note_use(connection: Connection, key_id: str, at: Instant) -> None:
    """Remember that a key was used."""
    connection.execute(
        update(KEYS).where(KEYS.c.key_id == key_id).values(last_used_at=format_instant(at))
    )


def _key(row: Row[Any]) -> ApiKey:
    return ApiKey(
        key_id=row.key_id,
        tenant=row.tenant,
        role=Role(row.role),
        created_at=parse_instant(row.created_at),
        name=row.name,
        scope=None if row.scope is None else frozenset(json.loads(row.scope)),
        project=row.project,
        member=row.member,
        expires_at=row.expires_at and parse_instant(row.expires_at),
        revoked_at=row.revoked_at and parse_instant(row.revoked_at),
        former_until=row.former_until and parse_instant(row.former_until),
        last_used_at=row.last_used_at and parse_instant(row.last_used_at),
    )
