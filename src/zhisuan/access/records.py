"""All SQL of access: tenants, keys, answers kept under idempotency keys, and the audit log."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    bindparam,
    delete,
    insert,
    select,
)

from zhisuan.access import key as keys
from zhisuan.access.tenant import Caller, Role, Tenant
from zhisuan.core.clock import Instant, format_instant, parse_instant
from zhisuan.core.errors import Conflict, NotAuthenticated, NotFound
from zhisuan.core.identifiers import new_id
from zhisuan.store.database import METADATA

TENANTS = Table(
    "tenant",
    METADATA,
    Column("tenant_id", String(40), primary_key=True),
    Column("name", String(200), nullable=False, unique=True),
    Column("created_at", String(27), nullable=False),
)

KEYS = Table(
    "api_key",
    METADATA,
    Column("key_id", String(40), primary_key=True),
    Column("tenant", String(40), nullable=False),
    Column("role", String(20), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("created_at", String(27), nullable=False),
)

ANSWERS = Table(
    "idempotency",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("tenant", String(40), nullable=False),
    Column("key", String(200), nullable=False),
    Column("request_hash", String(64), nullable=False),
    Column("status", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("created_at", String(27), nullable=False),
    UniqueConstraint("tenant", "key"),
)

AUDIT = Table(
    "audit",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("at", String(27), nullable=False),
    Column("key_id", String(40), nullable=False),
    Column("tenant", String(40), nullable=False),
    Column("action", String(80), nullable=False),
    Column("subject", String(80), nullable=False),
    Column("facts", Text, nullable=False),
    sqlite_autoincrement=True,
)


def add_tenant(connection: Connection, name: str, at: Instant) -> Tenant:
    """Register a tenant.

    Raises:
        Conflict: the name is taken.
    """
    taken = connection.execute(select(TENANTS.c.name).where(TENANTS.c.name == name)).first()
    if taken is not None:
        raise Conflict(f"A tenant named {name!r} exists.", hint="Choose another name.")
    tenant = Tenant(new_id("ten"), name, at)
    connection.execute(
        insert(TENANTS),
        {"tenant_id": tenant.tenant_id, "name": name, "created_at": format_instant(at)},
    )
    return tenant


def tenant(connection: Connection, tenant_id: str) -> Tenant:
    """One tenant.

    Raises:
        NotFound: there is none.
    """
    row = connection.execute(select(TENANTS).where(TENANTS.c.tenant_id == tenant_id)).one_or_none()
    if row is None:
        raise NotFound(f"There is no tenant {tenant_id}.", hint="List the tenants.")
    return Tenant(row.tenant_id, row.name, parse_instant(row.created_at))


def tenants(connection: Connection, after: str | None = None, limit: int = 50) -> list[Tenant]:
    """Tenants in order of their ids, that is of registration."""
    query = select(TENANTS).order_by(TENANTS.c.tenant_id).limit(limit)
    if after is not None:
        query = query.where(TENANTS.c.tenant_id > after)
    return [
        Tenant(row.tenant_id, row.name, parse_instant(row.created_at))
        for row in connection.execute(query)
    ]


def add_key(connection: Connection, tenant_id: str, role: Role, at: Instant) -> keys.NewKey:
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
        },
    )
    return made


_KEY = select(KEYS).where(KEYS.c.key_id == bindparam("key_id"))
_NO_DIGEST = "0" * 64


def caller(connection: Connection, text: str) -> Caller:
    """Who is behind a key.

    Raises:
        NotAuthenticated: the centre does not know the key.
    """
    key_id = keys.key_id(text)
    row = connection.execute(_KEY, {"key_id": key_id or ""}).one_or_none()
    # Compared even when there is no row, so that the time tells nothing.
    known = keys.matches(text, _NO_DIGEST if row is None else row.digest)
    if row is None or not known:
        raise NotAuthenticated(
            "This key is not known to the centre.",
            hint="Give a valid key with --key, ZHISUAN_KEY or the Authorization header.",
        )
    return Caller(row.tenant, Role(row.role), row.key_id)


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """The answer an idempotency key has already had."""

    request_hash: str
    status: int
    body: bytes


def kept_answer(connection: Connection, tenant_id: str, key: str) -> KeptAnswer | None:
    """What the same key was answered before, if it was."""
    row = connection.execute(
        select(ANSWERS).where(ANSWERS.c.tenant == tenant_id, ANSWERS.c.key == key)
    ).one_or_none()
    return None if row is None else KeptAnswer(row.request_hash, row.status, row.body)


def keep_answer(
    connection: Connection, tenant_id: str, key: str, answer: KeptAnswer, at: Instant
) -> None:
    """Keep an answer for the next request with this key."""
    connection.execute(
        insert(ANSWERS),
        {
            "tenant": tenant_id,
            "key": key,
            "request_hash": answer.request_hash,
            "status": answer.status,
            "body": answer.body,
            "created_at": format_instant(at),
        },
    )


def forget_answers(connection: Connection, before: Instant) -> int:
    """Drop answers older than an instant; returns how many."""
    return connection.execute(
        delete(ANSWERS).where(ANSWERS.c.created_at < format_instant(before))
    ).rowcount


def audit(
    connection: Connection,
    who: Caller,
    action: str,
    subject: str,
    facts: Mapping[str, Any],
    at: Instant,
) -> None:
    """Note who changed what."""
    connection.execute(
        insert(AUDIT),
        {
            "at": format_instant(at),
            "key_id": who.key_id,
            "tenant": who.tenant,
            "action": action,
            "subject": subject,
            "facts": json.dumps(facts, ensure_ascii=False),
        },
    )
