"""Elastic gangs: as wide as pool and quota allow, whole or not at all, never at others' cost."""

from dataclasses import replace

import pytest
from books import by_tenant
from hypothesis import given
from hypothesis import strategies as st
from world import GPU, NOW, World, device, gpu, job, law, node, npu, policies, pool_worlds, runs

from zhisuan.compute.node import Node
from zhisuan.compute.policy import Backfill, Order, Packing, Policy, Quota
from zhisuan.compute.request import ResourceRequest, Together

EASY = Policy(backfill=Backfill.EASY)
UNLIMITED = Quota()


ONE_NPU = npu(1000)


def gang(number, least, most, any_of=ONE_NPU, **rest):
    return job(number, request=ResourceRequest(1000, 1, any_of, least, most), **rest)


def pool(*waiting, nodes=4, policy=EASY, running=()):
    """Nodes with one device each."""
    made = tuple(node(f"n{number}", 4, devices=1) for number in range(nodes))
    return World(made, 0, running, waiting, policy)


def widths(world):
    return {start.job.job_id: len(start.places) for start in world.plan().starts}


@law(40)
@given(pool_worlds(policies(), hours=True))
def test_nobody_grows_while_anybody_waits_for_room_alone(world):
    made = world.plan()
    idle = world.idle()
    free_to_start = {
        job_id
        for job_id, waiting in made.reasons.items()
        if waiting.reason not in {"quota", "not_before", "held_for_green", "no_such_device"}
    }
    others = [
        each for each in world.waiting if each.job_id in free_to_start and idle.serves(each.request)
    ]
    for start in made.starts if others else ():
        assert len(start.places) == start.job.request.nodes


@law(40)
@given(pool_worlds(policies(default_quota=UNLIMITED), most=1), st.integers(1, 4))
def test_one_alone_is_as_wide_as_any_single_kind_lets_it_be(world, more):
    waiting = tuple(
        replace(each, request=replace(each.request, most_nodes=each.request.nodes + more))
        for each in world.waiting
    )
    made = replace(world, waiting=waiting).plan()
    for start in made.starts:
        request, room = start.job.request, world.room()
        kinds = [(each,) for each in request.any_of] or [()]
        fitting = [
            nodes
            for any_of in kinds
            for nodes in range(request.nodes, request.most_nodes + 1)
            if room.find(
                replace(request, any_of=any_of, nodes=nodes, most_nodes=0), Packing.FIRST_FIT
            )
        ]
        assert len(start.places) in fitting
        if len(kinds) == 1:
            assert len(start.places) == max(fitting)


@law(40)
@given(pool_worlds(policies(borrowing=False)))
def test_no_gang_grows_beyond_its_quota(world):
    held = [(each.tenant, each.request, each.places) for each in world.running]
    before = by_tenant(held)
    made = world.plan()
    held += [(each.job.tenant, each.job.request, each.places) for each in made.starts]
    for tenant, sums in by_tenant(held).items():
        quota = world.policy.quota(tenant)
        limits = quota.cpu_milli, quota.memory_mb, quota.device_milli
        for limit, milli, once in zip(limits, sums, before[tenant], strict=True):
            assert limit is None or milli <= max(limit, once)


@pytest.mark.parametrize("order", Order)
@pytest.mark.parametrize("backfill", Backfill)
def test_a_gang_alone_takes_as_many_nodes_as_it_may(order, backfill):
    policy = Policy(order=order, backfill=backfill)
    assert widths(pool(gang(1, 1, 3), policy=policy)) == {"job_1": 3}
    assert widths(pool(gang(1, 2, 8), policy=policy)) == {"job_1": 4}
    assert widths(pool(gang(1, 2, 0), policy=policy)) == {"job_1": 2}


def test_the_first_of_several_grows_first():
    assert widths(pool(gang(1, 1, 3), gang(2, 1, 3))) == {"job_1": 3, "job_2": 1}


def test_nobody_grows_while_somebody_waits():
    busy = (runs(1, request=gang(1, 1, 0).request, places=((0, ((0, 1000),)),), ends_at=NOW + 9.0),)
    assert widths(pool(gang(2, 1, 3), gang(3, 4, 0), running=busy)) == {"job_2": 1}
    assert widths(pool(gang(2, 1, 3), running=busy)) == {"job_2": 3}


def test_a_gang_grows_to_its_quota():
    policy = replace(EASY, default_quota=Quota(device_milli=2000))
    assert widths(pool(gang(1, 1, 3), policy=policy)) == {"job_1": 2}
    assert widths(pool(gang(1, 1, 3), gang(2, 1, 3), policy=policy)) == {"job_1": 1, "job_2": 1}
    other = gang(2, 1, 3, tenant="b")
    assert widths(pool(gang(1, 1, 3), other, policy=policy)) == {"job_1": 2, "job_2": 2}


def test_who_waits_for_his_quota_or_his_hour_alone_keeps_no_gang_small():
    policy = replace(EASY, quotas={"b": Quota(cpu_milli=500)})
    assert widths(pool(gang(1, 1, 3), gang(2, 1, 0, tenant="b"), policy=policy)) == {"job_1": 3}
    assert widths(pool(gang(1, 1, 3), gang(2, 1, 0, not_before=NOW + 1.0))) == {"job_1": 3}


def test_who_can_never_start_keeps_no_gang_small():
    assert widths(pool(gang(1, 1, 3), gang(2, 5, 0))) == {"job_1": 3}


def test_a_gang_grows_on_the_kind_it_was_given():
    nodes = tuple(
        Node(f"n{number}", (0, 1), 8192, (device(0, GPU, "H100") if number < 2 else device(0),))
        for number in range(5)
    )
    either = gang(1, 1, 3, gpu(1000) + npu(1000))
    made = World(nodes, 0, (), (either,), EASY).plan()
    assert [row for row, _ in made.starts[0].places] == [0, 1]


def test_a_gang_that_must_stay_together_grows_within_one_rack():
    nodes = tuple(node(f"n{number}", 1, rack=f"r{number % 2}") for number in range(6))
    asked = ResourceRequest(1000, 1, (), 2, 6, Together.RACK_REQUIRED)
    made = World(nodes, 0, (), (job(1, request=asked),), EASY).plan()
    rows = [row for row, _ in made.starts[0].places]
    assert len(rows) == 3
    assert len({row % 2 for row in rows}) == 1
