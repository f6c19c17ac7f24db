"""What will be free when, compared with a look at every second."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from world import NOW, counted, job, law, node, pool_worlds, requests

from zhisuan.compute.count import Count
from zhisuan.compute.policy import Packing
from zhisuan.compute.pool import Pool
from zhisuan.compute.request import ResourceRequest
from zhisuan.compute.scheduler.horizon import Horizon
from zhisuan.compute.scheduler.queue import Running

SECONDS = 120


class Seconds:
    """Free cores of every second from now on, one by one."""

    def __init__(self, free, releases):
        self.free = [free] * (2 * SECONDS)
        for at, _, _, request in releases:
            for second in range(int(at - NOW), 2 * SECONDS):
                self.free[second] += request.size

    def earliest(self, size, run_s):
        for begin in range(SECONDS):
            if all(free >= size for free in self.free[begin : begin + run_s]):
                return begin
        return None

    def claim(self, begin, run_s, size):
        for second in range(begin, min(begin + run_s, 2 * SECONDS)):
            self.free[second] -= size


steps = st.lists(st.tuples(st.integers(1, 20), counted), max_size=5).map(
    lambda made: sorted(((NOW + at, 0, (), asked) for at, asked in made), key=lambda each: each[0])
)
asked_for = st.lists(st.tuples(counted, st.integers(1, 15)), max_size=6)


@law(60)
@given(st.integers(0, 6), steps, asked_for)
def test_the_earliest_start_is_what_a_look_at_every_second_finds(free, releases, asked):
    capacity = 1000 * free + sum(request.size for *_, request in releases)
    horizon = Horizon(NOW, Count(capacity, 1000 * free), releases)
    seconds = Seconds(1000 * free, releases)
    for request, run_s in asked:
        found = horizon.earliest(request, run_s, Packing.BEST_FIT)
        expected = seconds.earliest(request.size, run_s)
        if expected is None:
            assert found is None
            continue
        at, places = found
        assert at == NOW + expected
        horizon.claim(at, at + run_s, places, request)
        seconds.claim(expected, run_s, request.size)


@law(30)
@given(pool_worlds(), st.lists(st.tuples(requests, st.sampled_from([10.0, 150.0])), max_size=4))
def test_what_is_kept_is_never_more_than_there_will_be(world, asked):
    horizon = Horizon(NOW, world.room(), Running(world.running).releases(NOW))
    for request, run_s in asked:
        found = horizon.earliest(request, run_s, world.policy.packing)
        if found is not None:
            at, places = found
            assert at >= NOW
            horizon.claim(at, at + run_s, places, request)  # raises if it is more
        else:
            assert not world.idle().serves(request)


def test_a_gap_that_is_too_short_is_passed_over():
    horizon = Horizon(NOW, Count(4000, 2000), [(NOW + 50.0, 0, (), ResourceRequest(2000, 1))])
    wide = job(1, 4).request
    assert horizon.earliest(wide, 10.0, Packing.BEST_FIT) == (NOW + 50.0, ())
    horizon.claim(NOW + 50.0, NOW + 60.0, (), wide)
    small = job(2, 2).request
    assert horizon.earliest(small, 50.0, Packing.BEST_FIT) == (NOW, ())
    assert horizon.earliest(small, 51.0, Packing.BEST_FIT) == (NOW + 60.0, ())


@pytest.mark.parametrize("packing", [Packing.FIRST_FIT, Packing.BEST_FIT, Packing.SPREAD])
def test_a_job_does_not_move_while_it_runs(packing):
    # There is room on one node first and on the other later, but on neither for long enough.
    nodes = node("n0", 1), node("n1", 1)
    one = ResourceRequest(1000, 1)
    pool = Pool(nodes)
    pool.take(((1, ()),), one)
    horizon = Horizon(NOW, pool, [(NOW + 10.0, 0, ((1, ()),), one)])
    horizon.claim(NOW + 15.0, NOW + 30.0, ((0, ()),), one)
    at, places = horizon.earliest(one, 20.0, packing)
    assert (at, places) == (NOW + 10.0, ((1, ()),))


def test_what_is_overdue_is_not_free_yet():
    horizon = Horizon(NOW, Count(1000, 0), [(NOW - 5.0, 0, (), ResourceRequest(1000, 1))])
    at, _ = horizon.earliest(ResourceRequest(1000, 1), 10.0, Packing.BEST_FIT)
    assert NOW < at < NOW + 1e-3


def test_asking_changes_nothing():
    pool = Count(2000, 1000)
    horizon = Horizon(NOW, pool, [(NOW + 5.0, 0, (), ResourceRequest(1000, 1))])
    first = horizon.earliest(ResourceRequest(2000, 1), 10.0, Packing.BEST_FIT)
    assert horizon.earliest(ResourceRequest(2000, 1), 10.0, Packing.BEST_FIT) == first
    assert pool == replace(pool, free=1000)
