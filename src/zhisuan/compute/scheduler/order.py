"""Whose turn it is: the order in which waiting jobs are looked at.

A standing order does not change while jobs wait, so a queue keeps it; a passing one depends on
the instant or on what tenants used of late, and is made anew for each plan.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

from zhisuan.compute.policy import Order, Policy
from zhisuan.compute.room import Room
from zhisuan.compute.scheduler.values import Outlook, QueuedJob, RunningJob
from zhisuan.core.quantities import MILLI

if TYPE_CHECKING:
    from zhisuan.compute.scheduler.gate import Gate
    from zhisuan.compute.scheduler.queue import Queue

Key = tuple[float, ...]
J = TypeVar("J", QueuedJob, QueuedJob | RunningJob)
_LATER = float("inf")


def _first_come(job: QueuedJob | RunningJob) -> Key:
    return (-job.priority, job.sequence)


def _shortest(job: QueuedJob) -> Key:
    return (-job.priority, job.run_s, job.sequence)


def _attained(job: QueuedJob) -> Key:
    """Level by what it has had, then after what runs there, then first come."""
    return (-job.priority, level(job.attained), 1, job.sequence)


LEVELS = tuple(3600.0 * 4**step for step in range(6))
"""Device-seconds at which a job falls a level: 1, 4, 16, 64, 256 and 1,024 device-hours."""


def level(had: float) -> int:
    """The level of a job that has had so many device-seconds; 1 is the first to be served."""
    return 1 + bisect_right(LEVELS, had)


AGEING = frozenset({Order.ATTAINED})
"""Orders under which a queue also remembers who is oldest."""

STANDING: Mapping[Order, Callable[[QueuedJob], Key]] = MappingProxyType(
    {
        Order.FIRST_COME: _first_come,
        Order.SHORTEST: _shortest,
        Order.FAIR: _first_come,
        Order.AGED: _first_come,
        Order.SMALLEST: _first_come,
        Order.ATTAINED: _attained,
    }
)
"""What each order sorts a queue by as long as nothing is known of the instant."""


def in_turn(
    now: float,
    pool: Room,
    queue: "Queue",
    policy: Policy,
    outlook: Outlook,
    gate: "Gate | None",
) -> tuple[Iterable[QueuedJob], frozenset[str]]:
    """The waiting jobs, first the one whose turn it is, and who goes first for being overdue.

    Who may not start whatever is free, or never fits, is not overdue: his place would be wasted.
    """
    if policy.standing:
        return queue, frozenset()
    passing = _PASSING.get(policy.order)
    jobs = list(queue)
    if passing is not None:
        # Sorting is stable: what is equal keeps its standing order.
        jobs.sort(key=lambda job: (-job.priority, passing(now, job, outlook)))
    before = now - policy.patience_s
    overdue = (
        job
        for job in jobs
        if job.submitted_at <= before and (gate is None or gate.holds(job) is None)
    )
    first = frozenset(job.job_id for job in on_their_share(overdue, policy, pool))
    if first:
        jobs.sort(key=lambda job: (-job.priority, job.sequence if job.job_id in first else _LATER))
    return jobs, first


def on_their_share(late: Iterable[J], policy: Policy, pool: Room) -> list[J]:
    """Those of the overdue that go first: the oldest, on no more than the policy's share."""
    left = policy.patience_share
    chosen: list[J] = []
    for job in sorted(late, key=_first_come):
        share = pool.share(job.request)
        if (share <= left or not chosen) and pool.serves(job.request):  # the oldest, however wide
            left -= share
            chosen.append(job)
    return chosen


def _fair(_now: float, job: QueuedJob, outlook: Outlook) -> float:
    """Who used least of late, by dominant share (Ghodsi et al., NSDI 2011)."""
    return outlook.used.get(job.tenant, 0.0)


def _aged(now: float, job: QueuedJob, _outlook: Outlook) -> float:
    """Who waited longest for his shape: wide and short before narrow and long.

    A bounded form of WFP (Tang et al., IEEE CLUSTER 2009), (wait / run)^3 x width, whose cube
    lets the tail wait; the power is the middle of a flat optimum from 0.6 to 0.9.
    """
    wide = job.request.size / MILLI / max(job.run_s, _SHORT_S)
    return -(now - job.submitted_at + 1.0) * wide**_SHAPE


_SHORT_S = 10.0
"""Below this, how short a job is no longer matters."""

_SHAPE = 0.75


def _smallest(_now: float, job: QueuedJob, _outlook: Outlook) -> float:
    """Least area first: devices times seconds."""
    return job.request.size * job.run_s


_PASSING: Mapping[Order, Callable[[float, QueuedJob, Outlook], float]] = MappingProxyType(
    {Order.FAIR: _fair, Order.AGED: _aged, Order.SMALLEST: _smallest}
)
