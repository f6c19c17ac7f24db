"""What waits and what runs, kept in order so that a plan need not sort them anew."""

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from zhisuan.compute.policy import Order
from zhisuan.compute.room import Release
from zhisuan.compute.scheduler.order import AGEING, STANDING, Key
from zhisuan.compute.scheduler.values import NEVER, QueuedJob, RunningJob

_REMEMBERED = 200
"""Arrivals told apart from who waited before; more would only keep the started ones in memory."""


class Running:
    """The jobs that hold the pool, by the instant at which they are expected to end.

    Args:
        jobs: to begin with.

    Attributes:
        revised: how often something else became known of a job that runs on.
    """

    def __init__(self, jobs: Iterable[RunningJob] = ()) -> None:
        self.revised = 0
        self._jobs: dict[str, RunningJob] = {}
        self._releases: list[Release] = []
        self._held: dict[str, list[int]] | None = None
        for job in jobs:
            self.add(job)

    def __len__(self) -> int:
        return len(self._jobs)

    def __iter__(self) -> Iterator[RunningJob]:
        return iter(self._jobs.values())

    def __contains__(self, job_id: str) -> bool:
        return job_id in self._jobs

    def __getitem__(self, job_id: str) -> RunningJob:
        return self._jobs[job_id]

    def add(self, job: RunningJob) -> None:
        """A job began."""
        self._jobs[job.job_id] = job
        at = -NEVER if job.leaving else job.ends_at
        insort(self._releases, (at, job.sequence, job.places, job.request))
        if self._held is not None:
            _count(self._held, job, 1)

    def remove(self, job_id: str) -> RunningJob:
        """A job ended, however."""
        job = self._jobs.pop(job_id)
        at = -NEVER if job.leaving else job.ends_at
        del self._releases[bisect_left(self._releases, (at, job.sequence))]
        if self._held is not None:
            _count(self._held, job, -1)
        return job

    def replace(self, job: RunningJob) -> None:
        """What is known of a running job has changed, such as its expected end."""
        self.remove(job.job_id)
        self.add(job)
        self.revised += 1

    def releases(self, now: float) -> Sequence[Release]:
        """What will be given back, in order of time.

        What is overdue or has been told to go ends at any moment.
        """
        if self._releases and self._releases[0][0] < now:
            return [(max(now, each[0]), *each[1:]) for each in self._releases]
        return self._releases

    def held(self, tenant: str) -> tuple[int, int, int]:
        """Core-milli, megabytes and device-milli that a tenant holds."""
        if self._held is None:  # kept from the first question on: many never ask
            self._held = defaultdict(lambda: [0, 0, 0])
            for job in self:
                _count(self._held, job, 1)
        cpu, memory, device = self._held[tenant]
        return cpu, memory, device


def _count(held: dict[str, list[int]], job: RunningJob, sign: int) -> None:
    sums = held[job.tenant]
    for place, amount in enumerate(amounts(job)):
        sums[place] += sign * amount


def amounts(job: QueuedJob | RunningJob) -> tuple[int, int, int]:
    """Core-milli, megabytes and device-milli over all nodes of a job."""
    request = job.request
    nodes = len(job.places) if isinstance(job, RunningJob) and job.places else request.nodes
    return nodes * request.cpu_milli, nodes * request.memory_mb, nodes * request.device_milli


class Queue:
    """The jobs that wait, in the order of a policy.

    Orders that do not change while time passes are kept; the others are made for each plan.

    Args:
        order: whose turn it is.
        jobs: to begin with.

    Attributes:
        order: the same.
        in_turn: who waits, in order of standing; not to be changed.
        key: a job's place in the standing order; lower goes first.
        arrivals, left: how many ever began and ceased to wait.
        gated: how many wait for an hour of their own.
    """

    def __init__(self, order: Order = Order.FIRST_COME, jobs: Iterable[QueuedJob] = ()) -> None:
        self.order = order
        self.left = 0
        self.key = STANDING[order]
        self.gated = 0
        self.arrivals = 0
        self._places: dict[str, Key] = {}
        self._keys: list[Key] = []
        self.in_turn: list[QueuedJob] = []
        self._ageing = order in AGEING
        self._by_age: list[tuple[float, int, QueuedJob]] = []
        self._came: list[QueuedJob] = []
        for job in jobs:
            self.add(job)

    def __len__(self) -> int:
        return len(self._keys)

    def __iter__(self) -> Iterator[QueuedJob]:
        """In order of standing."""
        return iter(self.in_turn)

    def __contains__(self, job_id: str) -> bool:
        return job_id in self._places

    def __getitem__(self, job_id: str) -> QueuedJob:
        return self.in_turn[bisect_left(self._keys, self._places[job_id])]

    def add(self, job: QueuedJob) -> None:
        """A job begins to wait."""
        key = self._places[job.job_id] = self.key(job)
        if job.green or job.not_before > 0.0:
            self.gated += 1
        if len(self._came) > _REMEMBERED:
            self._came.clear()
        self._came.append(job)
        self.arrivals += 1
        if self._ageing:
            insort(self._by_age, (job.submitted_at, job.sequence, job))
        if not self._keys or self._keys[-1] < key:
            self._keys.append(key)
            self.in_turn.append(job)
        else:
            place = bisect_left(self._keys, key)
            self._keys.insert(place, key)
            self.in_turn.insert(place, job)

    def remove(self, job_id: str) -> QueuedJob:
        """A job waits no longer: it started, or was stopped."""
        place = bisect_left(self._keys, self._places.pop(job_id))
        del self._keys[place]
        job = self.in_turn.pop(place)
        self.left += 1
        if job.green or job.not_before > 0.0:
            self.gated -= 1
        if self._ageing:
            del self._by_age[bisect_left(self._by_age, (job.submitted_at, job.sequence))]
        return job

    def keyed(self) -> Iterator[tuple[Key, QueuedJob]]:
        """Every job with its place in the standing order."""
        return zip(self._keys, self.in_turn, strict=True)

    def oldest(self) -> Iterator[QueuedJob]:
        """By submission, under an order in which age counts."""
        return (job for _, _, job in self._by_age)

    def came(self, since: int) -> list[QueuedJob] | None:
        """The jobs that came after the first `since` ones; None if that is too long ago to tell."""
        place = len(self._came) - (self.arrivals - since)
        return self._came[place:] if place >= 0 else None
