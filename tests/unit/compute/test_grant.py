"""Places become allocations with names, and back."""

from zhisuan.compute.allocation import Allocation, DeviceShare
from zhisuan.compute.device import Device, DeviceKind
from zhisuan.compute.grant import Cores, allocations, places
from zhisuan.compute.node import Node
from zhisuan.compute.request import DeviceRequest, ResourceRequest

NPU = Device("npu0", DeviceKind.NPU, "Ascend", "910B", 65536)
NODES = (Node("a", (0, 1, 2, 3), 4096), Node("b", (0, 1), 4096, (NPU,)))


def test_whole_cores_are_granted_alone():
    cores = Cores(NODES)
    two = ResourceRequest(2000)
    first = allocations(NODES, ((0, ()),), two, cores)[0]
    second = allocations(NODES, ((0, ()),), two, cores)[0]
    assert len(first.cores) == len(second.cores) == 2
    assert not set(first.cores) & set(second.cores)


def test_what_was_granted_sits_where_it_was_placed():
    where = ((0, ()), (1, ((0, 500),)))
    request = ResourceRequest(1000, 1024, (DeviceRequest(DeviceKind.NPU, 500),), 2)
    given = allocations(NODES, where, request, Cores(NODES))
    assert [each.node for each in given] == ["a", "b"]
    assert given[1].devices == (DeviceShare("npu0", 500, DeviceKind.NPU, "npu-64g"),)
    assert places(NODES, given) == where


def test_a_node_or_device_that_has_left_the_pool_is_not_counted():
    share = DeviceShare("npu7", 1000, DeviceKind.NPU, "npu-64g")
    held = (Allocation("gone", 1000, 1024, (0,)), Allocation("b", 1000, 1024, (0,), (share,)))
    assert places(NODES, held) == ((1, ()),)


def test_an_allocation_is_the_same_after_being_written_down():
    share = DeviceShare("sim:npu0", 500, DeviceKind.NPU, "npu-64g", simulated=True)
    made = Allocation("sim", 250, 64, (), (share,), True)
    assert Allocation.from_json(made.to_json()) == made
