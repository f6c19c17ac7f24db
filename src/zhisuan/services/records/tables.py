"""The tables of services: tasks, solutions and the event feed."""

from sqlalchemy import Column, Index, Integer, String, Table, Text

from zhisuan.store.database import METADATA

TASKS = Table(
    "task",
    METADATA,
    Column("task_id", String(40), primary_key=True),
    Column("tenant", String(40), nullable=False),
    Column("dataset_id", String(40), nullable=False),
    Column("question", Text, nullable=False),
    Column("algorithm", String(80), nullable=False),
    Column("version", String(40), nullable=False),
    Column("offers", Text, nullable=False),
    Column("warnings", Text, nullable=False),
    Column("created_at", String(27), nullable=False),
    Column("expires_at", String(27), nullable=False),
    Column("effort", String(20)),
    Column("job_id", String(40)),
    Index("ix_task_tenant_task_id", "tenant", "task_id"),
)

SOLUTIONS = Table(
    "solution",
    METADATA,
    Column("solution_id", String(40), primary_key=True),
    Column("tenant", String(40), nullable=False),
    Column("task_id", String(40), nullable=False),
    Column("job_id", String(40), nullable=False, unique=True),
    Column("state", String(12), nullable=False),
    Column("folder", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Column("receipt", Text, nullable=False),
    Column("archive", String(64)),
    Column("created_at", String(27), nullable=False),
    Index("ix_solution_tenant_solution_id", "tenant", "solution_id"),
)

EVENTS = Table(
    "event",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("at", String(27), nullable=False),
    Column("tenant", String(40), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("subject", String(40), nullable=False),
    Column("facts", Text, nullable=False),
    Index("ix_event_tenant_seq", "tenant", "seq"),
    sqlite_autoincrement=True,
)
