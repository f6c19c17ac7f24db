"""The life of a job: only the table's moves, and no way out of an end."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhisuan.compute.job import (
    MOST_ATTEMPTS,
    MOVES,
    Job,
    JobEvent,
    JobReason,
    JobState,
    Work,
    move,
)
from zhisuan.compute.request import ResourceRequest
from zhisuan.core.errors import IllegalTransition

AT = datetime(2026, 1, 2, tzinfo=UTC)
QUEUED = Job(
    "job_1",
    1,
    "ten_1",
    Work("probe", "1.0.0", {}, {}),
    ResourceRequest(),
    "standard",
    0,
    JobState.QUEUED,
    AT,
)


@pytest.mark.parametrize("state", list(JobState))
@pytest.mark.parametrize("event", list(JobEvent))
def test_only_moves_of_the_table_are_allowed(state, event):
    job = replace(QUEUED, state=state, attempt=1)
    if (state, event) in MOVES:
        assert move(job, event, AT).state is MOVES[state, event]
    else:
        with pytest.raises(IllegalTransition, match=job.job_id):
            move(job, event, AT)


def test_an_ended_job_has_no_way_out():
    assert not [state for state, _ in MOVES if state.ended]


def test_every_state_but_the_first_can_be_reached():
    assert {*MOVES.values(), JobState.QUEUED} == set(JobState)


def test_a_job_that_keeps_losing_its_runner_fails_for_good():
    job = QUEUED
    for _ in range(MOST_ATTEMPTS):
        assert job.state is JobState.QUEUED
        job = move(job, JobEvent.PLACED, AT)
        job = move(job, JobEvent.LOST, AT, reason=JobReason.NODE_LOST)
    assert job.state is JobState.FAILED
    assert job.attempt == MOST_ATTEMPTS


@given(st.lists(st.sampled_from(list(JobEvent)), max_size=20))
def test_whatever_happens_the_story_tells_every_move(events):
    job = QUEUED
    moves = 0
    for event in events:
        try:
            job = move(job, event, AT)
        except IllegalTransition:
            continue
        moves += 1
    assert len(job.story) == moves
    assert job.state.holds_devices <= (job.attempt > 0)
    assert (job.ended_at is not None) == job.state.ended
