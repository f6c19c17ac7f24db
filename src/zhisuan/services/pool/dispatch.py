"""Dispatch: the live centre's side of the scheduler.

Keeps pool, queue and running jobs as `plan` wants them, follows every move of a job, and turns
a plan's places into allocations. It decides nothing itself.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from itertools import islice

from zhisuan.compute.allocation import Allocation
from zhisuan.compute.fairness import RecentUse
from zhisuan.compute.grant import Cores, allocations, places
from zhisuan.compute.job import Job, JobState
from zhisuan.compute.node import Node
from zhisuan.compute.packing import MIXED
from zhisuan.compute.policy import Order
from zhisuan.compute.policyfile import Rules
from zhisuan.compute.pool import Pool
from zhisuan.compute.scheduler.forecast import forecast
from zhisuan.compute.scheduler.memo import Memo
from zhisuan.compute.scheduler.plan import plan
from zhisuan.compute.scheduler.queue import Queue, Running
from zhisuan.compute.scheduler.sooner import Sooner, sooner
from zhisuan.compute.scheduler.values import NEVER, Outlook, Plan, QueuedJob, RunningJob
from zhisuan.core.clock import Instant
from zhisuan.ledger.tariff import PriceClass
from zhisuan.services.pool.foresight import Foresight

_FORETOLD = 500
"""Waiting jobs whose start is foretold; what stands further back is told its place alone."""

_GRAIN = 0.02
_STEPS = 200


class Dispatch:
    """What waits and what runs, in step with the jobs' states.

    Args:
        nodes: of the pool, in their present states.
        rules: how it is given out.
        used: what tenants used of late, to begin with; see `RecentUse`.
        now: the instant of the beginning.
        foresight: what is expected of jobs; it outlives these books.
    """

    def __init__(
        self,
        nodes: Sequence[Node],
        rules: Rules,
        used: Mapping[str, float],
        now: Instant,
        foresight: Foresight,
    ) -> None:
        self._nodes = nodes
        self._foresight = foresight
        self._rules = rules
        self._policy = rules.policy
        self._pool = Pool(nodes)
        self._expect()
        self._queue = Queue(rules.policy.order)
        self._running = Running()
        self._cores = Cores(nodes)
        self._held: dict[str, tuple[Allocation, ...]] = {}
        self._use = RecentUse(rules.half_life_s, used, now.timestamp())
        self._memo: Memo[Pool] = Memo()

    def ready(self, job: Job) -> None:
        """A queued job may be planned from now on; saying so again changes nothing."""
        if job.job_id not in self._queue:
            if job.attempt == 0 and self._foresight.arrived(job):
                self._expect()
            self._queue.add(_queued(job, self._foresight))

    def hold_back(self, job_id: str) -> None:
        """A queued job is not to be planned until it is ready again."""
        if job_id in self._queue:
            self._queue.remove(job_id)

    def follow(self, job: Job, now: Instant) -> None:
        """A job has moved."""
        if job.state is not JobState.QUEUED and job.job_id in self._queue:
            self._queue.remove(job.job_id)
        if job.state.holds_devices:
            if job.job_id not in self._running:
                self._hold(job, now)
        elif job.job_id in self._running:
            self._let_go(job.job_id, now)

    def leave(self, job_id: str) -> None:
        """A running job has been told to go, so its room will come back soon."""
        job = self._running[job_id]
        if not job.leaving:
            self._running.replace(replace(job, leaving=True))

    def used(self, now: Instant) -> Mapping[str, float]:
        """What tenants used of late."""
        return self._use.used(now.timestamp())

    def plan(self, now: Instant) -> tuple[Plan, Mapping[str, tuple[Allocation, ...]]]:
        """Who starts now, with what; who must go; and why the others wait."""
        at = now.timestamp()
        planned = plan(
            at,
            self._pool,
            self._queue,
            self._running,
            self._policy,
            self._outlook(at),
            memo=self._memo,
        )
        return planned, self._grant(planned)

    @property
    def waits(self) -> bool:
        """Whether anybody waits who may be planned."""
        return len(self._queue) > 0

    def forecast(self, now: Instant) -> Mapping[str, float]:
        """When those first in the queue are expected to start, Unix seconds."""
        first = [job.job_id for job in islice(self._queue, _FORETOLD)]
        return forecast(
            now.timestamp(),
            self._pool,
            self._queue,
            self._running,
            self._policy,
            self._outlook(now.timestamp()),
            first,
            grain=_GRAIN,
            most_steps=_STEPS,
        )

    def sooner(self, job_id: str, now: Instant, classes: Collection[int]) -> tuple[Sooner, ...]:
        """What would start a waiting job sooner; `classes` are the priorities there are."""
        kinds = sorted({device.kind for node in self._nodes for device in node.devices})
        return sooner(
            now.timestamp(),
            self._pool,
            self._queue,
            self._running,
            self._policy,
            self._outlook(now.timestamp()),
            job_id,
            kinds=kinds,
            classes=classes,
            most_steps=_STEPS,
        )

    def _expect(self) -> None:
        """Tell the pool what is typically asked for, where its packing goes by that."""
        if self._foresight.mix is not None and self._policy.packing in MIXED:
            self._pool.expect(self._foresight.mix)

    def _outlook(self, at: float) -> Outlook:
        """What is known beyond the pool: use of late, where the order asks for it, and cost."""
        cost = self._rules.ahead(at)
        if self._policy.order is Order.FAIR:
            return Outlook(self._use.used(at), cost)
        return Outlook(cost=cost)

    def _grant(self, planned: Plan) -> Mapping[str, tuple[Allocation, ...]]:
        """Name the cores and devices of every start; they are counted when the job moves."""
        granted: dict[str, tuple[Allocation, ...]] = {}
        for start in planned.starts:
            given = allocations(self._nodes, start.places, start.job.request, self._cores)
            granted[start.job.job_id] = given
        for given in granted.values():
            self._count(given, -1)
        return granted

    def _hold(self, job: Job, now: Instant) -> None:
        """Count what a job was given; what has left the pool, or shrunk there, is not counted."""
        where = places(self._nodes, job.allocations)
        where = where if self._pool.fits(where, job.request) else ()
        started = job.started_at.timestamp() if job.started_at else 0.0
        held = RunningJob(
            job.job_id,
            job.tenant,
            job.sequence,
            job.request,
            where,
            job.priority,
            job.submitted_at.timestamp(),
            started,
            started + job.time_left_s,
            job.attained,
            preemptible=job.price_class == PriceClass.PREEMPTIBLE,
            leaving=job.leave_for is not None,
            expected_at=started + self._foresight.expected_s(job),
        )
        self._pool.take(where, job.request)
        self._count(job.allocations, 1)
        self._running.add(held)
        self._held[job.job_id] = job.allocations
        self._use.change(job.tenant, self._share(held), now.timestamp())

    def _let_go(self, job_id: str, now: Instant) -> None:
        held = self._running.remove(job_id)
        self._pool.give_back(held.places, held.request)
        self._count(self._held.pop(job_id), -1)
        self._use.change(held.tenant, -self._share(held), now.timestamp())

    def _share(self, job: RunningJob) -> float:
        """What a job holds of the whole pool; an elastic gang may hold more than it asked for."""
        nodes = len(job.places) or job.request.nodes
        return self._pool.share(job.request) * nodes / job.request.nodes

    def _count(self, given: Sequence[Allocation], sign: int) -> None:
        for each in given:
            self._cores.count(each.node, each.cores, sign * each.cpu_milli)


def _queued(job: Job, foresight: Foresight) -> QueuedJob:
    times = job.times
    return QueuedJob(
        job.job_id,
        job.tenant,
        job.sequence,
        foresight.preferring(job),
        job.priority,
        job.submitted_at.timestamp(),
        foresight.expected_s(job),
        attained=job.attained,
        not_before=times.not_before.timestamp() if times.not_before else 0.0,
        start_by=times.start_by.timestamp() if times.start_by else NEVER,
        finish_by=times.finish_by.timestamp() if times.finish_by else NEVER,
        green=times.green,
        limit_s=job.time_left_s,
    )
