"""An account that ran dry: work pauses where it resumes, comes back with money, or is ended."""

from zhisuan.compute.job import JobReason, JobState, Leave
from zhisuan.compute.scheduler.values import WaitingReason
from zhisuan.core.money import MicroYuan
from zhisuan.core.work import EndReason
from zhisuan.ledger.accounts.ladder import Stage
from zhisuan.services.money.accounts import pay_in, set_credit
from zhisuan.services.pool.cutoff import review

HOUR_S = 3600.0


def look(workshop):
    """What the loop does about accounts once a minute."""
    with workshop.centre.database.write() as connection:
        review(workshop.centre, connection)


def owe(workshop):
    """The account owes more than it may: its credit is used and then taken back."""
    centre, who = workshop.centre, workshop.operating()
    with centre.database.write() as connection:
        free, _ = centre.ledger.balance(connection, workshop.tenant)
        set_credit(centre, connection, who, workshop.tenant, MicroYuan(10_000_000))
        moves = MicroYuan(free + 5_000_000)
        centre.ledger.accounts.set_credit(connection, workshop.tenant, MicroYuan(0))
        connection.exec_driver_sql(
            "UPDATE ledger_account SET balance = balance - ? WHERE account = ?",
            (moves, f"tenant:{workshop.tenant}:available"),
        )


def stage(workshop):
    with workshop.centre.database.read() as connection:
        return workshop.centre.ledger.accounts.standing(connection, workshop.tenant).stage


def pay(workshop, yuan):
    with workshop.centre.database.write() as connection:
        amount = MicroYuan(yuan * 1_000_000)
        who = workshop.operating()
        pay_in(workshop.centre, connection, who, workshop.tenant, amount, "transfer 1")


def running(opened, *, resumes):
    workshop = opened(resumes=resumes)
    job_id = workshop.submit()
    workshop.turn()
    owe(workshop)
    look(workshop)
    assert stage(workshop) is Stage.NO_NEW_WORK
    workshop.turn(HOUR_S)
    assert workshop.job(job_id).leave_for is None, "what runs goes on for a while"
    workshop.clock.turn(24 * HOUR_S)
    look(workshop)
    assert stage(workshop) is Stage.PAUSED
    workshop.turn()
    return workshop, job_id


def test_work_that_resumes_is_paused_and_goes_on_once_money_comes(opened):
    workshop, job_id = running(opened, resumes=True)
    assert workshop.job(job_id).leave_for is Leave.UNPAID
    workshop.end(job_id, EndReason.STOPPED)
    workshop.turn()
    paused = workshop.job(job_id)
    assert (paused.state, paused.reason) == (JobState.QUEUED, JobReason.UNPAID)
    workshop.turn(60)
    assert workshop.centre.waiting[job_id].reason is WaitingReason.UNPAID
    assert workshop.job(job_id).state is JobState.QUEUED
    pay(workshop, 200)
    assert stage(workshop) is Stage.GOOD
    workshop.turn()
    assert (workshop.job(job_id).state, workshop.job(job_id).attempt) == (JobState.STARTING, 2)


def test_work_that_would_lose_what_it_did_goes_on_until_it_is_ended(opened):
    workshop, job_id = running(opened, resumes=False)
    assert workshop.job(job_id).leave_for is None
    workshop.clock.turn(48 * HOUR_S)
    look(workshop)
    assert stage(workshop) is Stage.STOPPED
    workshop.turn()
    workshop.turn()
    assert workshop.job(job_id).stop_by is JobReason.BY_UNPAID
    workshop.end(job_id, EndReason.STOPPED)
    workshop.turn()
    ended = workshop.job(job_id)
    assert (ended.state, ended.reason) == (JobState.CANCELLED, JobReason.BY_UNPAID)


def test_each_step_is_told_once(opened):
    workshop, _ = running(opened, resumes=True)
    look(workshop)
    assert workshop.told(workshop.tenant) == ["account.no_new_work", "account.paused"]
