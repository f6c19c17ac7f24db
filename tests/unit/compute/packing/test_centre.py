"""What our own packing sees beyond fragmentation."""

import numpy as np
import pytest
from ground import GPU, NPU, ask, filled, gpus, law, mix_of, mixes, node, used_pools
from hypothesis import given

from zhisuan.compute.packing.layout import wanted
from zhisuan.compute.packing.mix import Mix
from zhisuan.compute.packing.pressure import Pressure
from zhisuan.compute.policy import Packing
from zhisuan.compute.pool import Pool
from zhisuan.compute.stock import Stock

CENTRE = Packing.CENTRE


def places(nodes, placed, request, mix):
    return filled(Pool(nodes, mix=mix), placed).find(request, CENTRE)


def pressure(nodes, mix):
    stock = Stock.idle(nodes)
    added = Pressure(wanted(mix.typical, stock), stock).of(stock.sort_milli.astype(float))
    return {device.model: value for device, value in zip(stock.sorts, added, strict=True)}


def test_a_small_slice_goes_where_it_takes_no_large_one_away():
    # Of 800 free a slice of 200 takes the second 400; of 600 it takes what no 400 can use.
    mix = mix_of(*[ask(400)] * 9, ask(200))
    pool = filled(Pool([gpus("n", 8, 2)], mix=mix), [(0, [(0, 200)], 1), (0, [(1, 400)], 1)])
    assert pool.find(ask(200), CENTRE) == ((0, ((1, 200),)),)
    # Asked one by one, 400 fit before and after on both: fragmentation sees a tie.
    assert pool.find(ask(200), Packing.FRAGMENTATION) == ((0, ((0, 200),)),)


def test_devices_are_taken_where_cores_would_be_short_for_them():
    # Two cores a device are typical; the first node has four a device.
    mix = mix_of(ask(1000, cores=2))
    nodes = [gpus("rich", 16, 4), gpus("poor", 7, 4)]
    assert places(nodes, [], ask(1000, cores=1), mix) == ((1, ((0, 1000),)),)


def test_who_takes_any_model_leaves_the_one_that_others_name():
    mix = mix_of(ask(1000), ask(1000, model="A"))
    nodes = [gpus("a", 8, 2, "A"), gpus("b", 8, 2, "B")]
    assert places(nodes, [], ask(1000), mix) == ((1, ((0, 1000),)),)
    assert places(nodes, [], ask(1000), mix_of(ask(1000))) == ((0, ((0, 1000),)),)


def test_the_last_of_a_model_is_left_though_hardly_anybody_names_it():
    mix = mix_of(*[ask(1000)] * 999, ask(1000, model="A"))
    many = [gpus(f"b{number}", 64, 8, "B") for number in range(25)]
    pool = Pool([gpus("a", 8, 1, "A"), *many], mix=mix)
    assert pool.find(ask(1000), CENTRE)[0][0] == 1
    # One in a thousand is too little for fragmentation to see.
    assert pool.find(ask(1000), Packing.FRAGMENTATION)[0][0] == 0


def test_of_mixed_nodes_the_one_with_less_of_what_others_name_is_taken():
    mix = mix_of(ask(1000), ask(1000, model="A"))
    nodes = [
        node("more", 8, (GPU, "A"), (GPU, "A"), (GPU, "B")),
        node("less", 8, (GPU, "B"), (GPU, "A"), (GPU, "B")),
    ]
    assert places(nodes, [], ask(1000), mix) == ((1, ((0, 1000),)),)


@pytest.mark.parametrize(("often", "row"), [(996, 0), (46, 1)])
def test_what_differs_by_less_than_ten_milli_is_a_tie(often, row):
    # A single device is lost to both who want two and who want four, one of three to the latter.
    mix = mix_of(*[ask(1000)] * often, *[ask(2000)] * 2, *[ask(4000)] * 2)
    nodes = [gpus("three", 16, 3), gpus("one", 16, 1)]
    assert places(nodes, [], ask(1000), mix) == ((row, ((0, 1000),)),)


