"""Jobs that make room and come back, nodes that the operator closes, what idle jobs gave back."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    for column in (
        sa.Column("times", sa.Text(), nullable=False, server_default="{}"),
        sa.Column("leave_for", sa.String(length=20), nullable=True),
        sa.Column("lost", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("attained", sa.Float(), nullable=False, server_default="0"),
        sa.Column("behind_s", sa.Float(), nullable=False, server_default="0"),
        sa.Column("idle_since", sa.String(length=27), nullable=True),
    ):
        op.add_column("job", column)
    # Until now every attempt but the last, and the last of a queued job, had been lost.
    op.execute("UPDATE job SET lost = attempt WHERE state = 'queued'")
    op.execute("UPDATE job SET lost = attempt - 1 WHERE state <> 'queued' AND attempt > 0")
    op.create_table(
        "node",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("changed_at", sa.String(length=27), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_node")),
    )
    op.create_table(
        "given_back",
        sa.Column("sequence", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("job_id", sa.String(length=40), nullable=False),
        sa.Column("step", sa.String(length=10), nullable=False),
        sa.Column("at", sa.String(length=27), nullable=False),
        sa.Column("until", sa.String(length=27), nullable=False),
        sa.Column("cpu_milli", sa.Integer(), nullable=False),
        sa.Column("device_milli", sa.Integer(), nullable=False),
        sa.Column("simulated_milli", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_given_back")),
    )
    op.create_index(op.f("ix_given_back_job_id"), "given_back", ["job_id"], unique=False)
