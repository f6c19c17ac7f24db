"""What `plan` is told and what it answers.

Instants are seconds of one clock: Unix seconds in the live centre, seconds of a trace in a
replay. The scheduler never asks what time it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TypeVar, dataclass_transform

from zhisuan.compute.request import ResourceRequest

T = TypeVar("T")

NEVER = float("inf")

Columns = tuple[tuple[int, int], ...]
"""Device columns of one row and the milli taken of each."""

Places = tuple[tuple[int, Columns], ...]
"""Where a job sits: the row of every node of its gang and the device columns there.

Empty in a pool that only counts.
"""


@dataclass_transform(frozen_default=True)
def value(cls: type[T]) -> type[T]:
    """A frozen slotted dataclass whose guard is the type checker alone.

    Guarded at run time, a value of ten fields takes six times as long to make, and a scheduler
    makes several for every job.
    """
    return dataclass(slots=True, unsafe_hash=True)(cls)


class WaitingReason(StrEnum):
    """Why a job waits."""

    QUOTA = "quota"
    FAIR_SHARE = "fair_share"
    NO_FIT_NOW = "no_fit_now"
    FRAGMENTATION = "fragmentation"
    GANG_INCOMPLETE = "gang_incomplete"
    RESERVED_FOR_EARLIER = "reserved_for_earlier"
    MAKING_ROOM = "making_room"
    HELD_FOR_GREEN = "held_for_green"
    NOT_BEFORE = "not_before"
    NO_SUCH_DEVICE = "no_such_device"
    PREPARING = "preparing"
    SUSPENDED = "suspended"
    UNPAID = "unpaid"


@value
class QueuedJob:
    """A job that waits.

    Attributes:
        sequence: order of submission, unique; the last tie-break of every order.
        priority: class; a higher one goes first.
        submitted_at: when it joined the queue.
        request: its kinds of device the fastest first; see `ResourceRequest.fastest_first`.
        run_s: seconds it is expected to run on the slowest of them; above 0.
        limit_s: seconds after which it is ended, on which promises to others are built;
            0 is `run_s`.
        attained: device- or core-seconds it has had in earlier attempts.
        not_before: it may not start earlier.
        finish_by: its deadline; `NEVER` if it has none.
        green: it may be delayed to a better hour if it still finishes by its deadline.
    """

    job_id: str
    tenant: str
    sequence: int
    request: ResourceRequest
    priority: int = 0
    submitted_at: float = 0.0
    run_s: float = 3600.0
    limit_s: float = 0.0
    attained: float = 0.0
    not_before: float = 0.0
    start_by: float = NEVER
    finish_by: float = NEVER
    green: bool = False

    @property
    def at_most_s(self) -> float:
        """Seconds it can hold the pool."""
        return self.limit_s or self.run_s


@value
class RunningJob:
    """A job that holds a part of the pool.

    Attributes:
        places: what it holds.
        ends_at: when it ends at the latest.
        attained: device- or core-seconds of earlier attempts; this one adds since `started_at`.
        preemptible: it may be evicted once it has run for the policy's minimum.
        expected_at: when it is expected to end; 0 is `ends_at`.
        leaving: it has been told to go; its room comes back soon.
        idle_since: since when it has been using next to nothing; None if it works.
        exempt: its owner is exempt from idle reclaim.
    """

    job_id: str
    tenant: str
    sequence: int
    request: ResourceRequest
    places: Places
    priority: int = 0
    submitted_at: float = 0.0
    started_at: float = 0.0
    ends_at: float = NEVER
    attained: float = 0.0
    preemptible: bool = False
    expected_at: float = 0.0
    leaving: bool = False
    idle_since: float | None = None
    exempt: bool = False


@value
class Outlook:
    """What `plan` knows beyond the pool.

    Attributes:
        used: tenant to its decayed dominant share of the pool of late, 0 or more.
        cost: `(from, value)` steps of what a running hour costs ahead, in any one unit (yuan,
            grams of CO2), in order of time; the last holds on. Empty: nothing is known.
    """

    used: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    cost: tuple[tuple[float, float], ...] = ()


@value
class Start:
    """A job that starts now, and where."""

    job: QueuedJob
    places: Places


class EvictionCause(StrEnum):
    """Why a running job must go."""

    PRIORITY = "priority"
    RECLAIMED = "reclaimed"
    TURN = "turn"
    IDLE = "idle"


@value
class Eviction:
    """A running job that makes room for another."""

    job: RunningJob
    cause: EvictionCause
    for_job: str = ""


@value
class Reservation:
    """A waiting job's promise: it starts no later than this if running jobs end as expected."""

    job_id: str
    starts_at: float
    places: Places


@value
class Waiting:
    """Why one job waits and how many go before it."""

    reason: WaitingReason
    ahead: int


@value
class Plan:
    """What to do now.

    Attributes:
        starts: in the order decided.
        evictions: to be carried out first; what they make room for starts in a later plan.
        reservations: promised starts of waiting jobs, in the order of the queue.
        reasons: job id to why it waits on; empty if not asked for.
        again_at: when an hour comes for which somebody waits, though nothing else happens.
    """

    starts: tuple[Start, ...] = ()
    evictions: tuple[Eviction, ...] = ()
    reservations: tuple[Reservation, ...] = ()
    reasons: Mapping[str, Waiting] = field(default_factory=lambda: MappingProxyType({}))
    again_at: float = NEVER
