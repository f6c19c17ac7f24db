"""Run times guessed from jobs that ended before, as the live centre guesses them: no oracle.

A guess says only whose turn it is. What is promised to others rests on the limits that owners
gave, after which a job is ended; so a wrong guess delays nobody who was promised a start.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence

from zhisuan.compute.history import History, outran
from zhisuan.compute.replay.predictor import MINIMUM_S
from zhisuan.compute.replay.trace import TraceJob

Keys = Callable[[TraceJob], Sequence[Hashable]]
"""What makes jobs alike, from narrow to wide."""

Kin = Callable[[TraceJob], Hashable]
"""Whose waiting jobs are guessed anew when a job ends."""

UNKNOWN_S = 3600.0
"""Expected where no job has ended and no owner said anything: the centre's default."""


def by_user(job: TraceJob) -> Sequence[Hashable]:
    """Who, with how much time asked; then who alone."""
    return (job.user, job.estimate_s), (job.user,)


def by_group(job: TraceJob) -> Sequence[Hashable]:
    """Which group, with how many devices; then the group alone; then anybody."""
    return (job.group, job.request.size), (job.group,), ()


class Predicted:
    """A predictor that learns from every job that ends.

    Args:
        keys: what makes jobs alike.
        kin: whose waiting jobs are guessed anew when one ends.
        unknown_s: expected at most until the first job has ended.
    """

    learning = True

    def __init__(self, keys: Keys, kin: Kin, unknown_s: float = float("inf")) -> None:
        self._keys = keys
        self._kin = kin
        self._unknown_s = unknown_s
        self._history = History()
        self._heard: set[Hashable] = set()

    @classmethod
    def of_users(cls) -> "Predicted":
        """For traces that name users and their estimates."""
        return cls(by_user, lambda job: job.user)

    @classmethod
    def of_groups(cls) -> "Predicted":
        """For traces that name groups alone, and no estimates."""
        return cls(by_group, lambda job: job.group, UNKNOWN_S)

    def predict(self, job: TraceJob, now: float) -> float:  # noqa: ARG002  history has no dates
        """The mean of the last few like jobs, at most the estimate."""
        guess = self._history.expect(self._keys(job), job.estimate_s)
        return max(MINIMUM_S, min(guess, self._unknown_s))

    def learn(self, job: TraceJob, run_s: float, now: float) -> None:  # noqa: ARG002  the same
        """A job ended."""
        self._history.learn(self._keys(job), run_s)
        self._heard.add(self._kin(job))
        self._unknown_s = float("inf")

    def news(self, waiting: Iterable[TraceJob]) -> Iterable[TraceJob]:
        """Those of whose kin a job has ended since it was asked last."""
        kin, heard = self._kin, self._heard
        found = [job for job in waiting if kin(job) in heard]
        heard.clear()
        return found

    def extend(self, job: TraceJob, ran_s: float, now: float) -> float:  # noqa: ARG002  the same
        """Twice as long, at most the estimate; beyond it, work lost is being done again."""
        return max(ran_s + MINIMUM_S, outran(ran_s, job.estimate_s))
