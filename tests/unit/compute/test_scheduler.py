"""The laws of `plan`, over random pools, queues and running jobs."""

from collections import defaultdict
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhisuan.compute.device import Device, DeviceKind
from zhisuan.compute.node import Node, NodeState
from zhisuan.compute.policy import Policy, Quota
from zhisuan.compute.pool import Pool
from zhisuan.compute.request import DeviceRequest, ResourceRequest
from zhisuan.compute.scheduler import Outlook, QueuedJob, RunningJob, WaitingReason, plan

NOW = datetime(2026, 1, 2, tzinfo=UTC)


def device(number, kind=DeviceKind.NPU):
    return Device(f"{kind}{number}", kind, "Ascend", "910B", 65536)


def node(name, cores=4, memory_mb=8192, devices=0, state=NodeState.READY):
    return Node(
        name,
        tuple(range(cores)),
        memory_mb,
        tuple(device(number) for number in range(devices)),
        state=state,
    )


def job(number, tenant="a", priority=0, **asked):
    return QueuedJob(f"job_{number}", tenant, number, ResourceRequest(**asked), priority)


def npu(milli):
    return (DeviceRequest(DeviceKind.NPU, milli),)


nodes = st.lists(
    st.builds(
        lambda cores, memory, devices, state: (cores, memory, devices, state),
        st.integers(1, 8),
        st.integers(512, 16384),
        st.integers(0, 4),
        st.sampled_from([NodeState.READY, NodeState.READY, NodeState.DRAINING]),
    ),
    min_size=1,
    max_size=4,
).map(
    lambda made: tuple(
        node(f"n{place}", cores, memory, devices, state)
        for place, (cores, memory, devices, state) in enumerate(made)
    )
)
requests = st.builds(
    ResourceRequest,
    st.sampled_from([100, 500, 1000, 2000, 3000]),
    st.integers(128, 8192),
    st.sampled_from([(), npu(250), npu(500), npu(1000), npu(2000)]),
    st.integers(1, 3),
)
queues = st.lists(st.tuples(requests, st.sampled_from("abc"), st.integers(0, 2)), max_size=15).map(
    lambda made: [
        QueuedJob(f"job_{place}", tenant, place, request, priority)
        for place, (request, tenant, priority) in enumerate(made)
    ]
)
policies = st.builds(
    Policy,
    default_quota=st.builds(
        Quota,
        st.none() | st.integers(1000, 8000),
        st.none() | st.integers(1024, 16384),
        st.none() | st.integers(1000, 3000),
    ),
)


def decide(pool_nodes, queue, policy=None, running=()):
    pool = Pool.idle(pool_nodes)
    for each in running:
        for allocation in each.allocations:
            pool.take(allocation)
    return plan(NOW, pool, queue, running, policy or Policy(), Outlook())


def as_running(made, queue):
    by_id = {each.job_id: each for each in queue}
    return [
        RunningJob(start.job_id, by_id[start.job_id].tenant, start.allocations)
        for start in made.starts
    ]


@given(nodes, queues, policies)
def test_never_places_more_than_is_free(pool_nodes, queue, policy):
    made = decide(pool_nodes, queue, policy)
    pool = Pool.idle(pool_nodes)
    for start in made.starts:
        for allocation in start.allocations:
            pool.take(allocation)  # raises when it is more than is free
    assert (pool.cpu_milli >= 0).all()
    assert (pool.memory_mb >= 0).all()
    assert (pool.device_milli >= 0).all()


@given(nodes, queues, policies)
def test_every_job_either_starts_or_is_told_why_not(pool_nodes, queue, policy):
    made = decide(pool_nodes, queue, policy)
    started = {start.job_id for start in made.starts}
    assert started | set(made.reasons) == {each.job_id for each in queue}
    assert not started & set(made.reasons)


@given(nodes, queues, policies)
def test_equal_inputs_give_equal_plans(pool_nodes, queue, policy):
    assert decide(pool_nodes, queue, policy) == decide(pool_nodes, queue[::-1], policy)


@given(nodes, queues)
def test_a_gang_starts_whole_on_different_nodes_or_not_at_all(pool_nodes, queue):
    by_id = {each.job_id: each for each in queue}
    for start in decide(pool_nodes, queue).starts:
        names = [allocation.node for allocation in start.allocations]
        assert len(names) == by_id[start.job_id].request.nodes
        assert len(set(names)) == len(names)


@given(nodes, queues, policies)
def test_quota_holds_however_often_it_plans(pool_nodes, queue, policy):
    running = []
    waiting = list(queue)
    for _ in range(3):
        made = decide(pool_nodes, waiting, policy, running)
        running += as_running(made, waiting)
        waiting = [each for each in waiting if each.job_id in made.reasons]
    held = defaultdict(lambda: [0, 0, 0])
    for each in running:
        for allocation in each.allocations:
            held[each.tenant][0] += allocation.cpu_milli
            held[each.tenant][1] += allocation.memory_mb
            held[each.tenant][2] += sum(share.milli for share in allocation.devices)
    for tenant, sums in held.items():
        quota = policy.quota(tenant)
        for limit, amount in zip(
            (quota.cpu_milli, quota.memory_mb, quota.device_milli), sums, strict=True
        ):
            assert limit is None or amount <= limit


