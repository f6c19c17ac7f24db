"""Random pools, queues, running jobs and policies."""

from dataclasses import dataclass, replace

from hypothesis import settings
from hypothesis import strategies as st

from zhisuan.compute.count import Count
from zhisuan.compute.device import Device, DeviceKind
from zhisuan.compute.node import Node, NodeState
from zhisuan.compute.packing.mix import Mix
from zhisuan.compute.policy import Backfill, Order, Packing, Policy, Quota
from zhisuan.compute.pool import Pool
from zhisuan.compute.request import DeviceRequest, ResourceRequest, Together
from zhisuan.compute.scheduler.plan import plan
from zhisuan.compute.scheduler.queue import Queue, Running
from zhisuan.compute.scheduler.values import NEVER, Outlook, QueuedJob, RunningJob
from zhisuan.core.quantities import MILLI

NOW = 1_000_000.0
GPU, NPU = DeviceKind.GPU, DeviceKind.NPU


def law(examples=30):
    """How often a law is tried; no deadline, since machines differ."""
    return settings(max_examples=examples, deadline=None)


def device(number, kind=NPU, model="910B"):
    return Device(f"{kind}{number}", kind, "maker", model, 65536)


def node(name, cores=4, memory_mb=8192, devices=0, **rest):
    made = tuple(device(number) for number in range(devices))
    return Node(name, tuple(range(cores)), memory_mb, made, **rest)


def npu(milli):
    return (DeviceRequest(NPU, milli),)


def gpu(milli):
    return (DeviceRequest(GPU, milli),)


def job(number, cores=1, tenant="a", priority=0, request=None, **rest):
    """A job that is not choosy about memory."""
    asked = request or ResourceRequest(cores * MILLI, 1)
    return QueuedJob(f"job_{number}", tenant, number, asked, priority, **rest)


def runs(number, cores=1, tenant="b", places=(), request=None, **rest):
    """A running job."""
    asked = request or ResourceRequest(cores * MILLI, 1)
    return RunningJob(f"job_{number}", tenant, number, asked, places, **rest)


equipped = st.sampled_from(
    [
        (),
        (device(0, GPU, "H100"),),
        (device(0, GPU, "A100"), device(1, GPU, "A100")),
        (device(0), device(1), device(2)),
        (device(0, GPU, "H100"), device(1)),
    ]
)


@st.composite
def nodes(draw, most=4):
    """Unlike nodes with unlike devices, in racks, some draining, some simulated."""
    return tuple(
        Node(
            f"n{number}",
            tuple(range(draw(st.integers(2, 6)))),
            draw(st.sampled_from([2048, 16384])),
            draw(equipped),
            rack=draw(st.sampled_from(["", "r1", "r2"])),
            state=draw(st.sampled_from([NodeState.READY] * 5 + [NodeState.DRAINING])),
            simulated=draw(st.sampled_from([False, False, False, True])),
        )
        for number in range(draw(st.integers(1, most)))
    )


wanted = st.sampled_from(
    [DeviceRequest(kind, milli) for kind in (GPU, NPU) for milli in (250, 500, 700, 1000, 2000)]
    + [DeviceRequest(GPU, 500, "A100"), DeviceRequest(GPU, 1000, "H100|A800")]
)


def elastic(request, more):
    """The same gang, content with so many nodes more."""
    return replace(request, most_nodes=request.nodes + more) if more else request


rigid = st.builds(
    ResourceRequest,
    st.sampled_from([100, 500, 1000, 2000, 3000]),
    st.sampled_from([128, 1024, 3000]),
    st.sampled_from([0, 0, 1, 2]).flatmap(lambda kinds: st.tuples(*[wanted] * kinds)),
    nodes=st.sampled_from([1, 1, 1, 2, 3]),
    together=st.sampled_from(Together),
)
requests = st.builds(elastic, rigid, st.sampled_from([0, 0, 0, 1, 3]))

counted = st.integers(1, 6).map(lambda cores: ResourceRequest(cores * MILLI, 1))
"""What a pool of one number is asked for."""

tenants = st.sampled_from("abc")
seconds = st.sampled_from([10.0, 60.0, 100.0, 300.0, 1000.0])


@st.composite
def jobs(draw, asked=requests, most=8, first=100, *, hours=False, priorities=(0, 0, 1, 2)):
    """Jobs that wait; with hours, some for a time of their own."""
    made = []
    for number in range(draw(st.integers(0, most))):
        run_s = draw(seconds)
        waiting = QueuedJob(
            f"job_{first + number}",
            draw(tenants),
            first + number,
            draw(asked),
            draw(st.sampled_from(priorities)),
            NOW - draw(st.sampled_from([0.0, 50.0, 500.0, 5000.0])),
            run_s,
            attained=draw(st.sampled_from([0.0, 0.0, 5000.0, 20000.0])),
            limit_s=run_s * draw(st.sampled_from([1, 1, 2, 5])),
        )
        if hours:
            waiting = replace(
                waiting,
                not_before=draw(st.sampled_from([0.0, 0.0, NOW - 5.0, NOW + 40.0])),
                green=draw(st.booleans()),
                finish_by=draw(st.sampled_from([NEVER, NOW + 100.0, NOW + 2000.0])),
            )
        made.append(waiting)
    return made


@st.composite
def arrivals(draw, asked=requests, most=6, **jobs_as):
    """Jobs that come one by one from now on, with how long each really runs."""
    coming, at = [], NOW
    for each in draw(jobs(asked, most, 200, **jobs_as)):
        at += draw(st.sampled_from([0.0, 0.0, 5.0, 50.0, 200.0]))
        coming.append(replace(each, submitted_at=at))
    return coming


