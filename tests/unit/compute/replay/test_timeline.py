"""Columns of a picture: thinned, but no peak lost and no mean changed."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhisuan.compute.count import Count
from zhisuan.compute.policy import Policy
from zhisuan.compute.replay.predictor import UserEstimate
from zhisuan.compute.replay.simulate import Replay
from zhisuan.compute.replay.timeline import Timeline, points, steps
from zhisuan.compute.replay.trace import TraceJob
from zhisuan.compute.request import ResourceRequest

rows = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 9)), min_size=1, max_size=40).map(
    lambda pairs: (np.cumsum([gap for gap, _ in pairs]).tolist(), [v for _, v in pairs])
)


def test_a_column_of_steps_tells_lowest_mean_and_highest_over_time():
    columns = steps([0, 1, 2, 10], [4, 0, 8, 2], 2)
    assert columns.low.tolist() == [0, 8]
    assert columns.middle.tolist() == [(4 + 0 + 8 * 3) / 5, 8]
    assert columns.high.tolist() == [8, 8]
    assert (columns.mean, columns.peak, columns.peak_at) == (6.8, 8, 2)


@given(rows, st.integers(1, 30))
@settings(max_examples=80)
def test_thinning_keeps_mean_peak_and_bounds(row, count):
    at, values = row
    columns = steps(at, values, count)
    assert columns.peak == max(values)
    assert (columns.low <= columns.middle + 1e-9).all() or at[0] == at[-1]
    assert (columns.middle <= columns.high + 1e-9).all()
    if at[-1] > at[0]:
        assert columns.middle.mean() == pytest.approx(columns.mean)


def test_columns_of_events_are_empty_where_nothing_happened():
    columns = points([0, 9, 10], [5, 1, 3], 5)
    assert columns.middle.tolist()[0] == 5
    assert np.isnan(columns.middle[1:4]).all()
    assert (columns.low[4], columns.middle[4], columns.high[4]) == (1, 2, 3)
    assert columns.mean == 3


def test_columns_of_events_may_span_more_than_the_events():
    columns = points([5, 6], [1, 3], 4, (0, 8))
    assert (columns.begin, columns.end) == (0, 8)
    assert columns.middle[2:].tolist()[:1] == [1]
    assert np.isnan(columns.middle[:2]).all()


def test_a_single_instant_is_a_column_too():
    assert steps([7], [2], 3).mean == 2
    assert points([7], [2], 3).peak == 2


def test_a_timeline_remembers_what_a_replay_did():
    timeline = Timeline(4000)
    jobs = [
        TraceJob(name, "t", arrival, 10, 10, ResourceRequest(4000))
        for name, arrival in (("a", 0.0), ("b", 5.0))
    ]
    replay = Replay(Count(4000), Policy(), UserEstimate(), timeline.finished, watch=timeline.watch)
    list(replay.run(jobs))
    assert timeline.utilisation(4).middle.tolist() == [1, 1, 1, 1]
    assert timeline.queue(4).middle.tolist() == [0, 1, 0, 0]
    assert timeline.waits(4).high.tolist()[:2] == [0, 5]
