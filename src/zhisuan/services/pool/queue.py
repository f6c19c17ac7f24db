"""The queue as people see it: who waits for which turn, who runs until when.

The order is the scheduler's own, as its last plan had it. When somebody will start or end is
forecast, never promised; how it was come by stands beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection

from zhisuan.compute import records as jobs
from zhisuan.compute.history import outran
from zhisuan.compute.job import Job
from zhisuan.compute.scheduler.values import Waiting, WaitingReason
from zhisuan.core.clock import Instant
from zhisuan.services.centre import Centre

ASIDE = frozenset({WaitingReason.PREPARING, WaitingReason.SUSPENDED, WaitingReason.UNPAID})
"""Who waits for one of these has no turn."""


@dataclass(frozen=True, slots=True)
class Waiter:
    """A job in the queue.

    Attributes:
        place: whose turn is next has 1; None where it is not a matter of turns, or not known yet.
        waiting: why; None for one that no plan has seen.
        starts_between: right about four times in five; None while nothing can be told.
        run_s: how long it is expected to run.
        learned: whether that comes from like jobs; else it is the limit that was asked for.
    """

    job: Job
    place: int | None
    waiting: Waiting | None
    starts_between: tuple[Instant, Instant] | None
    run_s: float
    learned: bool


@dataclass(frozen=True, slots=True)
class Runner:
    """A job that holds something.

    Attributes:
        ends_at: when it is expected to end.
        ends_between: by the shortest and the longest of the last like jobs; None if none is known.
        limit_at: when its time limit ends it.
    """

    job: Job
    ends_at: Instant
    ends_between: tuple[Instant, Instant] | None
    limit_at: Instant


def waiters(
    centre: Centre, connection: Connection, offset: int, limit: int
) -> tuple[Sequence[Waiter], int]:
    """Some of those that wait, in the order of their turns, and how many there are in all."""
    waiting, promised = centre.waiting, centre.promised
    there = dict.fromkeys(jobs.queued(connection))
    in_line = [job_id for job_id in waiting if job_id in there]
    in_line += [job_id for job_id in there if job_id not in waiting]
    turns = _turns(centre, in_line)
    page = in_line[offset : offset + limit]
    found = jobs.some(connection, page)
    return [
        Waiter(
            found[job_id],
            turns.get(job_id),
            waiting.get(job_id),
            promised.get(job_id),
            centre.foresight.expected_s(found[job_id]),
            centre.foresight.spread_s(found[job_id]) is not None,
        )
        for job_id in page
    ], len(in_line)


def runners(centre: Centre, connection: Connection, after: int, limit: int) -> Sequence[Runner]:
    """Some of those that hold something, in order of submission."""
    now = centre.clock.now()
    return [_runner(centre, job, now) for job in jobs.holding(connection, after, limit)]


def _turns(centre: Centre, in_line: Sequence[str]) -> dict[str, int]:
    taking = [
        job_id
        for job_id in in_line
        if (told := centre.waiting.get(job_id)) is not None and told.reason not in ASIDE
    ]
    return {job_id: place for place, job_id in enumerate(taking, 1)}


def _runner(centre: Centre, job: Job, now: Instant) -> Runner:
    began = job.started_at or now
    limit_s = job.time_left_s
    ran_s = (now - began).total_seconds()
    expected_s = centre.foresight.expected_s(job)
    if ran_s >= expected_s:
        expected_s = outran(ran_s, limit_s)
    spread = centre.foresight.spread_s(job)
    between = None
    if spread is not None:
        low_s, high_s = (max(ran_s, each) for each in (spread[0], max(spread[1], expected_s)))
        between = began + timedelta(seconds=low_s), began + timedelta(seconds=high_s)
    ends_at = began + timedelta(seconds=max(ran_s, expected_s))
    return Runner(job, ends_at, between, began + timedelta(seconds=limit_s))
