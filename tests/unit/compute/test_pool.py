"""The pool counts what it has; what has left it is no longer counted."""

import pytest

from zhisuan.compute.allocation import Allocation, DeviceShare
from zhisuan.compute.device import Device, DeviceKind
from zhisuan.compute.node import Node
from zhisuan.compute.pool import Pool

GPU = Device("gpu0", DeviceKind.GPU, "NVIDIA", "H100", 81920)
HERE = Node("here", (0, 1), 4096, (GPU,))


def held(node="here", device="gpu0", milli=500):
    share = DeviceShare(device, milli, DeviceKind.GPU, "gpu-80g")
    return Allocation(node, 1000, 1024, (0,), (share,))


def free(pool):
    return int(pool.cpu_milli[0]), int(pool.memory_mb[0]), int(pool.device_milli[0, 0])


def test_what_is_taken_is_not_free_and_comes_back_whole():
    pool = Pool.idle([HERE])
    pool.take(held())
    assert free(pool) == (1000, 3072, 500)
    pool.give_back(held())
    assert free(pool) == free(Pool.idle([HERE]))


def test_more_than_there_is_cannot_be_taken_and_changes_nothing():
    pool = Pool.idle([HERE])
    with pytest.raises(ValueError, match="more than is free"):
        pool.take(held(milli=1500))
    assert free(pool) == free(Pool.idle([HERE]))


def test_a_node_that_has_left_is_not_counted():
    pool = Pool.idle([HERE])
    pool.take(held(node="gone"))
    pool.give_back(held(node="gone"))
    assert free(pool) == free(Pool.idle([HERE]))


def test_a_device_that_has_left_is_not_counted_but_its_node_is():
    pool = Pool.idle([HERE])
    pool.take(held(device="gpu7"))
    assert free(pool) == (1000, 3072, 1000)


def test_an_allocation_is_the_same_after_being_written_down():
    made = Allocation(
        "sim",
        250,
        64,
        (),
        (DeviceShare("sim:npu0", 500, DeviceKind.NPU, "npu-64g", simulated=True),),
        True,
    )
    assert Allocation.from_json(made.to_json()) == made
