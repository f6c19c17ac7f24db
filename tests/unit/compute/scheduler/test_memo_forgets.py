"""What a memo may not carry over: a plan that remembers decides like one that does not."""

import pytest

from zhisuan.compute.count import HERE, Count
from zhisuan.compute.policy import Backfill, Order, Policy
from zhisuan.compute.request import ResourceRequest
from zhisuan.compute.scheduler.memo import Memo
from zhisuan.compute.scheduler.plan import plan
from zhisuan.compute.scheduler.queue import Queue, Running
from zhisuan.compute.scheduler.values import Outlook, QueuedJob, RunningJob

SHORTEST = Policy(order=Order.SHORTEST, backfill=Backfill.EASY)


def job(name, sequence, cores, run_s):
    return QueuedJob(name, "a", sequence, ResourceRequest(1000 * cores), run_s=run_s)


class Centre:
    """Ten cores, five of which are held until 100."""

    def __init__(self, memo):
        self.memo = memo
        self.pool = Count(10_000)
        self.queue = Queue(SHORTEST.order)
        self.running = Running()
        self.start(job("early", 0, 5, 100.0), 0.0)

    def start(self, each, now):
        self.pool.take(HERE, each.request)
        self.running.add(
            RunningJob(
                each.job_id,
                "a",
                each.sequence,
                each.request,
                HERE,
                started_at=now,
                ends_at=now + each.run_s,
            )
        )

    def decide(self, now, *arriving):
        for each in arriving:
            self.queue.add(each)
        made = plan(
            now,
            self.pool,
            self.queue,
            self.running,
            SHORTEST,
            Outlook(),
            memo=self.memo,
            explain=False,
        )
        for start in made.starts:
            self.queue.remove(start.job.job_id)
            self.start(start.job, now)
        return [start.job.job_id for start in made.starts]


@pytest.mark.parametrize("memo", [Memo(), None])
def test_who_waited_for_another_may_start_when_a_shorter_one_takes_that_ones_turn(memo):
    centre = Centre(memo)
    wide, level = job("wide", 1, 9, 50.0), job("level", 2, 2, 100.0)
    long = job("long", 3, 2, 200.0)
    # Room for `wide` is kept from 100 on, with one core beside it; `level` ends at that instant.
    assert centre.decide(0.0, wide, level, long) == ["level"]
    # Beside the shorter `next`, which needs four at 100, there are four: enough for `long`.
    assert centre.decide(1.0, job("next", 4, 4, 10.0)) == ["long"]


@pytest.mark.parametrize("memo", [Memo(), None])
def test_who_has_no_room_starts_as_soon_as_something_ends(memo):
    centre = Centre(memo)
    assert centre.decide(0.0, job("wide", 1, 6, 50.0)) == []
    assert centre.decide(1.0, job("wider", 2, 7, 60.0)) == []
    early = centre.running.remove("early")
    centre.pool.give_back(HERE, early.request)
    assert centre.decide(2.0) == ["wide"]
