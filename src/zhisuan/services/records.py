"""All SQL of services: tasks, solutions and the event feed, the rows that tie the story."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Index,
    Integer,
    Row,
    String,
    Table,
    Text,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)

from zhisuan.core.clock import Instant, format_instant, parse_instant
from zhisuan.core.errors import NotFound
from zhisuan.core.task import Effort, TaskKind
from zhisuan.services.events import Event
from zhisuan.services.question import Question
from zhisuan.services.task import EffortOffer, Task
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


class SolutionState(StrEnum):
    """A solution is wrapped (receipt, report, archive) before it can be taken away."""

    WRAPPING = "wrapping"
    READY = "ready"


@dataclass(frozen=True, slots=True)
class Solution:
    """What a tenant takes away.

    Attributes:
        folder: where its files lie, absolute.
        summary: the algorithm's `solution.json`.
        receipt: the five blocks, empty while wrapping.
        archive: SHA-256 of the zip in the object store, None while wrapping.
    """

    solution_id: str
    tenant: str
    task_id: str
    job_id: str
    state: SolutionState
    folder: str
    summary: Mapping[str, Any]
    receipt: Mapping[str, Any]
    archive: str | None
    created_at: Instant


def add_task(connection: Connection, task: Task) -> None:
    """Keep a new task."""
    connection.execute(
        insert(TASKS),
        {
            "task_id": task.task_id,
            "tenant": task.tenant,
            "dataset_id": task.dataset_id,
            "question": json.dumps(asdict(task.question), ensure_ascii=False),
            "algorithm": task.algorithm,
            "version": task.version,
            "offers": json.dumps([asdict(offer) for offer in task.offers]),
            "warnings": json.dumps(list(task.warnings), ensure_ascii=False),
            "created_at": format_instant(task.created_at),
            "expires_at": format_instant(task.expires_at),
        },
    )


def accept_task(connection: Connection, task_id: str, effort: Effort, job_id: str) -> None:
    """Tie a task to the job that answers it."""
    connection.execute(
        update(TASKS).where(TASKS.c.task_id == task_id).values(effort=effort, job_id=job_id)
    )


def task(connection: Connection, tenant: str | None, task_id: str) -> Task:
    """One task; of one tenant, unless `tenant` is None.

    Raises:
        NotFound: there is none, or it is another tenant's.
    """
    query = select(TASKS).where(TASKS.c.task_id == task_id)
    if tenant is not None:
        query = query.where(TASKS.c.tenant == tenant)
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFound(f"There is no task {task_id}.", hint="List your tasks: zhisuan task list.")
    return _task(row)


def tasks(connection: Connection, tenant: str, before: str | None, limit: int) -> list[Task]:
    """A tenant's tasks, newest first; `before` is the last one already seen."""
    query = (
        select(TASKS).where(TASKS.c.tenant == tenant).order_by(TASKS.c.task_id.desc()).limit(limit)
    )
    if before is not None:
        query = query.where(TASKS.c.task_id < before)
    return [_task(row) for row in connection.execute(query)]


def add_solution(connection: Connection, solution: Solution) -> None:
    """Keep a solution that is to be wrapped."""
    connection.execute(
        insert(SOLUTIONS),
        {
            "solution_id": solution.solution_id,
            "tenant": solution.tenant,
            "task_id": solution.task_id,
            "job_id": solution.job_id,
            "state": solution.state,
            "folder": solution.folder,
            "summary": json.dumps(solution.summary, ensure_ascii=False),
            "receipt": json.dumps(solution.receipt, ensure_ascii=False),
            "archive": solution.archive,
            "created_at": format_instant(solution.created_at),
        },
    )


def finish_solution(
    connection: Connection, solution_id: str, receipt: Mapping[str, Any], archive: str
) -> None:
    """Mark a solution ready to be taken away."""
    connection.execute(
        update(SOLUTIONS)
        .where(SOLUTIONS.c.solution_id == solution_id)
        .values(
            state=SolutionState.READY,
            receipt=json.dumps(receipt, ensure_ascii=False),
            archive=archive,
        )
    )


