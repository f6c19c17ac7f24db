"""The queue: who waits, in the scheduler's order, and who runs, and till when."""

from collections.abc import Mapping
from typing import Annotated, Self

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel

from zhisuan.access import records as access
from zhisuan.api.door import After, CentreHere, EveryJobReader, place
from zhisuan.api.models import AllocationOut, RequestOut
from zhisuan.compute import records as jobs
from zhisuan.compute.explain import sentence
from zhisuan.compute.job import Job, JobState, Leave
from zhisuan.compute.scheduler.values import WaitingReason
from zhisuan.core.quantities import Quality
from zhisuan.services.pool.queue import Runner, Waiter, runners, waiters

router = APIRouter(tags=["jobs"])

_Limit = Annotated[int, Query(ge=0, le=2000, description="Jobs on a page, of each of the two.")]


class QueuedOut(BaseModel):
    """A job that waits."""

    job_id: str
    tenant_id: str
    tenant_name: str
    project: str | None
    algorithm: str
    price_class: str
    place: int | None
    """1 is the next turn; null where it is not a matter of turns, or not known yet."""
    reason: WaitingReason | None
    """Null in the moment before the first plan."""
    why_zh: str | None
    why_en: str | None
    starts_between: tuple[AwareDatetime, AwareDatetime] | None
    """Right about four times in five; null while nothing can be told."""
    run_s: float
    """How long it is expected to run."""
    run_quality: Quality
    """`modelled` from like jobs, or `assumed`: the limit that was asked for."""
    time_limit_s: float
    request: RequestOut
    not_before: AwareDatetime | None
    start_by: AwareDatetime | None
    finish_by: AwareDatetime | None
    green: bool
    submitted_at: AwareDatetime
    attempt: int

    @classmethod
    def of(cls, told: Waiter, names: Mapping[str, str]) -> Self:
        """From the value."""
        job, reason = told.job, told.waiting.reason if told.waiting else None
        return cls(
            job_id=job.job_id,
            tenant_id=job.tenant,
            tenant_name=names.get(job.tenant, job.tenant),
            project=job.project,
            algorithm=job.work.algorithm,
            price_class=job.price_class,
            place=told.place,
            reason=reason,
            why_zh=None if reason is None else sentence(reason, "zh"),
            why_en=None if reason is None else sentence(reason, "en"),
            starts_between=told.starts_between,
            run_s=told.run_s,
            run_quality=Quality.MODELLED if told.learned else Quality.ASSUMED,
            time_limit_s=job.work.time_limit_s,
            request=RequestOut.model_validate(job.request.to_json()),
            not_before=job.times.not_before,
            start_by=job.times.start_by,
            finish_by=job.times.finish_by,
            green=job.times.green,
            submitted_at=job.submitted_at,
            attempt=job.attempt,
        )


class RunningOut(BaseModel):
    """A job that holds something of the pool."""

    job_id: str
    tenant_id: str
    tenant_name: str
    project: str | None
    algorithm: str
    price_class: str
    state: JobState
    leaving: Leave | None
    """Why it is to make room; null where it may stay."""
    attempt: int
    started_at: AwareDatetime | None
    expected_end_at: AwareDatetime
    expected_end_between: tuple[AwareDatetime, AwareDatetime] | None
    """By the shortest and the longest of the last like jobs; null if there was none."""
    limit_at: AwareDatetime
    """When its time limit would end it."""
    allocations: list[AllocationOut]

    @classmethod
    def of(cls, told: Runner, names: Mapping[str, str]) -> Self:
        """From the value."""
        job = told.job
        return cls(
            job_id=job.job_id,
            tenant_id=job.tenant,
            tenant_name=names.get(job.tenant, job.tenant),
            project=job.project,
            algorithm=job.work.algorithm,
            price_class=job.price_class,
            state=job.state,
            leaving=job.leave_for,
            attempt=job.attempt,
            started_at=job.started_at,
            expected_end_at=told.ends_at,
            expected_end_between=told.ends_between,
            limit_at=told.limit_at,
            allocations=[AllocationOut.model_validate(each.to_json()) for each in job.allocations],
        )


class QueueOut(BaseModel):
    """The queue and the floor at one instant."""

    at: AwareDatetime
    waiting_total: int
    running_total: int
    waiting: list[QueuedOut]
    """In the order of their turns, as the last plan had it."""
    waiting_next: str | None
    """Send as `after` for those behind them; null on the last page."""
    running: list[RunningOut]
    """In order of submission."""
    running_next: str | None
    """Send as `running_after` for the next ones; null on the last page."""


@router.get("/v1/queue")
def see_queue(
    centre: CentreHere,
    _caller: EveryJobReader,
    limit: _Limit = 200,
    after: After = None,
    running_after: After = None,
) -> QueueOut:
    """Everybody's jobs: who waits, for what and how long; who runs, where and till when."""
    behind = place(after) or 0
    with centre.database.read() as connection:
        waiting, total = waiters(centre, connection, behind, limit)
        running = runners(centre, connection, place(running_after) or 0, limit + 1)
        counts = jobs.counts(connection)
        everybody: list[Job] = [each.job for each in (*waiting, *running)]
        names = access.tenant_names(connection, (job.tenant for job in everybody))
    shown = running[:limit]
    more = len(running) > limit and bool(shown)
    return QueueOut(
        at=centre.clock.now(),
        waiting_total=total,
        running_total=counts.get(JobState.STARTING, 0) + counts.get(JobState.RUNNING, 0),
        waiting=[QueuedOut.of(each, names) for each in waiting],
        waiting_next=str(behind + limit) if limit and behind + limit < total else None,
        running=[RunningOut.of(each, names) for each in shown],
        running_next=str(shown[-1].job.sequence) if more else None,
    )
