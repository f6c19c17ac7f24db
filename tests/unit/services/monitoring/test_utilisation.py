"""The five rates: what is counted, over what, and what is not known."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhisuan.compute.node import NodeState
from zhisuan.compute.supply.interval import CORES, Interval, Kind, supplied
from zhisuan.services.monitoring.utilisation import Rate, Use, rates, worked

START = datetime(2026, 3, 1, tzinfo=UTC)
REAL = Kind(CORES, simulated=False)
FAKE = Kind("npu-64g", simulated=True)


def at(hours):
    return START + timedelta(hours=hours)


def interval(since, until, state=NodeState.READY, node="here", **capacity):
    return Interval(node, state, {REAL: capacity.get("cores", 2000)}, at(since), at(until))


def use(since, until, milli=1000, *, billable=True, cpu_s=0.0, kind=REAL, node="here"):
    held = {kind: milli}
    return Use("ten_1", held, at(since), at(until), cpu_s, billable, {node: held})


def told(intervals, held, since=0, until=10):
    there = supplied(intervals, at(since), at(until), worked(held))
    (only,) = rates(there, held, at(since), at(until))
    return {each.rate: each for each in only.rates}, only


def test_the_rates_of_a_day_are_what_a_hand_counts():
    held = [use(1, 4, cpu_s=5400.0), use(2, 3, billable=False, cpu_s=1800.0), use(9, 12)]
    found, only = told([interval(0, 6), interval(6, 8, NodeState.DOWN), interval(8, 10)], held)
    assert found[Rate.AVAILABLE].value == pytest.approx(8 / 10)
    assert found[Rate.ALLOCATED].value == pytest.approx((3 + 1 + 1) / 16)
    assert found[Rate.SOLD].value == pytest.approx((3 + 1) / 16)
    assert found[Rate.BUSY].value == pytest.approx((1.5 + 0.5) / 4), "only what was read is judged"
    assert found[Rate.EFFECTIVE].value is None
    assert found[Rate.EFFECTIVE].note_zh
    assert only.unmetered == 0


def test_time_without_a_centre_is_installed_but_not_available_and_shows():
    found, only = told([interval(0, 2), interval(6, 10)], [])
    assert found[Rate.AVAILABLE].value == pytest.approx(6 / 10)
    assert only.unmetered == pytest.approx(4 * 3600 * 2)


def test_a_node_that_worked_while_the_centre_was_off_was_available():
    held = [use(1, 3), use(2, 4), use(5, 5.5, node="elsewhere")]
    found, only = told([interval(0, 2), interval(6, 10)], held)
    assert found[Rate.AVAILABLE].value == pytest.approx(8 / 10)
    assert found[Rate.ALLOCATED].value == pytest.approx((2 + 2 + 0.5) / 16)
    assert only.unmetered == pytest.approx(2 * 3600 * 2)


def test_a_drained_node_still_counts_as_available():
    found, _ = told([interval(0, 5), interval(5, 10, NodeState.DRAINING)], [])
    assert found[Rate.AVAILABLE].value == 1


def test_what_is_simulated_is_told_apart_and_says_so():
    there = supplied([Interval("sim", NodeState.READY, {FAKE: 4000}, at(0), at(10))], at(0), at(10))
    (only,) = rates(there, [use(0, 5, 2000, kind=FAKE)], at(0), at(10))
    assert {each.quality for each in only.rates} == {"simulated"}
    assert only.rates[1].value == pytest.approx(0.25)
    assert only.rates[3].value is None, "the use of devices is not read"


def test_of_nothing_there_is_no_rate():
    found, _ = told([interval(0, 10, NodeState.DOWN)], [])
    assert found[Rate.ALLOCATED].value is None
    assert found[Rate.ALLOCATED].note_en


quarters = st.tuples(st.integers(0, 40), st.integers(1, 20), st.integers(1, 1000))


@given(
    st.lists(
        st.tuples(st.integers(0, 20), st.integers(1, 20), st.sampled_from(NodeState)), min_size=1
    ),
    st.lists(quarters, max_size=3),
    st.integers(0, 10),
)
def test_what_fits_never_passes_a_hundred_percent(spans, asked, since):
    """Whatever the node's states and the centre's gaps: three cores hold three that ask for one."""
    begun, intervals = 0, []
    for gap, length, state in spans:
        begun += gap / 4 if intervals else 0
        intervals.append(interval(begun, begun + length / 4, state, cores=3000))
        begun += length / 4
    held = [
        use(min(begin / 4, begun), min((begin + length) / 4, begun), milli)
        for begin, length, milli in asked
    ]
    found, _ = told(intervals, held, since, 15)
    assert (found[Rate.ALLOCATED].value or 0.0) <= 1 + 1e-9


@given(
    st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20), st.sampled_from(NodeState))),
    st.integers(1, 19),
)
def test_a_period_cut_in_two_sums_to_the_whole(spans, cut):
    begun, intervals = 0, []
    for gap, length, state in spans:
        intervals.append(interval(begun + gap / 10, begun + (gap + length) / 10, state))
        begun += (gap + length) / 10
    whole = supplied(intervals, at(0), at(20))
    parts = [supplied(intervals, at(0), at(cut)), supplied(intervals, at(cut), at(20))]
    for name in ("installed", "available", "unmetered"):
        total = sum(getattr(part, name).get(REAL, 0.0) for part in parts)
        assert total == pytest.approx(getattr(whole, name).get(REAL, 0.0))
    assert whole.available.get(REAL, 0.0) <= whole.installed.get(REAL, 0.0) + 1e-6
