"""A task as its tenant sees it: the question, how far it is, what it costs, what came of it.

Any number of tasks is looked at in the same few statements, so a page of two hundred costs about
what a page of one does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from zhisuan.compute import records as jobs
from zhisuan.compute.job import Job, JobEvent, JobState
from zhisuan.compute.scheduler.values import Waiting
from zhisuan.core.clock import Instant
from zhisuan.core.money import MicroYuan
from zhisuan.data.dataset import Label
from zhisuan.services import records
from zhisuan.services.centre import Centre
from zhisuan.services.solution import Solution, SolutionState
from zhisuan.services.tasks.cost import so_far
from zhisuan.services.tasks.course import (
    DONE,
    ENDED,
    STARTING,
    WAITING,
    WRAPPING,
    Point,
    Stage,
    expected_s,
    last_point,
    stage_words,
)
from zhisuan.services.tasks.failure import Failure, failure_of
from zhisuan.services.tasks.task import EffortOffer, Task, TaskState


@dataclass(frozen=True, slots=True)
class Quality:
    """How good a result is, on rows never learned from.

    Attributes:
        metric: what the score is measured by, such as `rmse`.
        baseline: the score of the naive answer.
        usable: whether the result is clearly better than that.
    """

    metric: str
    score: float
    baseline: float | None
    lower_is_better: bool
    usable: bool


@dataclass(frozen=True, slots=True)
class TaskView:
    """One task.

    Attributes:
        label: what its dataset is called, also when the data are forgotten.
        stage: what is being done; None before an offer was accepted.
        fraction: of the whole, 0 to 1.
        eta_s: seconds it is still expected to take; only while it runs.
        started_at: when the work first began.
        so_far, charge: what it costs as it stands, and in the end.
        promised: between which instants waiting work will begin.
    """

    task: Task
    label: Label | None
    state: TaskState
    job: Job | None
    solution_id: str | None
    stage: Stage | None
    fraction: float | None
    eta_s: float | None
    started_at: Instant | None
    so_far: MicroYuan | None
    charge: MicroYuan | None
    quality: Quality | None
    failure: Failure | None
    waiting: Waiting | None
    promised: tuple[Instant, Instant] | None

    @property
    def offer(self) -> EffortOffer | None:
        """The offer that was accepted."""
        return None if self.task.effort is None else self.task.offer(self.task.effort)


def views(centre: Centre, connection: Connection, tasks: Sequence[Task]) -> list[TaskView]:
    """The tasks of one tenant as it sees them, in their order."""
    if not tasks:
        return []
    tenant = tasks[0].tenant
    labels = centre.shelf.labels(connection, tenant, [task.dataset_id for task in tasks])
    job_ids = [task.job_id for task in tasks if task.job_id is not None]
    found = jobs.some(connection, job_ids)
    ended = [job_id for job_id, job in found.items() if job.state.ended]
    made = records.solutions_of_jobs(connection, ended)
    spent = so_far(centre, connection, found.values())
    charged = centre.ledger.charged(connection, ended)
    return [
        _view(
            centre,
            task,
            labels.get(task.dataset_id),
            found.get(task.job_id or ""),
            made.get(task.job_id or ""),
            (spent.get(task.job_id or ""), charged.get(task.job_id or "")),
        )
        for task in tasks
    ]


def quality_of(summary: Mapping[str, Any]) -> Quality | None:
    """How good a result is, as its algorithm says; None if it gives no score."""
    score, metric = summary.get("score"), summary.get("metric")
    if not isinstance(score, int | float) or not isinstance(metric, str):
        return None
    baseline = summary.get("baseline_score")
    return Quality(
        metric=metric,
        score=float(score),
        baseline=float(baseline) if isinstance(baseline, int | float) else None,
        lower_is_better=summary.get("higher_is_better") is not True,
        usable=bool(summary.get("usable", True)),
    )


def state_of(job: Job | None, solution: Solution | None) -> TaskState:
    """How far a task is whose job and solution these are."""
    if job is None:
        return TaskState.OFFERED
    if solution is not None and solution.state is SolutionState.READY:
        return TaskState.SOLVED
    if solution is not None or job.state is JobState.SUCCEEDED:
        return TaskState.WRAPPING
    return TaskState(job.state)


def first_start(job: Job) -> Instant | None:
    """When its first attempt was placed."""
    return next((at for at, event in job.moves() if event is JobEvent.PLACED), None)


def _view(
    centre: Centre,
    task: Task,
    label: Label | None,
    job: Job | None,
    solution: Solution | None,
    money: tuple[MicroYuan | None, MicroYuan | None],
) -> TaskView:
    state = state_of(job, solution)
    last = last_point(centre, job) if job is not None and not job.state.ended else None
    offer = None if task.effort is None else task.offer(task.effort)
    now = centre.clock.now()
    works = job is not None and job.state.holds_devices
    queued = job is not None and job.state is JobState.QUEUED
    return TaskView(
        task=task,
        label=label,
        state=state,
        job=job,
        solution_id=solution.solution_id if solution else None,
        stage=_stage(centre, state, job, last),
        fraction=_fraction(state, last),
        eta_s=expected_s(job, offer, last, now) if job is not None and works else None,
        started_at=first_start(job) if job is not None else None,
        so_far=money[0],
        charge=money[1],
        quality=quality_of(solution.summary) if solution else None,
        failure=failure_of(job) if job is not None else None,
        waiting=centre.waiting.get(job.job_id) if job is not None and queued else None,
        promised=centre.promised.get(job.job_id) if job is not None and queued else None,
    )


def _stage(centre: Centre, state: TaskState, job: Job | None, last: Point | None) -> Stage | None:
    fixed = _STAGES.get(state)
    if fixed is not None or job is None or state is TaskState.OFFERED:
        return fixed
    return (
        STARTING if last is None else stage_words(centre.catalogue, job.work.algorithm, last.stage)
    )


_STAGES: Mapping[TaskState, Stage] = {
    TaskState.QUEUED: WAITING,
    TaskState.STARTING: STARTING,
    TaskState.WRAPPING: WRAPPING,
    TaskState.SOLVED: DONE,
    TaskState.FAILED: ENDED,
    TaskState.CANCELLED: ENDED,
}


def _fraction(state: TaskState, last: Point | None) -> float | None:
    if state in (TaskState.SOLVED, TaskState.WRAPPING):
        return 1.0
    if state in (TaskState.OFFERED, TaskState.FAILED, TaskState.CANCELLED):
        return None
    return 0.0 if last is None else last.fraction
