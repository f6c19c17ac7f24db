"""Tasks: ask a question, see what it would cost, accept."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import AwareDatetime, BaseModel, StringConstraints
from sqlalchemy import Connection

from zhisuan.api.door import After, CentreHere, Limit, Member, OnceKey, Reader, ThisId, asking, once
from zhisuan.api.models import JobOut, Page
from zhisuan.api.task_models import QualityOut, TaskOut
from zhisuan.core.task import Effort, TaskKind
from zhisuan.services import records
from zhisuan.services.centre import Centre
from zhisuan.services.people.projects import working_in
from zhisuan.services.tasks.course import Point, points_of, stage_words
from zhisuan.services.tasks.solve import accept, ask, offer
from zhisuan.services.tasks.task import TaskState
from zhisuan.services.tasks.taskview import views

router = APIRouter(tags=["tasks"])

_States = Annotated[
    tuple[TaskState, ...],
    Query(max_length=len(TaskState), description="Only those in this state; may come repeatedly."),
]
_Dataset = Annotated[
    str | None,
    Query(max_length=200, description="Only those asked of this dataset: its id, or its name."),
]


class TaskIn(BaseModel):
    """A question; without a target it is guessed, or asked back."""

    dataset_id: Annotated[str, StringConstraints(max_length=80)]
    target: Annotated[str, StringConstraints(min_length=1, max_length=1000)] | None = None
    kind: TaskKind | None = None


class AcceptIn(BaseModel):
    """Which offer is taken."""

    effort: Effort = Effort.STANDARD
    project: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = None
    """Id or name of the project that the work belongs to."""


@router.post("/v1/tasks", status_code=201, response_model=TaskOut)
def ask_question(
    request: Request, body: TaskIn, centre: CentreHere, caller: Member, key: OnceKey = None
) -> Response:
    """Ask a question of a dataset; the answer holds an offer for every effort."""
    posed = ask(centre, caller.tenant, body.dataset_id, body.target, body.kind)

    def make(connection: Connection) -> TaskOut:
        task = offer(centre, connection, posed)
        return TaskOut.of(views(centre, connection, [task])[0])

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
        project = working_in(connection, caller.tenant, body.project, caller.project)
        return JobOut.of(accept(centre, connection, caller.tenant, task_id, body.effort, project))

    response = once(centre, caller, key, asking(request, body), make)
    centre.engine.wake()
    return response


@router.get("/v1/tasks")
def list_tasks(
    centre: CentreHere,
    caller: Reader,
    state: _States = (),
    dataset: _Dataset = None,
    limit: Limit = 50,
    after: After = None,
) -> Page[TaskOut]:
    """Tasks, newest first."""
    with centre.database.read() as connection:
        ids = list(centre.shelf.called(connection, caller.tenant, dataset)) if dataset else None
        found = records.tasks(
            connection, caller.tenant, after, limit + 1, states=state, datasets=ids
        )
        items = [TaskOut.of(each) for each in views(centre, connection, found[:limit])]
    return Page(items=items, next=items[-1].task_id if len(found) > limit else None)


@router.get("/v1/tasks/{task_id}")
def show_task(task_id: ThisId, centre: CentreHere, caller: Reader) -> TaskOut:
    """One task and how far it is."""
    with centre.database.read() as connection:
        task = records.task(connection, caller.tenant, task_id)
        return TaskOut.of(views(centre, connection, [task])[0])


class PointOut(BaseModel):
    """A point of the curve."""

    at: AwareDatetime
    seconds: float
    """Of work by then; waiting is not counted."""
    stage: str
    stage_zh: str
    stage_en: str
    fraction: float
    best_score: float | None


class ProgressOut(BaseModel):
    """The course of a task's work, from the first point to now or to its end."""

    task_id: str
    state: TaskState
    stage: str | None
    stage_zh: str | None
    stage_en: str | None
    fraction: float | None
    metric: str | None
    """What the scores are measured by; its words are in `GET /v1/definitions`."""
    lower_is_better: bool | None
    eta_s: float | None
    """Seconds still expected, modelled; only while it runs."""
    started_at: AwareDatetime | None
    ended_at: AwareDatetime | None
    points: list[PointOut]
    quality: QualityOut | None
    """In the end, on rows never seen: no point of the curve, whose scores are of the choosing."""


@router.get("/v1/tasks/{task_id}/progress")
def see_progress(task_id: ThisId, centre: CentreHere, caller: Reader) -> ProgressOut:
    """The course of the work, for a curve: the same after a restart and after the end."""
    with centre.database.read() as connection:
        task = records.task(connection, caller.tenant, task_id)
        view = views(centre, connection, [task])[0]
    points = points_of(centre, view.job) if view.job else []
    telling = next((point for point in reversed(points) if point.metric), None)
    quality, told = view.quality, TaskOut.of(view)
    higher = telling.higher_is_better if telling else None
    lower = None if higher is None else not higher
    return ProgressOut(
        **told.model_dump(include=_SAME),
        metric=quality.metric if quality else telling.metric if telling else None,
        lower_is_better=quality.lower_is_better if quality else lower,
        points=[_point(centre, task.algorithm, point) for point in points],
        quality=told.quality,
    )


_SAME = {
    "task_id", "state", "stage", "stage_zh", "stage_en", "fraction", "eta_s", "started_at",
    "ended_at",
}  # fmt: skip


def _point(centre: Centre, algorithm: str, point: Point) -> PointOut:
    words = stage_words(centre.catalogue, algorithm, point.stage)
    return PointOut(
        at=point.at,
        seconds=round(point.seconds, 3),
        stage=point.stage,
        stage_zh=words.zh,
        stage_en=words.en,
        fraction=point.fraction,
        best_score=point.best_score,
    )
