"""Whatever the stories of the past tell, the scheduler can be asked again at every turn of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhisuan.compute.allocation import Allocation
from zhisuan.compute.job import MOVES, Job, JobEvent, JobReason, JobState, Work, move
from zhisuan.compute.node import Node
from zhisuan.compute.policyfile import DEFAULT
from zhisuan.compute.request import ResourceRequest
from zhisuan.services.pool.retrace import retrace

START = datetime(2026, 3, 1, 8, tzinfo=UTC)
NODE = Node("here", tuple(range(4)), 8192)
HELD = (Allocation("here", 1000, 64, (0,)),)
WORK = Work("probe", "1.0.0", {}, {}, 60.0)

PATHS = {
    "stopped at once": ["stopped"],
    "ran": ["placed", "began", "succeeded"],
    "never began": ["placed", "stopped"],
    "failed": ["placed", "began", "failed"],
    "lost and again": ["placed", "began", "lost", "placed", "began", "succeeded"],
    "made room": ["placed", "began", "preempted", "placed", "began", "stopped"],
}


def lived(number, path, submitted_s, gaps_s):
    """A job that went this path, each move so many seconds after the one before."""
    at = START + timedelta(seconds=submitted_s)
    job = Job(
        job_id=f"job_{number}",
        sequence=number,
        tenant="ten_1",
        work=WORK,
        request=ResourceRequest(1000, 64, ()),
        price_class="standard",
        priority=0,
        state=JobState.QUEUED,
        submitted_at=at,
    )
    for name, gap_s in zip(path, gaps_s, strict=False):
        event = JobEvent(name)
        again = event is JobEvent.PLACED and job.attempt > 0
        at += timedelta(seconds=max(gap_s, 0.001) if again else gap_s)  # one plan in a turn
        reason = None
        if MOVES[job.state, event] in {JobState.FAILED, JobState.CANCELLED}:
            reason = JobReason.BY_TENANT
        job = move(
            job, event, at, reason=reason, allocations=HELD if event is JobEvent.PLACED else ()
        )
    return job


@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS)
@pytest.mark.parametrize("gap_s", [0.0, 0.01, 5.0])
def test_every_story_can_be_traced_however_quick_it_went(path, gap_s):
    job = lived(1, path, 0.0, [gap_s] * len(path))
    found = retrace([job], [NODE], DEFAULT)
    assert found.starts == path.count("placed")


stories = st.lists(
    st.tuples(
        st.sampled_from(sorted(PATHS)),
        st.sampled_from([0.0, 0.05, 0.2, 1.0, 30.0]),
        st.lists(st.sampled_from([0.0, 0.001, 0.09, 1.0, 40.0]), min_size=6, max_size=6),
    ),
    max_size=4,
)


@settings(deadline=None)
@given(stories)
def test_every_start_of_any_past_is_counted_and_none_is_agreed_twice(told):
    # Four jobs fit at once: who came beyond that could not have started, so it is left out.
    past = [lived(n, PATHS[name], at, gaps) for n, (name, at, gaps) in enumerate(told, 1)]
    found = retrace(past, [NODE], DEFAULT)
    starts = sum(PATHS[name].count("placed") for name, _, _ in told)
    assert found.starts == starts
    assert 0 <= found.agreed <= found.starts


def test_a_plain_past_is_decided_the_same_again():
    past = [lived(n, PATHS["ran"], n * 10.0, [1.0, 1.0, 5.0]) for n in range(1, 4)]
    assert retrace(past, [NODE], DEFAULT).share == 1.0


def test_no_past_agrees():
    assert retrace([], [NODE], DEFAULT).share == 1.0


def test_a_start_that_the_rules_would_not_make_is_not_agreed():
    job = lived(1, PATHS["ran"], 0.0, [1.0, 1.0, 5.0])
    big = replace(job, request=ResourceRequest(9000, 64, ()))
    assert retrace([big], [NODE], DEFAULT).agreed == 0
