"""A pool that only counts: one number, as a sum would have it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhisuan.compute.count import HERE, Count
from zhisuan.compute.device import DeviceKind
from zhisuan.compute.policy import Packing
from zhisuan.compute.request import DeviceRequest, ResourceRequest
from zhisuan.compute.scheduler.values import QueuedJob, WaitingReason

FIT = Packing.BEST_FIT


def cores(number):
    return ResourceRequest(1000 * number, 1)


sizes = st.integers(1, 6).map(cores)


@given(st.integers(1, 10), st.lists(sizes, max_size=10), st.data())
def test_free_is_the_capacity_less_what_is_held(capacity, asked, data):
    pool, held = Count(1000 * capacity), []
    for request in asked:
        if pool.find(request, FIT) is not None:
            pool.take(HERE, request)
            held.append(request)
        if held and data.draw(st.booleans()):
            pool.give_back(HERE, held.pop())
        assert pool.free == 1000 * capacity - sum(each.size for each in held)
        assert pool.spent == (pool.free == 0)


@given(st.integers(0, 6), st.lists(sizes, max_size=6), sizes)
def test_enough_is_there_as_soon_as_enough_has_ended(free, held, request):
    capacity = 1000 * free + sum(each.size for each in held)
    pool = Count(capacity, 1000 * free)
    releases = [(10.0 * place, place, HERE, each) for place, each in enumerate(held, 1)]
    if pool.find(request, FIT) is not None:
        return
    found = pool.when(request, releases)
    ends = [
        (at, 1000 * free + sum(e.size for e in held[:place]))
        for place, (at, *_) in enumerate(releases, 1)
    ]
    enough = next(((at, there) for at, there in ends if there >= request.size), None)
    assert (None if found is None else (found[0], found[1].free)) == enough
    kept = pool.keep(request, releases, FIT)
    left = None if enough is None else (enough[0], HERE, enough[1] - request.size)
    assert (None if kept is None else (kept[0], kept[1], kept[2].free)) == left
    assert pool.free == 1000 * free


@given(st.lists(sizes, max_size=8), st.integers(0, 6))
def test_a_sieve_lets_through_whatever_would_fit_in_order(asked, free):
    pool = Count(10_000, 1000 * free)
    jobs = [QueuedJob(f"job_{n}", "a", n, request) for n, request in enumerate(asked)]
    fitting = [each for each in jobs if pool.find(each.request, FIT) is not None]
    assert list(pool.sieve(jobs)) == fitting


def test_devices_are_counted_where_any_are_asked_for_and_gangs_whole():
    gpus = ResourceRequest(1000, 1, (DeviceRequest(DeviceKind.GPU, 2000),), nodes=3)
    pool = Count(8000)
    pool.take(HERE, gpus)
    assert pool.free == 2000
    assert pool.share(gpus) == 0.75


def test_more_than_there_is_cannot_be_taken_and_changes_nothing():
    pool = Count(2000)
    with pytest.raises(ValueError, match="more than the 2000 milli"):
        pool.take(HERE, cores(3))
    assert pool == Count(2000)


def test_it_must_fit_beside_too():
    assert Count(4000).find(cores(2), FIT, Count(4000, 1000)) is None
    assert Count(4000).find(cores(1), FIT, Count(4000, 1000)) == HERE
    assert Count(4000, 1000).fits(HERE, cores(1))
    assert not Count(4000, 1000).fits(HERE, cores(2))


def test_what_is_more_than_all_of_it_never_fits():
    assert not Count(2000).admits(cores(3))
    assert not Count(2000).serves(cores(3))
    assert Count(2000, 0).serves(cores(2))


def test_a_copy_is_independent_and_a_meeting_is_the_lesser():
    pool = Count(4000)
    pool.copy().take(HERE, cores(1))
    assert pool.free == 4000
    assert pool.meet(Count(4000, 1000)).free == 1000
    assert Count(4000, 500).meet(pool).free == 500


def test_a_number_lacks_nothing_but_more():
    assert Count(1000, 0).lacks(cores(1)) is WaitingReason.NO_FIT_NOW


def test_what_is_given_back_is_counted():
    pool = Count(1000)
    pool.take(HERE, cores(1))
    pool.give_back(HERE, cores(1))
    assert pool == replace(Count(1000), freed=1)
