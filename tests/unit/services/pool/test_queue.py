"""The queue as people see it: the scheduler's own order, and forecasts that say what they are."""

from datetime import timedelta

import pytest

from zhisuan.compute.job import JobState
from zhisuan.compute.scheduler.values import WaitingReason
from zhisuan.ledger.tariff import PriceClass
from zhisuan.services.pool.queue import runners, waiters


def waiting(workshop, offset=0, limit=100):
    with workshop.centre.database.read() as connection:
        return waiters(workshop.centre, connection, offset, limit)


def running(workshop, after=0, limit=100):
    with workshop.centre.database.read() as connection:
        return runners(workshop.centre, connection, after, limit)


def test_they_stand_in_the_order_of_their_turns_not_of_their_coming(workshop):
    workshop.submit()
    workshop.turn()
    mild = workshop.mild()
    plain = workshop.submit()
    first = workshop.submit(price_class=PriceClass.RESERVED)
    workshop.turn()
    found, total = waiting(workshop)
    assert [each.job.job_id for each in found] == [first, plain, mild]
    assert [each.place for each in found] == [1, 2, 3]
    assert {each.waiting.reason for each in found} <= set(WaitingReason)
    assert total == 3


def test_a_page_is_a_part_of_the_line(workshop):
    submitted = [workshop.submit() for _ in range(6)][1:]
    workshop.turn()
    pages = [waiting(workshop, offset, 2) for offset in (0, 2, 4, 6)]
    assert [each.job.job_id for found, _ in pages for each in found] == submitted
    assert [each.place for found, _ in pages for each in found] == [1, 2, 3, 4, 5]
    assert {total for _, total in pages} == {5}


def test_who_came_a_moment_ago_is_there_without_a_place(workshop):
    workshop.submit()
    workshop.turn()
    fresh = workshop.submit()
    (only,), _ = waiting(workshop)
    assert (only.job.job_id, only.place, only.waiting) == (fresh, None, None)


def test_who_waits_for_no_turn_has_no_place(workshop):
    workshop.submit()
    behind = workshop.submit()
    aside = workshop.submit()
    workshop.turn()
    told = dict(workshop.centre.waiting)
    told[aside] = type(told[aside])(WaitingReason.PREPARING, 0)
    workshop.centre.waiting = {aside: told[aside], behind: told[behind]}
    assert {each.job.job_id: each.place for each in waiting(workshop)[0]} == {
        aside: None,
        behind: 1,
    }


def test_without_like_jobs_the_limit_is_all_that_is_known(workshop):
    job = workshop.submit(time_limit_s=100.0)
    workshop.turn()
    (only,) = running(workshop)
    began = workshop.job(job).started_at
    assert only.ends_between is None
    assert only.limit_at == only.ends_at == began + timedelta(seconds=100)


def test_like_jobs_tell_when_one_will_end(workshop):
    for seconds in (10.0, 30.0):
        job = workshop.submit(time_limit_s=100.0)
        workshop.turn()
        workshop.turn(seconds)
        workshop.end(job, wall_s=seconds)
        workshop.turn()
    job = workshop.submit(time_limit_s=100.0)
    behind = workshop.submit(time_limit_s=100.0)
    workshop.turn()
    began = workshop.job(job).started_at

    def ends():
        (only,) = running(workshop)
        return [(at - began).total_seconds() for at in (*only.ends_between, only.ends_at)]

    low, high, expected = ends()
    assert (low, high, expected) == (
        pytest.approx(10, abs=1),
        pytest.approx(30, abs=1),
        pytest.approx(20, abs=1),
    )
    (waits,), _ = waiting(workshop)
    assert (waits.job.job_id, waits.learned) == (behind, True)
    assert waits.run_s == pytest.approx(20, abs=1)
    workshop.turn(50.0)
    low, high, expected = ends()
    assert low == pytest.approx(50, abs=1), "what has passed is no forecast"
    assert 50 < expected <= high <= 101


def test_ten_thousand_wait_and_a_page_of_them_is_read(workshop):
    submitted = [workshop.submit() for _ in range(3)]
    workshop.turn()
    told = workshop.centre.waiting[submitted[1]]
    # Others in front of it, as a long queue has them: only those of the page are read.
    workshop.centre.waiting = {f"job_{n}": told for n in range(10_000)} | dict(
        workshop.centre.waiting
    )
    found, total = waiting(workshop, 0, 1)
    assert ([each.job.job_id for each in found], total) == ([submitted[1]], 2)
    assert workshop.job(submitted[0]).state is JobState.STARTING