def solution(connection: Connection, tenant: str | None, solution_id: str) -> Solution:
    """One solution, by its own id or its job's; of one tenant, unless `tenant` is None.

    Raises:
        NotFound: there is none, or it is another tenant's.
    """
    query = select(SOLUTIONS).where(
        (SOLUTIONS.c.solution_id == solution_id) | (SOLUTIONS.c.job_id == solution_id)
    )
    if tenant is not None:
        query = query.where(SOLUTIONS.c.tenant == tenant)
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFound(
            f"There is no solution {solution_id}.", hint="List your tasks: zhisuan task list."
        )
    return _solution(row)


def solution_of_job(connection: Connection, job_id: str) -> Solution | None:
    """The solution a job made, None if there is none."""
    row = connection.execute(select(SOLUTIONS).where(SOLUTIONS.c.job_id == job_id)).one_or_none()
    return None if row is None else _solution(row)


def solutions(
    connection: Connection, tenant: str, before: str | None, limit: int
) -> list[Solution]:
    """A tenant's solutions, newest first; `before` is the last one already seen."""
    query = (
        select(SOLUTIONS)
        .where(SOLUTIONS.c.tenant == tenant)
        .order_by(SOLUTIONS.c.solution_id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(SOLUTIONS.c.solution_id < before)
    return [_solution(row) for row in connection.execute(query)]


def wrapping(connection: Connection) -> list[str]:
    """Ids of solutions not wrapped yet, oldest first."""
    query = (
        select(SOLUTIONS.c.solution_id)
        .where(SOLUTIONS.c.state == SolutionState.WRAPPING)
        .order_by(SOLUTIONS.c.solution_id)
    )
    return list(connection.execute(query).scalars())


def append_events(connection: Connection, events: Sequence[Event]) -> None:
    """Keep events in the transaction of the change they tell."""
    if events:
        connection.execute(
            insert(EVENTS),
            [
                {
                    "at": format_instant(event.at),
                    "tenant": event.tenant,
                    "kind": event.kind,
                    "subject": event.subject,
                    "facts": json.dumps(event.facts, ensure_ascii=False),
                }
                for event in events
            ],
        )


_EVENTS_SINCE = (
    select(EVENTS)
    .where(EVENTS.c.tenant == bindparam("tenant"), EVENTS.c.seq > bindparam("seq"))
    .order_by(EVENTS.c.seq)
    .limit(500)
)


def events_since(connection: Connection, tenant: str, seq: int) -> list[tuple[int, str, str]]:
    """A tenant's events after `seq`: number, kind, JSON text."""
    rows = connection.execute(_EVENTS_SINCE, {"tenant": tenant, "seq": seq})
    return [
        (
            row.seq,
            row.kind,
            f'{{"subject":{json.dumps(row.subject)},"at":"{row.at}","facts":{row.facts}}}',
        )
        for row in rows
    ]


def last_event(connection: Connection, tenant: str) -> int:
    """The number of a tenant's newest event, 0 if there is none."""
    query = select(func.max(EVENTS.c.seq)).where(EVENTS.c.tenant == tenant)
    return connection.execute(query).scalar() or 0


def forget_events(connection: Connection, before: Instant) -> int:
    """Drop events older than an instant; returns how many."""
    return connection.execute(delete(EVENTS).where(EVENTS.c.at < format_instant(before))).rowcount


def _task(row: Row[Any]) -> Task:
    question: dict[str, Any] = json.loads(row.question)
    question["kind"] = TaskKind(question["kind"])
    offers: list[dict[str, Any]] = json.loads(row.offers)
    for offer in offers:
        offer["effort"] = Effort(offer["effort"])
    return Task(
        task_id=row.task_id,
        tenant=row.tenant,
        dataset_id=row.dataset_id,
        question=Question(**question),
        algorithm=row.algorithm,
        version=row.version,
        offers=tuple(EffortOffer(**offer) for offer in offers),
        warnings=tuple(json.loads(row.warnings)),
        created_at=parse_instant(row.created_at),
        expires_at=parse_instant(row.expires_at),
        effort=None if row.effort is None else Effort(row.effort),
        job_id=row.job_id,
    )


def _solution(row: Row[Any]) -> Solution:
    return Solution(
        solution_id=row.solution_id,
        tenant=row.tenant,
        task_id=row.task_id,
        job_id=row.job_id,
        state=SolutionState(row.state),
        folder=row.folder,
        summary=json.loads(row.summary),
        receipt=json.loads(row.receipt),
        archive=row.archive,
        created_at=parse_instant(row.created_at),
    )
