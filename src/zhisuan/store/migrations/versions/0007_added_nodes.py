"""Simulated nodes that are added while the centre runs."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "added_node",
        sa.Column("sequence", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("declared", sa.Text(), nullable=False),
        sa.Column("added_at", sa.String(length=27), nullable=False),
        sa.Column("removed_at", sa.String(length=27), nullable=True),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_added_node")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_added_node_name"), "added_node", ["name"], unique=False)
