"""Packings that need no mix."""

from collections import Counter

import pytest
from ground import ask, filled, gpus, law, node, requests, used_pools
from hypothesis import given

from zhisuan.compute.policy import Packing
from zhisuan.compute.pool import Pool


def row_of(pool, request, packing):
    return pool.find(request, packing)[0][0]


def test_best_fit_leaves_the_least_of_cores_and_devices_together():
    # Left: 4 of 8 cores and 3 of 4 devices; 7 and 1; 3 and 3.
    pool = Pool([gpus("a", 5, 4), gpus("b", 8, 2), gpus("c", 4, 4)])
    assert row_of(pool, ask(1000), Packing.BEST_FIT) == 1
    assert row_of(pool, ask(3000), Packing.BEST_FIT) == 2


def test_best_fit_keeps_devices_for_who_asks_for_them():
    assert row_of(Pool([gpus("a", 4, 4), node("b", 6)]), ask(), Packing.BEST_FIT) == 1


def test_what_differs_by_less_than_a_percent_is_a_tie():
    pool = Pool([gpus("a", 200, 8), gpus("b", 199, 8)])
    assert row_of(pool, ask(1000), Packing.BEST_FIT) == 0


def test_spreading_is_the_opposite():
    pool = Pool([gpus("a", 5, 4), gpus("b", 8, 2), gpus("c", 8, 4)])
    assert row_of(pool, ask(1000), Packing.SPREAD) == 2


def test_the_fullest_device_that_has_room_is_taken():
    pool = filled(Pool([gpus("a", 8, 3)]), [(0, [(0, 600)], 1), (0, [(2, 200)], 1)])
    for packing in (Packing.FIRST_FIT, Packing.BEST_FIT, Packing.SPREAD):
        assert pool.find(ask(500), packing) == ((0, ((2, 500),)),)


def test_a_device_in_use_goes_before_an_idle_one_and_a_node_in_use_before_an_idle_one():
    pool = Pool([gpus("idle", 8, 4), gpus("used", 8, 4), gpus("shared", 8, 4)])
    filled(pool, [(1, [(0, 1000)], 1), (2, [(3, 400)], 1)])
    assert pool.find(ask(500), Packing.USED_FIRST) == ((2, ((3, 500),)),)
    assert row_of(pool, ask(700), Packing.USED_FIRST) == 1
    assert row_of(pool, ask(4000), Packing.USED_FIRST) == 0


def test_of_devices_in_use_the_fuller_is_taken_by_tenths():
    pool = Pool([gpus("a", 8, 2), gpus("b", 8, 2), gpus("c", 8, 2)])
    filled(pool, [(0, [(0, 410)], 1), (1, [(0, 650)], 1), (2, [(0, 699)], 1)])
    assert row_of(pool, ask(300), Packing.USED_FIRST) == 1
    assert row_of(pool, ask(330), Packing.USED_FIRST) == 1
    assert row_of(pool, ask(500), Packing.USED_FIRST) == 0


def test_of_idle_nodes_the_one_with_fewer_devices_is_begun():
    pool = Pool([gpus("a", 8, 8), gpus("b", 8, 2), gpus("c", 8, 4)])
    assert row_of(pool, ask(1000), Packing.USED_FIRST) == 1
    assert row_of(pool, ask(), Packing.USED_FIRST) == 0


@law()
@given(used_pools(), requests)
def test_the_same_stock_draws_the_same_lot(pool, request):
    assert pool.find(request, Packing.RANDOM) == pool.copy().find(request, Packing.RANDOM)


def test_every_node_and_device_is_drawn_about_as_often():
    pool = Pool([gpus(f"n{number}", 4, 2) for number in range(4)])
    drawn = Counter()
    for turn in range(1, 2001):
        pool.stock.memory_mb[0] = 10_000 + turn
        ((row, ((column, _),)),) = pool.find(ask(300), Packing.RANDOM)
        drawn[row, column] += 1
    assert len(drawn) == 8
    assert all(count == pytest.approx(250, abs=75) for count in drawn.values())
