"""Postpaid accounts, budgets, availability, invoices and what else a utility's ledger keeps."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    _tariffs()
    _supply()
    _accounts()
    _invoices()


def _supply() -> None:
    op.create_table(
        "supply",
        sa.Column("sequence", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("node", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("capacity", sa.Text(), nullable=False),
        sa.Column("since", sa.String(length=27), nullable=False),
        sa.Column("until", sa.String(length=27), nullable=False),
        sa.Column("going_on", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_supply")),
    )
    op.create_index(op.f("ix_supply_node"), "supply", ["node"], unique=False)
    op.create_index(op.f("ix_supply_until"), "supply", ["until"], unique=False)


def _tariffs() -> None:
    op.add_column(
        "ledger_hold",
        sa.Column("category", sa.String(length=16), nullable=False, server_default="external"),
    )
    op.create_table(
        "ledger_month",
        sa.Column("tenant", sa.String(length=40), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("quantity", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "month", "kind", name=op.f("pk_ledger_month")),
    )


def _accounts() -> None:
    op.add_column(
        "ledger_hold", sa.Column("shadow", sa.BigInteger(), nullable=False, server_default="0")
    )
    op.create_table(
        "ledger_budget",
        sa.Column("tenant", sa.String(length=40), nullable=False),
        sa.Column("project", sa.String(length=40), nullable=False),
        sa.Column("most", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "project", name=op.f("pk_ledger_budget")),
    )
    op.create_table(
        "ledger_spent",
        sa.Column("tenant", sa.String(length=40), nullable=False),
        sa.Column("project", sa.String(length=40), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("committed", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "project", "month", name=op.f("pk_ledger_spent")),
    )
    op.create_table(
        "ledger_standing",
        sa.Column("tenant", sa.String(length=40), nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("since", sa.String(length=27), nullable=False),
        sa.Column("dry_since", sa.String(length=27), nullable=True),
        sa.PrimaryKeyConstraint("tenant", name=op.f("pk_ledger_standing")),
    )


def _invoices() -> None:
    op.create_table(
        "ledger_invoice",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("tenant", sa.String(length=40), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("made_at", sa.String(length=27), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_ledger_invoice")),
        sa.UniqueConstraint("tenant", "month", name=op.f("uq_ledger_invoice_tenant_month")),
    )
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER ledger_invoice_no_{verb.lower()} BEFORE {verb} ON ledger_invoice "
                "BEGIN SELECT RAISE(ABORT, 'ledger_invoice is append-only'); END"
            )
