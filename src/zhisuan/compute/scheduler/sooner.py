"""What would start a waiting job sooner: its request changed in one way, and a forecast of that.

A waiting job cannot be changed, only stopped and submitted again, so every alternative stands at
the end of the queue, as old as a job that comes now. Half of what was asked for is taken to need
twice the time. Only what is clearly sooner even so is worth saying.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from zhisuan.compute.device import DeviceKind
from zhisuan.compute.policy import Policy
from zhisuan.compute.request import DeviceRequest, ResourceRequest
from zhisuan.compute.room import Room
from zhisuan.compute.scheduler.forecast import MOST_STEPS, forecast
from zhisuan.compute.scheduler.queue import Queue, Running
from zhisuan.compute.scheduler.values import NEVER, Outlook, QueuedJob
from zhisuan.core.quantities import MILLI

_SHARE = 0.8
"""An alternative is worth saying if it waits no more than this share of the wait."""

_LEAST_S = 60.0
"""And if it starts so much sooner; no shorter limit is spoken of either."""

_SLACK = 2.0
"""A limit leaves a job so many times the time it is expected to run."""


class Change(StrEnum):
    """What would be asked for differently."""

    FEWER_NODES = "fewer_nodes"
    FEWER_DEVICES = "fewer_devices"
    FEWER_CORES = "fewer_cores"
    OTHER_DEVICE = "other_device"
    HIGHER_CLASS = "higher_class"
    SHORTER_LIMIT = "shorter_limit"
    NOT_GREEN = "not_green"


@dataclass(frozen=True, slots=True)
class Sooner:
    """A way to start sooner.

    Attributes:
        kind: what is changed.
        starts_at: when the changed job is expected to start.
        job: as it would be submitted.
    """

    kind: Change
    starts_at: float
    job: QueuedJob


SENTENCES: Mapping[Change, tuple[str, str]] = {
    Change.FEWER_NODES: (
        "节点减半重新提交可以更早开始，但运行时间会更长。",
        "Submitted again with half the nodes it would start sooner, and run longer.",
    ),
    Change.FEWER_DEVICES: (
        "加速器减半重新提交可以更早开始，但运行时间会更长。",
        "Submitted again with half the devices it would start sooner, and run longer.",
    ),
    Change.FEWER_CORES: (
        "核数减半重新提交可以更早开始，但运行时间会更长。",
        "Submitted again with half the cores it would start sooner, and run longer.",
    ),
    Change.OTHER_DEVICE: (
        "重新提交时也接受 {device}，可以更早开始。",
        "Submitted again so that it may also use {device} it would start sooner.",
    ),
    Change.HIGHER_CLASS: (
        "换成更高的价格档位重新提交，可以更早开始，但费用更高。",
        "Submitted again in a higher price class it would start sooner, and cost more.",
    ),
    Change.SHORTER_LIMIT: (
        "如果 {minutes} 分钟够用，按这个时间上限重新提交，可以插空更早开始。",
        "If {minutes} min are enough, submitted again with that limit it would start in a gap.",
    ),
    Change.NOT_GREEN: (
        "取消“绿色优先”重新提交，可以更早开始。",
        "Submitted again without `green` it would start sooner.",
    ),
}
"""What a tenant is told, in Chinese and English."""


def sooner(
    now: float,
    pool: Room,
    queue: Queue,
    running: Running,
    policy: Policy,
    outlook: Outlook,
    job_id: str,
    *,
    kinds: Collection[DeviceKind] = (),
    classes: Collection[int] = (),
    most_steps: int = MOST_STEPS,
) -> tuple[Sooner, ...]:
    """What would start a waiting job at least a fifth of its wait, and a minute, sooner.

    Args:
        now: the instant.
        pool: what is free, `running` taken out.
        queue: the jobs that wait, this one among them.
        running: what holds the rest of the pool.
        policy: the rules.
        outlook: use of late, and cost ahead.
        job_id: whose job; `KeyError` if it does not wait.
        kinds: of devices in the pool that it could use.
        classes: priorities there are; the next higher one is tried.
        most_steps: of each forecast.

    Returns:
        The alternatives, the soonest first.
    """

    def starts(waiting: Queue) -> float:
        told = forecast(
            now, pool, waiting, running, policy, outlook, (job_id,), most_steps=most_steps
        )
        return told.get(job_id, NEVER)

    job = queue[job_id]
    expected = starts(queue)
    if expected - now < _LEAST_S:
        return ()
    last = 1 + max(each.sequence for jobs in (queue, running) for each in jobs)
    others = [each for each in queue if each.job_id != job_id]
    found: list[Sooner] = []
    for kind, changed in _changes(job, kinds, classes):
        anew = replace(changed, sequence=last, submitted_at=now, attained=0.0)
        at = starts(Queue(policy.order, (*others, anew)))
        if at - now <= _SHARE * (expected - now) and expected - at >= _LEAST_S and at < NEVER:
            found.append(Sooner(kind, at, anew))
    return tuple(sorted(found, key=lambda each: each.starts_at))


def sentences(told: Sooner) -> tuple[str, str]:
    """What a tenant is told of one alternative, in Chinese and English."""
    devices = told.job.request.any_of
    facts = {
        "device": devices[-1].kind.upper() if devices else "",
        "minutes": int(told.job.at_most_s // 60),
    }
    chinese, english = SENTENCES[told.kind]
    return chinese.format(**facts), english.format(**facts)


def _changes(
    job: QueuedJob, kinds: Collection[DeviceKind], classes: Collection[int]
) -> Iterator[tuple[Change, QueuedJob]]:
    """The job, each time with one thing changed."""
    request = job.request
    for change, smaller in _smaller(request):
        longer = {"run_s": 2 * job.run_s, "limit_s": 2 * job.limit_s}
        yield change, replace(job, request=smaller, **longer)
    for kind in kinds:
        if request.any_of and kind not in {each.kind for each in request.any_of}:
            wanted = (*request.any_of, DeviceRequest(kind, request.any_of[0].milli))
            wider = replace(request, any_of=wanted)
            yield Change.OTHER_DEVICE, replace(job, request=wider)
    higher = min((each for each in classes if each > job.priority), default=None)
    if higher is not None:
        yield Change.HIGHER_CLASS, replace(job, priority=higher)
    limit_s = _shorter_s(job)
    if limit_s < job.at_most_s:
        run_s = min(job.run_s, limit_s)
        yield Change.SHORTER_LIMIT, replace(job, run_s=run_s, limit_s=limit_s)
    if job.green:
        yield Change.NOT_GREEN, replace(job, green=False)


def _smaller(request: ResourceRequest) -> Iterator[tuple[Change, ResourceRequest]]:
    """Half of one thing it asks for, each in turn."""
    if request.nodes > 1:
        yield Change.FEWER_NODES, replace(request, nodes=request.nodes // 2)
    if request.device_milli > 1:
        half = tuple(replace(each, milli=_half(each.milli)) for each in request.any_of)
        yield Change.FEWER_DEVICES, replace(request, any_of=half)
    if request.cpu_milli > MILLI:
        yield Change.FEWER_CORES, replace(request, cpu_milli=request.cpu_milli // 2)


def _half(milli: int) -> int:
    """Half the devices, whole ones above one; or half the share of one."""
    if milli > MILLI:
        return milli // MILLI // 2 * MILLI
    return max(1, milli // 2)


def _shorter_s(job: QueuedJob) -> float:
    """A shorter limit: what its like needed, with slack; half of it if nothing is known."""
    known = job.run_s < job.at_most_s
    return max(_LEAST_S, _SLACK * job.run_s if known else job.at_most_s / 2)
