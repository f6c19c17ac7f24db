"""Elastic gangs: more nodes than the fewest, where they are free and nobody else waits for any."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from zhisuan.compute.policy import Packing
from zhisuan.compute.request import ResourceRequest
from zhisuan.compute.room import Room
from zhisuan.compute.scheduler.gate import Gate
from zhisuan.compute.scheduler.queue import Queue
from zhisuan.compute.scheduler.values import QueuedJob, Start


def grown(
    starts: Sequence[Start], pool: Room, queue: Queue, packing: Packing, gate: Gate | None
) -> list[Start]:
    """The same starts, elastic gangs among them as wide as pool and quota allow, in their turn.

    A gang that grows stays with the kind of device it was given; its nodes may be others.

    Args:
        starts: what is decided.
        pool: what is free beside them; what they take more is taken from it.
        queue: who waits, the starts among them.
        packing: which place is taken of several.
        gate: what holds single jobs back; None if nothing does.
    """
    begun = {start.job.job_id for start in starts}
    if not any(map(_elastic, starts)) or _others(begun, pool, queue, gate):
        return list(starts)
    return [_wider(start, pool, packing, gate) if _elastic(start) else start for start in starts]


def _elastic(start: Start) -> bool:
    """A pool that only counts has no places to add."""
    return start.job.request.most_nodes > start.job.request.nodes and bool(start.places)


def _others(begun: Collection[str], pool: Room, queue: Queue, gate: Gate | None) -> bool:
    """Whether anybody is left who waits for room alone."""
    return any(
        job.job_id not in begun
        and pool.serves(job.request)
        and (gate is None or gate.holds(job) is None)
        for job in queue
    )


def _wider(start: Start, pool: Room, packing: Packing, gate: Gate | None) -> Start:
    """The start with the most nodes there are for it."""
    job, freed = start.job, pool.freed
    pool.give_back(start.places, job.request)
    pool.freed = freed
    places = start.places
    for request in _sizes(job.request):
        more = _more(job, request.nodes)
        if more is not None and gate is not None and gate.holds(more) is not None:
            continue
        found = pool.find(request, packing)
        if found is not None:
            places = found
            if more is not None and gate is not None:
                gate.started(more)
            break
    pool.take(places, job.request)
    return replace(start, places=places)


def _sizes(request: ResourceRequest) -> Iterator[ResourceRequest]:
    """The request for one kind of device each, with ever fewer nodes, down to the fewest."""
    for any_of in [(each,) for each in request.any_of] or [()]:
        for nodes in range(request.most_nodes, request.nodes - 1, -1):
            yield replace(request, any_of=any_of, nodes=nodes, most_nodes=0)


def _more(job: QueuedJob, nodes: int) -> QueuedJob | None:
    """What so many nodes are more than the job is counted with; None if they are no more."""
    more = nodes - job.request.nodes
    if more <= 0:
        return None
    return replace(job, request=replace(job.request, nodes=more, most_nodes=0))
