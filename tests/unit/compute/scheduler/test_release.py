"""Who must make room: nobody too soon, nobody of equal standing, and nobody in vain."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from turning import Turning
from world import NOW, World, crowded, gpu, job, law, node, npu, policies, runs

from zhisuan.compute.policy import Backfill, Order, Policy, Quota
from zhisuan.compute.request import ResourceRequest
from zhisuan.compute.scheduler.queue import Running
from zhisuan.compute.scheduler.quota import borrowers
from zhisuan.compute.scheduler.values import NEVER, EvictionCause, WaitingReason

evicting = policies(
    order=[Order.FIRST_COME, Order.SHORTEST, Order.FAIR, Order.AGED, Order.SMALLEST],
    preempting=[True, True, False],
)

lending = crowded(
    policies(
        order=[Order.FIRST_COME, Order.FAIR],
        borrowing=True,
        preempting=False,
        default_quota=[Quota(cpu_milli=1000), Quota(cpu_milli=3000)],
        minimum_run_s=0.0,
    ),
    holders=st.just("a"),
)
"""One tenant holds everything, and others come for their share."""


@law(40)
@given(crowded(policies(), hours=True))
def test_nobody_goes_who_may_stay_or_has_run_too_short_or_goes_already(world):
    for eviction in world.plan().evictions:
        assert eviction.job in world.running
        assert eviction.job.preemptible
        assert not eviction.job.leaving
        assert NOW - eviction.job.started_at >= world.policy.minimum_run_s


@law(40)
@given(crowded(evicting) | lending)
def test_priority_takes_from_lower_priority_alone_and_quota_from_who_borrowed(world):
    priorities = {each.job_id: each.priority for each in world.waiting}
    lent = borrowers(Running(world.running), world.policy)
    for eviction in world.plan().evictions:
        if eviction.cause is EvictionCause.PRIORITY:
            assert world.policy.preempting
            assert eviction.job.priority < priorities[eviction.for_job]
        else:
            assert eviction.cause is EvictionCause.RECLAIMED
            assert world.policy.borrowing
            assert eviction.job.job_id in lent


@law(40)
@given(crowded(evicting) | lending)
def test_no_one_of_them_could_be_spared(world):
    made = world.plan()
    waiting = {each.job_id: each for each in world.waiting}
    for spared in made.evictions:
        room = world.room()
        for start in made.starts:
            room.take(start.places, start.job.request)
        gone = [each.job for each in made.evictions if each is not spared]
        for each in [*gone, *(each for each in world.running if each.leaving)]:
            room.give_back(each.places, each.request)
        request = waiting[spared.for_job].request
        assert room.find(request, world.policy.packing) is None


@law(40)
@given(
    crowded(
        policies(
            preempting=True,
            default_quota=Quota(),
            order=[Order.FIRST_COME, Order.SHORTEST, Order.FAIR, Order.AGED, Order.SMALLEST],
            patience_s=NEVER,  # another may lose his, and go first
        )
    )
)
def test_who_others_go_for_starts_as_soon_as_they_have_gone(world):
    turning = Turning(
        replace(world, running=tuple(each for each in world.running if not each.leaving))
    )
    made = turning.plan()
    turning.carry_out(made)
    if made.evictions:
        begun = {start.job.job_id for start in turning.plan().starts}
        assert {each.for_job for each in made.evictions} <= begun


@law(40)
@given(crowded(evicting) | lending)
def test_who_others_go_for_is_told_so(world):
    made = world.plan()
    for eviction in made.evictions:
        assert made.reasons[eviction.for_job].reason is WaitingReason.MAKING_ROOM


@law(25)
@given(
    crowded(
        policies(
            order=[Order.FIRST_COME, Order.FAIR, Order.AGED],
            borrowing=True,
            preempting=[False, True],
        )
    ),
    st.sampled_from([0.0, 60.0]),
)
def test_room_never_goes_to_and_fro(world, minimum_run_s):
    # The driver refuses more plans at one instant than there could be reasons for.
    policy = replace(world.policy, minimum_run_s=minimum_run_s)
    turning = Turning(replace(world, policy=policy), preemptible=True, explain=False).run()
    assert len(turning.plans) < 2000


PREEMPTING = Policy(preempting=True, minimum_run_s=60.0)


def weak(number, cores=1, **rest):
    return runs(number, cores, preemptible=True, **{"ends_at": NOW + 1000.0, **rest})


def gone(world):
    return [each.job.job_id for each in world.plan().evictions]


def test_the_least_and_the_youngest_go_first():
    running = (
        weak(1, priority=1, started_at=NOW - 900.0),
        weak(2, started_at=NOW - 500.0),
        weak(3, started_at=NOW - 100.0),
    )
    world = World((), 3, running, (job(4, 1, priority=2),), PREEMPTING)
    assert gone(world) == ["job_3"]
    assert gone(replace(world, waiting=(job(4, 2, priority=2),))) == ["job_3", "job_2"]
    assert gone(replace(world, waiting=(job(4, 3, priority=2),))) == ["job_3", "job_2", "job_1"]


def test_whose_going_turns_out_not_to_help_stays():
    # Its core is no use to a job that wants two on one node.
    nodes = node("n0", 2), node("n1", 2)
    running = (
        weak(1, 1, places=((0, ()),), started_at=NOW - 100.0),
        runs(2, 1, places=((0, ()),), ends_at=NOW + 100.0),
        weak(3, 2, places=((1, ()),), started_at=NOW - 500.0),
    )
    world = World(nodes, 0, running, (job(4, 2, priority=1),), PREEMPTING)
    assert gone(world) == ["job_3"]


def test_equals_and_who_may_stay_are_left_alone():
    running = (weak(1, started_at=NOW - 900.0, priority=1),)
    assert gone(World((), 1, running, (job(2, priority=1),), PREEMPTING)) == []
    running = (runs(1, started_at=NOW - 900.0, ends_at=NOW + 1000.0),)
    assert gone(World((), 1, running, (job(2, priority=1),), PREEMPTING)) == []


def test_everybody_runs_for_the_minimum():
    world = World((), 1, (weak(1, started_at=NOW - 59.0),), (job(2, priority=1),), PREEMPTING)
    assert gone(world) == []
    running = (weak(1, started_at=NOW - 60.0),)
    assert gone(replace(world, running=running)) == ["job_1"]


def test_nobody_else_is_asked_while_enough_are_on_their_way_out():
    running = weak(1, leaving=True), weak(2)
    assert gone(World((), 2, running, (job(3, priority=1),), PREEMPTING)) == []


def test_who_has_no_use_of_it_displaces_nobody():
    nodes = (node("n0", devices=1),)
    taken = ResourceRequest(1000, 1, npu(1000))
    running = (weak(1, request=taken, places=((0, ((0, 1000),)),)),)
    wanted = job(2, request=ResourceRequest(1000, 1, gpu(1000)), priority=1)
    assert gone(World(nodes, 0, running, (wanted,), PREEMPTING)) == []


def test_nobody_passes_while_others_go_and_takes_what_they_leave():
    running = (weak(1, 2, started_at=NOW - 900.0), runs(2, 1, ends_at=NOW + 500.0))
    waiting = job(3, 3, priority=1), job(4, 1, run_s=1.0)
    made = World((), 4, running, waiting, replace(PREEMPTING, backfill=Backfill.EASY)).plan()
    assert [each.job.job_id for each in made.evictions] == ["job_1"]
    assert made.starts == ()


def test_a_higher_class_displaces_though_others_may_pass_greedily():
    world = World(
        (), 1, (weak(1),), (job(2, priority=1),), replace(PREEMPTING, backfill=Backfill.GREEDY)
    )
    assert gone(world) == ["job_1"]


TWO_EACH = Quota(cpu_milli=2000)
LENDING = Policy(borrowing=True, default_quota=TWO_EACH, minimum_run_s=60.0)


def borrowed():
    """One tenant runs on all four cores, two of which are its own."""
    return tuple(
        weak(number, tenant="a", started_at=NOW - 1000.0 + number) for number in range(1, 5)
    )


def test_what_nobody_else_wants_may_be_borrowed():
    waiting = tuple(job(number, tenant="a") for number in range(1, 5))
    assert len(World((), 4, (), waiting, LENDING).plan().starts) == 4


def test_what_was_borrowed_last_goes_first_and_no_more_than_is_owed():
    world = World((), 4, borrowed(), (job(5, tenant="b"),), LENDING)
    assert gone(world) == ["job_4"]
    assert {each.cause for each in world.plan().evictions} == {EvictionCause.RECLAIMED}
    assert gone(replace(world, waiting=(job(5, 3, tenant="b"),))) == []


def test_who_would_borrow_waits_behind_who_is_owed():
    waiting = job(5, tenant="a"), job(6, tenant="b")
    turning = Turning(World((), 4, borrowed(), waiting, LENDING))
    turning.turn(NOW)
    assert list(turning.began) == ["job_6"]


def test_a_tenant_gets_all_it_is_owed_and_no_more():
    waiting = tuple(job(number, tenant="b") for number in range(5, 9))
    turning = Turning(World((), 4, borrowed(), waiting, LENDING))
    turning.turn(NOW)
    assert list(turning.began) == ["job_5", "job_6"]
    assert "job_1" in turning.running
    assert "job_2" in turning.running


def test_what_starts_now_counts_against_what_a_tenant_is_owed():
    running = borrowed()[:3]
    waiting = job(5, 1, tenant="b"), job(6, 2, tenant="b")
    world = World((), 4, running, waiting, LENDING)
    made = world.plan()
    assert [start.job.job_id for start in made.starts] == ["job_5"]
    assert made.evictions == ()


def test_a_higher_class_that_borrows_takes_nothing_from_who_does_not():
    policy = replace(LENDING, preempting=True)
    weaker = [weak(number, tenant="b") for number in (1, 2)]
    running = (*weaker, runs(3, 2, tenant="a", ends_at=NOW + 1000.0))
    world = World((), 4, running, (job(5, tenant="a", priority=2),), policy)
    assert gone(world) == []
    assert gone(replace(world, waiting=(job(5, tenant="c", priority=2),))) == ["job_2"]


@law(30)
@given(st.lists(st.integers(1, 2), min_size=1, max_size=6), st.integers(1, 3))
def test_a_tenant_that_asks_for_its_quota_has_it_at_once(sizes, quota):
    # All that others hold beyond theirs was borrowed, and whoever borrows may be displaced.
    cores, mine = 6, job(50, quota, tenant="b")
    running, used = [], 0
    for number, size in enumerate(sizes):
        if used + size <= cores:
            running.append(weak(number, size, tenant="a", started_at=NOW - 1000.0 + number))
            used += size
    policy = replace(LENDING, default_quota=Quota(cpu_milli=1000 * quota), backfill=Backfill.EASY)
    others = job(49, 2, tenant="a", run_s=10.0)
    turning = Turning(World((), cores, tuple(running), (others, mine), policy))
    turning.turn(NOW)
    assert "job_50" in turning.began
    assert turning.world.policy.patience_s == NEVER
