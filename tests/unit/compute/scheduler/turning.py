"""A tiny centre: a clock that ends jobs and carries out what plans say."""

from dataclasses import dataclass, field, replace
from heapq import heappop, heappush
from itertools import count

from world import NOW

from zhisuan.compute.scheduler.plan import plan
from zhisuan.compute.scheduler.queue import Queue, Running
from zhisuan.compute.scheduler.values import NEVER, QueuedJob, RunningJob
from zhisuan.core.quantities import MILLI

MOST_PLANS = 60
"""Plans of one instant, beyond which a centre only turns in circles."""


@dataclass
class Turning:
    """What waits and runs, and what has happened so far.

    Attributes:
        world: to begin with.
        lasts: job id to seconds it really runs; others run to their limits.
        preemptible: whether what starts may be evicted.
        plans: `(instant, plan)` of all plans.
        began: job id to every start of it.
        ended: job id to its end.
    """

    world: object
    lasts: dict = field(default_factory=dict)
    preemptible: bool = False
    memo: object = None
    explain: bool = True
    now: float = NOW
    plans: list = field(default_factory=list)
    began: dict = field(default_factory=dict)
    ended: dict = field(default_factory=dict)

    def __post_init__(self):
        self.policy = self.world.policy
        self.room = self.world.room()
        self.queue = Queue(self.policy.order, self.world.waiting)
        self.running = Running(self.world.running)
        self.again_at = self.now
        self._limits = {each.job_id: each.limit_s for each in self.world.waiting}
        self._left = dict(self.lasts)
        self._ends = []
        self._number = count()
        self._attempts = {}
        for each in self.world.running:
            self._ends_at(each.job_id, each.ends_at)

    def arrive(self, job):
        self._limits[job.job_id] = job.limit_s
        self.queue.add(job)

    def run(self, arrivals=(), until=NEVER, quits=(), visits=()):
        """Turn the clock until nothing happens any more.

        Args:
            arrivals: jobs that come when they are submitted.
            until: nothing is looked at from then on.
            quits: `(instant, job id)` of those who give up if they still wait, and are told to
                go if they run.
            visits: instants at which a plan is made though nothing happens.
        """
        coming = sorted(arrivals, key=lambda each: (each.submitted_at, each.sequence))
        leaving, calls = sorted(quits), sorted(visits)
        while True:
            now = max(self.now, min(self._next(), *_first(coming, leaving, calls)))
            if now >= until or now == NEVER:
                return self
            while coming and coming[0].submitted_at <= now:
                self.arrive(coming.pop(0))
            while leaving and leaving[0][0] <= now:
                _, job_id = leaving.pop(0)
                if job_id in self.queue:
                    self.queue.remove(job_id)
                elif job_id in self.running:
                    told = replace(self.running[job_id], leaving=True)
                    self.running.replace(told)
            while calls and calls[0] <= now:
                calls.pop(0)
            self.turn(now)

    def _next(self):
        return min(self._ends[0][0] if self._ends else NEVER, self.again_at)

    def turn(self, now):
        """One instant: ends, then plans until nobody has to make room any more."""
        self.now = now
        while self._ends and self._ends[0][0] <= now:
            _, attempt, job_id = heappop(self._ends)
            if self._attempts.get(job_id) == attempt:
                self._give_back(self.running[job_id])
                self.ended[job_id] = now
        for _ in range(MOST_PLANS):
            made = self.plan()
            self.carry_out(made)
            if not made.evictions:
                self.again_at = max(made.again_at, now + 1.0) if self.queue else NEVER
                return
        raise AssertionError("evictions without end")

    def plan(self):
        made = plan(
            self.now,
            self.room,
            self.queue,
            self.running,
            self.policy,
            self.world.outlook,
            memo=self.memo,
            explain=self.explain,
        )
        self.plans.append((self.now, made))
        return made

    def carry_out(self, made):
        """Evict and start as the plan says; the evicted wait again with the work that is left."""
        for eviction in made.evictions:
            self.evict(eviction.job)
        for start in made.starts:
            waited = self.queue.remove(start.job.job_id)
            self.room.take(start.places, waited.request)
            held = RunningJob(
                waited.job_id,
                waited.tenant,
                waited.sequence,
                waited.request,
                start.places,
                waited.priority,
                waited.submitted_at,
                self.now,
                self.now + waited.at_most_s,
                waited.attained,
                preemptible=self.preemptible,
            )
            self.running.add(held)
            self.began.setdefault(waited.job_id, []).append(self.now)
            lasts = self._left.get(waited.job_id, waited.at_most_s)
            self._ends_at(held.job_id, self.now + min(lasts, waited.at_most_s))

    def evict(self, held):
        self._give_back(held)
        ran = self.now - held.started_at
        left = max(1.0, self._left.get(held.job_id, held.ends_at - held.started_at) - ran)
        self._left[held.job_id] = left
        self.queue.add(
            QueuedJob(
                held.job_id,
                held.tenant,
                held.sequence,
                held.request,
                held.priority,
                held.submitted_at,
                max(1.0, held.ends_at - self.now),
                attained=held.attained + held.request.size / MILLI * ran,
            )
        )

    def _ends_at(self, job_id, at):
        attempt = self._attempts[job_id] = next(self._number)
        heappush(self._ends, (at, attempt, job_id))

    def _give_back(self, held):
        self.running.remove(held.job_id)
        del self._attempts[held.job_id]
        self.room.give_back(held.places, held.request)


def _first(coming, leaving, calls):
    """When the next of each kind is due."""
    return (
        coming[0].submitted_at if coming else NEVER,
        leaving[0][0] if leaving else NEVER,
        calls[0] if calls else NEVER,
    )
