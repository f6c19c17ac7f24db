"""Breakdowns: whatever they are by, the parts sum up to what the five rates are ratios of."""

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhisuan.compute.node import NodeState
from zhisuan.compute.supply import records as supply
from zhisuan.compute.supply.interval import CORES, Kind
from zhisuan.core.clock import format_instant
from zhisuan.services.monitoring.breakdown import BreakdownBy, Measure, Piece, breakdown, summed
from zhisuan.services.monitoring.utilisation import Rate, utilisation
from zhisuan.services.pool.nodes import set_state

START = datetime(2026, 3, 1, 0, 20, tzinfo=UTC)
KIND = Kind(CORES, simulated=False)


def at(minutes):
    return START + timedelta(minutes=minutes)


@pytest.fixture
def day(workshop):
    """A workshop after hours of work, a node that was down, a gap, and a job that runs on."""
    centre = workshop.centre
    with centre.database.write() as connection:
        supply.begin(connection, centre.nodes, workshop.clock.now())

    def run(minutes, **order):
        job = workshop.submit(**order)
        workshop.turn()
        began = format_instant(workshop.clock.now())
        workshop.turn(minutes * 60)
        workshop.end(job, wall_s=minutes * 60)
        ended = workshop.engine.known[job]
        workshop.engine.known[job] = replace(ended, final=replace(ended.final, started_at=began))
        workshop.turn()

    run(50)
    run(95, asked={"any_of": workshop.any_device, "nodes": 2})
    with centre.database.write() as connection:
        set_state(centre, connection, workshop.operating(), "sim-2", NodeState.DOWN)
    run(30)
    with centre.database.write() as connection:
        supply.go_on(connection, workshop.clock.now())
    workshop.clock.turn(1200)
    with centre.database.write() as connection:
        supply.begin(connection, centre.nodes, workshop.clock.now())
    workshop.submit()
    workshop.turn()
    workshop.turn(600)
    return workshop


def told(workshop, by):
    """Sums by kind and measure over all groups, and the groups."""
    since, until = workshop.clock.now() - timedelta(hours=5), workshop.clock.now()
    with workshop.centre.database.read() as connection:
        rows = breakdown(workshop.centre, connection, since, until, by)
        rates = utilisation(workshop.centre, connection, since, until)
    sums = defaultdict(float)
    for row, measures in rows.items():
        for measure, seconds in measures.items():
            sums[row.kind, measure] += seconds
    return sums, {row.group for row in rows}, rates


@pytest.mark.parametrize("by", list(BreakdownBy))
def test_the_parts_sum_up_to_the_numerators_and_denominators_of_the_rates(day, by):
    sums, _, rates = told(day, by)
    assert rates
    for each in rates:
        rate = {one.rate: one for one in each.rates}
        known = {
            Measure.ALLOCATED: rate[Rate.ALLOCATED].numerator,
            Measure.BILLABLE: rate[Rate.SOLD].numerator,
        }
        if by is not BreakdownBy.TENANT:
            known[Measure.INSTALLED] = rate[Rate.AVAILABLE].denominator
            known[Measure.AVAILABLE] = rate[Rate.AVAILABLE].numerator
        if each.kind.name == CORES:
            known[Measure.BUSY] = rate[Rate.BUSY].numerator
            known[Measure.JUDGED] = rate[Rate.BUSY].denominator
        for measure, seconds in known.items():
            assert sums[each.kind, measure] == pytest.approx(seconds), (each.kind, measure)


def test_each_stands_in_its_own_group(day):
    assert told(day, BreakdownBy.KIND)[1] == {""}
    assert told(day, BreakdownBy.NODE)[1] == {"here", "sim-1", "sim-2"}
    assert told(day, BreakdownBy.TENANT)[1] == {day.tenant}
    hours = told(day, BreakdownBy.HOUR)[1]
    assert len(hours) == 6
    assert all(hour.endswith(":00:00+00:00") for hour in hours)


def test_a_gang_is_counted_on_each_of_its_nodes(day):
    since, until = day.clock.now() - timedelta(hours=5), day.clock.now()
    with day.centre.database.read() as connection:
        rows = breakdown(day.centre, connection, since, until, BreakdownBy.NODE)
    devices = {
        row.group: sums[Measure.ALLOCATED] for row, sums in rows.items() if "npu" in row[1].name
    }
    assert devices["sim-2"] == pytest.approx(95 * 60)
    assert devices["sim-1"] == pytest.approx((2 * 50 + 95 + 2 * 30 + 2 * 10) * 60)


spans = st.lists(
    st.tuples(st.integers(-90, 400), st.integers(0, 300), st.integers(1, 8)), max_size=20
)


@given(spans, st.integers(1, 300))
def test_hours_sum_up_to_the_whole(found, minutes):
    pieces = [
        Piece(Measure.ALLOCATED, "", KIND, at(begin), at(begin + length), rate)
        for begin, length, rate in found
    ]
    whole = summed(pieces, START, at(minutes))
    hours = summed(pieces, START, at(minutes), hourly=True)
    expected = sum(sums[Measure.ALLOCATED] for sums in whole.values())
    assert sum(sums[Measure.ALLOCATED] for sums in hours.values()) == pytest.approx(expected)
    assert list(hours) == sorted(hours, key=lambda row: row.group)


def test_an_hour_has_what_fell_into_it():
    piece = Piece(Measure.BUSY, "", KIND, at(10), at(130), 2.0)
    found = summed([piece], START, at(200), hourly=True)
    assert {row.group[11:13]: sums[Measure.BUSY] / 60 for row, sums in found.items()} == {
        "00": 2 * 30,
        "01": 2 * 60,
        "02": 2 * 30,
        "03": 0,
    }
