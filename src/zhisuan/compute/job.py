"""The life of a job: few states, many reasons, one table, one function that moves.

::

    QUEUED ──placed──► STARTING ──began──► RUNNING ──succeeded──► SUCCEEDED
     │  ▲                  │                  │
     │  └─resumed          ├──────────────────┼──failed────► FAILED(reason)
     │                     ├──────────────────┼──lost──────► QUEUED(node_lost)
     │                     ├──────────────────┼──preempted─► QUEUED(preempted | shrunk | suspended)
     └───────stopped───────┴──────────────────┴──stopped───► CANCELLED(by whom)

A job that ends between two looks goes from STARTING straight to its end. SUCCEEDED, FAILED and
CANCELLED have no way out. A suspended job is queued like others but not planned until its tenant
resumes it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from zhisuan.compute.allocation import Allocation
from zhisuan.compute.request import ResourceRequest
from zhisuan.core.clock import Instant, format_instant, parse_instant
from zhisuan.core.errors import IllegalTransition
from zhisuan.core.quantities import MILLI


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
    PREEMPTED = "preempted"
    RESUMED = "resumed"
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
    PREEMPTED = "preempted"
    SHRUNK = "shrunk"
    SUSPENDED = "suspended"
    BY_TENANT = "by_tenant"
    BY_OPERATOR = "by_operator"
    BY_IDLE_RULE = "by_idle_rule"
    UNPAID = "unpaid"
    BY_UNPAID = "by_unpaid"
    UNKNOWN = "unknown"


class Leave(StrEnum):
    """Why the centre wants a job off what it holds; each has its sentence in `explain`."""

    PRIORITY = "priority"
    RECLAIMED = "reclaimed"
    TURN = "turn"
    SHRINK = "shrink"
    IDLE = "idle"
    UNPAID = "unpaid"
    NODE_DOWN = "node_down"


MOVES: Mapping[tuple[JobState, JobEvent], JobState] = {
    (JobState.QUEUED, JobEvent.PLACED): JobState.STARTING,
    (JobState.QUEUED, JobEvent.FAILED): JobState.FAILED,
    (JobState.QUEUED, JobEvent.RESUMED): JobState.QUEUED,
    (JobState.QUEUED, JobEvent.STOPPED): JobState.CANCELLED,
    (JobState.STARTING, JobEvent.BEGAN): JobState.RUNNING,
    (JobState.STARTING, JobEvent.SUCCEEDED): JobState.SUCCEEDED,
    (JobState.STARTING, JobEvent.FAILED): JobState.FAILED,
    (JobState.STARTING, JobEvent.LOST): JobState.QUEUED,
    (JobState.STARTING, JobEvent.PREEMPTED): JobState.QUEUED,
    (JobState.STARTING, JobEvent.STOPPED): JobState.CANCELLED,
    (JobState.RUNNING, JobEvent.SUCCEEDED): JobState.SUCCEEDED,
    (JobState.RUNNING, JobEvent.FAILED): JobState.FAILED,
    (JobState.RUNNING, JobEvent.LOST): JobState.QUEUED,
    (JobState.RUNNING, JobEvent.PREEMPTED): JobState.QUEUED,
    (JobState.RUNNING, JobEvent.STOPPED): JobState.CANCELLED,
}

MOST_ATTEMPTS = 3
"""Lost attempts after which a job that keeps losing its runner fails for good; attempts that the
centre took away do not count."""

_REPEATED_S = 60.0
"""What a job may spend of every new attempt on doing again what its checkpoint lacks, at most a
tenth of its limit, without its counting against the limit."""


SOLUTION = "solution"
"""The input of a job that answers new rows: the zip of the solution by which it does."""

OWN = "own:"
"""Before an input that lies in the job's own folder, and goes with it."""


@dataclass(frozen=True, slots=True)
class Work:
    """What a job runs; fixed for its whole life.

    Attributes:
        algorithm, version: of the catalogue.
        parameters: handed to the algorithm.
        inputs: name to the object's SHA-256, or to `own:` and a file of the job's own folder.
        time_limit_s: wall seconds, over all attempts whose work is kept.
        isolated: start it in a cold runner of its own.
    """

    algorithm: str
    version: str
    parameters: Mapping[str, Any]
    inputs: Mapping[str, str]
    time_limit_s: float = 3600.0
    isolated: bool = False

    @property
    def predicts(self) -> bool:
        """Whether it answers new rows by a solution, instead of making one."""
        return SOLUTION in self.inputs

    @property
    def kind(self) -> str:
        """What like work has in common: its algorithm, and whether it solves or predicts."""
        return f"{self.algorithm}{' predict' if self.predicts else ''}"


