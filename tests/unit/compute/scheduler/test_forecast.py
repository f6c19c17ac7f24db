"""The forecast says when waiting jobs start if nobody else comes, as the scheduler itself would."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhisuan.compute.count import HERE, Count
from zhisuan.compute.device import Device, DeviceKind
from zhisuan.compute.node import Node
from zhisuan.compute.policy import Backfill, Order, Policy
from zhisuan.compute.pool import Pool
from zhisuan.compute.request import DeviceRequest, ResourceRequest
from zhisuan.compute.scheduler.forecast import expected_end, forecast
from zhisuan.compute.scheduler.plan import plan
from zhisuan.compute.scheduler.queue import Queue, Running
from zhisuan.compute.scheduler.values import NEVER, Outlook, QueuedJob, RunningJob

NOW = 1_000_000.0
CORES = 8


def cores(count):
    return ResourceRequest(1000 * count)


def waits(number, count=1, run_s=100.0, **more):
    return QueuedJob(
        f"w{number}", "a", 1000 + number, cores(count), submitted_at=NOW, run_s=run_s, **more
    )


def runs(number, count=1, ends_in=100.0, **more):
    since = {"started_at": NOW - 50.0} | more
    return RunningJob(f"r{number}", "b", number, cores(count), HERE, ends_at=NOW + ends_in, **since)


class Scene:
    """A pool that counts, with what runs taken out."""

    def __init__(self, running=(), waiting=(), policy=None, outlook=None):
        self.policy = policy or Policy(backfill=Backfill.EASY)
        self.pool = Count(1000 * CORES)
        for job in running:
            self.pool.take(job.places, job.request)
        self.queue = Queue(self.policy.order, waiting)
        self.running = Running(running)
        self.outlook = outlook or Outlook()

    def told(self, *jobs, **more):
        asked = jobs or None
        return forecast(NOW, *self.values, asked, **more)

    def plan(self):
        return plan(NOW, *self.values)

    @property
    def values(self):
        return self.pool, self.queue, self.running, self.policy, self.outlook


policies = st.builds(
    Policy,
    order=st.sampled_from(Order),
    backfill=st.sampled_from(Backfill),
    patience_s=st.sampled_from([NEVER, 300.0]),
    preempting=st.booleans(),
    minimum_run_s=st.sampled_from([20.0, 200.0]),
)
seconds = st.integers(1, 1000).map(float)
queues = st.lists(
    st.tuples(st.integers(1, CORES), seconds, st.floats(1.0, 3.0), st.integers(0, 2)), max_size=10
).map(
    lambda made: [
        waits(number, count, run_s, limit_s=slack * run_s, priority=priority)
        for number, (count, run_s, slack, priority) in enumerate(made)
    ]
)
runnings = st.lists(st.tuples(seconds, st.booleans()), max_size=CORES).map(
    lambda made: [
        runs(number, 1, ends_in, preemptible=preemptible)
        for number, (ends_in, preemptible) in enumerate(made)
    ]
)
scenes = st.builds(Scene, runnings, queues, policies)


@settings(max_examples=50, deadline=None)
@given(scenes)
def test_who_can_start_now_is_told_so(scene):
    told = scene.told()
    assert all(told[start.job.job_id] == NOW for start in scene.plan().starts)


@settings(max_examples=50, deadline=None)
@given(scenes)
def test_every_job_that_fits_the_pool_is_told_and_asking_changes_nothing(scene):
    before = (scene.pool.free, list(scene.queue), list(scene.running))
    told = scene.told()
    assert set(told) == {job.job_id for job in scene.queue}
    assert min(told.values(), default=NOW) >= NOW
    assert (scene.pool.free, list(scene.queue), list(scene.running)) == before
    assert scene.told() == told


@settings(max_examples=50, deadline=None)
@given(scenes, st.data())
def test_one_run_for_all_tells_each_what_a_run_for_him_alone_would(scene, data):
    if not scene.queue:
        return
    asked = data.draw(st.sampled_from([job.job_id for job in scene.queue]))
    assert scene.told(asked) == {asked: scene.told()[asked]}


def test_a_job_starts_when_enough_have_ended():
    scene = Scene([runs(0, 3, 10), runs(1, 3, 20), runs(2, 2, 30)], [waits(0, 6), waits(1, 8)])
    assert scene.told() == {"w0": NOW + 20, "w1": NOW + 120}


def test_a_running_job_is_expected_to_end_when_predicted_and_at_its_limit_by_limits():
    scene = Scene([runs(0, 8, 500, expected_at=NOW + 40)], [waits(0, 8)])
    assert scene.told() == {"w0": NOW + 40}
    assert scene.told(by_limits=True) == {"w0": NOW + 500}


def test_a_waiting_job_is_expected_to_run_as_predicted_but_its_room_is_kept_to_its_limit():
    first, wide, narrow = waits(0, 6, 40, limit_s=400), waits(1, 8), waits(2, 2, 90, limit_s=500)
    scene = Scene([runs(0, 8, 10)], [first, wide, narrow])
    # The narrow one might outlast the first one's limit, so it does not pass the wide one.
    assert scene.told() == {"w0": NOW + 10, "w1": NOW + 50, "w2": NOW + 150}
    assert scene.told(by_limits=True)["w1"] == NOW + 410


def test_the_room_of_who_starts_on_the_way_is_promised_to_nobody_before_its_limit():
    running = [runs(0, 6, 10), runs(1, 2, 30)]
    waiting = [waits(0, 6, 40, limit_s=400), waits(1, 8), waits(2, 2, 90, limit_s=100)]
    # By limits the wide one starts at 410, so the narrow one may pass it, and then is in its way.
    assert Scene(running, waiting).told() == {"w0": NOW + 10, "w1": NOW + 120, "w2": NOW + 30}


def test_nobody_is_expected_to_run_beyond_his_limit():
    scene = Scene([], [waits(0, 8, 500, limit_s=60), waits(1, 8)])
    assert scene.told() == {"w0": NOW, "w1": NOW + 60}


@pytest.mark.parametrize(
    ("expected_at", "ends_in", "end"),
    [
        (NOW + 5, 100, NOW + 5),
        (NOW - 40, 400, NOW + 37),  # 10 s were expected, then 21, then 43; now 87
        (NOW - 40, 20, NOW + 20),
        (0.0, 100, NOW + 100),
        (0.0, -5, NOW),
        (NOW - 60, 400, NOW + 13),
        (0.0, NEVER, NEVER),
    ],
)
def test_what_outruns_its_expectation_is_expected_to_run_on_within_its_limit(
    expected_at, ends_in, end
):
    job = runs(0, 1, ends_in, expected_at=expected_at)
    assert expected_end(NOW, job) == end


def test_beyond_so_many_steps_nothing_is_told():
    scene = Scene([runs(0, 8, 10)], [waits(number, 8) for number in range(5)])
    assert set(scene.told(most_steps=3)) == {"w0", "w1"}


def test_who_never_fits_and_who_does_not_wait_are_told_nothing():
    scene = Scene([runs(0, 8, 10)], [waits(0, 9), waits(1, 8)], Policy(backfill=Backfill.GREEDY))
    assert scene.told() == {"w1": NOW + 10}
    assert scene.told("w0", "nobody", "r0") == {}


def test_a_job_with_an_appointment_is_not_told_an_earlier_hour():
    scene = Scene([], [waits(0, 8, not_before=NOW + 70)])
    assert scene.told() == {"w0": NOW + 70}


def test_a_delayed_job_starts_with_the_cleaner_hours():
    job = waits(0, 8, green=True, finish_by=NOW + 10_000)
    dirty = Outlook(cost=((NOW, 5.0), (NOW + 600, 1.0)))
    assert Scene([], [job], outlook=dirty).told() == {"w0": NOW + 600}


def test_who_is_asked_to_make_room_waits_again_with_the_work_that_is_left():
    low = runs(0, 8, 500, preemptible=True, started_at=NOW - 400)
    high = waits(0, 8, 60, priority=1)
    scene = Scene([low], [high, waits(1, 8)], Policy(preempting=True, backfill=Backfill.EASY))
    # The evicted job is the older one of its class: it goes on first, for its last 500 s.
    assert scene.told() == {"w0": NOW, "w1": NOW + 560}


def test_who_may_not_be_displaced_yet_is_displaced_when_he_may():
    low = runs(0, 8, 5000, preemptible=True, started_at=NOW - 100)
    policy = Policy(preempting=True, minimum_run_s=300.0)
    assert Scene([low], [waits(0, 8, priority=1)], policy).told() == {"w0": NOW + 201}


def test_the_room_of_who_was_evicted_is_kept_for_what_is_left_of_its_limit():
    low = runs(0, 6, 500, preemptible=True, started_at=NOW - 400, expected_at=NOW + 40)
    narrow = waits(2, 2, 100, not_before=NOW + 55)
    policy = Policy(preempting=True, backfill=Backfill.EASY)
    scene = Scene([low], [waits(0, 8, 60, priority=1), waits(1, 8), narrow], policy)
    assert scene.told() == {"w0": NOW, "w1": NOW + 160, "w2": NOW + 60}


def test_who_has_been_told_to_go_is_as_good_as_gone():
    scene = Scene([runs(0, 8, 500, leaving=True)], [waits(0, 8, priority=1)])
    assert scene.told() == {"w0": NOW}


def test_turns_by_attained_service_come_round():
    policy = Policy(order=Order.ATTAINED, minimum_run_s=100.0)
    old = runs(0, 8, 100_000, preemptible=True, started_at=NOW - 20, attained=1e6)
    scene = Scene([old], [waits(0, 8, 50)], policy)
    assert scene.told() == {"w0": NOW + 80}


def test_who_starts_on_the_way_is_displaced_when_he_has_had_his_turn():
    policy = Policy(order=Order.ATTAINED, minimum_run_s=100.0)
    # Eight cores take 900 s to fall a level: one core-hour, and what runs counts half.
    scene = Scene([], [waits(0, 8, 100_000), waits(1, 8)], policy)
    assert scene.told() == {"w0": NOW, "w1": NOW + 900}


def test_a_gang_on_nodes_with_devices_waits_for_all_of_them():
    nodes = [
        Node(f"n{at}", tuple(range(4)), 8192, (Device("d0", DeviceKind.NPU, "A", "B", 65536),))
        for at in range(2)
    ]
    wants = ResourceRequest(1000, 1024, (DeviceRequest(DeviceKind.NPU, 1000),), nodes=2)
    alone = ResourceRequest(1000, 1024, wants.any_of)
    pool = Pool(nodes)
    held = [
        RunningJob(
            f"r{at}", "a", at, alone, ((at, ((0, 1000),)),), started_at=NOW, ends_at=NOW + ends_in
        )
        for at, ends_in in enumerate((30.0, 70.0))
    ]
    for job in held:
        pool.take(job.places, job.request)
    gang = QueuedJob("gang", "a", 5, wants, run_s=100.0)
    later = QueuedJob("later", "a", 6, alone, run_s=20.0)
    policy = Policy(backfill=Backfill.EASY)
    told = forecast(NOW, pool, Queue(policy.order, [gang, later]), Running(held), policy, Outlook())
    assert told == {"gang": NOW + 70, "later": NOW + 30}


def test_with_a_grain_what_happens_at_nearly_one_time_is_one_instant():
    scene = Scene([runs(0, 4, 100), runs(1, 4, 101)], [waits(0, 4), waits(1, 8)])
    assert scene.told() == {"w0": NOW + 100, "w1": NOW + 200}
    assert scene.told(grain=0.02) == {"w0": NOW + 101, "w1": NOW + 201}
