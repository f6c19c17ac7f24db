"""Jobs that make room: noted before they are told, paid for what they kept, back in the queue."""

import pytest

from zhisuan.compute.job import JobReason, JobState, Leave
from zhisuan.core.errors import Conflict
from zhisuan.core.work import EndReason
from zhisuan.ledger.tariff import Outcome, PriceClass
from zhisuan.services.pool.run import resume

RAN_S = 400.0
"""Longer than the minimum run of the default policy."""


def crowd_out(workshop):
    """A preemptible job that has run for a while, and a standard one that wants its place."""
    mild = workshop.mild()
    workshop.turn()
    workshop.turn(RAN_S)
    firm = workshop.submit()
    workshop.turn()
    return mild, firm


def make_room(workshop, job_id, code=0):
    """A job that was told to go has gone."""
    workshop.end(job_id, EndReason.STOPPED, code, wall_s=RAN_S)
    workshop.turn()


def test_a_preemptible_job_is_told_to_go_with_the_grace_of_the_policy(workshop):
    mild, firm = crowd_out(workshop)
    assert workshop.job(mild).leave_for is Leave.PRIORITY
    assert workshop.engine.stopped == [(mild, 30.0)]
    assert workshop.job(firm).state is JobState.QUEUED
    assert workshop.centre.waiting[firm].reason == "making_room"
    workshop.turn(1.0)
    assert workshop.engine.stopped == [(mild, 30.0)], "it is told once"


def test_a_standard_job_does_not_make_room(workshop):
    first = workshop.submit()
    workshop.turn()
    workshop.turn(RAN_S)
    workshop.submit(price_class=PriceClass.RESERVED)
    workshop.turn()
    assert workshop.job(first).leave_for is None
    assert workshop.engine.stopped == []


def test_nobody_is_told_to_go_before_the_minimum_run(workshop):
    mild = workshop.mild()
    workshop.turn()
    workshop.submit()
    workshop.turn(299.0)
    assert workshop.engine.stopped == []
    workshop.turn(1.0)
    assert workshop.engine.stopped == [(mild, 30.0)]


def test_a_job_that_made_room_waits_again_and_the_other_has_its_place_in_the_same_turn(workshop):
    mild, firm = crowd_out(workshop)
    make_room(workshop, mild)
    job = workshop.job(mild)
    assert (job.state, job.reason, job.attempt) == (JobState.QUEUED, JobReason.PREEMPTED, 1)
    assert job.leave_for is None
    assert job.allocations == ()
    assert job.attained == 2 * RAN_S, "two devices"
    assert workshop.job(firm).state is JobState.STARTING
    assert workshop.told(mild)[-3:] == ["job.leaving", "job.queued", "job.waiting"]


def test_a_job_that_comes_back_is_given_the_rest_of_its_time_and_pays_once_for_all(workshop):
    mild, firm = crowd_out(workshop)
    make_room(workshop, mild)
    workshop.end(firm)
    workshop.turn()
    assert workshop.job(mild).attempt == 2
    order = workshop.engine.launched[-1]
    assert (order.job_id, order.attempt) == (mild, 2)
    assert order.time_limit_s == 3600.0 - (RAN_S - 60.0)
    workshop.turn()
    workshop.end(mild, wall_s=100.0)
    workshop.turn()
    first, second = workshop.usage(mild)
    assert (first.billable, first.reason, second.reason) == (True, "preempted", "succeeded")
    charge = workshop.charge(mild)
    assert charge.usage == (first.seq, second.seq)
    [core] = [line for line in charge.lines if line.item == "core"]
    assert core.quantity == 500
    assert 0 < charge.amount <= charge.held


def test_work_that_was_not_kept_is_not_charged(opened):
    workshop = opened(resumes=False)
    mild, firm = crowd_out(workshop)
    make_room(workshop, mild, code=-15)
    workshop.end(firm)
    workshop.turn()
    assert workshop.engine.launched[-1].time_limit_s == 3600.0, "it begins anew"
    workshop.turn()
    workshop.end(mild, wall_s=100.0)
    workshop.turn()
    first, second = workshop.usage(mild)
    assert (first.billable, second.billable) == (False, True)
    [core] = [line for line in workshop.charge(mild).lines if line.item == "core"]
    assert core.quantity == 100


