"""Voucher programmes and the life of each voucher."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_APPEND_ONLY = ("voucher_programme", "voucher_move")


def upgrade() -> None:
    op.create_table(
        "voucher_programme",
        sa.Column("programme_id", sa.String(length=40), nullable=False),
        sa.Column("slug", sa.String(length=40), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("budget", sa.BigInteger(), nullable=False),
        sa.Column("added_at", sa.String(length=27), nullable=False),
        sa.PrimaryKeyConstraint("programme_id", name=op.f("pk_voucher_programme")),
    )
    op.create_index(op.f("ix_voucher_programme_slug"), "voucher_programme", ["slug"], unique=False)
    op.create_table(
        "voucher",
        sa.Column("voucher_id", sa.String(length=40), nullable=False),
        sa.Column("programme_id", sa.String(length=40), nullable=False),
        sa.Column("tenant", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("firm", sa.String(length=40), nullable=False),
        sa.Column("contract", sa.String(length=64), nullable=False),
        sa.Column("application", sa.Text(), nullable=False),
        sa.Column("papers", sa.Text(), nullable=False),
        sa.Column("created_at", sa.String(length=27), nullable=False),
        sa.Column("changed_at", sa.String(length=27), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("granted", sa.BigInteger(), nullable=False),
        sa.Column("given_back", sa.BigInteger(), nullable=False),
        sa.Column("redeemed", sa.BigInteger(), nullable=False),
        sa.Column("redeem_year", sa.Integer(), nullable=True),
        sa.Column("expires_at", sa.String(length=27), nullable=True),
        sa.Column("bound_at", sa.String(length=27), nullable=True),
        sa.PrimaryKeyConstraint("voucher_id", name=op.f("pk_voucher")),
    )
    op.create_index(op.f("ix_voucher_programme_id"), "voucher", ["programme_id"], unique=False)
    op.create_index(op.f("ix_voucher_contract"), "voucher", ["contract"], unique=False)
    op.create_index("ix_voucher_tenant_state", "voucher", ["tenant", "state"], unique=False)
    op.create_index("ix_voucher_firm", "voucher", ["firm"], unique=False)
    op.create_table(
        "voucher_move",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("voucher_id", sa.String(length=40), nullable=False),
        sa.Column("move", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("at", sa.String(length=27), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_voucher_move")),
    )
    op.create_index(
        op.f("ix_voucher_move_voucher_id"), "voucher_move", ["voucher_id"], unique=False
    )
    if op.get_bind().dialect.name == "sqlite":
        for table in _APPEND_ONLY:
            for verb in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )
