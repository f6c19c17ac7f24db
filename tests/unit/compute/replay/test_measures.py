"""The formulas, on numbers anybody can check."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhisuan.compute.replay.measures import Measures, bounded_slowdown, jain, percentile, wait_s
from zhisuan.compute.replay.simulate import Finished
from zhisuan.compute.replay.trace import TraceJob
from zhisuan.compute.request import ResourceRequest


def ended(arrival_s, run_s, ended_at, cores=1, group="", **rest):
    job = TraceJob("j", "t", arrival_s, run_s, run_s, ResourceRequest(1000 * cores), group)
    return Finished(job, ended_at - run_s, ended_at, **rest)


def test_a_wait_is_all_the_time_in_which_no_lasting_work_was_done():
    assert wait_s(ended(10, 50, 100)) == 40
    assert wait_s(ended(10, 50, 100, preemptions=1, lost_s=7)) == 40


def test_a_slowdown_is_bounded_where_jobs_are_short():
    assert bounded_slowdown(30, 10) == 4
    assert bounded_slowdown(30, 1) == 3.1
    assert bounded_slowdown(0, 1) == 1


def test_jains_index_is_one_of_equals_and_least_if_one_has_everything():
    assert jain([3, 3, 3]) == 1
    assert jain([1, 0, 0, 0]) == 0.25
    assert jain([1, 3]) == 16 / 20
    assert jain([]) == jain([0, 0]) == 1


@given(st.lists(st.floats(1, 1e6), min_size=1, max_size=20))
def test_jains_index_lies_between_one_of_n_and_one(values):
    assert 1 / len(values) - 1e-9 <= jain(values) <= 1 + 1e-9


def test_a_percentile_is_a_value_of_the_row():
    assert percentile(list(range(200)), 0.99) == 198
    assert percentile([5.0], 0.99) == 5
    assert percentile([], 0.5) == 0


def test_fairness_compares_the_mean_slowdowns_of_groups():
    measures = Measures()
    for job in (
        ended(0, 10, 10, group="x"),
        ended(0, 10, 30, group="x"),
        ended(0, 10, 60, group="y"),
    ):
        measures.add(job)
    assert measures.fairness == pytest.approx(jain([2, 6]))


def test_of_no_jobs_there_is_nothing_to_tell():
    measures = Measures()
    told = (measures.average_wait_s, measures.p99_wait_s, measures.makespan_s, measures.jobs)
    assert told == (0, 0, 0, 0)
    assert measures.utilisation(4) == 0
    assert measures.fairness == 1
