"""Who must make room: running jobs of lower standing, and what was borrowed.

Nobody is evicted before he has run for the policy's minimum, and no more are evicted than the
job they make room for needs.
"""

from collections.abc import Callable, Iterable
from typing import TypeVar

from zhisuan.compute.policy import Policy
from zhisuan.compute.room import Room
from zhisuan.compute.scheduler.backfill import Pass
from zhisuan.compute.scheduler.quota import borrowers
from zhisuan.compute.scheduler.values import Eviction, EvictionCause, QueuedJob, RunningJob

R = TypeVar("R", bound=Room)


def evictions(walk: Pass[R], policy: Policy) -> tuple[Eviction, ...]:
    """Who goes for the first blocked job, if anybody of lower standing can.

    Args:
        walk: what the plan has decided so far; its pool lacks the starts.
        policy: whether priorities preempt and loans are reclaimed.
    """
    job = walk.blocked
    if job is None:
        return ()
    lent = borrowers(walk.running, policy) if policy.borrowing else frozenset[str]()
    owed = walk.gate is None or walk.gate.owed(job)
    if policy.preempting:
        made = _room_for(
            job,
            walk,
            policy,
            # Who borrows takes nothing from those who do not: they would take it back at once.
            lambda each: each.priority < job.priority and (owed or each.job_id in lent),
        )
        if made:
            return tuple(Eviction(each, EvictionCause.PRIORITY, job.job_id) for each in made)
    if policy.borrowing and owed:
        made = _room_for(job, walk, policy, lambda each: each.job_id in lent)
        return tuple(Eviction(each, EvictionCause.RECLAIMED, job.job_id) for each in made)
    return ()


def _room_for(
    job: QueuedJob, walk: Pass[R], policy: Policy, lower: Callable[[RunningJob], bool]
) -> list[RunningJob]:
    """The fewest that must go, the least standing and the youngest first; empty if in vain."""
    room = walk.pool.copy()
    for each in walk.running:
        if each.leaving:
            room.give_back(each.places, each.request)
    if room.find(job.request, walk.packing) is not None:
        return []  # who was told to go is enough
    chosen: list[RunningJob] = []
    for each in _may_go(walk.now, walk.running, policy, lower):
        room.give_back(each.places, each.request)
        chosen.append(each)
        if room.find(job.request, walk.packing) is not None:
            break
    else:
        return []
    return _needed(job, walk, room, chosen)


def _may_go(
    now: float, running: Iterable[RunningJob], policy: Policy, lower: Callable[[RunningJob], bool]
) -> list[RunningJob]:
    able = [
        each
        for each in running
        if each.preemptible
        and not each.leaving
        and now - each.started_at >= policy.minimum_run_s
        and lower(each)
    ]
    return sorted(able, key=lambda each: (each.priority, -each.started_at, -each.sequence))


def _needed(job: QueuedJob, walk: Pass[R], room: R, chosen: list[RunningJob]) -> list[RunningJob]:
    """Spare everybody whose leaving turns out not to be needed, the highest standing first."""
    needed: list[RunningJob] = []
    for each in reversed(chosen):
        room.take(each.places, each.request)
        if room.find(job.request, walk.packing) is None:
            room.give_back(each.places, each.request)
            needed.append(each)
    return needed[::-1]
