"""Who may pass whom, and that nobody's promise is broken by it."""

from dataclasses import replace

import pytest
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
    npu,
    policies,
    pool_worlds,
    really,
    rigid,
    runs,
    worlds,
)

from zhisuan.compute.policy import Backfill, Order, Packing, Policy, Quota
from zhisuan.compute.request import ResourceRequest, Together
from zhisuan.compute.scheduler.values import NEVER

CALM = {
    "order": Order.FIRST_COME,
    "default_quota": Quota(),
    "borrowing": False,
    "preempting": False,
    "patience_s": NEVER,
}
"""First come, and nobody is held back, evicted or moved to the front."""


def calm(**rest):
    return policies(**CALM, **rest)


def nobody_leaves(world):
    """Who has been told to go in a world goes when it ends, so no promise may build on it."""
    return replace(world, running=tuple(replace(each, leaving=False) for each in world.running))


def promises(turning, first_only):
    """`(job id, promised start)` of every reservation of every plan."""
    for _, made in turning.plans:
        for reservation in made.reservations[: 1 if first_only else None]:
            yield reservation.job_id, reservation.starts_at


def kept(turning, *, first_only):
    for job_id, promised in promises(turning, first_only):
        assert turning.began[job_id][0] <= promised + 1e-6, job_id


@law()
@given(
    worlds(calm(backfill=[Backfill.EASY, Backfill.NONE]), priorities=(0,)),
    arrivals(priorities=(0,)),
    st.data(),
)
def test_a_promise_to_the_first_is_kept_however_early_others_end(world, coming, data):
    lasts = data.draw(really([*world.waiting, *coming]))
    kept(Turning(nobody_leaves(world), lasts).run(coming), first_only=True)


@law()
@given(
    worlds(calm(backfill=Backfill.CONSERVATIVE), priorities=(0,)),
    arrivals(priorities=(0,)),
    st.data(),
)
def test_conservative_keeps_its_promise_to_the_first_however_early_others_end(world, coming, data):
    lasts = data.draw(really([*world.waiting, *coming]))
    kept(Turning(nobody_leaves(world), lasts).run(coming), first_only=True)


@law()
@given(
    count_worlds(calm(backfill=Backfill.CONSERVATIVE), priorities=(0,)),
    arrivals(counted, priorities=(0,)),
)
def test_conservative_keeps_every_promise_when_jobs_run_to_their_limits(world, coming):
    kept(Turning(nobody_leaves(world)).run(coming), first_only=False)


alone = rigid.map(lambda asked: replace(asked, together=Together.ANYWHERE))


@law()
@given(
    pool_worlds(
        calm(backfill=Backfill.CONSERVATIVE, packing=Packing.FIRST_FIT),
        asked=alone,
        priorities=(0,),
    ),
    arrivals(alone, priorities=(0,)),
)
def test_so_it_does_in_a_pool_that_fills_from_one_end(world, coming):
    kept(Turning(nobody_leaves(world)).run(coming), first_only=False)


@law()
@given(
    worlds(
        policies(
            order=[Order.FIRST_COME, Order.SHORTEST],
            patience_s=NEVER,
            preempting=False,
            borrowing=False,
        ),
        hours=True,
        asked=rigid,
    ),
    st.data(),
)
def test_who_stands_behind_changes_nothing_for_who_stands_before(world, data):
    whole = world.plan()
    key = {
        Order.FIRST_COME: lambda each: (-each.priority, each.sequence),
        Order.SHORTEST: lambda each: (-each.priority, each.run_s, each.sequence),
    }
    ordered = sorted(world.waiting, key=key[world.policy.order])
    front = ordered[: data.draw(st.integers(0, len(ordered)))]
    names = {each.job_id for each in front}
    less = replace(world, waiting=tuple(front)).plan()
    assert less.starts == tuple(start for start in whole.starts if start.job.job_id in names)
    assert less.reservations == tuple(each for each in whole.reservations if each.job_id in names)


def ids(made):
    return [start.job.job_id for start in made.starts]


BUSY = (runs(1, 3, ends_at=NOW + 100.0),)
"""Of four cores one is free; the others come back in 100 s."""


def decided(backfill, *waiting, running=BUSY, cores=4, **rest):
    return World((), cores, running, waiting, Policy(backfill=backfill, **rest)).plan()


@pytest.mark.parametrize("backfill", Backfill)
def test_what_fits_starts_in_turn(backfill):
    assert ids(decided(backfill, job(2, 1), job(3, 1))) == ["job_2"]


def test_without_backfill_nobody_passes():
    made = decided(Backfill.NONE, job(2, 2), job(3, 1, run_s=1.0))
    assert ids(made) == []
    assert made.reservations[0].starts_at == NOW + 100.0


def test_greedy_lets_everybody_pass():
    assert ids(decided(Backfill.GREEDY, job(2, 2), job(3, 1, run_s=1e6))) == ["job_3"]


def test_easy_lets_pass_who_ends_before_the_first_can_start():
    assert ids(decided(Backfill.EASY, job(2, 4), job(3, 1, run_s=101.0))) == []
    assert ids(decided(Backfill.EASY, job(2, 4), job(3, 1, run_s=100.0))) == ["job_3"]


def test_easy_lets_pass_who_leaves_the_first_enough():
    assert ids(decided(Backfill.EASY, job(2, 3), job(3, 1, run_s=1e6))) == ["job_3"]


