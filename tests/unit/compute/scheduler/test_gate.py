"""Who is held back though there is room: his quota, his hour."""

from dataclasses import replace
from itertools import pairwise

from books import by_tenant
from hypothesis import given
from hypothesis import strategies as st
from turning import Turning
from world import NOW, World, job, jobs, law, policies, quotas, runs, worlds

from zhisuan.compute.policy import Backfill, Order, Policy, Quota
from zhisuan.compute.scheduler.gate import Gate
from zhisuan.compute.scheduler.queue import Running
from zhisuan.compute.scheduler.quota import borrowers, owed_first
from zhisuan.compute.scheduler.values import NEVER, Outlook, WaitingReason


def ids(made):
    return [start.job.job_id for start in made.starts]


def why(made):
    return {job_id: each.reason for job_id, each in made.reasons.items()}


ONE_CORE = Policy(quotas={"a": Quota(cpu_milli=1000)})


def test_a_quota_stops_its_own_tenant_alone():
    made = World((), 4, (), (job(1), job(2), job(3, tenant="b")), ONE_CORE).plan()
    assert ids(made) == ["job_1", "job_3"]
    assert why(made) == {"job_2": WaitingReason.QUOTA}


def test_what_runs_counts_against_the_quota():
    world = World((), 4, (runs(1, tenant="a", ends_at=NOW + 9.0),), (job(2),), ONE_CORE)
    assert why(world.plan()) == {"job_2": WaitingReason.QUOTA}


def test_a_smaller_job_of_the_tenant_may_pass_one_that_is_beyond_its_quota():
    assert ids(World((), 4, (), (job(1, 2), job(2, 1)), ONE_CORE).plan()) == ["job_2"]


def test_memory_and_devices_are_limited_alike():
    for quota in (Quota(memory_mb=1), Quota(cpu_milli=1000)):
        policy = Policy(default_quota=quota)
        assert ids(World((), 4, (), (job(1), job(2)), policy).plan()) == ["job_1"]


def test_nobody_starts_before_his_time_and_time_alone_lets_him():
    world = World((), 4, (), (job(1, not_before=NOW + 40.0), job(2)), Policy())
    made = world.plan()
    assert ids(made) == ["job_2"]
    assert why(made) == {"job_1": WaitingReason.NOT_BEFORE}
    assert made.again_at == NOW + 40.0
    assert Turning(world).run().began == {"job_1": [NOW + 40.0], "job_2": [NOW]}


def test_a_time_that_is_past_holds_nobody():
    assert ids(World((), 4, (), (job(1, not_before=NOW),), Policy()).plan()) == ["job_1"]


CHEAP_LATER = Outlook(cost=((NOW, 1.0), (NOW + 500.0, 0.1)))


def test_a_green_job_waits_for_its_hour_and_time_alone_lets_it():
    green = job(1, run_s=100.0, green=True, finish_by=NOW + 5000.0)
    world = World((), 4, (), (green, job(2)), Policy(), CHEAP_LATER)
    made = world.plan()
    assert ids(made) == ["job_2"]
    assert why(made) == {"job_1": WaitingReason.HELD_FOR_GREEN}
    assert made.again_at == NOW + 500.0
    assert Turning(world).run().began["job_1"] == [NOW + 500.0]


def test_the_first_reason_that_time_alone_would_not_heal_is_told():
    late = replace(job(1), not_before=NOW + 1.0)
    world = World((), 4, (runs(2, tenant="a", ends_at=NOW + 9.0),), (late,), ONE_CORE)
    assert why(world.plan()) == {"job_1": WaitingReason.NOT_BEFORE}
    greedy = job(1, green=True, finish_by=NOW + 1e5)
    world = replace(world, waiting=(greedy,), outlook=CHEAP_LATER)
    assert why(world.plan()) == {"job_1": WaitingReason.QUOTA}


@law(30)
@given(
    worlds(
        policies(
            order=[Order.FIRST_COME, Order.SHORTEST, Order.FAIR],
            patience_s=NEVER,
            preempting=False,
            borrowing=False,
            backfill=list(Backfill),
        ),
        hours=True,
    ),
    st.sampled_from([0.1, 0.5, 0.9]),
)
def test_time_alone_changes_nothing_before_it_is_said_to(world, part):
    turning = Turning(world)
    turning.turn(NOW)
    until = min(turning.again_at, min((each.ends_at for each in turning.running), default=NOW))
    if until > NOW:
        turning.now = NOW + part * (until - NOW)
        assert not turning.plan().starts


@law(40)
@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(1, 3)), max_size=8), quotas)
def test_borrowed_is_what_goes_beyond_a_quota_and_no_more(held, quota):
    policy = Policy(default_quota=quota, borrowing=True)
    running = [
        runs(number, cores, tenant=tenant, started_at=NOW + number)
        for number, (tenant, cores) in enumerate(held)
    ]
    lent = borrowers(Running(running), policy)
    own = [each for each in running if each.job_id not in lent]
    for cpu, memory, _ in by_tenant((each.tenant, each.request, ()) for each in own).values():
        assert quota.cpu_milli is None or cpu <= quota.cpu_milli
        assert quota.memory_mb is None or memory <= quota.memory_mb
    for each in running:
        if each.job_id in lent:
            before = [other for other in own if other.tenant == each.tenant]
            sums = by_tenant((other.tenant, other.request, ()) for other in [*before, each])
            cpu, memory, _ = sums[each.tenant]
            assert (quota.cpu_milli is not None and cpu > quota.cpu_milli) or (
                quota.memory_mb is not None and memory > quota.memory_mb
            )


@law(40)
@given(jobs(), quotas)
def test_the_owed_and_the_others_keep_their_order(waiting, quota):
    policy = Policy(default_quota=quota, borrowing=True)
    ordered = owed_first(waiting, Running(), policy)
    assert sorted(each.sequence for each in ordered) == [each.sequence for each in waiting]
    descents = sum(first.sequence > second.sequence for first, second in pairwise(ordered))
    assert descents <= 1


def test_a_gate_tells_the_first_hour_for_which_anybody_waits():
    gate = Gate(NOW, Running(), Policy(), CHEAP_LATER)
    assert gate.again_at == NEVER
    assert gate.holds(job(1, not_before=NOW + 80.0)) is WaitingReason.NOT_BEFORE
    assert gate.holds(job(2, not_before=NOW + 30.0)) is WaitingReason.NOT_BEFORE
    assert gate.holds(job(3)) is None
    assert gate.again_at == NOW + 30.0
