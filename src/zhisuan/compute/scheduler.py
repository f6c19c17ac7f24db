"""`plan`: who starts where, now. A pure function of values: no clock, no I/O, no chance.

The live centre calls it with the wall clock, a replay with a trace's clock. The present policy
is priority, then first come, within quotas, without backfill: a job that does not fit now
holds back every later job of the pool, so that none is starved; a job stopped by its tenant's
quota holds back nobody but that tenant.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from zhisuan.compute.allocation import Allocation, DeviceShare
from zhisuan.compute.policy import Policy, Quota
from zhisuan.compute.pool import Pool
from zhisuan.compute.request import ResourceRequest
from zhisuan.core.clock import Instant


class WaitingReason(StrEnum):
    """Why a job waits."""

    QUOTA = "quota"
    NO_FIT_NOW = "no_fit_now"
    FRAGMENTATION = "fragmentation"
    GANG_INCOMPLETE = "gang_incomplete"
    RESERVED_FOR_EARLIER = "reserved_for_earlier"
    NO_SUCH_DEVICE = "no_such_device"
    PREPARING = "preparing"


@dataclass(frozen=True, slots=True)
class QueuedJob:
    """A job that waits; higher `priority` goes first, then the lower `sequence`."""

    job_id: str
    tenant: str
    sequence: int
    request: ResourceRequest
    priority: int = 0
    submitted_at: Instant | None = None
    time_limit_s: float = 3600.0


@dataclass(frozen=True, slots=True)
class RunningJob:
    """A job that holds a part of the pool."""

    job_id: str
    tenant: str
    allocations: tuple[Allocation, ...]
    priority: int = 0
    started_at: Instant | None = None
    time_limit_s: float = 3600.0


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is expected of price and carbon in the hours ahead; empty: nothing is known."""


@dataclass(frozen=True, slots=True)
class Start:
    """A job that may start, with what it is given; one allocation a node of its gang."""

    job_id: str
    allocations: tuple[Allocation, ...]


@dataclass(frozen=True, slots=True)
class Eviction:
    """A running job that must make room."""

    job_id: str


@dataclass(frozen=True, slots=True)
class Reservation:
    """A waiting job's promise of a start."""

    job_id: str
    starts_at: Instant