@given(nodes, queues)
def test_nothing_starts_on_a_draining_node(pool_nodes, queue):
    draining = {each.name for each in pool_nodes if each.state is NodeState.DRAINING}
    for start in decide(pool_nodes, queue).starts:
        assert not draining & {allocation.node for allocation in start.allocations}


@given(nodes, queues)
def test_every_job_that_fits_the_idle_pool_starts_once_the_others_have_ended(pool_nodes, queue):
    ready = tuple(each for each in pool_nodes if each.state is NodeState.READY)
    fitting = [each for each in queue if ready and Pool.idle(ready).admits(each.request)]
    waiting = list(fitting)
    for _ in range(len(fitting)):
        made = decide(ready, waiting)
        assert made.starts
        waiting = [each for each in waiting if each.job_id in made.reasons]
        if not waiting:
            break
    assert not waiting


def test_a_higher_priority_goes_first_and_then_the_earlier():
    queue = [job(1), job(2, priority=1), job(3, priority=1)]
    made = decide([node("n", cores=2)], queue)
    assert [start.job_id for start in made.starts] == ["job_2", "job_3"]


def test_a_job_that_does_not_fit_now_is_not_passed_by_later_ones():
    made = decide([node("n", cores=2)], [job(1), job(2, cpu_milli=2000), job(3)])
    assert [start.job_id for start in made.starts] == ["job_1"]
    assert made.reasons["job_2"].reason is WaitingReason.NO_FIT_NOW
    assert made.reasons["job_3"].reason is WaitingReason.RESERVED_FOR_EARLIER
    assert made.reasons["job_3"].ahead == 1


def test_a_quota_stops_its_own_tenant_alone():
    policy = Policy(quotas={"a": Quota(cpu_milli=1000)})
    made = decide([node("n")], [job(1), job(2), job(3, tenant="b")], policy)
    assert [start.job_id for start in made.starts] == ["job_1", "job_3"]
    assert made.reasons["job_2"].reason is WaitingReason.QUOTA


def test_two_fractions_share_one_device_and_two_wholes_do_not():
    pool = [node("n", devices=2)]
    halves = decide(pool, [job(1, any_of=npu(500)), job(2, any_of=npu(500))])
    assert {share.device for start in halves.starts for share in start.allocations[0].devices} == {
        "npu0"
    }
    wholes = decide(pool, [job(1, any_of=npu(1000)), job(2, any_of=npu(1000))])
    assert [start.allocations[0].devices[0].device for start in wholes.starts] == ["npu0", "npu1"]


def test_the_first_kind_that_fits_is_granted():
    pool = [Node("n", (0, 1), 4096, (device(0, DeviceKind.GPU),))]
    either = (DeviceRequest(DeviceKind.NPU, 1000), DeviceRequest(DeviceKind.GPU, 1000))
    made = decide(pool, [job(1, any_of=either)])
    assert made.starts[0].allocations[0].devices[0].device == "gpu0"


def test_whole_cores_are_granted_alone():
    made = decide([node("n", cores=4)], [job(1, cpu_milli=2000), job(2, cpu_milli=2000)])
    first, second = (set(start.allocations[0].cores) for start in made.starts)
    assert len(first) == len(second) == 2
    assert not first & second


@pytest.mark.parametrize(
    ("pool", "asked", "reason"),
    [
        ([node("n")], {"any_of": npu(1000)}, WaitingReason.NO_SUCH_DEVICE),
        ([node("n")], {"nodes": 2}, WaitingReason.NO_SUCH_DEVICE),
    ],
)
def test_what_the_pool_could_never_run_is_told_so_and_holds_back_nobody(pool, asked, reason):
    made = decide(pool, [job(1, **asked), job(2)])
    assert made.reasons["job_1"].reason is reason
    assert [start.job_id for start in made.starts] == ["job_2"]


def test_free_but_scattered_room_is_called_fragmentation():
    pool = [node("n1", cores=2), node("n2", cores=2)]
    running_plan = decide(pool, [job(1), job(2)])
    running = [
        RunningJob("r1", "b", running_plan.starts[0].allocations),
        RunningJob(
            "r2",
            "b",
            tuple(
                type(each)("n2", each.cpu_milli, each.memory_mb, each.cores)
                for each in running_plan.starts[0].allocations
            ),
        ),
    ]
    made = decide(pool, [job(3, cpu_milli=2000)], running=running)
    assert made.reasons["job_3"].reason is WaitingReason.FRAGMENTATION
