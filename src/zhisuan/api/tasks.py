"""Tasks: ask a question, see what it would cost, accept."""

from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, StringConstraints
from sqlalchemy import Connection

from zhisuan.api.door import After, CentreHere, Limit, Member, OnceKey, ThisId, asking, once
from zhisuan.api.models import JobOut, Page, TaskOut
from zhisuan.compute import records as jobs
from zhisuan.core.task import Effort, TaskKind
from zhisuan.services import records
from zhisuan.services.solve import accept, ask, offer
from zhisuan.services.task import Task

router = APIRouter(tags=["tasks"])


class TaskIn(BaseModel):
    """A question; without a target it is guessed, or asked back."""

    dataset_id: Annotated[str, StringConstraints(max_length=80)]
    target: Annotated[str, StringConstraints(min_length=1, max_length=1000)] | None = None
    kind: TaskKind | None = None


class AcceptIn(BaseModel):
    """Which offer is taken."""

    effort: Effort = Effort.STANDARD


@router.post("/v1/tasks", status_code=201, response_model=TaskOut)
def ask_question(
    request: Request, body: TaskIn, centre: CentreHere, caller: Member, key: OnceKey = None
) -> Response:
    """Ask a question of a dataset; the answer holds an offer for every effort."""
    posed = ask(centre, caller.tenant, body.dataset_id, body.target, body.kind)

    def make(connection: Connection) -> TaskOut:
        return TaskOut.of(offer(centre, connection, posed))

    return once(centre, caller, key, asking(request, body), make)


@router.post("/v1/tasks/{task_id}/accept", status_code=201, response_model=JobOut)
def accept_offer(
    request: Request,
    task_id: ThisId,
    body: AcceptIn,
    centre: CentreHere,
    caller: Member,
    key: OnceKey = None,
) -> Response:
    """Accept an offer: its price is held and the work begins."""

    def make(connection: Connection) -> JobOut:
        return JobOut.of(accept(centre, connection, caller.tenant, task_id, body.effort))

    response = once(centre, caller, key, asking(request, body), make)
    centre.engine.wake()
    return response


@router.get("/v1/tasks")
def list_tasks(
    centre: CentreHere, caller: Member, limit: Limit = 50, after: After = None
) -> Page[TaskOut]:
    """Tasks, newest first."""
    with centre.database.read() as connection:
        found = records.tasks(connection, caller.tenant, after, limit + 1)
    items = [_told(centre, task) for task in found[:limit]]
    return Page(items=items, next=items[-1].task_id if len(found) > limit else None)


@router.get("/v1/tasks/{task_id}")
def show_task(task_id: ThisId, centre: CentreHere, caller: Member) -> TaskOut:
    """One task and how far it is."""
    with centre.database.read() as connection:
        task = records.task(connection, caller.tenant, task_id)
    return _told(centre, task)


def _told(centre: CentreHere, task: Task) -> TaskOut:
    if task.job_id is None:
        return TaskOut.of(task)
    with centre.database.read() as connection:
        job = jobs.get(connection, task.job_id)
        return TaskOut.of(task, job, records.solution_of_job(connection, task.job_id))
