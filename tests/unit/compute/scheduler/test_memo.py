"""With a memo or without it, plans are equal at every step."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from turning import Turning
from world import (
    NOW,
    World,
    arrivals,
    count_worlds,
    counted,
    job,
    law,
    node,
    policies,
    pool_worlds,
    really,
    requests,
    runs,
    worlds,
)

from zhisuan.compute.policy import Backfill, Order, Packing, Policy, Quota
from zhisuan.compute.request import ResourceRequest
from zhisuan.compute.scheduler.memo import Memo
from zhisuan.compute.scheduler.values import NEVER

remembered = policies(
    order=[Order.FIRST_COME, Order.FIRST_COME, Order.SHORTEST],
    backfill=[Backfill.EASY, Backfill.EASY, Backfill.NONE, Backfill.GREEDY],
    patience_s=NEVER,
    preempting=False,
    borrowing=False,
    default_quota=Quota(),
)
"""Under which something is remembered at all."""


def told_apart(world, data, coming, *, explain):
    """The plans of two centres that differ in their memory alone."""
    everybody = [*world.waiting, *coming]
    lasts = data.draw(really(everybody))
    names = [each.job_id for each in (*everybody, *world.running)]
    quits = data.draw(
        st.lists(
            st.tuples(
                st.sampled_from([NOW, NOW + 7.0, NOW + 60.0]),
                st.sampled_from(names or [""]),
            ),
            max_size=2,
        )
    )
    visits = data.draw(st.lists(st.sampled_from([NOW, NOW + 10.0, NOW + 55.0]), max_size=3))
    first, second = (
        Turning(world, lasts, memo=memo, explain=explain).run(coming, NOW + 1e5, quits, visits)
        for memo in (Memo(), None)
    )
    return first, second


@law()
@given(count_worlds(remembered), arrivals(counted), st.data())
def test_a_count_is_given_out_the_same_with_a_memo(world, coming, data):
    with_memo, without = told_apart(world, data, coming, explain=True)
    assert with_memo.plans == without.plans


@law()
@given(pool_worlds(remembered), arrivals(requests), st.data())
def test_a_pool_is_given_out_the_same_with_a_memo(world, coming, data):
    with_memo, without = told_apart(world, data, coming, explain=True)
    assert with_memo.plans == without.plans


@law()
@given(worlds(remembered), arrivals(counted), st.data())
def test_the_same_jobs_start_with_a_memo_when_nobody_asks_why(world, coming, data):
    with_memo, without = told_apart(world, data, coming, explain=False)
    assert [(at, made.starts) for at, made in with_memo.plans] == [
        (at, made.starts) for at, made in without.plans
    ]


@law()
@given(worlds(hours=True), arrivals(counted, hours=True), st.data())
def test_a_memo_changes_nothing_under_any_policy(world, coming, data):
    with_memo, without = told_apart(world, data, coming, explain=True)
    assert with_memo.plans == without.plans


EASY = Policy(backfill=Backfill.EASY)


def started(turning):
    return [start.job.job_id for _, made in turning.plans for start in made.starts]


def test_newcomers_are_looked_at_in_their_turn_and_not_as_they_came():
    world = World((), 4, (runs(1, 3, ends_at=NOW + 100.0),), (job(2, 4, priority=1),), EASY)
    coming = [job(3, 1, run_s=10.0, submitted_at=NOW + 1.0)]
    coming.append(job(4, 1, run_s=20.0, priority=1, submitted_at=NOW + 1.0))
    turning = Turning(world, memo=Memo(), explain=False).run(coming, NOW + 2.0)
    assert started(turning) == ["job_4"]


def test_room_that_comes_free_at_the_very_instant_of_a_reservation_is_counted_alike():
    busy = (runs(1, 3, ends_at=NOW + 10.0),)
    waiting = (job(2, 4, run_s=50.0), job(3, 1, run_s=10.0))
    world = World((), 5, busy, waiting, EASY)
    coming = [job(4, 1, run_s=50.0, submitted_at=NOW + 1.0)]
    for memo in (Memo(), None):
        turning = Turning(world, memo=memo).run(coming, NOW + 2.0)
        assert started(turning) == ["job_3"]


def test_a_reservation_that_would_rather_be_elsewhere_by_now_is_made_anew():
    # Of two nodes the first is kept for the wide job, until somebody beside makes the other fuller.
    pair = runs(1, request=ResourceRequest(2000, 1, nodes=2), places=((0, ()), (1, ())))
    other = runs(2, 2, places=((0, ()),), ends_at=NOW + 80.0)
    busy = (replace(pair, ends_at=NOW + 90.0), other)
    waiting = (job(3, 3), job(4, 1, run_s=1e6))
    policy = replace(EASY, packing=Packing.BEST_FIT)
    world = World((node("n0"), node("n1")), 0, busy, waiting, policy)
    coming = [job(5, 1, run_s=1e6, submitted_at=NOW + 1.0)]
    for memo in (Memo(), None):
        turning = Turning(world, memo=memo).run(coming, NOW + 2.0)
        assert started(turning) == ["job_4"]


def test_nothing_new_is_a_plan_of_nothing():
    world = World((), 4, (runs(1, 3, ends_at=NOW + 100.0),), (job(2, 4),), EASY)
    turning = Turning(world, memo=Memo(), explain=False).run(visits=[NOW, NOW + 1.0], until=NOW + 2)
    assert [made.starts for _, made in turning.plans] == [(), ()]
