"""What is free as arrays, compared with a look at every device."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from zhisuan.compute.device import Device, DeviceKind
from zhisuan.compute.node import Node, NodeState
from zhisuan.compute.request import DeviceRequest, ResourceRequest
from zhisuan.compute.stock import Need, Stock, needs

KINDS = {DeviceKind.GPU: ("A100", "H100"), DeviceKind.NPU: ("910B",)}


@st.composite
def pools(draw):
    """Unlike nodes, part of them in use."""
    nodes = []
    for number in range(draw(st.integers(1, 4))):
        devices = []
        for column in range(draw(st.integers(0, 3))):
            kind = draw(st.sampled_from(list(KINDS)))
            model = draw(st.sampled_from(KINDS[kind]))
            devices.append(Device(f"d{column}", kind, "maker", model, 1))
        state = draw(st.sampled_from(NodeState))
        cores = tuple(range(draw(st.integers(1, 4))))
        nodes.append(
            Node(f"n{number}", cores, 1024, tuple(devices), "", state, draw(st.booleans()))
        )
    stock = Stock.idle(nodes)
    for row, node in enumerate(nodes):
        stock.cpu_milli[row] -= draw(st.sampled_from([0, 500, 1000]))
        for column in range(len(node.devices)):
            stock.device_milli[row, column] -= draw(st.sampled_from([0, 300, 1000]))
    return stock


wishes = st.sampled_from(
    [
        None,
        *(DeviceRequest(kind, milli) for kind in KINDS for milli in (300, 700, 1000, 2000)),
        DeviceRequest(DeviceKind.GPU, 500, "A100"),
        DeviceRequest(DeviceKind.GPU, 1000, "H100|A800"),
    ]
)
wanted = st.builds(Need, st.sampled_from([500, 1000, 2000]), st.sampled_from([512, 2048]), wishes)


def has_room(stock, row, need):
    node = stock.nodes[row]
    if node.state is not NodeState.READY or stock.cpu_milli[row] < need.cpu_milli:
        return False
    if stock.memory_mb[row] < need.memory_mb:
        return False
    if need.wanted is None:
        return not node.simulated
    free = [
        stock.device_milli[row, column]
        for column, device in enumerate(node.devices)
        if need.wanted.admits(device)
    ]
    if need.wanted.milli < 1000:
        return any(milli >= need.wanted.milli for milli in free)
    return sum(milli == 1000 for milli in free) >= need.wanted.milli // 1000


@settings(max_examples=60, deadline=None)
@given(pools(), wanted)
def test_a_row_fits_if_its_node_has_room(stock, need):
    rows = range(len(stock.nodes))
    expected = [has_room(stock, row, need) for row in rows]
    assert stock.fitting(slice(None), need).tolist() == expected
    assert [stock.fits(row, need) for row in rows] == expected


@settings(max_examples=60, deadline=None)
@given(pools(), wanted)
def test_enough_in_all_is_enough_if_it_were_in_one_place(stock, need):
    cpu = memory = milli = 0
    for row, node in enumerate(stock.nodes):
        usable = node.state is NodeState.READY and (need.wanted is not None or not node.simulated)
        if usable:
            cpu += stock.cpu_milli[row]
            memory += stock.memory_mb[row]
            milli += sum(
                stock.device_milli[row, column]
                for column, device in enumerate(node.devices)
                if need.wanted is not None and need.wanted.admits(device)
            )
    enough = cpu >= need.cpu_milli and memory >= need.memory_mb and milli >= need.milli
    assert stock.total(need, 1) == enough
    if any(has_room(stock, row, need) for row in range(len(stock.nodes))):
        assert stock.total(need, 1)


@settings(max_examples=40, deadline=None)
@given(pools())
def test_a_copy_is_independent_and_the_lesser_is_what_both_have(stock):
    other = stock.copy()
    other.cpu_milli[:] = 0
    other.device_milli[:] = 0
    assert (stock.lesser(other).cpu_milli == 0).all()
    assert (stock.lesser(other).device_milli == 0).all()
    assert (stock.lesser(stock.copy()).cpu_milli == stock.cpu_milli).all()
    assert stock.lesser(other).memory_mb is not other.memory_mb


def test_where_there_is_no_device_nothing_is_free():
    bare = Node("bare", (0,), 1024)
    full = Node("full", (0,), 1024, (Device("npu0", DeviceKind.NPU, "maker", "910B", 1),) * 2)
    stock = Stock.idle([bare, full])
    assert np.array_equal(stock.device_milli, [[0, 0], [1000, 1000]])
    assert np.array_equal(stock.sort, [[-1, -1], [0, 0]])


def test_alternatives_stand_in_order_of_preference():
    either = (DeviceRequest(DeviceKind.NPU, 500), DeviceRequest(DeviceKind.GPU, 1000))
    assert needs(ResourceRequest(500, 64, either)) == (
        Need(500, 64, either[0]),
        Need(500, 64, either[1]),
    )
    assert needs(ResourceRequest(500, 64)) == (Need(500, 64),)
    assert [need.milli for need in needs(ResourceRequest(500, 64, either))] == [500, 1000]
