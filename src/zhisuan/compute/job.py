"""The life of a job: few states, many reasons, one table, one function that moves.

::

    QUEUED ──placed──► STARTING ──began──► RUNNING ──succeeded──► SUCCEEDED
       │                   │                  │
       │                   ├──────────────────┼──failed──► FAILED(reason)
       │                   ├──────────────────┼──lost────► QUEUED(node_lost)
       └──────stopped──────┴──────────────────┴──stopped─► CANCELLED(by whom)

A job that ends between two looks goes from STARTING straight to its end. SUCCEEDED, FAILED and
CANCELLED have no way out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from zhisuan.compute.allocation import Allocation
from zhisuan.compute.request import ResourceRequest
from zhisuan.core.clock import Instant, format_instant
from zhisuan.core.errors import IllegalTransition


class JobState(StrEnum):
    """Where a job is in its life."""

    QUEUED = "queued"
    STARTING = "starting"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        """Whether there is no way out."""
        return self in (JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED)

    @property
    def holds_devices(self) -> bool:
        """Whether the job holds a part of the pool."""
        return self in (JobState.STARTING, JobState.RUNNING)


class JobEvent(StrEnum):
    """What can happen to a job."""

    PLACED = "placed"
    BEGAN = "began"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    LOST = "lost"
    STOPPED = "stopped"


class JobReason(StrEnum):
    """Why a job is where it is; each has its sentence in `explain`."""

    PROGRAM_ERROR = "program_error"
    OUT_OF_MEMORY = "out_of_memory"
    COMMAND_NOT_FOUND = "command_not_found"
    WRONG_INPUT = "wrong_input"
    OVER_TIME = "over_time"
    DISK_FULL = "disk_full"
    NODE_LOST = "node_lost"
    ENVIRONMENT_UNAVAILABLE = "environment_unavailable"
    BY_TENANT = "by_tenant"
    BY_OPERATOR = "by_operator"
    UNKNOWN = "unknown"


MOVES: Mapping[tuple[JobState, JobEvent], JobState] = {
    (JobState.QUEUED, JobEvent.PLACED): JobState.STARTING,
    (JobState.QUEUED, JobEvent.FAILED): JobState.FAILED,
    (JobState.QUEUED, JobEvent.STOPPED): JobState.CANCELLED,
    (JobState.STARTING, JobEvent.BEGAN): JobState.RUNNING,
    (JobState.STARTING, JobEvent.SUCCEEDED): JobState.SUCCEEDED,
    (JobState.STARTING, JobEvent.FAILED): JobState.FAILED,
    (JobState.STARTING, JobEvent.LOST): JobState.QUEUED,
    (JobState.STARTING, JobEvent.STOPPED): JobState.CANCELLED,
    (JobState.RUNNING, JobEvent.SUCCEEDED): JobState.SUCCEEDED,
    (JobState.RUNNING, JobEvent.FAILED): JobState.FAILED,
    (JobState.RUNNING, JobEvent.LOST): JobState.QUEUED,
    (JobState.RUNNING, JobEvent.STOPPED): JobState.CANCELLED,
}

MOST_ATTEMPTS = 3
"""Attempts after which a job that keeps losing its runner fails for good."""


@dataclass(frozen=True, slots=True)
class Work:
    """What a job runs; fixed for its whole life.

    Attributes:
        algorithm, version: of the catalogue.
        parameters: handed to the algorithm.
        inputs: name to the object's SHA-256 or absolute path.
        time_limit_s: wall seconds of one attempt.
        isolated: start it in a cold runner of its own.
    """

    algorithm: str
    version: str
    parameters: Mapping[str, Any]
    inputs: Mapping[str, str]
    time_limit_s: float = 3600.0
    isolated: bool = False


@dataclass(frozen=True, slots=True)
class Job:
    """One job.

    Attributes:
        job_id: `job_…`.
        sequence: order of submission, unique.
        attempt: 0 before the first start, then counts up.
        reason: why it is in its state; None where the state says all.
        message: the story's last sentence, for people.
        tariff_version: of the price list that holds for it.
        stop_by: who asked to stop it, or None.
    """

    job_id: str
    sequence: int
    tenant: str
    work: Work
    request: ResourceRequest
    price_class: str
    priority: int
    state: JobState
    submitted_at: Instant
    attempt: int = 0
    reason: JobReason | None = None
    message: str = ""
    allocations: tuple[Allocation, ...] = ()
    started_at: Instant | None = None
    ended_at: Instant | None = None
    stop_by: JobReason | None = None
    task_id: str | None = None
    quote_id: str | None = None
    tariff_version: int = 1
    story: tuple[str, ...] = field(default=())


def move(
    job: Job,
    event: JobEvent,
    at: Instant,
    *,
    reason: JobReason | None = None,
    message: str = "",
    allocations: tuple[Allocation, ...] = (),
) -> Job:
    """The job after the event: the only way a state changes.

    Args:
        job: as it is.
        event: what happened.
        at: when.
        reason: why, where the new state needs one.
        message: the sentence for people.
        allocations: what it was given, with PLACED.

    Raises:
        IllegalTransition: the table has no such move.
    """
    target = MOVES.get((job.state, event))
    if target is None:
        told = "; ".join(job.story) or "nothing happened yet"
        raise IllegalTransition(
            f"A {job.state} job cannot be {event}: {job.job_id} ({told}).",
            hint="Look at the job's story; an ended job is started again as a new one.",
        )
    if event is JobEvent.LOST and job.attempt >= MOST_ATTEMPTS:
        target = JobState.FAILED
    keeps = target in (JobState.STARTING, JobState.RUNNING) or target.ended
    return replace(
        job,
        state=target,
        attempt=job.attempt + (event is JobEvent.PLACED),
        reason=reason,
        message=message,
        allocations=allocations or (job.allocations if keeps else ()),
        started_at=at if event is JobEvent.PLACED else job.started_at,
        ended_at=at if target.ended else None,
        story=(*job.story, f"{format_instant(at)} {event}{f' ({reason})' if reason else ''}"),
    )
