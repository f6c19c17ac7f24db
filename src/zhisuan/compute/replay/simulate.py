"""The trace's clock: jobs arrive, end and are evicted, and `plan` is asked at every instant.

At one instant all ends come first, then all arrivals, then the plan. Nothing is decided here;
what the plan says is carried out, and what evictions made room for is planned again at once.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from heapq import heappop, heappush
from math import ceil
from typing import Generic, NamedTuple, TypeVar

from zhisuan.compute.policy import Policy
from zhisuan.compute.replay.predictor import MINIMUM_S, Predictor
from zhisuan.compute.replay.trace import TraceJob
from zhisuan.compute.request import ResourceRequest
from zhisuan.compute.room import Room
from zhisuan.compute.scheduler.memo import Memo
from zhisuan.compute.scheduler.plan import NOTHING, plan
from zhisuan.compute.scheduler.queue import Queue, Running
from zhisuan.compute.scheduler.values import (
    NEVER,
    Eviction,
    Outlook,
    Places,
    QueuedJob,
    RunningJob,
    value,
)
from zhisuan.core.quantities import MILLI

R = TypeVar("R", bound=Room)

_TOLD_EVERY = 100
"""Jobs that end between two words on progress."""

_TICK_S = 1.0
"""Time alone is asked for another plan at multiples of this, unless told otherwise."""


@value
class Finished:
    """What became of one job.

    Attributes:
        started_at: when its last attempt began.
        preemptions: how often it was evicted.
        lost_s: work it had to do again.
    """

    job: TraceJob
    started_at: float
    ended_at: float
    preemptions: int = 0
    lost_s: float = 0.0


class _Past(NamedTuple):
    """An evicted job: work left, times evicted, work lost."""

    left_s: float
    preemptions: int
    lost_s: float


_NO_PAST = _Past(0.0, 0, 0.0)


def lost_work_s(request: ResourceRequest) -> float:
    """Work that a preemption costs: 7, 30 or 60 s for one, up to eight, and more devices.

    Devices, or cores where none are asked for. Source: Hu et al., Characterization and
    Prediction of Deep Learning Workloads in Large-Scale GPU Datacenters, SC 2021.
    """
    size = request.size
    if size <= MILLI:
        return 7.0
    return 30.0 if size <= 8 * MILLI else 60.0


def milli(request: ResourceRequest) -> int:
    """Device-milli over the whole gang, or core-milli if no device is asked for."""
    return request.nodes * (request.device_milli or request.cpu_milli)


class Replay(Generic[R]):
    """One run of a trace under a policy.

    Args:
        pool: idle; it is used up and given back.
        policy: what `plan` is told.
        predictor: how long jobs are expected to run.
        finished: told of every job that ends, in order of time.
        watch: told after every instant: the time, the milli in use, how many wait.
        outlook: what `plan` knows beyond the pool.
        cost_s: work that a preemption of a request costs.
        tick_s: time alone is asked for another plan at multiples of this.
    """

    def __init__(
        self,
        pool: R,
        policy: Policy,
        predictor: Predictor,
        finished: Callable[[Finished], None],
        *,
        watch: Callable[[float, int, int], None] | None = None,
        outlook: Outlook | None = None,
        cost_s: Callable[[ResourceRequest], float] = lost_work_s,
        tick_s: float = _TICK_S,
    ) -> None:
        self._pool = pool
        self._policy = policy
        self._predictor = predictor
        self._finished = finished
        self._watch = watch
        self._outlook = outlook or Outlook()
        self._cost_s = cost_s
        self._tick_s = tick_s
        self._queue = Queue(policy.order)
        self._running = Running()
        self._memo: Memo[R] = Memo()
        self._jobs: list[TraceJob] = []  # by sequence
        self._past: dict[int, _Past] = {}
        self._ends: list[tuple[float, int, float]] = []
        self._overruns: list[tuple[float, int, float]] = []
        self._evicted = False
        self._held = 0
        self.ended = 0

    @property
    def waiting(self) -> int:
        """Jobs that wait; after the run, those that could never start."""
        return len(self._queue)

    def run(self, jobs: Iterable[TraceJob]) -> Iterator[int]:
        """Replay jobs in order of arrival.

        Yields:
            How many have ended, every now and then.

        Raises:
            ValueError: a job arrives before the one in front of it.
        """
        coming = iter(jobs)
        job = next(coming, None)
        arrives_at = NEVER if job is None else job.arrival_s
        again_at = NEVER
        arrived = told = 0
        ends, overruns, watch = self._ends, self._overruns, self._watch
        while True:
            ends_at = ends[0][0] if ends else NEVER
            # The hottest loop of a replay: comparing costs less than calling `min`.
            now = ends_at if ends_at < arrives_at else arrives_at  # noqa: FURB136
            if again_at < now:  # noqa: PLR1730
                now = again_at
            if overruns and overruns[0][0] < now:
                now = overruns[0][0]
            if now == NEVER:
                return
            if now == ends_at:
                self._end(now)
            if overruns:
                self._extend(now)
            while job is not None and arrives_at <= now:
                self._arrive(job, arrived, now)
                arrived += 1
                job = next(coming, None)
                arrives_at = NEVER if job is None else job.arrival_s
            again_at = self._decide(now)
            if watch is not None:
                watch(now, self._held, self.waiting)
            if self.ended - told >= _TOLD_EVERY:
                told = self.ended
                yield told

    def _end(self, now: float) -> None:
        """Whatever ends now gives its room back."""
        ends, running, predictor = self._ends, self._running, self._predictor
        learning = predictor.learning
        while ends and ends[0][0] == now:
            _, sequence, started_at = heappop(ends)
            if self._evicted and self._stale(sequence, started_at):
                continue
            job = self._jobs[sequence]
            held = running.remove(job.job_id)
            self._pool.give_back(held.places, job.request)
            self.ended += 1
            if learning:
                predictor.learn(job, job.run_s, now)
            _, preemptions, lost_s = self._past.pop(sequence, _NO_PAST)
            self._finished(Finished(job, started_at, now, preemptions, lost_s))
            self._held -= job.request.size
        if learning:
            self._guess_anew(now)

    def _stale(self, sequence: int, started_at: float) -> bool:
        """Whether something was expected of an attempt that is over."""
        job_id = self._jobs[sequence].job_id
        return job_id not in self._running or self._running[job_id].started_at != started_at

    def _guess_anew(self, now: float) -> None:
        """What ended may say something about jobs that wait."""
        queue = self._queue
        for job in list(self._predictor.news([self._jobs[each.sequence] for each in queue])):
            waiting = queue[job.job_id]
            done = job.run_s - self._left_s(waiting.sequence)
            run_s = max(MINIMUM_S, self._predictor.predict(job, now) - done)
            if run_s != waiting.run_s:
                queue.remove(job.job_id)
                queue.add(replace(waiting, run_s=run_s))

    def _arrive(self, job: TraceJob, sequence: int, now: float) -> None:
        if job.arrival_s < now:
            raise ValueError(f"{job} stands behind a job that arrived later")
        self._jobs.append(job)
        run_s = self._predictor.predict(job, now)
        limit_s = job.estimate_s if self._predictor.learning else 0.0
        self._queue.add(
            QueuedJob(
                job.job_id,
                job.tenant,
                sequence,
                job.request,
                job.priority,
                now,
                run_s,
                limit_s,
            )
        )

    def _decide(self, now: float) -> float:
        """Carry out plans until nobody has to make room any more; when to ask again anyway."""
        while True:
            made = plan(
                now,
                self._pool,
                self._queue,
                self._running,
                self._policy,
                self._outlook,
                memo=self._memo,
                explain=False,
                keep=True,
            )
            if made is NOTHING:
                return NEVER
            for eviction in made.evictions:
                self._evict(eviction, now)
            for start in made.starts:
                self._start(start.job, start.places, now)
            if not made.evictions:
                return self._tick(now, made.again_at) if made.again_at < NEVER else NEVER

    def _tick(self, now: float, at: float) -> float:
        """The first tick from an instant on that is still to come."""
        tick = ceil(at / self._tick_s) * self._tick_s
        return tick if tick > now else (now // self._tick_s + 1.0) * self._tick_s

    def _start(self, job: QueuedJob, places: Places, now: float) -> None:
        job_id, sequence, request = job.job_id, job.sequence, job.request
        expected = now + (job.limit_s or job.run_s)
        traced = self._jobs[sequence]
        self._queue.remove(job_id)
        self._running.add(
            RunningJob(
                job_id,
                job.tenant,
                sequence,
                request,
                places,
                job.priority,
                job.submitted_at,
                now,
                expected,
                job.attained,
                traced.preemptible,
                now + job.run_s if job.limit_s else 0.0,
            )
        )
        left = self._left_s(sequence) if sequence in self._past else traced.run_s
        ends_at = now + left
        heappush(self._ends, (ends_at, sequence, now))
        if expected < ends_at:
            heappush(self._overruns, (expected, sequence, now))
        self._held += request.size

    def _left_s(self, sequence: int) -> float:
        """Work left of a job when its attempt began."""
        if sequence in self._past:
            return self._past[sequence].left_s
        return self._jobs[sequence].run_s

    def _evict(self, eviction: Eviction, now: float) -> None:
        """The job waits again, with what it lost added to what is left."""
        held = self._running.remove(eviction.job.job_id)
        self._pool.give_back(held.places, held.request)
        self._evicted = True
        job = self._jobs[held.sequence]
        ran = now - held.started_at
        cost = self._cost_s(job.request)
        left = self._left_s(held.sequence) - ran + cost
        past = self._past.get(held.sequence, _Past(left, 0, 0.0))
        self._past[held.sequence] = _Past(left, past.preemptions + 1, past.lost_s + cost)
        done = job.run_s - left
        limit_s = max(MINIMUM_S, job.estimate_s - done) if self._predictor.learning else 0.0
        self._queue.add(
            QueuedJob(
                job.job_id,
                job.tenant,
                held.sequence,
                job.request,
                job.priority,
                submitted_at=job.arrival_s,
                run_s=max(MINIMUM_S, self._predictor.predict(job, now) - done),
                limit_s=limit_s,
                attained=held.attained + job.request.size / MILLI * ran,
            )
        )
        self._held -= job.request.size

    def _extend(self, now: float) -> None:
        """What has run as long as was expected and goes on is expected to run on."""
        overruns = self._overruns
        while overruns and overruns[0][0] <= now:
            _, sequence, started_at = heappop(overruns)
            if self._stale(sequence, started_at):
                continue
            job = self._jobs[sequence]
            ends_at = started_at + self._left_s(sequence)
            ran = job.run_s - (ends_at - now)
            more = self._predictor.extend(job, ran, now) - ran
            expected = now + max(MINIMUM_S, more)
            self._running.replace(replace(self._running[job.job_id], ends_at=expected))
            self._memo.forget()
            if expected < ends_at:
                heappush(overruns, (expected, sequence, started_at))