@dataclass(frozen=True, slots=True)
class Times:
    """When a job should run; fixed for its whole life.

    Attributes:
        not_before: it waits until then.
        start_by, finish_by: how far a green job may be delayed.
        green: it may wait for a better hour.
    """

    not_before: Instant | None = None
    start_by: Instant | None = None
    finish_by: Instant | None = None
    green: bool = False


ANY_TIME = Times()


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
        leave_for: why it is to make room, until it has; a suspended job keeps it until resumed.
        lost: how many of its attempts were lost.
        attained: device-seconds, or core-seconds without devices, of earlier attempts.
        behind_s: wall seconds of its time limit that kept attempts have used up.
        idle_since: since when it has been doing next to nothing, once it was warned.
        project: the part of its tenant's work it belongs to.
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
    times: Times = ANY_TIME
    leave_for: Leave | None = None
    lost: int = 0
    attained: float = 0.0
    behind_s: float = 0.0
    idle_since: Instant | None = None
    project: str | None = None

    @property
    def time_left_s(self) -> float:
        """Wall seconds that the next attempt, or this one, may take."""
        least = min(_REPEATED_S, self.work.time_limit_s)
        return max(self.work.time_limit_s - self.behind_s, least)

    @property
    def suspended(self) -> bool:
        """Whether it waits for its tenant alone."""
        return self.state is JobState.QUEUED and self.reason is JobReason.SUSPENDED

    def moves(self) -> Iterator[tuple[Instant, JobEvent]]:
        """What happened to it and when, as its story tells."""
        for line in self.story:
            at, event, *_ = line.split(" ")
            yield parse_instant(at), JobEvent(event)

    @property
    def size(self) -> float:
        """Devices that it holds over its whole gang, or cores if it holds no device."""
        cpu_milli, _, device_milli = self.held
        return (device_milli or cpu_milli) / MILLI

    @property
    def held(self) -> tuple[int, int, int]:
        """Core-milli, megabytes and device-milli that it holds over its whole gang."""
        return (
            sum(each.cpu_milli for each in self.allocations),
            sum(each.memory_mb for each in self.allocations),
            sum(share.milli for each in self.allocations for share in each.devices),
        )


def move(
    job: Job,
    event: JobEvent,
    at: Instant,
    *,
    reason: JobReason | None = None,
    message: str = "",
    allocations: tuple[Allocation, ...] = (),
    kept_s: float = 0.0,
) -> Job:
    """The job after the event: the only way a state changes.

    Args:
        job: as it is.
        event: what happened.
        at: when.
        reason: why, where the new state needs one.
        message: the sentence for people.
        allocations: what it was given, with PLACED.
        kept_s: wall seconds of the attempt whose work the next one goes on from, with PREEMPTED.

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
    lost = job.lost + (event is JobEvent.LOST)
    if event is JobEvent.LOST and lost >= MOST_ATTEMPTS:
        target = JobState.FAILED
    keeps = target in (JobState.STARTING, JobState.RUNNING) or target.ended
    moved = replace(
        job,
        state=target,
        attempt=job.attempt + (event is JobEvent.PLACED),
        reason=reason,
        message=message,
        allocations=allocations or (job.allocations if keeps else ()),
        started_at=at if event is JobEvent.PLACED else job.started_at,
        ended_at=at if target.ended else None,
        story=(*job.story, f"{format_instant(at)} {event}{f' ({reason})' if reason else ''}"),
        leave_for=job.leave_for if event is JobEvent.BEGAN else None,
        lost=lost,
        idle_since=job.idle_since if event is JobEvent.BEGAN else None,
    )
    return _given_back(job, moved, at, kept_s) if job.state.holds_devices and not keeps else moved


def _given_back(job: Job, moved: Job, at: Instant, kept_s: float) -> Job:
    """A job that waits again remembers what it has had, and why it had to go."""
    had_s = (at - job.started_at).total_seconds() if job.started_at else 0.0
    repeated_s = min(_REPEATED_S, job.work.time_limit_s / 10)
    shrinks = moved.reason is JobReason.SHRUNK
    stays = moved.suspended
    return replace(
        moved,
        request=replace(job.request, most_nodes=0) if shrinks else job.request,
        attained=job.attained + job.size * max(0.0, had_s),
        behind_s=job.behind_s + max(0.0, kept_s - repeated_s),
        leave_for=Leave.IDLE if stays else None,
        idle_since=job.idle_since if stays else None,
    )
