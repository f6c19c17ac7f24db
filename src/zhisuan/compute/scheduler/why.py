"""What a waiting job is told: the reason, and how many go before it."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from zhisuan.compute.policy import Packing
from zhisuan.compute.request import ResourceRequest
from zhisuan.compute.room import Room
from zhisuan.compute.scheduler.backfill import Pass
from zhisuan.compute.scheduler.values import QueuedJob, Waiting, WaitingReason

R = TypeVar("R", bound=Room)


def reasons(walk: Pass[R], jobs: Iterable[QueuedJob]) -> Mapping[str, Waiting]:
    """For every job that waits on, why; the walk's starts are still taken from the pool."""
    started = {start.job.job_id for start in walk.starts}
    told: dict[str, Waiting] = {}
    known: dict[ResourceRequest, WaitingReason] = {}
    for job in jobs:
        if job.job_id in started:
            continue
        reason = None if walk.gate is None else walk.gate.holds(job)
        if reason is None and walk.evictions and job is walk.blocked:
            reason = WaitingReason.MAKING_ROOM
        if reason is None:
            reason = known.get(job.request)
        if reason is None:
            reason = known[job.request] = _reason(walk.pool, job.request)
        told[job.job_id] = Waiting(reason, len(told))
    return told


def _reason(pool: Room, request: ResourceRequest) -> WaitingReason:
    """Why a request does not start on what is left."""
    if pool.find(request, Packing.FIRST_FIT) is not None:
        return WaitingReason.RESERVED_FOR_EARLIER
    if not pool.admits(request):
        return WaitingReason.NO_SUCH_DEVICE
    return pool.lacks(request)