def test_those_who_pass_share_what_the_first_leaves():
    busy = (runs(1, 4, ends_at=NOW + 100.0),)
    waiting = job(2, 5), job(3, 1, run_s=1e6), job(4, 1, run_s=1e6), job(5, 1, run_s=100.0)
    made = decided(Backfill.EASY, *waiting, running=busy, cores=6)
    assert ids(made) == ["job_3", "job_5"]


def test_a_limit_counts_and_not_what_is_expected():
    made = decided(Backfill.EASY, job(2, 4), job(3, 1, run_s=1.0, limit_s=101.0))
    assert ids(made) == []


def test_easy_keeps_room_for_the_first_alone_and_conservative_for_all():
    waiting = job(2, 4, run_s=50.0), job(3, 2, run_s=10.0), job(4, 1, run_s=200.0)
    easy = decided(Backfill.EASY, *waiting, running=(runs(1, 3, ends_at=NOW + 100.0),), cores=5)
    assert ids(easy) == ["job_3"]
    assert [each.job_id for each in easy.reservations] == ["job_2"]
    careful = decided(Backfill.CONSERVATIVE, *waiting, cores=4)
    assert ids(careful) == []
    assert [(each.job_id, each.starts_at - NOW) for each in careful.reservations] == [
        ("job_2", 100.0),
        ("job_3", 150.0),
        ("job_4", 150.0),
    ]


def test_an_early_end_lets_the_first_go_sooner_though_a_later_promise_moves():
    # The promise to the second stood only as long as the first could not start before it.
    waiting = job(3, 10, run_s=1000.0), job(4, 4, run_s=80.0)
    busy = runs(1, 6, ends_at=NOW + 100.0), runs(2, 4, ends_at=NOW + 20.0)
    before = decided(Backfill.CONSERVATIVE, *waiting, running=busy, cores=10)
    assert [each.starts_at - NOW for each in before.reservations] == [100.0, 20.0]
    after = decided(Backfill.CONSERVATIVE, *waiting, running=busy[1:], cores=10)
    assert [each.starts_at - NOW for each in after.reservations] == [20.0, 1020.0]


@pytest.mark.parametrize("backfill", Backfill)
@pytest.mark.parametrize("explain", [True, False])
def test_who_can_never_start_is_in_nobodys_way(backfill, explain):
    world = World((), 4, (), (job(2, 5), job(3, 1)), Policy(backfill=backfill))
    assert ids(world.plan(explain=explain)) == ["job_3"]


@pytest.mark.parametrize("explain", [True, False])
def test_who_can_never_start_does_not_cost_the_next_his_promise(explain):
    world = World((), 4, BUSY, (job(2, 5), job(3, 4), job(4, 1)), Policy(backfill=Backfill.EASY))
    assert ids(world.plan(explain=explain)) == []


@pytest.mark.parametrize("backfill", [Backfill.EASY, Backfill.CONSERVATIVE])
@pytest.mark.parametrize("ends_at", [NOW - 5.0, NOW])
def test_what_is_overdue_is_expected_at_any_moment_but_not_free(backfill, ends_at):
    made = decided(backfill, job(2, 2), job(3, 1), running=(runs(1, 3, ends_at=ends_at),))
    assert ids(made) == ["job_3"]
    assert made.reservations[0].starts_at == pytest.approx(NOW)


def test_the_room_of_who_has_been_told_to_go_is_kept_for_the_first():
    leaving = (runs(1, 3, ends_at=NOW + 1e6, leaving=True),)
    made = decided(Backfill.EASY, job(2, 4), job(3, 1, run_s=10.0), running=leaving)
    assert ids(made) == []
    assert made.reservations[0].starts_at == pytest.approx(NOW)


def test_greedy_keeps_room_for_who_has_waited_beyond_patience():
    old = job(2, 2, submitted_at=NOW - 500.0)
    late = decided(
        Backfill.GREEDY,
        old,
        job(3, 1, submitted_at=NOW),
        patience_s=400.0,
        cores=3,
        running=(runs(1, 2, ends_at=NOW + 100.0),),
    )
    assert ids(late) == ["job_3"]
    wide = replace(old, request=ResourceRequest(3000, 1))
    late = decided(
        Backfill.GREEDY,
        wide,
        job(3, 1, submitted_at=NOW),
        patience_s=400.0,
        cores=3,
        running=(runs(1, 2, ends_at=NOW + 100.0),),
    )
    assert ids(late) == []


def test_greedy_keeps_room_for_an_overdue_job_though_a_like_one_has_been_passed():
    like = job(2, 3, priority=1, submitted_at=NOW)
    overdue = job(3, 3, submitted_at=NOW - 500.0)
    made = decided(
        Backfill.GREEDY,
        like,
        overdue,
        job(4, 1, submitted_at=NOW),
        patience_s=400.0,
        cores=3,
        running=(runs(1, 2, ends_at=NOW + 100.0),),
    )
    assert ids(made) == []
    assert [each.job_id for each in made.reservations] == ["job_3"]


@pytest.mark.parametrize("packing", Packing)
def test_nobody_takes_the_very_device_that_is_kept(packing):
    # Both devices suit the job that passes; it must take the one that the first will not need.
    nodes = (node("n0", 4, devices=1), node("n1", 2, devices=1))
    busy = (runs(1, request=ResourceRequest(3000, 1), places=((0, ()),), ends_at=NOW + 100.0),)
    first = job(2, request=ResourceRequest(4000, 1, npu(1000)))
    second = job(3, request=ResourceRequest(1000, 1, npu(500)), run_s=1e6)
    policy = Policy(backfill=Backfill.EASY, packing=packing)
    made = World(nodes, 0, busy, (first, second), policy).plan()
    assert [start.places for start in made.starts] == [((1, ((0, 500),)),)]
