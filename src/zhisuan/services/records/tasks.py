"""Tasks: questions asked of data, and which offer was accepted."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    case,
    insert,
    select,
    update,
)

from zhisuan.compute.job import JobState
from zhisuan.compute.records import JOBS
from zhisuan.core.clock import format_instant, parse_instant
from zhisuan.core.errors import NotFound
from zhisuan.core.task import Effort, TaskKind
from zhisuan.services.records.tables import SOLUTIONS, TASKS
from zhisuan.services.solution import SolutionState
from zhisuan.services.tasks.question import Question
from zhisuan.services.tasks.task import EffortOffer, Task, TaskState


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


def some_tasks(connection: Connection, task_ids: Sequence[str]) -> dict[str, Task]:
    """Those of the tasks that there are, by id."""
    found = connection.execute(select(TASKS).where(TASKS.c.task_id.in_(task_ids)))
    return {row.task_id: _task(row) for row in found}


_STATE: ColumnElement[str] = case(
    (TASKS.c.job_id.is_(None), TaskState.OFFERED),
    (SOLUTIONS.c.state == SolutionState.READY, TaskState.SOLVED),
    (SOLUTIONS.c.state.is_not(None), TaskState.WRAPPING),
    (JOBS.c.state == JobState.SUCCEEDED, TaskState.WRAPPING),
    else_=JOBS.c.state,
)


def tasks(
    connection: Connection,
    tenant: str,
    before: str | None,
    limit: int,
    *,
    states: Sequence[TaskState] = (),
    datasets: Sequence[str] | None = None,
) -> list[Task]:
    """A tenant's tasks, newest first.

    Args:
        connection: to read with.
        tenant: whose.
        before: the last one already seen.
        limit: how many at most.
        states: only those in one of these; all if there is none.
        datasets: only those asked of one of these.
    """
    query = (
        select(TASKS).where(TASKS.c.tenant == tenant).order_by(TASKS.c.task_id.desc()).limit(limit)
    )
    if before is not None:
        query = query.where(TASKS.c.task_id < before)
    if datasets is not None:
        query = query.where(TASKS.c.dataset_id.in_(datasets))
    if states:
        query = (
            query.outerjoin(JOBS, JOBS.c.job_id == TASKS.c.job_id)
            .outerjoin(SOLUTIONS, SOLUTIONS.c.job_id == TASKS.c.job_id)
            .where(_STATE.in_(states))
        )
    return [_task(row) for row in connection.execute(query)]


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
