"""Solutions: what is taken away, and of which data it came."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    func,
    insert,
    select,
    update,
)

from zhisuan.core.clock import format_instant, parse_instant
from zhisuan.core.errors import NotFound
from zhisuan.services.records.tables import SOLUTIONS, TASKS
from zhisuan.services.solution import Made, Solution, SolutionState


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


def solutions_of_jobs(connection: Connection, job_ids: Sequence[str]) -> dict[str, Solution]:
    """The solutions that some jobs made, by job."""
    if not job_ids:
        return {}
    found = connection.execute(select(SOLUTIONS).where(SOLUTIONS.c.job_id.in_(job_ids)))
    return {row.job_id: _solution(row) for row in found}


def solutions(
    connection: Connection,
    tenant: str,
    before: str | None,
    limit: int,
    *,
    datasets: Sequence[str] | None = None,
    target: str | None = None,
) -> list[Solution]:
    """A tenant's solutions, newest first.

    Args:
        connection: to read with.
        tenant: whose.
        before: the last one already seen.
        limit: how many at most.
        datasets: only those learned from one of these.
        target: only those that predict this column.
    """
    query = (
        select(SOLUTIONS)
        .where(SOLUTIONS.c.tenant == tenant)
        .order_by(SOLUTIONS.c.solution_id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(SOLUTIONS.c.solution_id < before)
    if datasets is not None or target is not None:
        query = query.join(TASKS, TASKS.c.task_id == SOLUTIONS.c.task_id)
    if datasets is not None:
        query = query.where(TASKS.c.dataset_id.in_(datasets))
    if target is not None:
        # A question is written with its target first; see `add_task`.
        begins = f'{{"target": {json.dumps(target, ensure_ascii=False)}, "kind": '
        query = query.where(TASKS.c.question.startswith(begins, autoescape=True))
    return [_solution(row) for row in connection.execute(query)]


def made_from(connection: Connection, tenant: str, datasets: Sequence[str]) -> list[Made]:
    """What was learned from some datasets of a tenant, in the order it was made."""
    if not datasets:
        return []
    parts = (SOLUTIONS.c.solution_id, SOLUTIONS.c.created_at, TASKS.c.dataset_id, TASKS.c.question)
    query = (
        select(*parts)
        .join(TASKS, TASKS.c.task_id == SOLUTIONS.c.task_id)
        .where(SOLUTIONS.c.tenant == tenant, TASKS.c.dataset_id.in_(datasets))
        .order_by(SOLUTIONS.c.solution_id)
    )
    return [
        Made(
            row.solution_id,
            row.dataset_id,
            str(json.loads(row.question)["target"]),
            parse_instant(row.created_at),
        )
        for row in connection.execute(query)
    ]


def summaries_of(connection: Connection, job_ids: Sequence[str]) -> Iterator[Mapping[str, Any]]:
    """What the algorithms of some jobs said of their results."""
    query = select(SOLUTIONS.c.summary).where(SOLUTIONS.c.job_id.in_(job_ids))
    for summary in connection.execute(query).scalars():
        yield json.loads(summary)


def asked_of(
    connection: Connection, tenant: str, datasets: Sequence[str]
) -> dict[str, tuple[int, int]]:
    """By dataset of a tenant: how many questions were asked of it, how many results came of it."""
    query = (
        select(TASKS.c.dataset_id, func.count(), func.count(SOLUTIONS.c.solution_id))
        .outerjoin(SOLUTIONS, SOLUTIONS.c.task_id == TASKS.c.task_id)
        .where(TASKS.c.tenant == tenant, TASKS.c.dataset_id.in_(datasets))
        .group_by(TASKS.c.dataset_id)
    )
    return {dataset: (tasks, made) for dataset, tasks, made in connection.execute(query)}


def wrapping(connection: Connection) -> list[str]:
    """Ids of solutions not wrapped yet, oldest first."""
    query = (
        select(SOLUTIONS.c.solution_id)
        .where(SOLUTIONS.c.state == SolutionState.WRAPPING)
        .order_by(SOLUTIONS.c.solution_id)
    )
    return list(connection.execute(query).scalars())


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
