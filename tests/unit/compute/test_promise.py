"""A promise holds as often as it says, learns band by band, and survives being kept."""

import json
from math import ceil

from hypothesis import given, settings
from hypothesis import strategies as st

from zhisuan.compute.promise import EDGES_S, FEWEST, REMEMBERED, Promises

FORECAST_S = 7200.0
waits = st.floats(0.0, 1e6, allow_nan=False)


def taught(real_waits, forecast_s=FORECAST_S):
    promises = Promises()
    for wait in real_waits:
        promises.learn(forecast_s, wait)
    return promises


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 10**7), min_size=FEWEST + 1, max_size=80, unique=True))
def test_of_exchangeable_waits_each_in_turn_the_right_share_lies_within(real):
    inside = 0
    for left_out in range(len(real)):
        low, high = taught(real[:left_out] + real[left_out + 1 :]).interval(FORECAST_S)
        inside += low - 0.01 <= real[left_out] <= high + 0.01
    known = len(real) - 1
    assert inside == min(known - 1, ceil(0.91 * known)) - int(0.09 * known)
    assert 0.75 <= inside / len(real) <= 0.9


def test_with_little_known_it_promises_a_wide_guess():
    promises = taught([FORECAST_S] * (FEWEST - 1))
    assert promises.interval(FORECAST_S) == (0.0, 4 * (FORECAST_S + 60))
    promises.learn(FORECAST_S, FORECAST_S)
    low, high = promises.interval(FORECAST_S)
    assert abs(low - FORECAST_S) < 1e-6
    assert abs(high - FORECAST_S) < 1e-6


def test_waits_that_come_twice_as_long_are_promised_so():
    promises = taught([2 * FORECAST_S + 60] * FEWEST)
    low, high = promises.interval(4000.0)
    assert abs(low - (2 * 4000.0 + 60)) < 1e-6
    assert abs(high - low) < 1e-6


@settings(max_examples=50, deadline=None)
@given(st.sampled_from([*EDGES_S, 1e6]))
def test_a_band_learns_nothing_from_another(forecast_s):
    promises = taught([5 * forecast_s] * FEWEST, forecast_s)
    others = [each for each in (0.0, *(edge + 1 for edge in EDGES_S)) if each != forecast_s]
    wide = [promises.interval(each) == (0.0, 4 * (each + 60)) for each in others]
    assert wide.count(False) == 1


def test_only_the_latest_count():
    promises = taught([10 * FORECAST_S] * REMEMBERED + [FORECAST_S] * REMEMBERED)
    low, high = promises.interval(FORECAST_S)
    assert low == high
    assert abs(high - FORECAST_S) < 1e-6


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(waits, waits), max_size=120), waits)
def test_what_is_kept_as_json_promises_the_same(learned, forecast_s):
    promises = Promises()
    for forecast, wait in learned:
        promises.learn(forecast, wait)
    again = Promises.from_json(json.loads(json.dumps(promises.to_json())))
    assert again.interval(forecast_s) == promises.interval(forecast_s)
    again.learn(forecast_s, 0.0)
    promises.learn(forecast_s, 0.0)
    assert again.to_json() == promises.to_json()


@settings(max_examples=50, deadline=None)
@given(st.lists(waits, min_size=FEWEST, max_size=60), waits)
def test_an_interval_never_begins_before_now_nor_ends_before_it_begins(real, forecast_s):
    promises = Promises()
    for wait in real:
        promises.learn(forecast_s, wait)
    low, high = promises.interval(forecast_s)
    assert 0.0 <= low <= high
