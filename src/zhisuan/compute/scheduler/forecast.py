"""When waiting jobs will start if nobody else comes: the scheduler run forward in time.

The very `plan` that decides now is asked again at every instant at which something is expected to
happen, until everybody in question has started (Smith, Taylor & Foster, JSSPP 1999, predict queue
waits this way). One run answers for all who wait. What is left out: later arrivals, use of late as
it will be then, and the work that an eviction costs. `compute.promise` learns how far off that is.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import Generic, TypeVar

from zhisuan.compute.history import outran
from zhisuan.compute.policy import Order, Policy
from zhisuan.compute.room import Room
from zhisuan.compute.scheduler.memo import Memo
from zhisuan.compute.scheduler.plan import plan
from zhisuan.compute.scheduler.queue import Queue, Running
from zhisuan.compute.scheduler.values import NEVER, Outlook, QueuedJob, RunningJob, Start
from zhisuan.core.quantities import MILLI

R = TypeVar("R", bound=Room)

MOST_STEPS = 5_000
"""Plans of one forecast; what has not started by then is not foretold."""

_TICK_S = 1.0
"""Time alone is not asked for another plan sooner than this, and no rest of work is shorter."""


def forecast(
    now: float,
    pool: Room,
    queue: Queue,
    running: Running,
    policy: Policy,
    outlook: Outlook,
    jobs: Collection[str] | None = None,
    *,
    by_limits: bool = False,
    grain: float = 0.0,
    most_steps: int = MOST_STEPS,
) -> Mapping[str, float]:
    """When waiting jobs are expected to start if nobody else comes.

    Evictions are carried out at once and the evicted wait again with the work that was left;
    what has been told to go already is gone. Turns by attained service are run forward like
    everything else, on the assumption that whatever starts may be displaced again; under other
    orders it may not, since a waiting job does not say.

    Args:
        now: the instant.
        pool: what is free, `running` taken out; left as it is.
        queue: the jobs that wait; left as it is.
        running: what holds the rest of the pool; left as it is.
        policy: the rules.
        outlook: use of late and cost ahead; taken to stay as they are.
        jobs: ids of those in question; all who wait if None.
        by_limits: expect every job to run to its limit instead of for its expected time.
        grain: of the time ahead; what happens within so much of it is taken as one instant, the
            last of it. With 0.02 a month ahead is some 500 plans however much runs, and the
            median error of a forecast is some 4 % larger.
        most_steps: plans at most.

    Returns:
        Job id to the instant, `now` or later. Who is not among them starts too late to tell, or
        never.
    """
    again = Queue(policy.order, queue)
    ahead = _Ahead(now, pool.copy(), again, policy, outlook, by_limits, grain)
    ahead.begin(running)
    here = {job.job_id for job in queue}
    asked = here if jobs is None else here.intersection(jobs)
    waiting = set(asked)
    at = now
    for _ in range(most_steps):
        waiting.difference_update(ahead.decide(at))
        if not waiting:
            break
        at = ahead.next()
        if at == NEVER:
            break
    return {job_id: ahead.starts[job_id] for job_id in asked - waiting}


@dataclass(slots=True)
class _Ahead(Generic[R]):
    """The pool, the queue and what runs, as they will be.

    Attributes:
        since: the instant of the forecast.
        ends: running job id to when it is expected to end.
        events: instants and who ends then, unless he has left before; or nobody, but from then
            on somebody may be displaced.
        again_at: when the last plan wants to be asked again.
        starts: job id to its first start.
    """

    since: float
    pool: R
    queue: Queue
    policy: Policy
    outlook: Outlook
    by_limits: bool
    grain: float
    running: Running = field(default_factory=Running)
    memo: Memo[R] = field(default_factory=Memo[R])
    ends: dict[str, float] = field(default_factory=dict[str, float])
    events: list[tuple[float, str]] = field(default_factory=list[tuple[float, str]])
    again_at: float = NEVER
    starts: dict[str, float] = field(default_factory=dict[str, float])

    def begin(self, running: Running) -> None:
        """Take over what runs now."""
        now = self.since
        for job in running:
            self._hold(job, max(now, job.ends_at) if self.by_limits else expected_end(now, job))
        for job in running:
            if job.leaving:
                self._evict(now, job.job_id)

    def decide(self, now: float) -> list[str]:
        """Ask for a plan and carry it out; tells who has started."""
        made = plan(
            now,
            self.pool,
            self.queue,
            self.running,
            self.policy,
            self.outlook,
            memo=self.memo,
            explain=False,
            keep=True,
        )
        for eviction in made.evictions:
            self._evict(now, eviction.job.job_id)
        for start in made.starts:
            self._start(now, start)
        # What has been made room for is planned at the same instant.
        self.again_at = now if made.evictions else max(made.again_at, now + _TICK_S)
        return [start.job.job_id for start in made.starts]

    def next(self) -> float:
        """Go to the next instant at which something happens, and let end what ends then."""
        events = self.events
        now = min(self.again_at, events[0][0] if events else NEVER)
        until = now + self.grain * (now - self.since)
        while events and events[0][0] <= until:
            at, job_id = heappop(events)
            now = max(now, at)
            if self.ends.get(job_id) == at:
                self._let_go(job_id)
        return now

    def _start(self, now: float, start: Start) -> None:
        job = start.job
        self.queue.remove(job.job_id)
        self.starts.setdefault(job.job_id, now)
        limit_s = job.at_most_s
        held = RunningJob(
            job.job_id,
            job.tenant,
            job.sequence,
            job.request,
            start.places,
            job.priority,
            job.submitted_at,
            now,
            now + limit_s,
            job.attained,
            preemptible=self.policy.order is Order.ATTAINED,
        )
        self._hold(held, now + (limit_s if self.by_limits else min(job.run_s, limit_s)))

    def _hold(self, job: RunningJob, until: float) -> None:
        self.running.add(job)
        self.ends[job.job_id] = until
        if until < NEVER:
            heappush(self.events, (until, job.job_id))
        if job.preemptible and (self.policy.evicts or self.policy.order is Order.ATTAINED):
            # A tick later, lest an error of rounding makes it too early.
            goes_at = job.started_at + self.policy.minimum_run_s + _TICK_S
            if goes_at > self.since:
                heappush(self.events, (goes_at, ""))

    def _let_go(self, job_id: str) -> RunningJob:
        job = self.running.remove(job_id)
        self.pool.give_back(job.places, job.request)
        del self.ends[job_id]
        return job

    def _evict(self, now: float, job_id: str) -> None:
        """The job waits again, with the work that is left."""
        until = self.ends[job_id]
        job = self._let_go(job_id)
        self.queue.add(
            QueuedJob(
                job.job_id,
                job.tenant,
                job.sequence,
                job.request,
                job.priority,
                job.submitted_at,
                max(_TICK_S, until - now),
                attained=job.attained + job.request.size / MILLI * (now - job.started_at),
                limit_s=max(_TICK_S, job.ends_at - now),
            )
        )


def expected_end(now: float, job: RunningJob) -> float:
    """When a running job is expected to end, `now` or later.

    What goes on beyond its expectation is expected to take several times as long, but never
    longer than its limit; see `compute.history.outran`.
    """
    at = job.expected_at or job.ends_at
    while at <= now and at < job.ends_at:
        ran_s = max(0.0, at - job.started_at)
        at = min(job.ends_at, job.started_at + outran(ran_s, job.ends_at - job.started_at))
    return max(now, at)
