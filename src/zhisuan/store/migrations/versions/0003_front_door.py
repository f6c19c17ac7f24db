"""Members, projects, keys that end, sessions, applications for grants, the chain of changes."""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

from zhisuan.core.chain import GENESIS, canonical, link

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("job", sa.Column("project", sa.String(length=40), nullable=True))
    op.add_column(
        "tenant",
        sa.Column("category", sa.String(length=20), nullable=False, server_default="external"),
    )
    _keys()
    _people()
    _chain_of_changes()


def _keys() -> None:
    for column in (
        sa.Column("name", sa.String(length=200), nullable=False, server_default=""),
        sa.Column("scope", sa.Text(), nullable=True),
        sa.Column("project", sa.String(length=40), nullable=True),
        sa.Column("member", sa.String(length=40), nullable=True),
        sa.Column("expires_at", sa.String(length=27), nullable=True),
        sa.Column("revoked_at", sa.String(length=27), nullable=True),
        sa.Column("former_digest", sa.String(length=64), nullable=True),
        sa.Column("former_until", sa.String(length=27), nullable=True),
        sa.Column("last_used_at", sa.String(length=27), nullable=True),
    ):
        op.add_column("api_key", column)
    op.create_index(op.f("ix_api_key_tenant"), "api_key", ["tenant"], unique=False)
    op.create_index(op.f("ix_api_key_member"), "api_key", ["member"], unique=False)
    # Until now an operator might do everything.
    op.execute("UPDATE api_key SET role = 'admin' WHERE role = 'operator'")


def _people() -> None:
    op.create_table(
        "member",
        sa.Column("member_id", sa.String(length=40), nullable=False),
        sa.Column("tenant", sa.String(length=40), nullable=False),
        sa.Column("login", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("password", sa.String(length=200), nullable=True),
        sa.Column("created_at", sa.String(length=27), nullable=False),
        sa.Column("removed_at", sa.String(length=27), nullable=True),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_member")),
        sa.UniqueConstraint("login", name=op.f("uq_member_login")),
    )
    op.create_index(op.f("ix_member_tenant"), "member", ["tenant"], unique=False)
    op.create_table(
        "project",
        sa.Column("project_id", sa.String(length=40), nullable=False),
        sa.Column("tenant", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("allocation", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.String(length=27), nullable=False),
        sa.Column("closed_at", sa.String(length=27), nullable=True),
        sa.PrimaryKeyConstraint("project_id", name=op.f("pk_project")),
        sa.UniqueConstraint("tenant", "name", name=op.f("uq_project_tenant_name")),
    )
    op.create_table(
        "session",
        sa.Column("session_id", sa.String(length=40), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("tenant", sa.String(length=40), nullable=False),
        sa.Column("member", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.String(length=27), nullable=False),
        sa.Column("seen_at", sa.String(length=27), nullable=False),
        sa.Column("expires_at", sa.String(length=27), nullable=False),
        sa.Column("ended_at", sa.String(length=27), nullable=True),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_session")),
    )
    op.create_index(op.f("ix_session_member"), "session", ["member"], unique=False)
    op.create_table(
        "application",
        sa.Column("application_id", sa.String(length=40), nullable=False),
        sa.Column("tenant", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("level", sa.String(length=40), nullable=False),
        sa.Column("asked", sa.BigInteger(), nullable=False),
        sa.Column("awarded", sa.BigInteger(), nullable=False),
        sa.Column("paid", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.String(length=27), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("application_id", name=op.f("pk_application")),
    )
    op.create_index(
        "ix_application_tenant_application_id",
        "application",
        ["tenant", "application_id"],
        unique=False,
    )


def _chain_of_changes() -> None:
    """The table of changes becomes a chain; what it holds is linked in the order it came."""
    connection = op.get_bind()
    old = connection.execute(sa.text("SELECT * FROM audit ORDER BY seq")).mappings().all()
    op.drop_table("audit")
    table = op.create_table(
        "audit",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.String(length=27), nullable=False),
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.Column("tenant", sa.String(length=40), nullable=False),
        sa.Column("action", sa.String(length=80), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit")),
    )
    op.create_index(op.f("ix_audit_tenant"), "audit", ["tenant"], unique=False)
    op.create_index(op.f("ix_audit_subject"), "audit", ["subject"], unique=False)
    previous = GENESIS
    rows: list[dict[str, Any]] = []
    for seq, row in enumerate(old, start=1):
        columns = {
            "seq": seq,
            "at": row["at"],
            "actor": row["key_id"],
            "tenant": row["tenant"],
            "action": row["action"],
            "subject": row["subject"],
        }
        body = canonical({**columns, "before": None, "after": json.loads(row["facts"])})
        previous = link(previous, body)
        rows.append({**columns, "body": body.decode(), "hash": previous})
    if rows:
        op.bulk_insert(table, rows)
        head = sa.text("INSERT INTO ledger_chain (name, seq, hash) VALUES ('audit', :seq, :hash)")
        connection.execute(head, {"seq": len(rows), "hash": previous})
    if connection.dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_no_{verb.lower()} BEFORE {verb} ON audit "
                "BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END"
            )