def test_a_job_that_was_ended_by_force_is_not_charged_for_that_attempt(workshop):
    mild, _ = crowd_out(workshop)
    make_room(workshop, mild, code=-9)
    [usage] = workshop.usage(mild)
    assert not usage.billable
    assert workshop.job(mild).behind_s == 0.0


@pytest.mark.parametrize("reason", [EndReason.SUCCEEDED, EndReason.WRONG_INPUT])
def test_a_job_that_ends_by_itself_while_it_is_told_to_go_has_ended(workshop, reason):
    mild, _ = crowd_out(workshop)
    workshop.end(mild, reason)
    workshop.turn()
    assert workshop.job(mild).state.ended
    assert workshop.job(mild).state is not JobState.CANCELLED
    assert workshop.charge(mild).amount > 0


def test_its_tenants_own_stop_comes_before_making_room(workshop):
    mild, _ = crowd_out(workshop)
    workshop.stop(mild)
    workshop.turn()
    assert workshop.engine.stopped == [(mild, 30.0), (mild, 5.0)], "now it has less time"
    make_room(workshop, mild)
    assert workshop.job(mild).reason is JobReason.BY_TENANT
    assert workshop.charge(mild).outcome is Outcome.STOPPED


def test_a_job_stopped_while_it_waits_again_pays_for_what_it_kept(workshop):
    mild, _ = crowd_out(workshop)
    make_room(workshop, mild)
    workshop.stop(mild)
    workshop.turn()
    assert workshop.job(mild).state is JobState.CANCELLED
    assert workshop.charge(mild).amount > 0
    with workshop.centre.database.read() as connection:
        assert workshop.centre.ledger.balance(connection, workshop.tenant)[1] > 0, "of the other"


def test_a_runner_that_dies_while_its_job_makes_room_is_a_loss(workshop):
    mild, _ = crowd_out(workshop)
    workshop.lose(mild)
    workshop.turn()
    job = workshop.job(mild)
    assert (job.state, job.reason, job.lost) == (JobState.QUEUED, JobReason.NODE_LOST, 1)
    assert job.leave_for is None


def test_making_room_never_uses_up_the_attempts(workshop):
    mild, firm = crowd_out(workshop)
    for _ in range(5):
        make_room(workshop, mild)
        workshop.end(firm)
        workshop.turn()
        workshop.turn(RAN_S)
        firm = workshop.submit()
        workshop.turn()
    assert workshop.job(mild).state is JobState.RUNNING
    assert workshop.job(mild).attempt == 6
    assert workshop.job(mild).lost == 0


def test_a_centre_killed_before_it_told_the_job_tells_it_when_it_is_back(workshop):
    mild = workshop.mild()
    workshop.turn()
    workshop.turn(RAN_S)
    firm = workshop.submit()
    workshop.engine.dies = True
    with pytest.raises(workshop.killed):
        workshop.turn()
    workshop.engine.dies = False
    workshop.start_again()
    workshop.turn()
    assert workshop.engine.stopped == [(mild, 30.0)]
    assert workshop.told(mild).count("job.leaving") == 1
    make_room(workshop, mild)
    assert workshop.job(mild).reason is JobReason.PREEMPTED
    assert workshop.job(firm).state is JobState.STARTING


def test_a_centre_killed_while_a_job_makes_room_takes_its_end_for_what_it_was(workshop):
    mild, firm = crowd_out(workshop)
    workshop.end(mild, EndReason.STOPPED, wall_s=RAN_S)
    workshop.start_again()
    workshop.turn()
    workshop.start_again()
    workshop.turn()
    assert workshop.job(mild).reason is JobReason.PREEMPTED
    assert len(workshop.usage(mild)) == 1
    assert workshop.job(firm).state in (JobState.STARTING, JobState.RUNNING)


def test_a_job_that_waits_cannot_be_resumed(workshop):
    mild, _ = crowd_out(workshop)
    make_room(workshop, mild)
    with workshop.centre.database.write() as connection, pytest.raises(Conflict):
        resume(connection, workshop.job(mild))
