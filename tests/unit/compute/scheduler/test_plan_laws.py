"""What holds of every plan, whatever the pool, the queue and the policy."""

from books import by_tenant, has, held_by
from hypothesis import given
from hypothesis import strategies as st
from turning import Turning
from world import NOW, law, policies, pool_worlds, worlds

from zhisuan.compute.count import Count
from zhisuan.compute.node import NodeState
from zhisuan.compute.pool import Pool
from zhisuan.compute.request import Together
from zhisuan.compute.scheduler.plan import plan
from zhisuan.compute.scheduler.queue import Queue, Running
from zhisuan.core.quantities import MILLI


def holders(world, made):
    return [
        *((each.request, each.places) for each in world.running),
        *((start.job.request, start.places) for start in made.starts),
    ]


@law()
@given(worlds(hours=True))
def test_never_gives_out_more_than_there_is_nor_one_fraction_twice(world):
    there = has(world)
    for what, milli in held_by(holders(world, world.plan())).items():
        assert milli <= there[what], what


@law()
@given(pool_worlds())
def test_a_whole_device_has_one_owner(world):
    owners = {}
    for number, (_, places) in enumerate(holders(world, world.plan())):
        for row, columns in places:
            for column, milli in columns:
                owners.setdefault((row, column), []).append((milli, number))
    for shares in owners.values():
        assert len(shares) == 1 or all(milli < MILLI for milli, _ in shares)


@law()
@given(pool_worlds())
def test_every_node_of_a_gang_gives_all_that_is_asked_of_one(world):
    for start in world.plan().starts:
        request = start.job.request
        for row, columns in start.places:
            given_here = [(world.nodes[row].devices[column], milli) for column, milli in columns]
            assert not request.any_of or any(
                all(wish.admits(device) for device, _ in given_here)
                and sum(milli for _, milli in given_here) == wish.milli
                for wish in request.any_of
            )
            assert request.any_of or not given_here


@law()
@given(pool_worlds())
def test_a_gang_starts_whole_and_on_different_nodes(world):
    for start in world.plan().starts:
        rows = [row for row, _ in start.places]
        request = start.job.request
        assert len(rows) == len(set(rows))
        assert request.nodes <= len(rows) <= max(request.nodes, request.most_nodes)


@law()
@given(pool_worlds())
def test_a_gang_that_must_stay_together_sits_in_one_rack(world):
    for start in world.plan().starts:
        if start.job.request.together is Together.RACK_REQUIRED:
            assert len({world.nodes[row].rack for row, _ in start.places}) == 1


@law()
@given(pool_worlds())
def test_nothing_starts_on_a_node_that_is_not_ready_nor_plain_work_on_one_that_is_simulated(world):
    for start in world.plan().starts:
        for row, _ in start.places:
            assert world.nodes[row].state is NodeState.READY
            assert start.job.request.any_of or not world.nodes[row].simulated


@law()
@given(worlds(hours=True))
def test_who_waits_either_starts_or_is_told_why_not(world):
    made = world.plan()
    started = [start.job.job_id for start in made.starts]
    assert sorted([*started, *made.reasons]) == [each.job_id for each in world.waiting]
    ahead = [each.ahead for each in made.reasons.values()]
    assert ahead == list(range(len(ahead)))


@law()
@given(worlds(hours=True), st.randoms(use_true_random=False))
def test_equal_inputs_give_equal_plans_in_whatever_order_they_came(world, chance):
    waiting, running = list(world.waiting), list(world.running)
    chance.shuffle(waiting)
    chance.shuffle(running)
    again = plan(
        NOW,
        world.room(),
        Queue(world.policy.order, waiting),
        Running(running),
        world.policy,
        world.outlook,
    )
    assert again == world.plan()


def pictured(room, queue, running):
    """All that a plan may not change."""
    if isinstance(room, Count):
        free = room.capacity, room.free
    else:
        stock = room.stock
        free = tuple(
            each.tolist()
            for each in (stock.cpu_milli, stock.memory_mb, stock.device_milli, stock.open)
        )
    counters = queue.arrivals, queue.left, queue.gated
    return room.freed, free, list(queue), counters, list(running), list(running.releases(0.0))


@law()
@given(worlds(hours=True), st.booleans())
def test_pool_queue_and_running_are_the_same_after_a_plan(world, explain):
    room, running = world.room(), Running(world.running)
    queue = Queue(world.policy.order, world.waiting)
    before = pictured(room, queue, running)
    plan(NOW, room, queue, running, world.policy, world.outlook, explain=explain)
    assert pictured(room, queue, running) == before


@law()
@given(worlds(hours=True))
def test_a_caller_who_carries_plans_out_at_once_finds_the_starts_taken(world):
    room = world.room()
    queue, running = Queue(world.policy.order, world.waiting), Running(world.running)
    made = plan(NOW, room, queue, running, world.policy, world.outlook, keep=True)
    assert made == world.plan()
    for start in made.starts:
        room.give_back(start.places, start.job.request)
    assert pictured(room, queue, running)[1:] == pictured(world.room(), queue, running)[1:]


@law()
@given(worlds(hours=True))
def test_what_starts_does_not_depend_on_whether_reasons_are_wanted(world):
    told, silent = world.plan(), world.plan(explain=False)
    assert silent.starts == told.starts
    assert silent.evictions == told.evictions
    assert silent.again_at == told.again_at
    assert not silent.reasons


@law(25)
@given(worlds(policies(borrowing=False)), st.booleans())
def test_quota_holds_after_any_sequence(world, preemptible):
    turning = Turning(world, preemptible=preemptible)
    limits = ("cpu_milli", "memory_mb", "device_milli")
    before = by_tenant((each.tenant, each.request, each.places) for each in world.running)

    def check(running):
        held = by_tenant((each.tenant, each.request, each.places) for each in running)
        for tenant, sums in held.items():
            quota = world.policy.quota(tenant)
            for limit, milli, once in zip(limits, sums, before[tenant], strict=True):
                allowed = getattr(quota, limit)
                if world.cores and limit == "device_milli":
                    continue
                # What ran before the quota was cut runs on, but gets no company.
                assert allowed is None or milli <= max(allowed, once)

    carry_out = turning.carry_out

    def checked(made):
        carry_out(made)
        check(turning.running)

    turning.carry_out = checked
    turning.run()


@law(25)
@given(worlds(hours=True), st.data())
def test_books_are_right_after_any_sequence(world, data):
    lasts = {
        each.job_id: each.at_most_s * data.draw(st.sampled_from([0.1, 0.5, 1.0]))
        for each in world.waiting
    }
    turning = Turning(world, lasts, preemptible=data.draw(st.booleans())).run(until=NOW + 1e5)
    free = turning.room
    for each in list(turning.running):
        turning._give_back(each)
    idle = world.idle()
    if isinstance(idle, Pool):
        assert (free.stock.cpu_milli == idle.stock.cpu_milli).all()
        assert (free.stock.memory_mb == idle.stock.memory_mb).all()
        assert (free.stock.device_milli == idle.stock.device_milli).all()
    else:
        assert free.free == idle.free
