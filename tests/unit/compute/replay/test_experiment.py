"""A cluster filled pod by pod."""

import numpy as np
import pytest

from zhisuan.compute.device import Device, DeviceKind
from zhisuan.compute.node import Node
from zhisuan.compute.packing.mix import Mix
from zhisuan.compute.policy import Packing
from zhisuan.compute.pool import Pool
from zhisuan.compute.replay.experiment import TUNE, Filling, experiment, fragmented_percent
from zhisuan.compute.request import DeviceRequest, ResourceRequest
from zhisuan.core.errors import WrongInput


def node(name, gpus=4, cores=32):
    devices = tuple(Device(f"gpu{place}", DeviceKind.GPU, "", "", 0) for place in range(gpus))
    return Node(name, tuple(range(cores)), 65_536, devices)


def pod(milli, cores=1):
    wanted = (DeviceRequest(DeviceKind.GPU, milli),) if milli else ()
    return ResourceRequest(1000 * cores, 1, wanted)


NODES = [node(f"n{number}") for number in range(10)]
PODS = [pod(1000), pod(400), pod(2000), pod(0), pod(600)] * 4


def filled(packing=Packing.BEST_FIT, pods=PODS, seed=42, nodes=NODES):
    filling = Filling(experiment(nodes, pods, seed), packing)
    list(filling.run())
    return filling


def test_copies_are_added_until_demand_is_the_given_multiple():
    tried = experiment(NODES, PODS, 1)
    demand = sum(each.device_milli for each in tried.pods)
    assert tried.capacity == 40_000
    assert TUNE * tried.capacity - 1000 < demand <= TUNE * tried.capacity + 1000
    assert sorted(map(hash, tried.pods[: len(PODS)])) == sorted(map(hash, PODS))


def test_of_a_trace_that_asks_for_more_pods_are_dropped():
    tried = experiment(NODES, PODS * 10, 1)
    assert sum(each.device_milli for each in tried.pods) <= TUNE * tried.capacity
    assert len(tried.pods) < 10 * len(PODS)


def test_the_seed_alone_decides_both_orders():
    first, same, other = (experiment(NODES, PODS, seed) for seed in (1, 1, 2))
    assert (first.nodes, first.pods) == (same.nodes, same.pods)
    assert first.nodes != other.nodes
    assert first.pods != other.pods
    assert set(first.nodes) == set(NODES)


@pytest.mark.parametrize("packing", Packing)
def test_never_is_more_allocated_than_arrived_or_than_there_is(packing):
    filling = filled(packing)
    assert all(
        allocated <= min(100.0, arrived) + 1e-9
        for allocated, arrived in zip(filling.allocated, filling.arrived, strict=True)
    )
    assert list(filling.allocated) == sorted(filling.allocated)
    assert len(filling.decisions_ms) == len(filling.arrived)
    assert filling.placements_per_second > 0
    assert 0 <= filling.decision_ms(0.5) <= filling.decision_ms(0.99)
    assert 0 <= filling.fragmentation <= 100


def test_whole_devices_fill_the_cluster_and_the_rest_is_turned_away():
    filling = filled(pods=[pod(1000)] * 5)
    assert filling.unallocated_percent(100) == 0
    assert filling.unallocated_percent(50) == 50
    assert filling.refused == len(filling.arrived) - 40


def test_the_figure_is_the_mean_over_what_rounds_to_the_percent_asked_for():
    filling = filled(pods=[pod(1000)])
    filling.arrived[:] = filling.arrived[:4]
    filling.arrived[0:4] = type(filling.arrived)("d", [98.0, 99.6, 100.4, 101.0])
    filling.allocated[:] = type(filling.arrived)("d", [80.0, 90.0, 94.0, 99.0])
    assert filling.unallocated_percent(100) == pytest.approx(8.0)
    assert filling.unallocated_percent(99) == 20.0
    assert filling.unallocated_percent(1) == 100.0


def test_fragmentation_is_the_share_of_free_devices_that_the_mix_cannot_use():
    pool = Pool([node("a", gpus=2), node("b", gpus=2, cores=1)])
    mix = Mix.of([pod(1000, cores=4)])
    assert fragmented_percent(pool, mix) == 50.0
    pool.stock.device_milli[:] = np.array([[500, 0], [0, 0]])
    assert fragmented_percent(pool, mix) == 100.0
    pool.stock.device_milli[:] = 0
    assert fragmented_percent(pool, mix) == 0.0


def test_without_devices_there_is_nothing_to_tell():
    with pytest.raises(WrongInput, match="None of the nodes has a GPU"):
        experiment([node("a", gpus=0)], PODS, 1)
    with pytest.raises(WrongInput, match="None of the pods asks for a GPU"):
        experiment(NODES, [pod(0)], 1)