def really(waiting):
    """Job id to the seconds it really runs, never more than its limit."""
    part = st.sampled_from([0.1, 0.5, 1.0, 1.0])
    return st.lists(part, min_size=len(waiting), max_size=len(waiting)).map(
        lambda parts: {
            each.job_id: share * each.at_most_s for each, share in zip(waiting, parts, strict=True)
        }
    )


quotas = st.builds(
    Quota,
    st.none() | st.integers(1, 6).map(lambda cores: cores * MILLI),
    st.none() | st.sampled_from([1024, 4096]),
    st.none() | st.sampled_from([500, 1000, 3000]),
)


def policies(**fixed):
    """Every order, backfill and packing, with and without quotas, loans and preemption.

    Args:
        fixed: a value, or several of which one is drawn in a list, instead of any.
    """
    chosen = {
        "order": list(Order),
        "backfill": list(Backfill),
        "packing": list(Packing),
        "borrowing": [False, True],
        "preempting": [False, True],
        "minimum_run_s": [0.0, 60.0, 300.0],
        "patience_s": [NEVER, 400.0, 4000.0],
        "patience_share": [0.2, 0.5, 1.0],
        **fixed,
    }
    fields = {
        name: st.sampled_from(each) if isinstance(each, list) else st.just(each)
        for name, each in chosen.items()
    }
    return st.builds(Policy, **{"default_quota": st.just(Quota()) | quotas, **fields})


costs = st.lists(st.sampled_from([0.0, 0.3, 1.0, 2.5]), max_size=5).map(
    lambda values: tuple((NOW + 300.0 * (step - 1), value) for step, value in enumerate(values))
)
outlooks = st.builds(Outlook, st.dictionaries(tenants, st.sampled_from([0.0, 0.1, 0.7])), costs)


KNOWN = Outlook()


@dataclass(frozen=True)
class World:
    """All that a plan is told.

    Attributes:
        nodes: of the pool; empty for a pool that is `cores` many.
        mixed: the pool knows what is typically asked for.
    """

    nodes: tuple[Node, ...]
    cores: int
    running: tuple[RunningJob, ...]
    waiting: tuple[QueuedJob, ...]
    policy: Policy
    outlook: Outlook = KNOWN
    mixed: bool = False

    def room(self):
        """What is free beside the running."""
        room = self.idle()
        for each in self.running:
            room.take(each.places, each.request)
        return room

    def idle(self):
        """The pool with nothing running."""
        if not self.nodes:
            return Count(self.cores * MILLI)
        asked = [each.request for each in (*self.waiting, *self.running)]
        return Pool(self.nodes, mix=Mix.of(asked) if self.mixed and asked else None)

    def plan(self, **rest):
        """What is decided now."""
        return plan(
            NOW,
            self.room(),
            Queue(self.policy.order, self.waiting),
            Running(self.running),
            self.policy,
            self.outlook,
            **rest,
        )


@st.composite
def running_jobs(draw, room, asked, *, crowd=False, holders=tenants):
    """Jobs that hold a part of the room, which is used up on the way.

    Args:
        room: to begin with.
        asked: what they ask for.
        crowd: many that may be displaced, of low standing.
        holders: whose they are.
    """
    made = []
    for number in range(draw(st.integers(3, 6) if crowd else st.integers(0, 4))):
        request = draw(asked)
        places = room.find(request, Packing.FIRST_FIT)
        if places is None:
            continue
        room.take(places, request)
        started = NOW - draw(st.sampled_from([300.0, 2000.0] if crowd else [0.0, 59.0, 300.0]))
        ends = draw(st.sampled_from([NOW - 1.0, NOW, NOW + 30.0, NOW + 200.0, NOW + 2000.0]))
        made.append(
            RunningJob(
                f"job_{number}",
                draw(holders),
                number,
                request,
                places,
                draw(st.sampled_from([0, 0, 1] if crowd else [0, 1, 2])),
                started,
                started,
                max(started, ends),
                draw(st.sampled_from([0.0, 40000.0 if crowd else 1000.0])),
                preemptible=draw(st.sampled_from([True, True, crowd, False])),
                leaving=draw(st.sampled_from([False] * 5 + [True])),
            )
        )
    return tuple(made)


def opened(made):
    """The nodes as if all of them were ready."""
    return tuple(replace(each, state=NodeState.READY) for each in made)


@st.composite
def pool_worlds(draw, told=None, asked=requests, *, crowd=False, holders=tenants, **jobs_as):
    """A world of nodes and devices."""
    made = draw(nodes())
    busy = draw(running_jobs(Pool(opened(made)), asked, crowd=crowd, holders=holders))
    waiting = tuple(draw(jobs(asked, **jobs_as)))
    policy = draw(policies() if told is None else told)
    return World(made, 0, busy, waiting, policy, draw(outlooks), draw(st.booleans()))


@st.composite
def count_worlds(draw, told=None, asked=counted, *, crowd=False, holders=tenants, **jobs_as):
    """A world of one number."""
    cores = draw(st.integers(2, 12))
    busy = draw(running_jobs(Count(cores * MILLI), asked, crowd=crowd, holders=holders))
    waiting = tuple(draw(jobs(asked, **jobs_as)))
    return World(
        (), cores, busy, waiting, draw(policies() if told is None else told), draw(outlooks)
    )


def worlds(told=None, **rest):
    """Either."""
    return pool_worlds(told, **rest) | count_worlds(told, **rest)


def crowded(told=None, **rest):
    """Either, with many who may have to go and some who may make them."""
    return worlds(told, crowd=True, priorities=(0, 1, 2, 3), **rest)
