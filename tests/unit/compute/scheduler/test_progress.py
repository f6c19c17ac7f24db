"""Everybody whom the pool could serve starts, and within a bound that can be written down."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from turning import Turning
from world import NOW, count_worlds, counted, job, law, policies, pool_worlds, really, worlds

from zhisuan.compute.policy import Backfill, Order, Quota
from zhisuan.compute.scheduler.values import NEVER

FREE = {"default_quota": Quota(), "preempting": False, "borrowing": False}
"""Nobody waits for his own tenant, or makes room for a higher class."""


def never_began(turning):
    """Who waits for ever, though the pool as it stands would serve him."""
    idle = turning.world.idle()
    return [each.job_id for each in turning.queue if idle.serves(each.request)]


@law(20)
@given(worlds(policies(default_quota=Quota()), hours=True), st.booleans(), st.data())
def test_everybody_starts_once_no_more_come(world, preemptible, data):
    lasts = data.draw(really(world.waiting))
    turning = Turning(world, lasts, preemptible=preemptible).run()
    assert not never_began(turning)


@law(20)
@given(worlds(policies(borrowing=True)), st.booleans())
def test_everybody_starts_though_loans_are_reclaimed(world, preemptible):
    assert not never_began(Turning(world, preemptible=preemptible).run())


LONGEST_S = 100.0
PATIENCE_S = 150.0
MINIMUM_S = 30.0
EVERY_S = 10.0


def bound(world, waiting):
    """When a job starts at the latest, under a finite patience and in one class of priority.

    Beyond its patience it goes before all who came later. Whoever came earlier may go first, one
    by one: each waits until those in its way have ended or may be displaced, and then runs itself.
    """
    everybody = [*world.running, *world.waiting]
    older = sum(each.sequence < waiting.sequence for each in everybody)
    begins = max(NOW, waiting.submitted_at + PATIENCE_S)
    return begins + (1 + older) * (LONGEST_S + MINIMUM_S)


def stream(shapes, until):
    """Newcomers without end, several at a time."""
    coming, at, number = [], NOW, 300
    while at < until:
        for request, run_s, tenant in shapes:
            number += 1
            coming.append(job(number, request=request, tenant=tenant, run_s=run_s, submitted_at=at))
        at += EVERY_S * len(shapes)
    return coming


def short(world):
    """The same world in which nothing runs longer than so."""
    waiting = tuple(
        replace(each, run_s=min(each.run_s, LONGEST_S), limit_s=LONGEST_S, attained=0.0)
        for each in world.waiting
    )
    running = tuple(
        replace(each, priority=0, ends_at=min(each.ends_at, NOW + LONGEST_S), attained=0.0)
        for each in world.running
    )
    return replace(world, waiting=waiting, running=running)


patient = policies(
    **FREE,
    order=[Order.AGED, Order.ATTAINED, Order.FAIR, Order.SMALLEST, Order.SHORTEST],
    patience_s=PATIENCE_S,
    minimum_run_s=[0.0, MINIMUM_S],
)
newcomers = st.lists(
    st.tuples(counted, st.sampled_from([5.0, 30.0, LONGEST_S]), st.sampled_from("ab")),
    min_size=1,
    max_size=3,
)


def all_in_time(world, shapes, preemptible):
    world = short(world)
    latest = max((bound(world, each) for each in world.waiting), default=NOW)
    turning = Turning(world, preemptible=preemptible, explain=False)
    turning.run(stream(shapes, latest), latest + 1.0)
    idle = world.idle()
    for each in world.waiting:
        if idle.serves(each.request):
            assert turning.began[each.job_id][0] <= bound(world, each), each.job_id


@law(10)
@given(count_worlds(patient, most=4, priorities=(0,)), newcomers, st.booleans())
def test_nobody_starves_on_a_count_while_others_keep_coming(world, shapes, preemptible):
    all_in_time(world, shapes, preemptible)


@law(10)
@given(pool_worlds(patient, most=3, priorities=(0,)), newcomers, st.booleans())
def test_nobody_starves_in_a_pool_while_others_keep_coming(world, shapes, preemptible):
    all_in_time(world, shapes, preemptible)


@law(10)
@given(
    count_worlds(
        policies(
            **FREE,
            order=Order.FIRST_COME,
            backfill=[Backfill.NONE, Backfill.EASY, Backfill.CONSERVATIVE],
            patience_s=NEVER,
        ),
        most=4,
        priorities=(0,),
    ),
    newcomers,
)
def test_first_come_needs_no_patience_for_that(world, shapes):
    all_in_time(world, shapes, preemptible=False)
