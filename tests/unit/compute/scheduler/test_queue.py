"""Queue and running jobs, compared with lists that are sorted anew each time."""

from dataclasses import replace

import pytest
from books import by_tenant
from hypothesis import given
from hypothesis import strategies as st
from world import NOW, count_worlds, job, jobs, law, pool_worlds, runs, worlds

from zhisuan.compute.policy import Order
from zhisuan.compute.request import ResourceRequest
from zhisuan.compute.scheduler import queue as queues
from zhisuan.compute.scheduler.order import STANDING
from zhisuan.compute.scheduler.queue import Queue, Running, amounts


@law()
@given(jobs(hours=True), st.sampled_from(Order), st.data())
def test_a_queue_is_in_order_whoever_comes_and_goes(waiting, order, data):
    queue, here = Queue(order), []
    for each in data.draw(st.permutations(waiting)):
        queue.add(each)
        here.append(each)
        if data.draw(st.booleans()):
            gone = data.draw(st.sampled_from(here))
            here.remove(gone)
            assert queue.remove(gone.job_id) == gone
        assert list(queue) == sorted(here, key=STANDING[order])
        assert [each for _, each in queue.keyed()] == list(queue)
        assert len(queue) == len(here)
        assert queue.gated == sum(each.green or each.not_before > 0 for each in here)
        assert all(each.job_id in queue and queue[each.job_id] == each for each in here)
        assert queue.arrivals - queue.left == len(here)


@law()
@given(jobs(), st.data())
def test_where_age_counts_the_oldest_stand_first(waiting, data):
    queue = Queue(Order.ATTAINED, data.draw(st.permutations(waiting)))
    for each in waiting[::3]:
        queue.remove(each.job_id)
    here = [each for place, each in enumerate(waiting) if place % 3]
    assert list(queue.oldest()) == sorted(here, key=lambda each: (each.submitted_at, each.sequence))


@law()
@given(jobs(), st.integers(0, 8))
def test_who_came_since_is_remembered(waiting, before):
    queue = Queue(jobs=waiting[:before])
    since = queue.arrivals
    for each in waiting[before:]:
        queue.add(each)
    assert queue.came(since) == waiting[before:]


def test_who_came_too_long_ago_is_forgotten_and_that_is_said(monkeypatch):
    monkeypatch.setattr(queues, "_REMEMBERED", 2)
    queue = Queue()
    for number in range(5):
        queue.add(job(number))
    assert queue.came(0) is None
    assert queue.came(queue.arrivals) == []
    assert queue.came(4) == [job(4)]


@law()
@given(worlds(), st.sampled_from([NOW - 5.0, NOW, NOW + 100.0]))
def test_releases_come_in_order_and_none_in_the_past(world, now):
    releases = list(Running(world.running).releases(now))
    assert [at for at, *_ in releases] == sorted(at for at, *_ in releases)
    assert all(at >= now for at, *_ in releases)
    assert sorted(map(repr, (places for _, _, places, _ in releases))) == sorted(
        repr(each.places) for each in world.running
    )
    leaving = sum(each.leaving for each in world.running)
    assert [at for at, *_ in releases[:leaving]] == [now] * leaving


@law()
@given(pool_worlds() | count_worlds(), st.data())
def test_what_tenants_hold_is_kept_in_step(world, data):
    running, here = Running(), []
    for each in world.running:
        running.add(each)
        here.append(each)
        if data.draw(st.booleans()):
            gone = data.draw(st.sampled_from(here))
            here.remove(gone)
            assert running.remove(gone.job_id) == gone
        sums = by_tenant((one.tenant, one.request, one.places) for one in here)
        for tenant in "abc":
            cpu, memory, _ = running.held(tenant)
            assert [cpu, memory] == sums[tenant][:2]
            assert running.held(tenant)[2] >= sums[tenant][2]
    assert sorted(each.sequence for each in running) == sorted(each.sequence for each in here)


def test_what_is_known_of_a_running_job_may_change():
    running = Running([runs(1, ends_at=NOW + 9.0), runs(2, ends_at=NOW + 5.0)])
    running.replace(replace(running["job_1"], ends_at=NOW + 1.0))
    assert [at for at, *_ in running.releases(NOW)] == [NOW + 1.0, NOW + 5.0]
    running.replace(replace(running["job_2"], leaving=True))
    assert [at for at, *_ in running.releases(NOW)] == [NOW, NOW + 1.0]
    assert len(running) == 2
    assert "job_2" in running


def test_a_wide_gang_counts_for_the_nodes_it_really_has():
    asked = ResourceRequest(2000, 3, nodes=2, most_nodes=4)
    assert amounts(job(1, request=asked)) == (4000, 6, 0)
    wide = runs(1, request=asked, places=((0, ()), (1, ()), (2, ())))
    assert amounts(wide) == (6000, 9, 0)


def test_one_who_is_not_there_cannot_be_removed():
    with pytest.raises(KeyError):
        Queue().remove("job_1")
    with pytest.raises(KeyError):
        Running().remove("job_1")
