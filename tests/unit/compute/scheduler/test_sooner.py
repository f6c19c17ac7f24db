"""What would start a waiting job sooner is found by trying, and only said when it is worth it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhisuan.compute.count import HERE, Count
from zhisuan.compute.device import Device, DeviceKind
from zhisuan.compute.node import Node
from zhisuan.compute.policy import Backfill, Order, Policy
from zhisuan.compute.pool import Pool
from zhisuan.compute.request import DeviceRequest, ResourceRequest
from zhisuan.compute.scheduler.forecast import forecast
from zhisuan.compute.scheduler.queue import Queue, Running
from zhisuan.compute.scheduler.sooner import SENTENCES, Change, Sooner, sentences, sooner
from zhisuan.compute.scheduler.values import Outlook, QueuedJob, RunningJob

NOW = 1_000_000.0
EASY = Policy(backfill=Backfill.EASY)


def job(name, number, request, run_s=1000.0, **more):
    return QueuedJob(
        name, "a", number, request, submitted_at=more.pop("since", NOW), run_s=run_s, **more
    )


def cores(count):
    return ResourceRequest(1000 * count)


def counted(size, held, *waiting, policy=EASY, outlook=None, **more):
    """What is said of the last of those who wait in a pool that counts."""
    pool = Count(1000 * size)
    running = [
        RunningJob(f"r{at}", "b", at, cores(count), HERE, started_at=NOW, ends_at=NOW + ends_in)
        for at, (count, ends_in) in enumerate(held)
    ]
    for each in running:
        pool.take(each.places, each.request)
    queue = Queue(policy.order, waiting)
    outlook = outlook or Outlook()
    asked = waiting[-1].job_id
    found = sooner(NOW, pool, queue, Running(running), policy, outlook, asked, **more)
    expected = forecast(NOW, pool, queue, Running(running), policy, outlook).get(asked)
    return {each.kind: each.starts_at - NOW for each in found}, expected


def pooled(devices, asked, held, **more):
    """What is said of one job on nodes of one device each, of which the first are held."""
    pool = Pool(
        [
            Node(f"n{at}", (0, 1), 8192, (Device("d", kind, "maker", "m", 65536),))
            for at, kind in enumerate(devices)
        ]
    )
    wants = ResourceRequest(1000, 1024, (DeviceRequest(devices[0], 1000),))
    running = Running()
    for at in range(held):
        running.add(RunningJob(f"r{at}", "b", at, wants, ((at, ((0, 1000),)),), ends_at=NOW + 5000))
        pool.take(((at, ((0, 1000),)),), wants)
    queue = Queue(EASY.order, [asked])
    return sooner(NOW, pool, queue, running, EASY, Outlook(), asked.job_id, **more)


def test_half_the_cores_that_are_free_now_would_start_now():
    found, _ = counted(8, [(4, 5000)], job("wide", 9, cores(8)))
    assert found == {Change.FEWER_CORES: 0.0}


def test_a_shorter_limit_fits_the_gap_before_the_reserved_job():
    head = job("head", 8, cores(8))
    long = job("long", 9, cores(2), 900.0, limit_s=50_000.0)
    found, expected = counted(8, [(6, 2000)], head, long)
    assert expected == NOW + 3000
    assert found[Change.SHORTER_LIMIT] == 0.0


def test_nobody_is_told_to_ask_for_less_time_than_its_like_needed():
    head = job("head", 8, cores(8))
    found, _ = counted(8, [(6, 2000)], head, job("long", 9, cores(2), 40_000.0, limit_s=50_000.0))
    assert Change.SHORTER_LIMIT not in found


def test_a_higher_class_passes_those_in_front():
    crowd = [job(f"w{at}", at + 1, cores(8)) for at in range(5)]
    last = job("last", 9, cores(8))
    assert counted(8, [(8, 100)], *crowd, last)[0] == {}
    found, _ = counted(8, [(8, 100)], *crowd, last, classes=(0, 10, 20))
    assert found == {Change.HIGHER_CLASS: 100.0}


def test_without_the_wait_for_clean_hours_it_would_start_now():
    green = job("green", 9, cores(1), green=True, finish_by=NOW + 50_000)
    outlook = Outlook(cost=((NOW, 5.0), (NOW + 9000, 1.0)))
    assert counted(8, [], green, outlook=outlook)[0] == {Change.NOT_GREEN: 0.0}


def test_another_kind_of_device_that_is_idle_would_start_now():
    wants = ResourceRequest(1000, 1024, (DeviceRequest(DeviceKind.NPU, 1000),))
    kinds = (DeviceKind.NPU, DeviceKind.GPU)
    (found,) = pooled(kinds, job("w", 9, wants), 1, kinds=kinds)
    assert (found.kind, found.starts_at) == (Change.OTHER_DEVICE, NOW)
    assert found.job.request.any_of[-1].kind is DeviceKind.GPU
    assert "GPU" in sentences(found)[1]


def test_half_the_nodes_of_a_gang_would_start_now():
    wants = ResourceRequest(1000, 1024, (DeviceRequest(DeviceKind.NPU, 1000),), nodes=4)
    (found,) = pooled([DeviceKind.NPU] * 4, job("gang", 9, wants), 1)
    assert (found.kind, found.starts_at) == (Change.FEWER_NODES, NOW)
    assert found.job.request.nodes == 2


@pytest.mark.parametrize(("asked", "half"), [(3000, 1000), (2000, 1000), (1000, 500), (501, 250)])
def test_half_the_devices_are_whole_ones_or_a_smaller_share(asked, half):
    wants = ResourceRequest(1000, 1024, (DeviceRequest(DeviceKind.NPU, asked),))
    pool = Pool(
        [Node("n", (0, 1), 8192, tuple(Device(f"d{at}", *NPU) for at in range(-(-asked // 1000))))]
    )
    taken = ResourceRequest(1000, 1024, (DeviceRequest(DeviceKind.NPU, 500),))
    places = ((0, ((0, 500),)),)
    pool.take(places, taken)
    running = Running([RunningJob("r", "b", 0, taken, places, ends_at=NOW + 5000)])
    waiting = job("w", 9, wants)
    found = sooner(NOW, pool, Queue(jobs=[waiting]), running, EASY, Outlook(), "w")
    assert [each.job.request.device_milli for each in found] == [half]
    assert found[0].job.run_s == 2 * waiting.run_s


NPU = (DeviceKind.NPU, "maker", "m", 65536)


@pytest.mark.parametrize("order", [Order.FIRST_COME, Order.AGED])
def test_the_changed_job_stands_where_a_new_one_would(order):
    policy = Policy(order=order, backfill=Backfill.EASY)
    crowd = [job(f"w{at}", at + 20, cores(4), 90_000.0, since=NOW - 500) for at in range(4)]
    first = job("first", 10, cores(8), 90_000.0, since=NOW - 9000)
    found, expected = counted(8, [(4, 100), (4, 5000)], *crowd, first, policy=policy)
    assert expected == NOW + 5000
    assert found == {}  # half the cores would wait behind the four that came later


def test_who_starts_at_once_is_told_nothing():
    assert counted(8, [], job("w", 9, cores(8), green=False), classes=(10,))[0] == {}


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 2), st.integers(30, 900)), max_size=4),
    st.lists(st.tuples(st.integers(1, 8), st.integers(30, 900)), min_size=1, max_size=6),
)
def test_whatever_is_said_is_a_minute_and_a_fifth_of_the_wait_sooner(held, waiting):
    queued = [
        job(f"w{at}", at + 10, cores(count), float(run_s), limit_s=3.0 * run_s)
        for at, (count, run_s) in enumerate(waiting)
    ]
    found, expected = counted(8, held, *queued, classes=(0, 10))
    wait = expected - NOW
    assert all(wait - after >= 60 and after <= 0.8 * wait for after in found.values())
    assert list(found.values()) == sorted(found.values())


@pytest.mark.parametrize("kind", Change)
def test_every_change_has_a_sentence_in_both_languages(kind):
    chinese, english = sentences(Sooner(kind, NOW, job("w", 1, cores(1))))
    assert chinese != english
    assert "{" not in chinese + english
    assert kind in SENTENCES
