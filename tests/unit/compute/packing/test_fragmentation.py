"""The tables say of a node what the paper's definition says, request by request."""

from math import exp

import numpy as np
import pytest
from ground import GPU, NPU, ask, filled, gpus, law, mix_of, mixes, node, used_pools
from hypothesis import given
from hypothesis import strategies as st

from zhisuan.compute.packing.fragmentation import Loss, _score
from zhisuan.compute.packing.layout import Layout, wanted
from zhisuan.compute.packing.packer import whole_columns
from zhisuan.compute.policy import Packing
from zhisuan.compute.pool import Pool
from zhisuan.compute.stock import needs

FGD = Packing.FRAGMENTATION


def loss_of(pool, mix):
    stock = pool.stock
    return Loss(stock, Layout.of(stock), wanted(mix.typical, stock))


def looked_up(pool, mix):
    stock = pool.stock
    rows = np.arange(len(pool.nodes))
    return loss_of(pool, mix).of(rows, stock.cpu_milli, stock.device_milli)


def useful(asked, devices, free, cpu_milli):
    """Milli of a node that a typical request could use, device by device."""
    if asked.cpu_milli > cpu_milli:
        return 0
    total = 0
    spoken_for = set()
    for wish in asked.any_of:
        mine = [
            left
            for device, left in zip(devices, free, strict=True)
            if wish.admits(device) and (device.kind, device.model) not in spoken_for
        ]
        spoken_for |= {(device.kind, device.model) for device in devices if wish.admits(device)}
        if wish.milli < 1000:
            total += sum(left for left in mine if left >= wish.milli)
        elif mine.count(1000) >= wish.milli // 1000:
            total += 1000 * mine.count(1000)
    return total


def defined(pool, mix):
    """Fragmentation by the definition: a walk through all requests and devices."""
    stock = pool.stock
    lost = []
    for row, held in enumerate(pool.nodes):
        free = stock.device_milli[row, : len(held.devices)].tolist()
        lost.append(
            sum(
                asked.share * (sum(free) - useful(asked, held.devices, free, stock.cpu_milli[row]))
                for asked in mix.typical
            )
        )
    return lost


@law(100)
@given(used_pools(), mixes)
def test_the_tables_say_what_the_definition_says(pool, mix):
    assert looked_up(pool, mix) == pytest.approx(defined(pool, mix), abs=0.02)


ASKED = (ask(), ask(100), ask(500, model="A|B"), ask(1000), ask(2000), ask(400, kind=NPU))


@law(60)
@given(used_pools(), mixes)
def test_what_is_lost_after_a_placement_is_what_is_lost_once_it_is_done(pool, mix):
    loss = loss_of(pool, mix)
    stock = pool.stock
    for request in ASKED:
        (need,) = needs(request)
        rows = np.flatnonzero(stock.fitting(slice(None), need))
        for row, after in zip(rows, loss.after(stock, rows, need), strict=True):
            for column in np.flatnonzero(after < np.inf).tolist():
                taken = ((column, need.milli),)
                if need.wanted is None or need.milli >= 1000:
                    taken = whole_columns(stock, row, need)
                later = pool.copy()
                later.take(((row, taken),), request)
                assert after[column] == looked_up(later, mix)[row]


def test_a_half_used_device_is_lost_to_whoever_wants_a_whole_one():
    mix = mix_of(ask(500), ask(500), ask(500), ask(1000))
    pool = filled(Pool([gpus("n", 8, 2)]), [(0, [(0, 500)], 1)])
    # Three in four can use all 1,500 milli that are free, one in four only the whole device.
    assert looked_up(pool, mix) == [125]


def test_without_the_cores_everything_is_lost():
    pool = filled(Pool([gpus("n", 4, 2)]), [(0, [], 3)])
    assert looked_up(pool, mix_of(ask(500, cores=2), ask(500, cores=1))) == [1000]


def test_whole_devices_are_lost_to_who_wants_more_of_them():
    assert looked_up(Pool([gpus("n", 8, 2)]), mix_of(ask(2000), ask(4000))) == [1000]


def test_a_model_is_lost_to_who_names_another():
    pool = Pool([node("n", 8, (GPU, "A"), (GPU, "B"), (NPU, "N"))])
    # Of A, B and N: the first can use A, the second A and B, the third N.
    mix = mix_of(ask(500, model="A"), ask(1000, model="A|B"), ask(100, kind=NPU))
    assert looked_up(pool, mix) == pytest.approx([(2000 + 1000 + 2000) / 3], abs=0.01)


def test_who_asks_for_no_device_can_use_none():
    assert looked_up(Pool([gpus("n", 8, 2)]), mix_of(ask(), ask(1000))) == [1000]


@law()
@given(st.lists(st.floats(-20_000, 20_000), min_size=1))
def test_the_score_is_the_whole_percents_of_the_published_curve(growths):
    def published(growth):
        return int(100 / (1 + exp(growth / 1000)))

    # At the very edge of a percent the last bit of a sum decides.
    near = [g for g in growths if published(g - 1e-6) == published(g + 1e-6)]
    assert _score(np.array(near)).tolist() == [published(growth) for growth in near]


def test_a_slice_fills_a_started_device_rather_than_a_whole_one():
    pool = Pool([gpus("new", 8, 2), gpus("begun", 8, 2)], mix=mix_of(ask(500), ask(1000)))
    filled(pool, [(1, [(1, 500)], 1)])
    assert pool.find(ask(500), FGD) == ((1, ((1, 500),)),)


def test_what_scores_alike_goes_to_the_lowest_row():
    mix = mix_of(ask(500), ask(1000))
    assert Pool([gpus("a", 8, 2), gpus("b", 8, 1)], mix=mix).find(ask(1000), FGD)[0][0] == 0
