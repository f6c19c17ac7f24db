"""The pool counts what it has, and finds room as a look at every row would."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhisuan.compute.device import Device, DeviceKind
from zhisuan.compute.node import Node, NodeState
from zhisuan.compute.policy import Packing
from zhisuan.compute.pool import Pool
from zhisuan.compute.request import DeviceRequest, ResourceRequest, Together
from zhisuan.compute.scheduler.values import WaitingReason

GPU = Device("gpu0", DeviceKind.GPU, "NVIDIA", "H100", 81920)
HERE = Node("here", (0, 1), 4096, (GPU,))
HALF = ResourceRequest(1000, 1024, (DeviceRequest(DeviceKind.GPU, 500),))
PLACES = ((0, ((0, 500),)),)


def free(pool):
    stock = pool.stock
    return int(stock.cpu_milli[0]), int(stock.memory_mb[0]), int(stock.device_milli[0, 0])


def rack(number, racks=2):
    cores = tuple(range(4))
    return Node(f"n{number}", cores, 8192, (GPU,), rack=f"r{number % racks}")


def test_what_is_taken_is_not_free_and_comes_back_whole():
    pool = Pool([HERE])
    pool.take(PLACES, HALF)
    assert free(pool) == (1000, 3072, 500)
    pool.give_back(PLACES, HALF)
    assert free(pool) == free(Pool([HERE]))


def test_more_than_there_is_cannot_be_taken_and_changes_nothing():
    pool = Pool([HERE])
    with pytest.raises(ValueError, match="more than is free"):
        pool.take(((0, ((0, 1500),)),), HALF)
    assert free(pool) == free(Pool([HERE]))


def test_a_copy_is_independent():
    pool = Pool([HERE])
    pool.copy().take(PLACES, HALF)
    assert free(pool) == free(Pool([HERE]))


asked = st.builds(
    ResourceRequest,
    st.sampled_from([500, 1000, 3000]),
    st.sampled_from([256, 2048]),
    st.sampled_from(
        [(), (DeviceRequest(DeviceKind.GPU, 300),), (DeviceRequest(DeviceKind.GPU, 1000),)]
    ),
    st.integers(1, 3),
)


@given(
    st.lists(asked, max_size=20),
    st.sampled_from([Packing.FIRST_FIT, Packing.BEST_FIT, Packing.SPREAD]),
)
def test_what_is_remembered_between_calls_is_what_a_fresh_look_would_find(requests, packing):
    pool = Pool([rack(number) for number in range(5)])
    held = []
    for turn, request in enumerate(requests):
        places = pool.find(request, packing)
        assert places == pool.copy().find(request, packing)
        if places is not None:
            pool.take(places, request)
            held.append((places, request))
        if turn % 3 == 2 and held:
            pool.give_back(*held.pop(0))


def test_a_gang_that_must_stay_together_takes_one_rack():
    pool = Pool([rack(number) for number in range(6)])
    pool.take(((0, ()),), ResourceRequest(4000, 1024))
    gang = ResourceRequest(4000, 1024, nodes=3, together=Together.RACK_REQUIRED)
    assert [row for row, _ in pool.find(gang, Packing.BEST_FIT) or ()] == [1, 3, 5]
    pool.take(((1, ()),), ResourceRequest(4000, 1024))
    assert pool.find(gang, Packing.BEST_FIT) is None


def test_a_gang_that_would_like_to_stay_together_starts_apart_if_it_must():
    pool = Pool([rack(number) for number in range(6)])
    for row in (0, 1):
        pool.take(((row, ()),), ResourceRequest(4000, 1024))
    gang = ResourceRequest(4000, 1024, nodes=3, together=Together.RACK_PREFERRED)
    assert len(pool.find(gang, Packing.BEST_FIT) or ()) == 3


def test_one_of_several_models_will_do():
    request = ResourceRequest(500, 256, (DeviceRequest(DeviceKind.GPU, 1000, "A100|H100"),))
    assert Pool([HERE]).find(request, Packing.BEST_FIT) == ((0, ((0, 1000),)),)
    other = ResourceRequest(500, 256, (DeviceRequest(DeviceKind.GPU, 1000, "A100|H200"),))
    assert not Pool([HERE]).admits(other)


def npus(name, count, **rest):
    devices = tuple(
        Device(f"npu{place}", DeviceKind.NPU, "Ascend", "910B", 65536) for place in range(count)
    )
    return Node(name, tuple(range(4)), 8192, devices, **rest)


def wants(milli, kind=DeviceKind.NPU, **rest):
    return ResourceRequest(1000, 64, (DeviceRequest(kind, milli),), **rest)


def test_two_fractions_share_one_device_and_two_wholes_do_not():
    pool = Pool([npus("n", 2)])
    for column in (0, 0, 1):
        places = pool.find(wants(500), Packing.BEST_FIT)
        assert places == ((0, ((column, 500),)),)
        pool.take(places, wants(500))
    assert pool.find(wants(1000), Packing.BEST_FIT) is None


def test_the_first_kind_that_fits_is_granted_and_so_the_fastest_first():
    pool = Pool([HERE, npus("n", 1)])
    either = ResourceRequest(
        500, 64, (DeviceRequest(DeviceKind.NPU, 1000), DeviceRequest(DeviceKind.GPU, 1000))
    )
    assert pool.find(either, Packing.BEST_FIT) == ((1, ((0, 1000),)),)
    assert pool.find(
        either.fastest_first({DeviceKind.NPU: 1.0, DeviceKind.GPU: 4.0}), Packing.BEST_FIT
    ) == ((0, ((0, 1000),)),)
    pool.take(((1, ((0, 1000),)),), either)
    assert pool.find(either, Packing.BEST_FIT) == ((0, ((0, 1000),)),)


def test_places_must_be_free_in_both_pools():
    first, second = Pool([npus("n", 1), npus("m", 1)]), Pool([npus("n", 1), npus("m", 1)])
    first.take(((0, ((0, 1000),)),), wants(1000))
    assert second.find(wants(1000), Packing.FIRST_FIT, first) == ((1, ((0, 1000),)),)
    second.take(((1, ((0, 300),)),), wants(300))
    assert second.find(wants(1000), Packing.FIRST_FIT, first) is None
    assert second.meet(first).find(wants(700), Packing.FIRST_FIT) == ((1, ((0, 700),)),)


def test_nothing_fits_on_a_node_that_is_not_ready_though_it_would_be_admitted():
    pool = Pool([npus("n", 1, state=NodeState.DRAINING)])
    assert pool.find(wants(500), Packing.BEST_FIT) is None
    assert pool.admits(wants(500))
    assert not pool.serves(wants(500))
    assert pool.spent
    assert Pool([npus("n", 1)]).serves(wants(500))


def test_only_work_for_its_devices_runs_on_a_node_that_is_declared():
    pool = Pool([npus("n", 1, simulated=True)])
    assert pool.find(ResourceRequest(500, 64), Packing.BEST_FIT) is None
    assert pool.find(wants(500), Packing.BEST_FIT) is not None


def test_a_share_is_of_the_scarcest_thing():
    pool = Pool([npus("n", 2), npus("m", 2)])
    assert pool.share(ResourceRequest(4000, 1)) == 0.5
    assert pool.share(wants(1000)) == 0.25
    assert pool.share(wants(2000, nodes=2)) == 1.0


def test_the_very_places_are_free_or_not():
    pool = Pool([npus("n", 2)])
    pool.take(((0, ((0, 600),)),), wants(600))
    assert pool.fits(((0, ((0, 400),)),), wants(400))
    assert not pool.fits(((0, ((0, 500),)),), wants(500))
    assert pool.fits(((0, ((1, 1000),)),), wants(1000))


held = st.lists(st.tuples(asked, st.sampled_from([5.0, 5.0, 9.0, 20.0])), max_size=6)


@given(held, asked)
def test_enough_is_there_as_soon_as_enough_has_ended(held, request):
    pool = Pool([rack(number) for number in range(3)])
    releases = []
    for each, at in held:
        places = pool.find(each, Packing.FIRST_FIT)
        if places is not None:
            pool.take(places, each)
            releases.append((at, len(releases), places, each))
    releases.sort(key=lambda release: release[0])
    if pool.find(request, Packing.BEST_FIT) is not None:
        return
    found = pool.when(request, releases)
    later, expected = pool.copy(), None
    for at, _, places, each in releases:
        later.give_back(places, each)
        if expected is None and later.find(request, Packing.FIRST_FIT) is not None:
            expected = at
    assert (None if found is None else found[0]) == expected
    assert (found is not None) == pool.serves(request)
    kept = pool.keep(request, releases, Packing.BEST_FIT)
    assert (kept is None) == (found is None)
    if found is not None and kept is not None:
        at, places, room = kept
        assert (at, places) == (found[0], found[1].find(request, Packing.BEST_FIT))
        room.give_back(places, request)
        assert room.stock.cpu_milli.tolist() == found[1].stock.cpu_milli.tolist()


def test_why_something_does_not_fit_now():
    pool = Pool([npus("n", 2), npus("m", 2)])
    for row in (0, 1):
        pool.take(((row, ((0, 1000),)),), wants(1000))
    assert pool.lacks(wants(2000)) is WaitingReason.FRAGMENTATION
    assert pool.lacks(wants(1000, nodes=3)) is WaitingReason.GANG_INCOMPLETE
    pool.take(((0, ((1, 1000),)),), wants(1000))
    assert pool.lacks(wants(2000)) is WaitingReason.NO_FIT_NOW
    assert Pool([npus("n", 2)]).lacks(wants(1000, DeviceKind.GPU)) is WaitingReason.NO_FIT_NOW
