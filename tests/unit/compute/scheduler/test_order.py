"""Whose turn it is."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from world import NOW, World, job, jobs, law, outlooks, policies, runs

from zhisuan.compute.count import Count
from zhisuan.compute.policy import Backfill, Order, Policy
from zhisuan.compute.scheduler.order import LEVELS, in_turn, level, on_their_share
from zhisuan.compute.scheduler.queue import Queue
from zhisuan.compute.scheduler.values import Outlook


def turns(waiting, policy, outlook=None, cores=100):
    queue = Queue(policy.order, waiting)
    made, first = in_turn(NOW, Count(cores * 1000), queue, policy, outlook or Outlook(), None)
    return [each.job_id for each in made], first


def first_of(order, *waiting, outlook=None, **rest):
    return turns(waiting, Policy(order=order, **rest), outlook)[0][0]


in_some_turn = policies(
    order=[Order.FIRST_COME, Order.SHORTEST, Order.FAIR, Order.AGED, Order.SMALLEST]
)


@law()
@given(jobs(), in_some_turn, outlooks)
def test_everybody_has_one_turn_and_a_higher_priority_the_earlier(waiting, policy, outlook):
    made, _ = turns(waiting, policy, outlook)
    assert sorted(made) == sorted(each.job_id for each in waiting)
    priority = {each.job_id: each.priority for each in waiting}
    ranks = [-priority[job_id] for job_id in made]
    assert ranks == sorted(ranks)


@law()
@given(jobs(priorities=(0,)), in_some_turn, outlooks)
def test_the_overdue_come_first_in_the_order_in_which_they_came(waiting, policy, outlook):
    made, first = turns(waiting, policy, outlook)
    front = made[: len(first)]
    assert set(front) == first
    assert front == sorted(front, key=lambda job_id: int(job_id.split("_")[1]))
    for each in waiting:
        if each.job_id in first:
            assert NOW - each.submitted_at >= policy.patience_s


@law()
@given(jobs(priorities=(0,), most=10), st.sampled_from([0.1, 0.3, 0.7]), st.integers(3, 30))
def test_the_overdue_hold_no_more_than_their_share_but_the_oldest(waiting, share, cores):
    pool = Count(cores * 1000)
    chosen = on_their_share(waiting, Policy(patience_share=share), pool)
    able = [each for each in waiting if pool.serves(each.request)]
    assert chosen[:1] == able[:1]
    if len(chosen) > 1:
        assert sum(pool.share(each.request) for each in chosen) <= share + 1e-9


def test_first_come_is_by_priority_and_then_by_submission():
    assert first_of(Order.FIRST_COME, job(1), job(2)) == "job_1"
    assert first_of(Order.FIRST_COME, job(1), job(2, priority=1)) == "job_2"


def test_the_shortest_is_who_is_expected_to_run_least_whatever_his_limit():
    assert first_of(Order.SHORTEST, job(1, run_s=9.0, limit_s=9.0), job(2, run_s=8.0)) == "job_2"
    assert first_of(Order.SHORTEST, job(1, run_s=9.0), job(2, run_s=8.0, limit_s=99.0)) == "job_2"


def test_fair_is_who_used_least_of_late():
    used = Outlook(used={"a": 0.5, "b": 0.2})
    assert first_of(Order.FAIR, job(1), job(2, tenant="b"), outlook=used) == "job_2"
    assert first_of(Order.FAIR, job(1), job(2, tenant="b"), job(3, tenant="c"), outlook=used) == (
        "job_3"
    )


def test_the_smallest_is_the_least_area():
    wide, long = job(1, 4, run_s=10.0), job(2, 1, run_s=50.0)
    assert first_of(Order.SMALLEST, long, wide) == "job_1"
    assert first_of(Order.SMALLEST, replace(long, run_s=30.0), wide) == "job_2"


def test_aged_grows_with_the_wait_and_faster_for_wide_and_short():
    since = {"submitted_at": NOW - 100.0}
    assert first_of(
        Order.AGED, job(1, 1, run_s=100.0, **since), job(2, 2, run_s=100.0, **since)
    ) == ("job_2")
    assert (
        first_of(Order.AGED, job(1, run_s=100.0, **since), job(2, run_s=50.0, **since)) == "job_2"
    )
    older = job(1, run_s=100.0, submitted_at=NOW - 1000.0)
    assert first_of(Order.AGED, older, job(2, run_s=50.0, **since)) == "job_1"


def test_attained_goes_by_levels_and_then_by_submission():
    policy = Policy(order=Order.ATTAINED)
    queue = Queue(policy.order, [job(1, attained=LEVELS[0]), job(2, attained=LEVELS[0] - 1.0)])
    assert [each.job_id for each in queue] == ["job_2", "job_1"]


@pytest.mark.parametrize(("had", "at"), [(0.0, 1), (3599.9, 1), (3600.0, 2), (1e9, 7)])
def test_a_level_is_a_factor_of_four(had, at):
    assert level(had) == at


def test_patience_moves_nobody_over_a_higher_priority():
    old = job(1, submitted_at=NOW - 500.0)
    made, first = turns([old, job(2, priority=1)], Policy(order=Order.SHORTEST, patience_s=400.0))
    assert made == ["job_2", "job_1"]
    assert first == {"job_1", "job_2"}


IMPATIENT = Policy(
    order=Order.SHORTEST, backfill=Backfill.GREEDY, patience_s=100.0, patience_share=0.1
)


@pytest.mark.parametrize(
    "hopeless",
    [
        job(1, 9, submitted_at=NOW - 900.0),
        job(1, 1, submitted_at=NOW - 900.0, not_before=NOW + 900.0),
    ],
)
def test_who_cannot_start_anyway_does_not_use_up_the_patience_of_others(hopeless):
    old = job(2, 2, run_s=500.0, submitted_at=NOW - 500.0)
    busy = (runs(3, 3, ends_at=NOW + 9.0),)
    world = World((), 4, busy, (hopeless, old, job(4, 1, submitted_at=NOW)), IMPATIENT)
    made = world.plan()
    assert [each.job_id for each in made.reservations] == ["job_2"]