def test_a_new_mix_is_looked_at_at_once():
    pool = Pool([gpus("three", 16, 3), gpus("one", 16, 1)], mix=mix_of(ask(1000)))
    assert pool.find(ask(1000), CENTRE)[0][0] == 0
    pool.expect(mix_of(ask(1000), ask(2000), ask(4000)))
    assert pool.find(ask(1000), CENTRE)[0][0] == 1
    assert pool.copy().find(ask(1000), CENTRE)[0][0] == 1


def test_copies_and_the_pool_itself_count_what_is_free_of_every_sort():
    nodes = [gpus("a", 8, 2, "A"), node("m", 8, (GPU, "B"), (NPU, "N"))]
    pool = filled(Pool(nodes), [(0, [(1, 400)], 1), (1, [(0, 1000)], 1)])
    assert pool.stock.sort_milli.tolist() == [1600, 0, 1000]
    later = filled(pool.copy(), [(1, [(1, 300)], 1)])
    assert later.stock.sort_milli.tolist() == [1600, 0, 700]
    assert pool.meet(later).stock.sort_milli.tolist() == [1600, 0, 700]
    pool.give_back(((0, ((1, 400),)),), ask(400))
    assert pool.stock.sort_milli.tolist() == [2000, 0, 1000]


def test_there_is_no_pressure_where_nobody_names_a_model():
    nodes = [gpus("a", 8, 2, "A"), gpus("b", 8, 2, "B"), node("n", 8, (NPU, "N"))]
    assert pressure(nodes, mix_of(ask(500), ask(1000, kind=NPU))) == {"A": 0, "B": 0, "N": 0}


def test_pressure_is_demand_over_what_is_free_relative_to_the_kind():
    nodes = [gpus("a", 8, 1, "A"), gpus("b", 8, 3, "B"), node("n", 8, (NPU, "N"))]
    mix = mix_of(ask(1000), ask(1000, model="A"), ask(1000, kind=NPU))
    # Half of the demand is spread over four devices, the other half names one of them.
    added = pressure(nodes, mix)
    assert added == pytest.approx({"A": 4 * (1 / 8 + 1 / 2) - 1, "B": 4 / 8 - 1, "N": 0})


def test_pressure_has_an_end_when_nothing_is_free():
    stock = Stock.idle([gpus("a", 8, 1, "A"), gpus("b", 8, 1, "B")])
    asked = wanted(mix_of(ask(1000), ask(1000, model="A")).typical, stock)
    added = Pressure(asked, stock).of(np.array([0.0, 1000.0]))
    assert dict(zip("AB", added.tolist(), strict=True)) == pytest.approx({"A": 98, "B": -0.5})


@law()
@given(used_pools(), mixes)
def test_pressure_is_nothing_on_the_whole(pool, mix):
    stock = pool.stock
    free = stock.sort_milli.astype(float)
    added = Pressure(wanted(mix.typical, stock), stock).of(free)
    for kind in (GPU, NPU):
        mine = np.array([sort.kind == kind for sort in stock.sorts], dtype=bool)
        if added[mine].size and (added[mine] < 90).all() and (free[mine] > 0).all():
            assert (added[mine] @ free[mine]) == pytest.approx(0, abs=1e-3)


@pytest.mark.parametrize("packing", [CENTRE, Packing.FRAGMENTATION])
@pytest.mark.parametrize("mix", [None, Mix(), mix_of(ask(), ask(cores=2))])
def test_while_nobody_is_known_to_want_devices_it_is_best_fit(packing, mix):
    pool = Pool([gpus("a", 8, 4), gpus("b", 8, 2), node("c", 8)], mix=mix)
    for request in (ask(), ask(500), ask(2000)):
        assert pool.find(request, packing) == pool.find(request, Packing.BEST_FIT)
