"""A trace small enough to work out by hand, under every order."""

import pytest

from zhisuan.compute.count import Count
from zhisuan.compute.policy import Backfill, Order, Policy
from zhisuan.compute.replay.measures import Measures
from zhisuan.compute.replay.predictor import Perfect, UserEstimate
from zhisuan.compute.replay.simulate import Replay, lost_work_s
from zhisuan.compute.replay.trace import TraceJob
from zhisuan.compute.request import ResourceRequest

FIRST, SHORTEST, ATTAINED = Order.FIRST_COME, Order.SHORTEST, Order.ATTAINED
NONE, EASY, CONSERVATIVE = Backfill.NONE, Backfill.EASY, Backfill.CONSERVATIVE


def job(name, arrival_s, run_s, cores, estimate_s=None, **rest):
    request = ResourceRequest(1000 * cores)
    return TraceJob(name, "t", arrival_s, run_s, estimate_s or run_s, request, **rest)


def replayed(jobs, cores=4, predictor=None, **policy):
    """What became of each job, and the measures."""
    ended, measures = {}, Measures()

    def finished(one):
        ended[one.job.job_id] = one
        measures.add(one)

    replay = Replay(Count(1000 * cores), Policy(**policy), predictor or UserEstimate(), finished)
    list(replay.run(jobs))
    assert replay.waiting == 0
    return ended, measures


def starts(jobs, **settings):
    ended, _ = replayed(jobs, **settings)
    return {name: one.started_at for name, one in sorted(ended.items())}


QUEUE = (
    job("a", 0, 10, 4),
    job("b", 1, 10, 2, 20),
    job("c", 2, 5, 4),
    job("d", 3, 4, 2),
)
"""b runs half of what it says; c needs the whole machine; d fits beside b."""


@pytest.mark.parametrize(
    ("order", "backfill", "begun"),
    [
        (FIRST, NONE, {"a": 0, "b": 10, "c": 20, "d": 25}),
        (FIRST, EASY, {"a": 0, "b": 10, "c": 20, "d": 10}),
        (FIRST, CONSERVATIVE, {"a": 0, "b": 10, "c": 20, "d": 10}),
        (SHORTEST, NONE, {"a": 0, "b": 19, "c": 14, "d": 10}),
    ],
)
def test_each_order_starts_jobs_when_it_should(order, backfill, begun):
    assert starts(QUEUE, order=order, backfill=backfill) == begun


def test_backfilling_goes_by_what_owners_say_unless_the_truth_is_known():
    # At 10, e would end at 31 by its own word, after c could start; in truth it ends at 20.
    jobs = (*QUEUE[:3], job("e", 3, 10, 2, 21))
    assert starts(jobs, backfill=EASY)["e"] == 25
    assert starts(jobs, backfill=EASY, predictor=Perfect())["e"] == 10


def test_the_measures_are_those_worked_out_by_hand():
    _, measures = replayed(QUEUE)
    assert measures.jobs == 4
    assert measures.average_wait_s == (0 + 9 + 18 + 22) / 4
    assert measures.bounded_slowdown == pytest.approx((1 + 1.9 + 2.3 + 2.6) / 4)
    assert measures.average_jct_s == (10 + 19 + 23 + 26) / 4
    assert (measures.p99_wait_s, measures.most_wait_s) == (22, 22)
    assert measures.makespan_s == 29
    assert measures.utilisation(4) == (40 + 20 + 20 + 8) / (4 * 29)


def test_at_one_instant_ends_come_before_arrivals():
    assert starts((job("a", 0, 5, 4), job("b", 5, 5, 4))) == {"a": 0, "b": 5}


def test_of_one_instant_the_first_in_the_file_goes_first():
    assert starts((job("b", 0, 5, 4), job("a", 0, 5, 4))) == {"b": 0, "a": 5}


def test_taking_turns_a_job_that_has_had_much_yields_and_pays_for_it():
    # The long job falls a level once half of what it has had is an hour of one core, which at
    # four cores is after half an hour; the short one comes later and displaces it at once.
    long, short = job("long", 0, 10_000, 4), job("short", 3000, 100, 4)
    ended, measures = replayed((long, short), order=ATTAINED, minimum_run_s=300.0)
    assert (ended["short"].started_at, ended["short"].ended_at) == (3000, 3100)
    cost = lost_work_s(long.request)
    assert ended["long"].ended_at == 10_000 + 100 + cost
    assert (ended["long"].preemptions, ended["long"].lost_s) == (1, cost)
    assert (measures.preemptions, measures.lost_s) == (1, 4 * cost)


def test_nobody_yields_before_the_minimum_run_and_then_at_a_tick():
    long, short = job("long", 0, 10_000, 4), job("short", 2000, 100, 4)
    ended = {}
    policy = Policy(order=ATTAINED, minimum_run_s=2009.0)
    replay = Replay(
        Count(4000),
        policy,
        UserEstimate(),
        lambda one: ended.update({one.job.job_id: one}),
        tick_s=60.0,
    )
    list(replay.run((long, short)))
    assert ended["short"].started_at == 2040


def test_a_preemption_costs_more_the_more_it_stops():
    costs = [lost_work_s(ResourceRequest(1000 * cores)) for cores in (1, 2, 8, 9)]
    assert costs == [7, 30, 30, 60]


def test_jobs_out_of_order_are_refused():
    with pytest.raises(ValueError, match="arrived later"):
        replayed((job("a", 5, 1, 1), job("b", 4, 1, 1)))


def test_the_watch_sees_every_instant():
    seen = []
    replay = Replay(
        Count(4000),
        Policy(),
        UserEstimate(),
        lambda _: None,
        watch=lambda *what: seen.append(what),
    )
    list(replay.run(QUEUE[:3]))
    assert seen == [
        *((0, 4000, 0), (1, 4000, 1), (2, 4000, 2)),
        *((10, 2000, 1), (20, 4000, 0), (25, 0, 0)),
    ]
