"""Every kind of blocked job is told the right reason, alone and among all the others."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from world import GPU, NOW, World, device, gpu, job, law, node, npu, policies, runs, worlds

from zhisuan.compute.node import Node, NodeState
from zhisuan.compute.policy import Backfill, Order, Policy, Quota
from zhisuan.compute.request import ResourceRequest, Together
from zhisuan.compute.scheduler.values import NEVER, Outlook, WaitingReason

NODES = (
    node("n0", 4, devices=2, rack="r1"),
    node("n1", 4, devices=2, rack="r2"),
    Node("n2", (0, 1, 2, 3), 8192, (device(0, GPU, "H100"),), rack="r2"),
)


def asks(cpu_milli=1000, any_of=(), nodes=1, together=Together.ANYWHERE):
    return ResourceRequest(cpu_milli, 1, any_of, nodes, together=together)


RUNNING = (
    # One device of each of the first two nodes, all but a core of the first, a whole GPU.
    runs(1, request=asks(3000, npu(1000)), places=((0, ((0, 1000),)),), ends_at=NOW + 100.0),
    runs(2, request=asks(1000, npu(1000)), places=((1, ((0, 1000),)),), ends_at=NOW + 300.0),
    runs(3, request=asks(1000, gpu(1000)), places=((2, ((0, 1000),)),), ends_at=NOW + 200.0),
)

POLICY = Policy(quotas={"poor": Quota(cpu_milli=500)})
OUTLOOK = Outlook(cost=((NOW, 1.0), (NOW + 500.0, 0.1)))

KINDS = {
    WaitingReason.QUOTA: {"request": asks(), "tenant": "poor"},
    WaitingReason.NO_FIT_NOW: {"request": asks(1000, gpu(500))},
    WaitingReason.FRAGMENTATION: {"request": asks(1000, npu(2000))},
    WaitingReason.GANG_INCOMPLETE: {"request": asks(2000, (), 3)},
    WaitingReason.NO_SUCH_DEVICE: {"request": asks(1000, gpu(2000))},
    WaitingReason.NOT_BEFORE: {"request": asks(), "not_before": NOW + 50.0},
    WaitingReason.HELD_FOR_GREEN: {
        "request": asks(),
        "green": True,
        "finish_by": NOW + 9000.0,
        "run_s": 100.0,
    },
}


def told(waiting, backfill, **rest):
    policy = replace(POLICY, backfill=backfill, **rest)
    made = World(NODES, 0, RUNNING, tuple(waiting), policy, OUTLOOK).plan()
    return {job_id: each.reason for job_id, each in made.reasons.items()}


@pytest.mark.parametrize("backfill", Backfill)
@pytest.mark.parametrize("reason", KINDS)
def test_each_alone(reason, backfill):
    assert told([job(9, **KINDS[reason])], backfill) == {"job_9": reason}


@pytest.mark.parametrize("backfill", Backfill)
@given(order=st.permutations(list(KINDS)))
@law(10)
def test_all_in_one_queue_in_any_order(backfill, order):
    waiting = [job(9 + place, **KINDS[reason]) for place, reason in enumerate(order)]
    expected = {each.job_id: reason for each, reason in zip(waiting, order, strict=True)}
    assert told(waiting, backfill) == expected


@pytest.mark.parametrize("backfill", [Backfill.NONE, Backfill.EASY, Backfill.CONSERVATIVE])
def test_what_would_fit_but_is_kept_for_an_earlier_job_is_told_so(backfill):
    first = job(9, **KINDS[WaitingReason.GANG_INCOMPLETE])
    behind = job(10, request=asks(3000), run_s=1e6)
    made = told([first, behind], backfill)
    assert made["job_10"] is WaitingReason.RESERVED_FOR_EARLIER


def test_a_gang_that_finds_nodes_but_not_in_one_rack_is_incomplete():
    pair = job(9, request=asks(3500, (), 2, Together.RACK_REQUIRED))
    busy = (runs(1, request=asks(4000), places=((2, ()),), ends_at=NOW + 9.0),)
    made = World(NODES, 0, busy, (pair,), Policy()).plan()
    assert made.reasons["job_9"].reason is WaitingReason.GANG_INCOMPLETE


def test_a_device_on_a_node_that_closes_is_there_but_does_not_fit_now():
    closing = (replace(NODES[0], state=NodeState.DRAINING),)
    made = World(closing, 0, (), (job(9, request=asks(1000, npu(1000))),), Policy()).plan()
    assert made.reasons["job_9"].reason is WaitingReason.NO_FIT_NOW


def test_cores_that_only_simulated_nodes_have_are_not_called_scattered():
    nodes = node("real", 2), node("declared", 8, simulated=True)
    busy = (runs(1, 2, places=((0, ()),), ends_at=NOW + 9.0),)
    made = World(nodes, 0, busy, (job(9, 2),), Policy()).plan()
    assert made.reasons["job_9"].reason is WaitingReason.NO_FIT_NOW


def test_how_many_go_before_is_counted_in_the_order_of_the_policy():
    policy = Policy(order=Order.SHORTEST)
    waiting = job(9, 2, run_s=50.0), job(10, 2, run_s=10.0), job(11, 2, run_s=90.0)
    made = World((), 2, (runs(1, 1, ends_at=NOW + 9.0),), waiting, policy).plan()
    ahead = {job_id: each.ahead for job_id, each in made.reasons.items()}
    assert ahead == {"job_10": 0, "job_9": 1, "job_11": 2}


steady = policies(
    order=[Order.FIRST_COME, Order.FAIR, Order.AGED, Order.SMALLEST, Order.SHORTEST],
    preempting=False,
    patience_s=[NEVER, 400.0],
)


@law(40)
@given(worlds(steady, hours=True))
def test_a_reason_is_true(world):
    made = world.plan()
    waiting = {each.job_id: each for each in world.waiting}
    room = world.room()
    for start in made.starts:
        room.take(start.places, start.job.request)
    for job_id, each in made.reasons.items():
        asked = waiting[job_id]
        fits = room.find(asked.request, world.policy.packing) is not None
        match each.reason:
            case WaitingReason.NOT_BEFORE:
                assert asked.not_before > NOW
            case WaitingReason.HELD_FOR_GREEN:
                assert asked.green
            case WaitingReason.QUOTA:
                assert world.policy.limits
            case WaitingReason.RESERVED_FOR_EARLIER:
                assert fits
            case WaitingReason.NO_SUCH_DEVICE:
                assert not room.admits(asked.request)
            case WaitingReason.GANG_INCOMPLETE:
                assert asked.request.nodes > 1
                assert not fits
            case WaitingReason.MAKING_ROOM:  # what was borrowed is given back to its owner
                assert world.policy.borrowing
                assert {each.for_job for each in made.evictions} == {job_id}
            case _:
                assert each.reason in {WaitingReason.NO_FIT_NOW, WaitingReason.FRAGMENTATION}
                assert not fits
                assert room.admits(asked.request)
