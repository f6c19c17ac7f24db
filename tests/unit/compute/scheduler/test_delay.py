"""A job that may wait waits for a better hour, never beyond its deadline, never for nothing."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from turning import Turning
from world import NOW, World, costs, job, law

from zhisuan.compute.policy import Policy
from zhisuan.compute.scheduler.delay import better_start
from zhisuan.compute.scheduler.values import NEVER, Outlook

green = st.builds(
    lambda run_s, slack, start_by: job(
        1, run_s=run_s, green=True, finish_by=NOW + slack, start_by=NOW + start_by
    ),
    st.sampled_from([10.0, 100.0, 777.0]),
    st.sampled_from([5.0, 200.0, 1000.0, 5000.0]),
    st.sampled_from([NEVER, 50.0, 900.0]),
)
ahead = costs.map(lambda steps: Outlook(cost=steps))


def costs_of(start, run_s, outlook, pieces=400):
    """What a run costs, summed over small pieces."""
    total = 0.0
    for piece in range(pieces):
        at = start + run_s * (piece + 0.5) / pieces
        value = outlook.cost[0][1]
        for since, each in outlook.cost:
            if since <= at:
                value = each
        total += value * run_s / pieces
    return total


@law(60)
@given(green, ahead)
def test_a_deadline_that_could_be_kept_is_kept(waiting, outlook):
    at = better_start(NOW, waiting, outlook)
    assert at >= NOW
    if NOW + 1.25 * waiting.run_s <= waiting.finish_by and waiting.start_by >= NOW:
        assert at + 1.25 * waiting.run_s <= waiting.finish_by + 1e-6
        assert at <= waiting.start_by


@law(60)
@given(green, ahead)
def test_who_could_not_keep_it_anyway_starts_now(waiting, outlook):
    if NOW + 1.25 * waiting.run_s > waiting.finish_by:
        assert better_start(NOW, waiting, outlook) == NOW


@law(30)
@given(green, ahead, st.floats(0.0, 1.0))
def test_no_start_in_time_would_cost_less(waiting, outlook, part):
    at = better_start(NOW, waiting, outlook)
    latest = min(waiting.finish_by - 1.25 * waiting.run_s, waiting.start_by)
    if outlook.cost and latest > NOW:
        other = NOW + part * (latest - NOW)
        tolerance = 2.5 * waiting.run_s / 100
        there = costs_of(other, waiting.run_s, outlook)
        assert costs_of(at, waiting.run_s, outlook) <= there + tolerance


@law()
@given(green, ahead)
def test_without_a_deadline_nobody_is_delayed(waiting, outlook):
    assert better_start(NOW, replace(waiting, finish_by=NEVER), outlook) == NOW


@law()
@given(green, st.floats(0.01, 10.0), st.lists(st.floats(1.0, 500.0), max_size=6))
def test_nobody_waits_for_a_cost_that_never_changes(waiting, cost, steps):
    at, flat = NOW - 100.0, []
    for step in steps:
        flat.append((at, cost))
        at += step
    assert better_start(NOW, waiting, Outlook(cost=tuple(flat))) == NOW


def test_an_error_of_rounding_is_nothing_to_wait_for():
    # Summed in two parts, the same cost comes out smaller in its last digit.
    flat = Outlook(cost=((NOW - 50.0, 0.7), (NOW + 30.0, 0.7), (NOW + 60.1, 0.7)))
    assert 30.0 * 0.7 + 3.0 * 0.7 > 33.0 * 0.7
    waiting = job(1, run_s=33.0, green=True, finish_by=NOW + 1000.0)
    assert better_start(NOW, waiting, flat) == NOW


@law(30)
@given(green, ahead)
def test_with_room_to_run_a_delayed_job_ends_in_time(waiting, outlook):
    turning = Turning(World((), 4, (), (waiting,), Policy(), outlook)).run()
    if NOW + 1.25 * waiting.run_s <= waiting.finish_by:
        assert turning.ended["job_1"] <= waiting.finish_by


def test_it_starts_at_the_step_or_ends_at_it():
    waiting = job(1, run_s=100.0, green=True, finish_by=NOW + 1000.0)
    falls = Outlook(cost=((NOW, 1.0), (NOW + 300.0, 0.5)))
    assert better_start(NOW, waiting, falls) == NOW + 300.0
    dips = Outlook(cost=((NOW, 1.0), (NOW + 300.0, 0.5), (NOW + 350.0, 2.0)))
    assert better_start(NOW, waiting, dips) == NOW + 250.0
    valley = Outlook(cost=((NOW, 1.0), (NOW + 300.0, 0.5), (NOW + 380.0, 1.1)))
    assert better_start(NOW, waiting, valley) == NOW + 280.0


def test_only_a_job_that_may_wait_is_held():
    outlook = Outlook(cost=((NOW, 1.0), (NOW + 300.0, 0.5)))
    plain = job(1, run_s=100.0, finish_by=NOW + 1000.0)
    assert World((), 1, (), (plain,), Policy(), outlook).plan().starts
    assert not World((), 1, (), (replace(plain, green=True),), Policy(), outlook).plan().starts
