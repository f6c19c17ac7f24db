"""How good a schedule was: waits, slowdowns, use of the pool, fairness between groups.

One `Measures` is told of every job that ends and keeps sums; only waits are kept one by one,
eight bytes each, for the exact percentile.
"""

from array import array
from collections.abc import Iterable

from zhisuan.compute.replay.simulate import Finished
from zhisuan.core.quantities import MILLI

SHORT_S = 10.0
"""A job shorter than this counts as this long in a slowdown."""


def wait_s(job: Finished) -> float:
    """Seconds between arrival and end in which no lasting work was done.

    For a job that was never preempted this is the time in the queue; for others it also counts
    waits between attempts and work that had to be done again.
    """
    return job.ended_at - job.job.arrival_s - job.job.run_s


def bounded_slowdown(waited_s: float, run_s: float) -> float:
    """`max(1, (wait + run) / max(run, 10 s))`.

    Source: Feitelson et al., Theory and Practice in Parallel Job Scheduling, JSSPP 1997.
    """
    return max(1.0, (waited_s + run_s) / max(run_s, SHORT_S))


def jain(values: Iterable[float]) -> float:
    """Jain's index `(Σx)² / (n Σx²)`: 1 if all are equal, 1/n if one has everything.

    Source: Jain, Chiu, Hawe, A Quantitative Measure of Fairness, DEC-TR-301, 1984.

    Returns:
        1 of nothing and of noughts, which are equal too.
    """
    given = list(values)
    squares = sum(value * value for value in given)
    return sum(given) ** 2 / (len(given) * squares) if squares else 1.0


def percentile(ordered: "array[float] | list[float]", share: float) -> float:
    """The value at place `int(share * n)` of an ascending row, counted from 0; 0 of nothing."""
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)] if len(ordered) else 0.0


class Measures:
    """What came of the jobs that ended.

    Attributes:
        jobs: how many.
        preemptions: how often any of them was evicted.
        lost_s: device- or core-seconds of work that had to be done again.
    """

    def __init__(self) -> None:
        self.jobs = 0
        self.preemptions = 0
        self.lost_s = 0.0
        self._waits = array("d")
        self._slowdown = 0.0
        self._stay_s = 0.0
        self._work_s = 0.0
        self._began_at = float("inf")
        self._ended_at = float("-inf")
        self._groups: dict[str, list[float]] = {}

    def add(self, job: Finished) -> None:
        """A job ended."""
        waited = wait_s(job)
        size = job.job.request.size / MILLI
        slowdown = bounded_slowdown(waited, job.job.run_s)
        self.jobs += 1
        self.preemptions += job.preemptions
        self.lost_s += size * job.lost_s
        self._waits.append(waited)
        self._slowdown += slowdown
        self._stay_s += job.ended_at - job.job.arrival_s
        self._work_s += size * job.job.run_s
        self._began_at = min(self._began_at, job.job.arrival_s)
        self._ended_at = max(self._ended_at, job.ended_at)
        group = self._groups.setdefault(job.job.group, [0.0, 0.0])
        group[0] += slowdown
        group[1] += 1.0

    @property
    def average_wait_s(self) -> float:
        """Mean of `wait_s`."""
        return sum(self._waits) / max(1, self.jobs)

    @property
    def p99_wait_s(self) -> float:
        """The wait that 99 of 100 jobs do not exceed, `sorted[int(0.99 n)]`."""
        return percentile(sorted(self._waits), 0.99)

    @property
    def most_wait_s(self) -> float:
        """The longest wait."""
        return max(self._waits, default=0.0)

    @property
    def bounded_slowdown(self) -> float:
        """Mean of `bounded_slowdown`."""
        return self._slowdown / max(1, self.jobs)

    @property
    def average_jct_s(self) -> float:
        """Mean job completion time: from arrival to end."""
        return self._stay_s / max(1, self.jobs)

    @property
    def makespan_s(self) -> float:
        """From the first arrival to the last end."""
        return self._ended_at - self._began_at if self.jobs else 0.0

    def utilisation(self, capacity: float) -> float:
        """Lasting work done of what a pool of so many devices or cores could do, 0 to 1."""
        return self._work_s / (capacity * self.makespan_s) if self.makespan_s else 0.0

    @property
    def fairness(self) -> float:
        """Jain's index of the groups' mean bounded slowdowns."""
        return jain(total / count for total, count in self._groups.values())
