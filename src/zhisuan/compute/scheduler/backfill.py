"""When: who starts now, and what is kept for those who cannot.

Greedy backfilling keeps room for nobody but who has waited beyond patience. EASY (Lifka 1995) keeps
room for the first blocked job alone: a later job may start
if it ends before that job can start, or leaves it enough. Conservative backfilling keeps room
for every blocked job. Without backfilling nobody passes a blocked job.
"""

from collections.abc import Callable, Iterable, Iterator
from operator import itemgetter
from typing import Generic, TypeVar

from zhisuan.compute.policy import Backfill, Packing
from zhisuan.compute.request import ResourceRequest
from zhisuan.compute.room import Claim, Release, Room
from zhisuan.compute.scheduler.gate import Gate
from zhisuan.compute.scheduler.horizon import Horizon
from zhisuan.compute.scheduler.queue import Running
from zhisuan.compute.scheduler.values import Eviction, Places, QueuedJob, Reservation, Start

R = TypeVar("R", bound=Room)

_NOBODY = frozenset[str]()
_NONE, _GREEDY, _CONSERVATIVE = Backfill.NONE, Backfill.GREEDY, Backfill.CONSERVATIVE


class Pass(Generic[R]):
    """One walk over waiting jobs, and what came of it; starts are taken from the pool.

    Args:
        now: the instant.
        pool: what is free.
        running: what holds the rest.
        packing: which place is taken of several.
        gate: what holds single jobs back; None if nothing does.

    Attributes:
        promising: reservations are wanted, even where they change nobody's start.
        starts: who starts.
        claim: the first blocked job's room.
        reservations: promised starts.
        blocked: the first job that has no room, if it could ever have any.
        first: job ids of those who go first for having waited beyond patience.
        evict: who can make room for the blocked job; None if nobody is ever asked to.
        evictions: who is asked to.
        elastic: somebody has started who could take more nodes.
        shifted: somebody has started at a place that may have been the blocked job's.
    """

    __slots__ = (
        "blocked",
        "claim",
        "elastic",
        "evict",
        "evictions",
        "first",
        "gate",
        "now",
        "packing",
        "pool",
        "promising",
        "reservations",
        "running",
        "shifted",
        "starts",
    )

    def __init__(
        self,
        now: float,
        pool: R,
        running: Running,
        packing: Packing,
        gate: Gate | None = None,
    ) -> None:
        self.now = now
        self.pool = pool
        self.running = running
        self.packing = packing
        self.gate = gate
        self.promising = True
        self.starts: list[Start] = []
        self.claim: Claim[R] | None = None
        self.reservations: list[Reservation] = []
        self.blocked: QueuedJob | None = None
        self.first = _NOBODY
        self.evict: Callable[[Pass[R]], tuple[Eviction, ...]] | None = None
        self.evictions: tuple[Eviction, ...] = ()
        self.shifted = False
        self.elastic = False

    def walk(
        self,
        jobs: Iterable[QueuedJob],
        backfill: Backfill,
        able: list[QueuedJob] | None = None,
    ) -> None:
        """Look at every job in its turn.

        Room is kept for one job at most, or for all; without backfilling nobody passes it at all.

        Args:
            jobs: in turn.
            backfill: who may pass a blocked job.
            able: those of them that may have room before anybody starts, if that is known.
        """
        if backfill is _CONSERVATIVE:
            self._reserve_all(jobs)
            return
        alone, greedy = backfill is _NONE, backfill is _GREEDY
        waiting = iter(jobs)
        full: set[ResourceRequest] = set()  # what has no room now; there will only be less
        while self.claim is None:
            blocked = self._until_blocked(waiting, full, backfill)
            if blocked is None:
                return
            if not self.pool.serves(blocked.request):
                full.add(blocked.request)
                continue
            if not greedy or blocked.job_id in self.first:
                passing = [] if alone else self._passing(blocked, waiting, able)
                if not self.promising and not passing:
                    return  # nobody is left who could pass it: how long it waits does not matter
                self.claim = self._claim(blocked, backfill)
                waiting = iter(passing)
            self.blocked = blocked
            if self.evict is not None and self._making_room(self.evict):
                return
            if self.claim is None:
                full.add(blocked.request)
        if not alone:
            self._beside(self.claim, waiting)

    def resume(self, claim: Claim[R], jobs: list[QueuedJob]) -> None:
        """Go on behind a job that an earlier walk found blocked, and still is."""
        self.claim = claim
        self.blocked = claim.job
        if self.promising:
            self.reservations.append(claim.reservation)
        if claim.room is not None:
            self._beside(claim, jobs)

    def undo(self) -> None:
        """Give back what the walk took, so that the pool is as it was."""
        freed = self.pool.freed
        for start in self.starts:
            self.pool.give_back(start.places, start.job.request)
        self.pool.freed = freed

    def _until_blocked(
        self, jobs: Iterator[QueuedJob], full: set[ResourceRequest], backfill: Backfill
    ) -> QueuedJob | None:
        """Start who has room, up to the first job for which room must be kept."""
        find, packing, gate, first = self.pool.find, self.packing, self.gate, self.first
        # For the first of all, others may have to go.
        greedy = backfill is _GREEDY and (self.evict is None or self.blocked is not None)
        for job in jobs:
            request = job.request
            if full and request in full and job.job_id not in first:
                continue
            if gate is not None and gate.holds(job) is not None:
                continue
            places = find(request, packing)
            if places is not None:
                self._start(job, places, None)
            elif not greedy or job.job_id in first:
                return job
            else:
                full.add(request)
        return None

    def _passing(
        self, blocked: QueuedJob, waiting: Iterator[QueuedJob], able: list[QueuedJob] | None
    ) -> list[QueuedJob]:
        """Who may have room behind a blocked job; asked anew only if the answer has changed."""
        if able is None or self.starts or able[0] is blocked:
            return self.pool.sieve(waiting)
        return able

    def _beside(self, claim: Claim[R], jobs: Iterable[QueuedJob]) -> None:
        """Start who does not touch the room that is kept: by ending before, or by fitting too."""
        held = None if self.gate is None else self.gate.holds
        for job, places, beside in self.pool.beside(claim, jobs, self.now, self.packing, held):
            self._start(job, places, beside)

    def _claim(self, job: QueuedJob, backfill: Backfill) -> Claim[R] | None:
        """Keep room for a blocked job; None if it would not fit even when all have ended."""
        found = self.pool.keep(job.request, self._releases(), self.packing)
        if found is None:
            return None
        at, places, room = found
        claim = Claim(job, at, None if backfill is _NONE else room, places)
        if self.promising:
            self.reservations.append(claim.reservation)
        return claim

    def _reserve_all(self, jobs: Iterable[QueuedJob]) -> None:
        """Conservative: every blocked job has its room kept, in its turn."""
        horizon = Horizon(self.now, self.pool, self._releases())
        for job in jobs:
            if self.gate is not None and self.gate.holds(job) is not None:
                continue
            found = horizon.earliest(job.request, job.at_most_s, self.packing)
            if found is None:
                continue
            at, places = found
            horizon.claim(at, at + job.at_most_s, places, job.request)
            if at <= self.now:
                self._start(job, places, None)
                continue
            self.reservations.append(Reservation(job.job_id, at, places))
            if self.blocked is None:
                self.blocked = job
                if self.evict is not None and self._making_room(self.evict):
                    return

    def _start(self, job: QueuedJob, places: Places, beside: R | None) -> None:
        if beside is not None:
            beside.take(places, job.request)
            if places:
                self.shifted = True
        self.pool.take(places, job.request)
        self.starts.append(Start(job, places))
        if job.request.most_nodes:
            self.elastic = True
        if self.gate is not None:
            self.gate.started(job)

    def _making_room(self, evict: "Callable[[Pass[R]], tuple[Eviction, ...]]") -> bool:
        """Whether others go for the blocked job; then nobody passes it, and takes what it needs."""
        self.evictions = evict(self)
        return bool(self.evictions)

    def _releases(self) -> Iterable[Release]:
        """What will be given back, by running jobs and by those that start now."""
        releases = self.running.releases(self.now)
        if not self.starts:
            return releases
        begun = [
            (self.now + each.job.at_most_s, each.job.sequence, each.places, each.job.request)
            for each in self.starts
        ]
        # Sorting is stable: of what ends at one instant, what runs already comes first.
        return sorted([*releases, *begun], key=itemgetter(0))
