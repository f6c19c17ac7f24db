"""What holds for every packing, in pools of like, unlike and mixed nodes."""

import pytest
from ground import GPU, NPU, ask, gpus, law, mix_of, mixes, node, nodes, requests, used_pools
from hypothesis import given
from hypothesis import strategies as st

from zhisuan.compute.packing import MIXED, RANKS
from zhisuan.compute.packing.mix import Arrivals, Mix
from zhisuan.compute.policy import Packing
from zhisuan.compute.pool import Pool
from zhisuan.compute.request import DeviceRequest, ResourceRequest

packings = st.sampled_from(Packing)


def test_every_packing_is_known():
    assert {*RANKS, *MIXED, Packing.RANDOM} == set(Packing)


@law(50)
@given(nodes, mixes, st.lists(requests, max_size=15), packings)
def test_what_is_kept_between_decisions_is_what_a_fresh_look_would_find(nodes, mix, asked, packing):
    pool = Pool(nodes, mix=mix)
    held = []
    for turn, request in enumerate(asked):
        found = pool.find(request, packing)
        assert found == Pool(nodes, pool.stock.copy(), mix).find(request, packing)
        if found is not None:
            pool.take(found, request)
            held.append((found, request))
        if turn % 3 == 2 and held:
            pool.give_back(*held.pop(0))


@law(50)
@given(used_pools(), mixes, requests, packings)
def test_no_packing_refuses_what_another_would_place(pool, mix, request, packing):
    pool.expect(mix)
    found = pool.find(request, packing)
    assert (found is None) == (pool.find(request, Packing.FIRST_FIT) is None)
    if found is not None:
        pool.take(found, request)


@law(30)
@given(used_pools(), mixes, mixes, requests, packings)
def test_a_new_mix_leaves_nothing_of_the_old_one(pool, old, new, request, packing):
    fresh = Pool(pool.nodes, pool.stock.copy(), new)
    pool.expect(old)
    pool.find(request, packing)
    pool.expect(new)
    assert pool.find(request, packing) == fresh.find(request, packing)


@law(60)
@given(used_pools(), mixes, requests, packings)
def test_a_copy_and_what_two_pools_share_see_the_same_mix(pool, mix, request, packing):
    pool.expect(mix)
    found = pool.find(request, packing)
    assert pool.copy().find(request, packing) == found
    assert pool.meet(pool.copy()).find(request, packing) == found
    assert pool.find(request, packing, beside=pool.copy()) == found


@law(30)
@given(used_pools(), mixes, requests, packings)
def test_what_is_taken_and_given_back_changes_nothing(pool, mix, request, packing):
    pool.expect(mix)
    found = pool.find(request, packing)
    if found is not None:
        pool.take(found, request)
        pool.give_back(found, request)
    assert pool.find(request, packing) == found


@pytest.mark.parametrize("packing", Packing)
def test_the_next_alternative_is_taken_where_the_first_has_no_room(packing):
    either = (DeviceRequest(GPU, 2000), DeviceRequest(NPU, 500))
    request = ResourceRequest(1000, 1, either)
    pool = Pool([gpus("a", 8, 1), node("n", 8, (NPU, "N"))], mix=mix_of(request, ask(500)))
    assert pool.find(request, packing) == ((1, ((0, 500),)),)


@pytest.mark.parametrize("packing", Packing)
def test_a_pool_without_any_device_places_by_cores(packing):
    pool = Pool([node("a", 2), node("b", 4)], mix=mix_of(ask(1000), ask()))
    assert pool.find(ask(cores=3), packing) == ((1, ()),)
    assert pool.find(ask(1000), packing) is None
    assert pool.find(ask(500), packing) is None


def test_a_pool_may_learn_while_it_places():
    arrivals = Arrivals()
    pool = Pool([gpus("a", 8, 2), gpus("b", 8, 2)], mix=Mix())
    placed = 0
    for request in [ask(500), ask(500), ask(1000), ask(500), ask(500), ask(1000)]:
        mix = arrivals.learn(request)
        if mix is not None:
            pool.expect(mix)
        found = pool.find(request, Packing.CENTRE)
        if found is not None:
            pool.take(found, request)
            placed += request.device_milli
    assert placed == 4000
