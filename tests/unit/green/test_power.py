"""Watts from load: two points and a curve."""

import importlib.util
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhisuan.core.errors import WrongInput
from zhisuan.green.power import calibrated, profile_of

EPYC = "AMD EPYC 8024P 8-Core Processor"
BENCHMARK = Path(__file__).parents[3] / "benchmarks" / "power_model.py"


def test_a_listed_processor_has_its_fitted_points():
    profile = profile_of(f"  {EPYC.upper()} ", cores=16)
    assert (profile.name, profile.idle_w, profile.max_w) == (EPYC, 13.83, 56.87)
    assert (profile.power(0.0), profile.power(1.0)) == (13.83, pytest.approx(56.87))


def test_a_part_of_a_listed_processor_draws_its_part():
    assert profile_of(EPYC, cores=4).max_w == pytest.approx(56.87 / 4)


def test_an_unknown_processor_is_told_by_its_cores_with_a_large_error():
    profile = profile_of("Something New 9000", cores=2)
    assert profile.name == "unknown processor"
    assert profile.max_w == pytest.approx(2 * 4.93)
    assert profile.error_pct == 52


def test_an_operators_own_points_are_taken_and_checked():
    assert calibrated(8, 40.0, 250.0).power(1.0) == 250.0
    for idle, full in ((-1.0, 5.0), (9.0, 5.0), (float("nan"), 5.0), (1.0, float("inf"))):
        with pytest.raises(WrongInput):
            calibrated(8, idle, full)


@given(st.floats(0, 1), st.floats(0, 1))
def test_more_load_never_draws_less(one: float, other: float):
    profile = profile_of(EPYC, cores=16)
    less, more = sorted((one, other))
    assert profile.idle_w <= profile.power(less) <= profile.power(more) <= profile.max_w + 1e-9


@given(st.floats(1, 100), st.floats(1, 400))
def test_the_fit_finds_the_points_a_profile_was_drawn_with(idle: float, span: float):
    spec = importlib.util.spec_from_file_location("power_model", BENCHMARK)
    benchmark = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(benchmark)
    profile = calibrated(8, idle, idle + span)
    points = [(load / 10, profile.power(load / 10)) for load in range(11)]
    assert benchmark.fit(points) == pytest.approx((idle, idle + span))
