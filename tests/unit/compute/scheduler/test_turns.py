"""Turns by attained service: who has had least goes first, and nobody is displaced in vain."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from turning import Turning
from world import NOW, World, count_worlds, crowded, job, law, node, policies, runs

from zhisuan.compute.node import NodeState
from zhisuan.compute.policy import Order, Policy, Quota
from zhisuan.compute.request import ResourceRequest
from zhisuan.compute.scheduler.order import LEVELS
from zhisuan.compute.scheduler.values import EvictionCause, WaitingReason

TURNS = Policy(order=Order.ATTAINED, minimum_run_s=60.0)
HOUR_S = 3600.0
takes_turns = policies(order=Order.ATTAINED)


def ids(made):
    return [start.job.job_id for start in made.starts]


def gone(made):
    return [each.job.job_id for each in made.evictions]


def held(number, cores=1, had=0.0, **rest):
    """A job that has run for an hour and may be displaced; `had` in core-seconds before."""
    since = {"started_at": NOW - HOUR_S, "ends_at": NOW + 10 * HOUR_S, "submitted_at": NOW - HOUR_S}
    return runs(number, cores, preemptible=True, attained=had, **{**since, **rest})


LONG = 2 * LEVELS[1]
"""Core-seconds after which a job that runs stands behind all who are new."""


@law(40)
@given(crowded(takes_turns))
def test_nobody_is_displaced_unless_somebody_is_to_have_the_room(world):
    made = world.plan()
    reasons = [each.reason for each in made.reasons.values()]
    if made.evictions:
        assert WaitingReason.MAKING_ROOM in reasons
    assert {each.cause for each in made.evictions} <= {EvictionCause.TURN}


@law(30)
@given(count_worlds(takes_turns, crowd=True))
def test_whoever_others_make_room_for_starts_when_they_have_gone(world):
    turning = Turning(world, preemptible=True)
    made = turning.plan()
    turning.carry_out(made)
    awaited = {
        job_id for job_id, each in made.reasons.items() if each.reason is WaitingReason.MAKING_ROOM
    }
    if not any(each.leaving for each in world.running):
        assert awaited <= set(ids(turning.plan()))


@law(30)
@given(crowded(takes_turns, hours=True), st.sampled_from([0.1, 0.5, 0.9]))
def test_time_alone_changes_nothing_before_it_is_said_to(world, part):
    turning = Turning(world, preemptible=True)
    turning.turn(NOW)
    until = min(turning.again_at, min((each.ends_at for each in turning.running), default=NOW))
    if until > NOW:
        turning.now = NOW + part * (until - NOW)
        made = turning.plan()
        assert not made.starts
        assert not made.evictions


def test_who_has_had_much_yields_to_who_is_new():
    world = World((), 1, (held(1, had=LONG),), (job(2),), TURNS)
    made = world.plan()
    assert gone(made) == ["job_1"]
    assert made.reasons["job_2"].reason is WaitingReason.MAKING_ROOM
    turning = Turning(world)
    turning.turn(NOW)
    assert list(turning.began) == ["job_2"]


def test_who_runs_goes_on_among_equals():
    made = World((), 1, (held(1),), (job(2),), TURNS).plan()
    assert gone(made) == []
    assert made.reasons["job_2"].reason is WaitingReason.FAIR_SHARE


def test_what_runs_counts_half():
    # Between one and two hours of cores its level is still that of a newcomer.
    for had, goes in ((2 * LEVELS[0] - HOUR_S - 1.0, []), (2 * LEVELS[0] - HOUR_S, ["job_1"])):
        assert gone(World((), 1, (held(1, had=had),), (job(2),), TURNS).plan()) == goes


def test_no_more_are_displaced_than_have_to_be():
    running = held(1, had=LONG), held(2, had=LONG)
    assert gone(World((), 2, running, (job(3),), TURNS).plan()) == ["job_2"]


def test_nobody_is_displaced_too_soon_or_against_his_terms():
    soon = held(1, had=LONG, started_at=NOW - 59.0)
    made = World((), 1, (soon,), (job(2),), TURNS).plan()
    assert gone(made) == []
    assert made.again_at == NOW + 1.0
    firm = replace(held(1, had=LONG), preemptible=False)
    assert gone(World((), 1, (firm,), (job(2),), TURNS).plan()) == []


def test_a_higher_class_goes_before_whoever_has_had_less():
    world = World((), 1, (held(1, had=LONG, priority=1),), (job(2),), TURNS)
    assert gone(world.plan()) == []
    both = job(2), job(3, priority=1, attained=LONG)
    assert ids(World((), 1, (), both, TURNS).plan()) == ["job_3"]


def test_a_job_on_a_node_that_closes_is_not_displaced_for_what_it_cannot_give():
    nodes = node("n0", 1), node("n1", 1, state=NodeState.DRAINING)
    there = held(1, had=LONG, places=((1, ()),))
    waiting = job(2), job(3)
    made = World(nodes, 0, (there,), waiting, TURNS).plan()
    assert ids(made) == ["job_2"]
    assert gone(made) == []


def test_a_quota_counts_under_turns_too():
    policy = replace(TURNS, default_quota=Quota(cpu_milli=1000))
    made = World((), 4, (), (job(1), job(2), job(3, tenant="b")), policy).plan()
    assert ids(made) == ["job_1", "job_3"]
    assert made.reasons["job_2"].reason is WaitingReason.QUOTA


def test_a_tenants_own_jobs_take_turns_within_its_quota():
    policy = replace(TURNS, default_quota=Quota(cpu_milli=1000))
    world = World((), 4, (held(1, had=LONG, tenant="a"),), (job(2, tenant="a"),), policy)
    made = world.plan()
    assert ids(made) == []  # beside the first it would be more than the quota
    assert gone(made) == ["job_1"]
    turning = Turning(world)
    turning.turn(NOW)
    assert list(turning.began) == ["job_2"]


def test_who_runs_beyond_a_quota_that_was_cut_runs_on():
    policy = replace(TURNS, default_quota=Quota(cpu_milli=1000))
    running = held(1, 2, tenant="a"), held(2, 2, tenant="b")
    behind = job(3, tenant="a", attained=LONG)
    assert gone(World((), 4, running, (behind,), policy).plan()) == []


def test_who_is_owed_goes_before_who_borrows():
    policy = replace(TURNS, borrowing=True, default_quota=Quota(cpu_milli=1000))
    running = tuple(held(number, tenant="a") for number in (1, 2))
    made = World((), 2, running, (job(3, tenant="b"),), policy).plan()
    assert gone(made) == ["job_2"]
    assert made.reasons["job_3"].reason is WaitingReason.MAKING_ROOM


def test_an_hour_of_its_own_counts_under_turns_too():
    made = World((), 1, (), (job(1, not_before=NOW + 50.0),), TURNS).plan()
    assert ids(made) == []
    assert made.reasons["job_1"].reason is WaitingReason.NOT_BEFORE
    assert made.again_at == NOW + 50.0


def test_what_no_node_could_ever_give_is_told_so():
    made = World((), 1, (), (job(1, 2),), TURNS).plan()
    assert made.reasons["job_1"].reason is WaitingReason.NO_SUCH_DEVICE


PATIENT = replace(TURNS, patience_s=HOUR_S)


def test_who_has_waited_beyond_patience_goes_first():
    old = job(2, attained=2 * LONG, submitted_at=NOW - 3 * LONG)
    made = World((), 1, (), (job(3, submitted_at=NOW), old), PATIENT).plan()
    assert ids(made) == ["job_2"]


def test_time_in_which_it_ran_is_no_wait():
    old = job(2, attained=LONG, submitted_at=NOW - LONG - HOUR_S + 1.0)
    world = World((), 1, (), (job(3, submitted_at=NOW), old), PATIENT)
    made = world.plan()
    assert ids(made) == ["job_3"]
    assert made.again_at == NOW + 1.0


def test_the_next_to_lose_patience_need_not_be_the_oldest():
    waiting = (
        job(2, attained=5 * HOUR_S, submitted_at=NOW - HOUR_S),
        job(3, submitted_at=NOW - 1000.0),
    )
    made = World((), 1, (runs(1, ends_at=NOW + 1e6),), waiting, PATIENT).plan()
    assert made.again_at == NOW + HOUR_S - 1000.0


def test_patience_does_not_raise_a_class():
    old = job(2, submitted_at=NOW - 2 * HOUR_S)
    made = World((), 1, (), (old, job(3, priority=1, submitted_at=NOW)), PATIENT).plan()
    assert ids(made) == ["job_3"]


def test_the_overdue_have_their_share_and_leave_the_rest():
    old = tuple(job(number, 1, submitted_at=NOW - 2 * HOUR_S, attained=3000.0) for number in (1, 2))
    new = job(3, 1, submitted_at=NOW)
    late = replace(PATIENT, patience_share=0.5)
    olds = tuple(replace(each, attained=0.0, priority=0) for each in old)
    worn = tuple(
        replace(each, attained=2 * LEVELS[0], submitted_at=NOW - 5 * HOUR_S) for each in old
    )
    assert ids(World((), 2, (), (*olds, new), late).plan()) == ["job_1", "job_2"]
    assert ids(World((), 2, (), (*worn, new), late).plan()) == ["job_1", "job_3"]


def test_nobody_starts_on_what_an_overdue_job_waits_for():
    # Two cores; the wide one wants both, and one is held by who may not be displaced yet.
    wide = job(2, 2, submitted_at=NOW - 2 * HOUR_S)
    held_yet = held(1, started_at=NOW - 10.0)
    made = World((), 2, (held_yet,), (wide, job(3, submitted_at=NOW)), PATIENT).plan()
    assert ids(made) == []
    assert made.again_at == NOW + 50.0
    made = World((), 3, (held_yet,), (wide, job(3, submitted_at=NOW)), PATIENT).plan()
    assert ids(made) == ["job_2"]


@pytest.mark.parametrize("never", [9, 2])
def test_who_can_never_start_does_not_use_up_the_patience_of_others(never):
    impossible = job(
        1, never, submitted_at=NOW - 9 * HOUR_S, not_before=NOW + 9 * HOUR_S * (never == 2)
    )
    old = job(2, attained=2 * LEVELS[0], submitted_at=NOW - 5 * HOUR_S)
    policy = replace(PATIENT, patience_share=0.1)
    made = World(
        (), 2, (runs(3, ends_at=NOW + HOUR_S),), (impossible, old, job(4, submitted_at=NOW)), policy
    ).plan()
    assert ids(made) == ["job_2"]


def test_a_gang_that_shrank_has_room_to_grow():
    nodes = tuple(node(f"n{number}", 1) for number in range(3))
    elastic = job(1, request=ResourceRequest(1000, 1, nodes=1, most_nodes=2))
    made = World(nodes, 0, (), (elastic,), TURNS).plan()
    assert [len(start.places) for start in made.starts] == [2]
