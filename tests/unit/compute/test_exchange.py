"""Relative speeds of unlike devices, from runs of the same work."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhisuan.compute.exchange import Exchange


def test_the_same_work_twice_as_fast_is_twice_the_speed():
    table = Exchange()
    table.learn("tables", "a", "gpu-16g", 200.0)
    table.learn("tables", "a", "gpu-80g", 100.0)
    assert table.speeds("tables") == pytest.approx({"gpu-16g": 1.0, "gpu-80g": 2.0})


def test_unlike_works_are_compared_through_a_kind_they_share():
    table = Exchange()
    table.learn("tables", "small", "cpu", 40.0)
    table.learn("tables", "small", "gpu", 10.0)
    table.learn("tables", "large", "gpu", 300.0)
    table.learn("tables", "large", "npu", 100.0)
    assert table.speeds("tables") == pytest.approx({"cpu": 1.0, "gpu": 4.0, "npu": 12.0})


def test_what_was_never_compared_has_no_speed():
    table = Exchange()
    table.learn("tables", "a", "gpu", 10.0)
    table.learn("tables", "b", "npu", 1.0)
    assert table.speeds("tables") == {}
    assert table.speeds("unheard of") == {}


def test_one_algorithm_says_nothing_of_another():
    table = Exchange()
    table.learn("tables", "a", "gpu", 10.0)
    table.learn("probe", "a", "npu", 1.0)
    assert table.speeds("tables") == {}


speeds = st.dictionaries(st.sampled_from("abcd"), st.floats(0.1, 10.0), min_size=2)


@given(speeds, st.lists(st.floats(1.0, 1e4), min_size=1, max_size=5))
def test_exact_runs_give_back_the_true_ratios(true, sizes):
    table = Exchange()
    for work, size in enumerate(sizes):
        for kind, speed in true.items():
            table.learn("x", str(work), kind, size / speed)
    slowest = min(true.values())
    found = Exchange.from_json(json.loads(json.dumps(table.to_json()))).speeds("x")
    assert found == pytest.approx({kind: speed / slowest for kind, speed in true.items()})
