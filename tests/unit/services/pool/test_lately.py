"""Lately: how the last day of the centre was, in a few numbers."""

from statistics import median

import pytest

from zhisuan.core.work import EndReason
from zhisuan.services.pool.lately import lately

DAY_S = 24 * 3600 + 1


def told(workshop):
    with workshop.centre.database.read() as connection:
        return lately(workshop.centre, connection)


def test_a_day_without_work_has_no_median_and_no_money(workshop):
    found = told(workshop)
    assert (found.started, found.median_wait_s, found.ended, found.failed) == (0, None, 0, 0)
    assert found.charged_today == 0


def test_the_median_is_of_those_that_started_and_a_stopped_job_did_not_fail(workshop):
    well, badly, stopped = (workshop.submit() for _ in range(3))
    workshop.turn(60)
    workshop.end(well)
    workshop.turn(100)
    workshop.end(badly, EndReason.PROGRAM_ERROR, code=3)
    workshop.turn(100)
    workshop.stop(stopped)
    workshop.turn(1)
    workshop.end(stopped, EndReason.STOPPED)
    workshop.turn(1)
    found = told(workshop)
    waits = [
        (workshop.job(each).started_at - workshop.job(each).submitted_at).total_seconds()
        for each in (well, badly, stopped)
    ]
    assert found.started == len(waits)
    assert found.median_wait_s == pytest.approx(median(waits))
    assert (found.ended, found.failed) == (3, 1)
    everything = sum(workshop.charge(each).amount for each in (well, badly, stopped))
    assert found.charged_today == everything > 0


def test_what_is_older_than_a_day_is_not_told(workshop):
    old = workshop.submit()
    workshop.turn()
    workshop.end(old)
    workshop.turn(10)
    assert told(workshop).ended == 1
    workshop.clock.turn(DAY_S)
    found = told(workshop)
    assert (found.started, found.ended, found.charged_today) == (0, 0, 0)
