"""Sessions that stand on a key, and tickets to begin one."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    with op.batch_alter_table("session") as session:
        session.alter_column("member", existing_type=sa.String(length=40), nullable=True)
        session.add_column(sa.Column("key_id", sa.String(length=40), nullable=True))
        session.create_index(op.f("ix_session_key_id"), ["key_id"], unique=False)
    op.create_table(
        "ticket",
        sa.Column("ticket_id", sa.String(length=40), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("tenant", sa.String(length=40), nullable=False),
        sa.Column("session", sa.String(length=40), nullable=True),
        sa.Column("key_id", sa.String(length=40), nullable=True),
        sa.Column("expires_at", sa.String(length=27), nullable=False),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_ticket")),
    )
