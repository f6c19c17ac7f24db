"""Idle jobs by the rule, over the whole loop: told, shrunk, suspended, resumed, released."""

from dataclasses import replace

import pytest

from zhisuan.compute import records as jobs
from zhisuan.compute.job import JobReason, JobState, Leave
from zhisuan.compute.policyfile import DEFAULT
from zhisuan.compute.reclaim import IdleRule, reclaimed
from zhisuan.core.work import EndReason
from zhisuan.services.pool import run

RULE = IdleRule(0.2, 20.0, 40.0, 60.0, 1000.0)
RULES = replace(DEFAULT, idle=RULE)


@pytest.fixture
def idling(opened):
    return opened(RULES)


def running(workshop, **order):
    """A job of which a first reading has been taken."""
    job_id = workshop.submit(**order)
    workshop.turn()
    workshop.turn()
    return job_id


def idle(workshop, job_id, seconds, cpu_s=0.0):
    """Time passes in which the job does nothing; a reading every five seconds."""
    for _ in range(int(seconds / 5)):
        workshop.clock.turn(5.0)
        workshop.beat(job_id, cpu_s)
        workshop.turn()


def suspend(workshop, job_id):
    """Idle until the job is told, and let it keep its checkpoint."""
    workshop.beat(job_id, 0.0)
    workshop.turn()
    idle(workshop, job_id, 60)
    assert workshop.job(job_id).leave_for is Leave.IDLE
    workshop.end(job_id, EndReason.STOPPED, 0, wall_s=65.0)
    workshop.turn()
    assert workshop.job(job_id).suspended


def resume(workshop, job_id):
    with workshop.centre.database.write() as connection:
        run.resume(connection, workshop.job(job_id))


def saved(workshop):
    with workshop.centre.database.read() as connection:
        return reclaimed(jobs.given_back(connection), workshop.clock.now())


def test_an_idle_job_is_warned_once_then_suspended_and_waits_for_its_tenant(idling):
    job_id = running(idling)
    suspend(idling, job_id)
    assert idling.told(job_id).count("job.idle") == 1
    idling.turn(100.0)
    job = idling.job(job_id)
    assert (job.state, job.reason, job.leave_for) == (
        JobState.QUEUED,
        JobReason.SUSPENDED,
        Leave.IDLE,
    )
    assert idling.centre.waiting[job_id].reason == "suspended"
    [usage] = idling.usage(job_id)
    assert (usage.billable, usage.reason) == (True, "suspended")


def test_a_resumed_job_goes_on_and_what_it_gave_back_is_counted(idling):
    job_id = running(idling)
    suspend(idling, job_id)
    idling.clock.turn(1000.0 - 200.0)
    resume(idling, job_id)
    idling.turn()
    job = idling.job(job_id)
    assert (job.state, job.attempt, job.leave_for) == (JobState.STARTING, 2, None)
    assert job.idle_since is None
    idling.turn(3600.0)
    hours = saved(idling)
    assert hours.core_hours == pytest.approx(800 / 3600)
    assert (hours.device_hours, hours.simulated_device_hours) == (0, pytest.approx(1600 / 3600))


def test_a_suspended_job_that_nobody_resumes_is_released_and_pays_for_what_ran(idling):
    job_id = running(idling)
    suspend(idling, job_id)
    idling.turn(1000.0)
    idling.turn()
    job = idling.job(job_id)
    assert (job.state, job.reason) == (JobState.CANCELLED, JobReason.BY_IDLE_RULE)
    assert idling.charge(job_id).amount > 0


def test_suspension_outlives_the_centre(idling):
    job_id = running(idling)
    suspend(idling, job_id)
    idling.start_again()
    idling.turn()
    assert idling.job(job_id).suspended
    resume(idling, job_id)
    idling.start_again()
    idling.turn()
    assert idling.job(job_id).state is JobState.STARTING


def test_a_warning_is_not_repeated_after_a_restart_and_the_time_counts_on(idling):
    job_id = running(idling)
    idling.beat(job_id, 0.0)
    idling.turn()
    idle(idling, job_id, 30)
    idling.start_again()
    idling.turn()
    idle(idling, job_id, 30)
    assert idling.told(job_id).count("job.idle") == 1
    assert idling.job(job_id).leave_for is Leave.IDLE


def test_a_job_that_works_again_is_left_alone(idling):
    job_id = running(idling)
    idling.beat(job_id, 0.0)
    idling.turn()
    idle(idling, job_id, 30)
    assert idling.job(job_id).idle_since is not None
    idle(idling, job_id, 10, cpu_s=100.0)
    assert idling.job(job_id).idle_since is None
    idle(idling, job_id, 55, cpu_s=100.0)
    assert idling.job(job_id).leave_for is None


def test_a_job_that_cannot_resume_is_warned_and_released_but_never_suspended(opened):
    workshop = opened(RULES, resumes=False)
    job_id = running(workshop)
    workshop.beat(job_id, 0.0)
    workshop.turn()
    idle(workshop, job_id, 500)
    assert workshop.engine.stopped == []
    idle(workshop, job_id, 505)
    assert workshop.engine.stopped == [(job_id, 5.0)]
    workshop.end(job_id, EndReason.STOPPED, -15)
    workshop.turn()
    assert workshop.job(job_id).reason is JobReason.BY_IDLE_RULE
    assert saved(workshop).core_hours == 0, "nothing yet"
    workshop.turn(100.0)
    assert saved(workshop).core_hours == pytest.approx(100 / 3600)


def test_an_exempt_tenant_is_never_touched(opened):
    workshop = opened()
    rule = replace(RULE, exempt=frozenset({workshop.tenant}))
    workshop.centre.rules = replace(DEFAULT, idle=rule)
    workshop.start_again()
    job_id = running(workshop)
    workshop.beat(job_id, 0.0)
    workshop.turn()
    idle(workshop, job_id, 1500)
    assert workshop.engine.stopped == []
    assert "job.idle" not in workshop.told(job_id)


def test_an_idle_elastic_gang_goes_on_with_its_fewest_nodes(idling):
    asked = {"any_of": idling.any_device, "nodes": 1, "most_nodes": 2}
    job_id = running(idling, asked=asked)
    assert len(idling.job(job_id).allocations) == 2
    idling.beat(job_id, 0.0)
    idling.turn()
    idle(idling, job_id, 45)
    assert idling.job(job_id).leave_for is Leave.SHRINK
    idling.end(job_id, EndReason.STOPPED, 0)
    idling.turn()
    job = idling.job(job_id)
    assert (job.state, job.attempt) == (JobState.STARTING, 2)
    assert len(job.allocations) == 1
    assert job.request.most_nodes == 0
    assert "preempted (shrunk)" in " ".join(job.story)
    idling.turn(360.0)
    assert saved(idling).simulated_device_hours == pytest.approx(0.1), "one of two devices"
    idling.end(job_id)
    idling.turn()
    idling.turn(3600.0)
    assert saved(idling).simulated_device_hours == pytest.approx(0.1), "its end is the end of it"


def test_without_a_rule_idle_jobs_are_left_alone(workshop):
    job_id = running(workshop)
    workshop.beat(job_id, 0.0)
    workshop.turn()
    idle(workshop, job_id, 1500)
    assert workshop.engine.stopped == []
