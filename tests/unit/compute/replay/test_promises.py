"""Promises on a replay: what is foretold comes true where nothing is unknown, and is counted."""

from hypothesis import given, settings
from hypothesis import strategies as st

from zhisuan.compute.count import HERE, Count
from zhisuan.compute.policy import Backfill, Order, Policy
from zhisuan.compute.promise import FEWEST
from zhisuan.compute.replay.predictor import Perfect
from zhisuan.compute.replay.promises import PromisedReplay, PromiseWatch, Told, figures
from zhisuan.compute.replay.trace import TraceJob
from zhisuan.compute.request import ResourceRequest
from zhisuan.compute.scheduler.forecast import forecast
from zhisuan.compute.scheduler.queue import Queue, Running
from zhisuan.compute.scheduler.values import NEVER, Outlook, QueuedJob, RunningJob

CORES = 8
EASY = Policy(backfill=Backfill.EASY)
REQUESTS = [ResourceRequest(1000 * (count + 1)) for count in range(CORES)]

traces = st.lists(
    st.tuples(st.integers(0, 60), st.integers(1, 500), st.sampled_from(REQUESTS)),
    min_size=1,
    max_size=25,
).map(
    lambda made: [
        TraceJob(
            f"j{place}", "a", float(sum(each[0] for each in made[: place + 1])), run, run, want
        )
        for place, (_, run, want) in enumerate(made)
    ]
)


class AtLast:
    """Asks for all who wait when the last job has arrived."""

    def __init__(self, policy, last):
        self.policy = policy
        self.last = last
        self.told = {}

    def look(self, now, pool, queue, running):
        if now == self.last:
            self.told = forecast(now, pool, queue, running, self.policy, Outlook())


def replays(policy, **more):
    starts = {}
    replay = PromisedReplay(
        Count(1000 * CORES),
        policy,
        Perfect(),
        lambda each: starts.setdefault(each.job.job_id, each.started_at),
        **more,
    )
    return replay, starts


@settings(max_examples=60, deadline=None)
@given(
    traces,
    # Under conservative backfill a promise made to a later job may still be overtaken.
    st.sampled_from([Backfill.NONE, Backfill.EASY]),
    st.sampled_from([Order.FIRST_COME, Order.SHORTEST, Order.AGED]),
)
def test_with_exact_run_times_and_nobody_else_to_come_the_forecast_comes_true(
    trace, backfill, order
):
    policy = Policy(order=order, backfill=backfill)
    replay, starts = replays(policy)
    replay.promised = watch = AtLast(policy, trace[-1].arrival_s)
    list(replay.run(trace))
    assert watch.told == {job_id: starts[job_id] for job_id in watch.told}
    assert len(starts) == len(trace)


@settings(max_examples=30, deadline=None)
@given(traces)
def test_every_arrival_is_told_once_and_how_it_came_is_known(trace):
    seen = []
    replay, starts = replays(EASY, watch=lambda *state: seen.append(state))
    list(replay.run(trace))
    told = replay.promised.told
    assert sorted(each.arrived_at for each in told) == [job.arrival_s for job in trace]
    assert sorted(each.started_at for each in told) == sorted(starts.values())
    assert seen[-1][1:] == (0, 0)


def test_only_every_so_many_th_arrival_is_told_if_so_wished():
    trace = [TraceJob(f"j{at}", "a", float(at), 50.0, 50.0, REQUESTS[-1]) for at in range(12)]
    replay, _ = replays(EASY, every=4)
    list(replay.run(trace))
    assert [each.arrived_at for each in replay.promised.told] == [0.0, 4.0, 8.0]
    assert figures(replay.promised.told)["promise_error_s"] == 0.0


class Watched:
    """A pool that one running job fills, and a queue that the watch looks at."""

    def __init__(self):
        self.pool = Count(1000 * CORES)
        self.queue = Queue()
        self.running = Running()
        self.watch = PromiseWatch(EASY)

    def hold(self, now, expected, limit):
        job = RunningJob(
            f"held{now}",
            "b",
            -1,
            REQUESTS[-1],
            HERE,
            started_at=now,
            ends_at=now + limit,
            expected_at=now + expected,
        )
        self.pool.take(HERE, job.request)
        self.running.add(job)
        return job.job_id

    def free(self, job_id):
        self.pool.give_back(HERE, self.running.remove(job_id).request)

    def look(self, now):
        self.watch.look(now, self.pool, self.queue, self.running)


def test_the_interval_is_learned_from_those_who_have_started_and_not_before():
    world = Watched()
    for number in range(FEWEST + 1):
        now = 1000.0 * number
        held = world.hold(now, 100.0, 900.0)
        world.queue.add(QueuedJob(f"w{number}", "a", number, REQUESTS[0], submitted_at=now))
        world.look(now)
        world.free(held)
        world.queue.remove(f"w{number}")
        world.look(now + 260.0)
    told = world.watch.told
    first, last = told[0], told[-1]
    assert (first.expected_at, first.by_limits_at, first.started_at) == (100.0, 900.0, 260.0)
    assert (first.earliest, first.latest) == (0.0, 4 * 160.0)
    assert abs(last.earliest - last.started_at) < 1e-6
    assert abs(last.latest - last.started_at) < 1e-6
    got = figures(told)
    assert got["promise_error_s"] == 160.0
    assert got["estimate_error_s"] == 640.0
    assert got["promise_coverage"] == got["promise_coverage_waited"] == 1.0
    assert got["promise_width_s"] == 640.0
    assert got["promises_waited"] == FEWEST + 1


def test_a_job_whose_prediction_is_renewed_is_not_told_again():
    world = Watched()
    world.hold(0.0, 100.0, 900.0)
    job = QueuedJob("w", "a", 7, REQUESTS[0])
    world.queue.add(job)
    world.look(0.0)
    world.queue.remove("w")
    world.queue.add(job)
    world.look(50.0)
    world.queue.remove("w")
    world.look(100.0)
    (told,) = world.watch.told
    assert (told.arrived_at, told.expected_at, told.started_at) == (0.0, 100.0, 100.0)


def test_figures_count_who_started_at_once_as_told_so_and_an_unknown_start_as_a_broken_promise():
    at_once = Told(5.0, 5.0, 5.0, 5.0, 5.0, 5.0)
    kept = Told(0.0, 10.0, 40.0, 5.0, 20.0, 12.0)
    unknown = Told(0.0, NEVER, NEVER, NEVER, NEVER, 12.0)
    got = figures([at_once, kept, unknown, kept])
    assert got["promise_coverage"] == 0.75
    assert got["promise_coverage_waited"] == 2 / 3
    assert (got["promise_error_s"], got["estimate_error_s"]) == (2.0, 28.0)


def test_figures_of_nobody_are_none():
    assert set(figures([]).values()) == {None, 0.0}
