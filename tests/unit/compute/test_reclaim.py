"""Idle reclaim: a table of what is due when, and laws over random readings."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhisuan.compute.reclaim import (
    GivenBack,
    Idler,
    IdleRule,
    Sample,
    Step,
    Watched,
    reclaimed,
    step,
    watch,
)

RULE = IdleRule(0.2, 20.0, 40.0, 60.0, 100.0, frozenset({"ten_exempt"}))
NOW = datetime(2026, 1, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("idler", "due"),
    [
        (Idler("ten_1", 19.9), None),
        (Idler("ten_1", 20.0), Step.WARN),
        (Idler("ten_1", 1e9), Step.WARN),
        (Idler("ten_1", 39.9, warned=True, wide=True, resumes=True), None),
        (Idler("ten_1", 40.0, warned=True, wide=True, resumes=True), Step.SHRINK),
        (Idler("ten_1", 99.0, warned=True, wide=True, resumes=True), Step.SHRINK),
        (Idler("ten_1", 59.9, warned=True, resumes=True), None),
        (Idler("ten_1", 60.0, warned=True, resumes=True), Step.SUSPEND),
        (Idler("ten_1", 99.0, warned=True, resumes=False), None),
        (Idler("ten_1", 99.0, warned=True, wide=True, resumes=False), None),
        (Idler("ten_1", 100.0, warned=True, resumes=False), Step.RELEASE),
        (Idler("ten_1", 99.9, warned=True, resumes=True, suspended=True), None),
        (Idler("ten_1", 100.0, warned=True, resumes=True, suspended=True), Step.RELEASE),
        (Idler("ten_exempt", 1e9), None),
        (Idler("ten_exempt", 1e9, warned=True, suspended=True), None),
    ],
)
def test_what_is_due(idler, due):
    assert step(idler, RULE) is due


idlers = st.builds(
    Idler,
    st.sampled_from(["ten_1", "ten_exempt"]),
    st.floats(0, 200),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)


@given(idlers)
@settings(max_examples=200)
def test_an_exempt_owner_is_never_touched_and_nobody_without_a_warning(idler):
    due = step(idler, RULE)
    if idler.tenant in RULE.exempt:
        assert due is None
    if not (idler.warned or idler.suspended):
        assert due in (None, Step.WARN)
    if not idler.resumes:
        assert due not in (Step.SHRINK, Step.SUSPEND)


def test_use_is_averaged_over_a_window():
    known = watch(Watched(Sample(0.0, 0.0)), Sample(9.0, 0.0), 1.0, RULE)
    assert known == Watched(Sample(0.0, 0.0)), "the window is ten seconds"
    known = watch(known, Sample(10.0, 1.9), 1.0, RULE)
    assert known.idle_since == 0.0
    known = watch(known, Sample(20.0, 3.8), 1.0, RULE)
    assert known.idle_since == 0.0, "since the beginning"
    known = watch(known, Sample(30.0, 5.9), 1.0, RULE)
    assert known.idle_since is None, "two seconds in ten are a fifth"


def test_more_cores_must_be_used_more():
    one = watch(Watched(Sample(0.0, 0.0)), Sample(10.0, 3.0), 1.0, RULE)
    two = watch(Watched(Sample(0.0, 0.0)), Sample(10.0, 3.0), 2.0, RULE)
    assert (one.idle_since, two.idle_since) == (None, 0.0)


def test_a_total_that_falls_tells_nothing_and_so_counts_as_work():
    known = Watched(Sample(0.0, 50.0), 0.0)
    assert watch(known, Sample(10.0, 1.0), 1.0, RULE).idle_since is None


@given(st.lists(st.tuples(st.floats(0.1, 30), st.floats(0, 30)), max_size=20), st.floats(0.5, 8))
@settings(max_examples=100)
def test_who_always_uses_his_share_is_never_idle(readings, cores):
    at = cpu_s = 0.0
    known = Watched(Sample(at, cpu_s))
    for span, more in readings:
        at += span
        cpu_s += span * (cores * RULE.below + 1e-6) + more
        known = watch(known, Sample(at, cpu_s), cores, RULE)
        assert known.idle_since is None


def given_back(**changes):
    facts = {"job_id": "job_1", "step": Step.SUSPEND, "at": NOW, "until": NOW, "cpu_milli": 1500}
    return GivenBack(**{**facts, "device_milli": 0, "simulated_milli": 0, **changes})


def test_what_was_saved_ends_with_the_jobs_own_limit_and_not_before_now():
    later = NOW + timedelta(hours=2)
    rows = [
        given_back(until=later),
        given_back(until=NOW + timedelta(hours=1), device_milli=2000, simulated_milli=500),
        given_back(until=NOW + timedelta(days=9), at=later + timedelta(days=1)),
    ]
    half = reclaimed(rows, NOW + timedelta(minutes=30))
    assert (half.core_hours, half.device_hours, half.simulated_device_hours) == (1.5, 1.0, 0.25)
    assert reclaimed(rows, later).core_hours == 1.5 * 3
    assert reclaimed([], NOW).core_hours == 0
