"""The tables of access. The chain of changes is appended to and never changed."""

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from zhisuan.store.chains import chained, guard
from zhisuan.store.database import METADATA

TENANTS = Table(
    "tenant",
    METADATA,
    Column("tenant_id", String(40), primary_key=True),
    Column("name", String(200), nullable=False, unique=True),
    Column("created_at", String(27), nullable=False),
    Column("category", String(20), nullable=False),
)

MEMBERS = Table(
    "member",
    METADATA,
    Column("member_id", String(40), primary_key=True),
    Column("tenant", String(40), nullable=False, index=True),
    Column("login", String(200), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("role", String(20), nullable=False),
    Column("password", String(200)),
    Column("created_at", String(27), nullable=False),
    Column("removed_at", String(27)),
)

PROJECTS = Table(
    "project",
    METADATA,
    Column("project_id", String(40), primary_key=True),
    Column("tenant", String(40), nullable=False),
    Column("name", String(200), nullable=False),
    Column("allocation", BigInteger),
    Column("created_at", String(27), nullable=False),
    Column("closed_at", String(27)),
    UniqueConstraint("tenant", "name"),
)

KEYS = Table(
    "api_key",
    METADATA,
    Column("key_id", String(40), primary_key=True),
    Column("tenant", String(40), nullable=False, index=True),
    Column("role", String(20), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("created_at", String(27), nullable=False),
    Column("name", String(200), nullable=False),
    Column("scope", Text),
    Column("project", String(40)),
    Column("member", String(40), index=True),
    Column("expires_at", String(27)),
    Column("revoked_at", String(27)),
    Column("former_digest", String(64)),
    Column("former_until", String(27)),
    Column("last_used_at", String(27)),
)

SESSIONS = Table(
    "session",
    METADATA,
    Column("session_id", String(40), primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("tenant", String(40), nullable=False),
    Column("member", String(40), index=True),
    Column("key_id", String(40), index=True),
    Column("created_at", String(27), nullable=False),
    Column("seen_at", String(27), nullable=False),
    Column("expires_at", String(27), nullable=False),
    Column("ended_at", String(27)),
)

TICKETS = Table(
    "ticket",
    METADATA,
    Column("ticket_id", String(40), primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("tenant", String(40), nullable=False),
    Column("session", String(40)),
    Column("key_id", String(40)),
    Column("expires_at", String(27), nullable=False),
)

APPLICATIONS = Table(
    "application",
    METADATA,
    Column("application_id", String(40), primary_key=True),
    Column("tenant", String(40), nullable=False),
    Column("state", String(12), nullable=False),
    Column("level", String(40), nullable=False),
    Column("asked", BigInteger, nullable=False),
    Column("awarded", BigInteger, nullable=False),
    Column("paid", BigInteger, nullable=False),
    Column("created_at", String(27), nullable=False),
    Column("body", Text, nullable=False),
    Index("ix_application_tenant_application_id", "tenant", "application_id"),
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

AUDIT = chained(
    "audit",
    Column("at", String(27), nullable=False),
    Column("actor", String(40), nullable=False),
    Column("tenant", String(40), nullable=False, index=True),
    Column("action", String(80), nullable=False),
    Column("subject", String(80), nullable=False, index=True),
)

AUDIT_CHAIN = "audit"
"""The name of its head."""

guard(AUDIT)
