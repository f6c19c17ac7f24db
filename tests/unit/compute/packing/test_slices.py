"""A slice is priced by what it keeps from others, a gap by what fits into it."""

import numpy as np
import pytest
from ground import GPU, NPU, ask, law, mix_of
from hypothesis import given
from hypothesis import strategies as st

from zhisuan.compute.packing.centre import waste
from zhisuan.compute.packing.slices import prices, worth

demands = st.dictionaries(st.integers(20, 999), st.floats(0.01, 100), min_size=1, max_size=6).map(
    lambda asked: sorted(asked.items(), reverse=True)
)


def split(demand):
    return [size for size, _ in demand], [count for _, count in demand]


def dearest(sizes, price, gap, least=0):
    """The dearest slices that fit into a gap, by trying all."""
    return max(
        [0.0]
        + [
            price[place] + dearest(sizes, price, gap - size, place)
            for place, size in enumerate(sizes)
            if place >= least and size <= gap
        ]
    )


def test_slices_that_fill_a_device_cost_equal_parts_of_it():
    assert prices([250], [7.0]).tolist() == [0.25]
    assert prices([500, 250], [1.0, 1.0]).tolist() == [0.5, 0.25]


def test_three_thirds_fit_though_they_leave_a_milli():
    assert prices([333], [1.0]) == pytest.approx([1 / 3])


def test_a_slice_beside_which_nothing_fits_costs_a_device():
    assert prices([800, 300], [1.0, 1.0]) == pytest.approx([1.0, 1 / 3])


def test_what_is_left_over_beside_the_frequent_is_free():
    # Ten times as many large ones leave more room for the small ones than these need.
    assert prices([600, 400], [10.0, 1.0]) == pytest.approx([1.0, 0.0])
    assert prices([600, 400], [1.0, 10.0]) == pytest.approx([0.5, 0.5])


@law()
@given(demands)
def test_no_slices_that_fit_a_device_cost_more_than_one(demand):
    sizes, counts = split(demand)
    price = prices(sizes, counts)
    assert min(price) >= 0
    assert worth(sizes, price)[1000] <= 1 + 1e-6


@law()
@given(demands)
def test_the_demand_costs_at_least_its_volume_and_at_most_what_sorting_by_size_needs(demand):
    sizes, counts = split(demand)
    cost = prices(sizes, counts) @ counts
    apart = sum(count / (1000 // size) for size, count in demand)
    assert sum(size * count for size, count in demand) / 1000 <= cost + 1e-6
    assert cost <= apart + 1e-6


@law(25)
@given(
    st.lists(st.integers(90, 999), min_size=1, max_size=4, unique=True),
    st.lists(st.floats(0, 1), min_size=4, max_size=4),
    st.integers(0, 1000),
)
def test_a_gap_is_worth_the_dearest_slices_that_fit(sizes, price, gap):
    assert worth(sizes, np.array(price[: len(sizes)]))[gap] == pytest.approx(
        dearest(sizes, price, gap)
    )


@given(st.sampled_from([20, 40, 50, 100, 125, 200, 250, 500]))
def test_nothing_is_wasted_of_a_gap_that_slices_fill_exactly(size):
    wasted = waste(mix_of(ask(size), ask(1000)), GPU)
    assert wasted[::size] == pytest.approx([0.0] * (1000 // size + 1), abs=1e-6)
    assert wasted[size - 1] == pytest.approx(size - 1)


def test_what_slices_of_a_mix_fill_together_is_not_wasted():
    wasted = waste(mix_of(ask(600), ask(400)), GPU)
    assert wasted[1000] == 0
    assert wasted[600] + wasted[400] == pytest.approx(0.0)


def test_every_kind_of_device_has_its_own_slices():
    mix = mix_of(ask(500), ask(250, kind=NPU))
    assert waste(mix, GPU)[500] == pytest.approx(0)
    assert waste(mix, GPU)[250] == 250
    assert waste(mix, NPU)[250] == pytest.approx(0)


def test_where_nobody_wants_slices_a_started_device_is_wasted():
    wasted = waste(mix_of(ask(1000)), GPU)
    assert (wasted[999], wasted[1000]) == (999, 0)


def test_a_slice_that_is_hardly_ever_asked_for_fills_no_gap():
    rare = waste(mix_of(*[ask(500)] * 999, ask(300)), GPU)
    assert rare[300] == 300