@dataclass(frozen=True, slots=True)
class Waiting:
    """Why one job waits and how many go before it."""

    reason: WaitingReason
    ahead: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do now.

    Attributes:
        starts: in the order decided.
        evictions: before the starts; none under the present policy.
        reservations: none under the present policy.
        reasons: for every job that waits on.
    """

    starts: tuple[Start, ...] = ()
    evictions: tuple[Eviction, ...] = ()
    reservations: tuple[Reservation, ...] = ()
    reasons: Mapping[str, Waiting] = field(default_factory=dict[str, Waiting])


def plan(
    now: Instant,  # noqa: ARG001  the contract of every policy; the present one has no use for it
    pool: Pool,
    queue: Iterable[QueuedJob],
    running: Sequence[RunningJob],
    policy: Policy,
    outlook: Outlook,  # noqa: ARG001  the same
) -> Plan:
    """Decide which waiting jobs start.

    Args:
        now: the instant of the decision.
        pool: what is free, `running` already taken out; left unchanged.
        queue: the jobs that wait, in any order.
        running: what holds the rest of the pool; its owners count against quotas.
        policy: the rules.
        outlook: price and carbon ahead.

    Returns:
        The plan. Equal inputs give equal plans.
    """
    free = pool.copy()
    held = _Held(running)
    cores = _Cores(pool, running)
    starts: list[Start] = []
    reasons: dict[str, Waiting] = {}
    blocked = False
    for job in sorted(queue, key=lambda each: (-each.priority, each.sequence)):
        ahead = len(reasons)
        if held.beyond(policy.quota(job.tenant), job):
            reasons[job.job_id] = Waiting(WaitingReason.QUOTA, ahead)
            continue
        if blocked:
            reasons[job.job_id] = Waiting(WaitingReason.RESERVED_FOR_EARLIER, ahead)
            continue
        places = _place(free, job.request)
        if places is None:
            reasons[job.job_id] = Waiting(_why(free, job.request), ahead)
            blocked = reasons[job.job_id].reason is not WaitingReason.NO_SUCH_DEVICE
            continue
        allocations = tuple(
            _allocate(free, row, columns, job.request, cores) for row, columns in places
        )
        for allocation in allocations:
            free.take(allocation)
        held.add(job.tenant, allocations)
        starts.append(Start(job.job_id, allocations))
    return Plan(tuple(starts), reasons=reasons)


class _Held:
    """What each tenant holds of the pool: cpu, memory, devices."""

    def __init__(self, running: Sequence[RunningJob]) -> None:
        self._sums: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
        for job in running:
            self.add(job.tenant, job.allocations)

    def add(self, tenant: str, allocations: Iterable[Allocation]) -> None:
        sums = self._sums[tenant]
        for each in allocations:
            sums[0] += each.cpu_milli
            sums[1] += each.memory_mb
            sums[2] += sum(share.milli for share in each.devices)

    def beyond(self, quota: Quota, job: QueuedJob) -> bool:
        """Whether the job would take its tenant beyond the quota."""
        request = job.request
        most = max((wanted.milli for wanted in request.any_of), default=0)
        asked = (request.cpu_milli, request.memory_mb, most)
        limits = (quota.cpu_milli, quota.memory_mb, quota.device_milli)
        sums = self._sums[job.tenant]
        return any(
            limit is not None and now_held + request.nodes * more > limit
            for now_held, more, limit in zip(sums, asked, limits, strict=True)
        )


class _Cores:
    """How much of each core is taken, so that whole cores are granted alone where possible."""

    def __init__(self, pool: Pool, running: Sequence[RunningJob]) -> None:
        self._taken: list[dict[int, int]] = [dict.fromkeys(node.cores, 0) for node in pool.nodes]
        for job in running:
            for allocation in job.allocations:
                if not pool.has(allocation.node):
                    continue
                self.count(pool.row(allocation.node), allocation.cores, allocation.cpu_milli)

    def count(self, row: int, cores: Sequence[int], cpu_milli: int) -> None:
        for core in cores:
            if core in self._taken[row]:
                self._taken[row][core] += cpu_milli // len(cores)

    def grant(self, row: int, cpu_milli: int) -> tuple[int, ...]:
        """The emptiest cores, as many as the share needs, lowest index first on a tie."""
        needed = max(1, -(-cpu_milli // 1000))
        taken = self._taken[row]
        chosen = tuple(sorted(sorted(taken, key=lambda core: (taken[core], core))[:needed]))
        self.count(row, chosen, cpu_milli)
        return chosen


Places = list[tuple[int, tuple[tuple[int, int], ...]]]


def _place(free: Pool, request: ResourceRequest) -> Places | None:
    """Rows and device columns for every node of the gang, or None: whole or not at all."""
    room = free.open & (free.cpu_milli >= request.cpu_milli) & (free.memory_mb >= request.memory_mb)
    rows = room.nonzero()[0]
    # Best fit: the node with least free cores that still has room, then the first.
    ordered = rows[free.cpu_milli[rows].argsort(kind="stable")]
    places: Places = []
    for row in ordered.tolist():
        columns = free.fits(row, request)
        if columns is not None:
            places.append((row, columns))
            if len(places) == request.nodes:
                return places
    return None


def _allocate(
    free: Pool,
    row: int,
    columns: tuple[tuple[int, int], ...],
    request: ResourceRequest,
    cores: _Cores,
) -> Allocation:
    node = free.nodes[row]
    devices = tuple(
        DeviceShare(device.name, milli, device.kind, device.priced_as, device.simulated)
        for device, milli in ((node.devices[column], milli) for column, milli in columns)
    )
    granted = cores.grant(row, request.cpu_milli)
    return Allocation(
        node.name, request.cpu_milli, request.memory_mb, granted, devices, node.simulated
    )


def _why(free: Pool, request: ResourceRequest) -> WaitingReason:
    """Why a request does not fit now."""
    if not free.admits(request):
        return WaitingReason.NO_SUCH_DEVICE
    if request.nodes > 1 and _place(free, _single(request)) is not None:
        return WaitingReason.GANG_INCOMPLETE
    total_cpu = int(free.cpu_milli[free.open].sum())
    total_memory = int(free.memory_mb[free.open].sum())
    most = min((wanted.milli for wanted in request.any_of), default=0)
    total_devices = int(free.device_milli[free.open].sum())
    if (
        len(free.nodes) > 1
        and total_cpu >= request.nodes * request.cpu_milli
        and total_memory >= request.nodes * request.memory_mb
        and total_devices >= request.nodes * most
    ):
        return WaitingReason.FRAGMENTATION
    return WaitingReason.NO_FIT_NOW


def _single(request: ResourceRequest) -> ResourceRequest:
    return ResourceRequest(request.cpu_milli, request.memory_mb, request.any_of)
