"""The life of a job: only the table's moves, and no way out of an end."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhisuan.compute.allocation import Allocation
from zhisuan.compute.explain import sentence
from zhisuan.compute.job import (
    MOST_ATTEMPTS,
    MOVES,
    Job,
    JobEvent,
    JobReason,
    JobState,
    Leave,
    Work,
    move,
)
from zhisuan.compute.request import ResourceRequest
from zhisuan.compute.scheduler.values import WaitingReason
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


def placed(job=QUEUED, at=AT, nodes=1):
    held = tuple(Allocation(f"n{n}", 2000, 1024) for n in range(nodes))
    return move(job, JobEvent.PLACED, at, allocations=held)


def preempted(job, reason=JobReason.PREEMPTED, after_s=100.0, kept_s=0.0):
    at = AT + timedelta(seconds=after_s)
    return move(job, JobEvent.PREEMPTED, at, reason=reason, kept_s=kept_s)


def test_a_job_that_made_room_remembers_what_it_had_and_holds_nothing():
    job = preempted(replace(placed(nodes=3), leave_for=Leave.PRIORITY))
    assert (job.state, job.attempt, job.lost) == (JobState.QUEUED, 1, 0)
    assert job.attained == 6 * 100.0
    assert (job.leave_for, job.allocations) == (None, ())


def test_kept_work_counts_against_the_limit_but_for_what_is_done_again():
    assert QUEUED.time_left_s == 3600.0
    job = preempted(placed(), kept_s=1000.0)
    assert job.time_left_s == 3600.0 - (1000.0 - 60.0)
    assert preempted(placed(), kept_s=30.0).time_left_s == 3600.0
    assert preempted(placed(), kept_s=1e9).time_left_s == 60.0, "enough to end well"


def test_a_suspended_job_keeps_why_until_it_is_resumed():
    idle = replace(placed(), leave_for=Leave.IDLE, idle_since=AT)
    job = preempted(idle, JobReason.SUSPENDED)
    assert job.suspended
    assert (job.leave_for, job.idle_since) == (Leave.IDLE, AT)
    again = move(job, JobEvent.RESUMED, AT)
    assert not again.suspended
    assert (again.leave_for, again.idle_since, again.reason) == (None, None, None)


def test_a_shrunk_gang_asks_for_its_fewest_nodes():
    elastic = replace(QUEUED, request=ResourceRequest(nodes=2, most_nodes=4))
    job = preempted(placed(elastic, nodes=4), JobReason.SHRUNK)
    assert job.request == ResourceRequest(nodes=2)


def test_a_note_to_leave_outlives_the_beginning():
    told = replace(placed(), leave_for=Leave.TURN)
    assert move(told, JobEvent.BEGAN, AT).leave_for is Leave.TURN


def test_making_room_never_uses_up_the_attempts():
    job = QUEUED
    for _ in range(3 * MOST_ATTEMPTS):
        job = preempted(placed(job))
    assert job.state is JobState.QUEUED


@pytest.mark.parametrize("reason", [*JobReason, *WaitingReason, *Leave])
def test_every_reason_has_a_sentence_in_both_languages(reason):
    assert sentence(reason, "zh").endswith("。")
    assert sentence(reason, "en").endswith(".")


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
