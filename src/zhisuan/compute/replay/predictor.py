"""How long a job is expected to run, as somebody who does not know the end would say it."""

from collections.abc import Iterable
from typing import Protocol

from zhisuan.compute.replay.trace import TraceJob


class Predictor(Protocol):
    """Says how long jobs will run and learns from those that ended.

    Attributes:
        learning: it guesses from what ended. Then a guess only says whose turn it is, promises
            rest on what owners said, and `news` tells of jobs that wait.
    """

    learning: bool

    def predict(self, job: TraceJob, now: float) -> float:
        """Seconds the job is expected to run, above 0, asked once when it arrives."""
        ...

    def learn(self, job: TraceJob, run_s: float, now: float) -> None:
        """A job ended after so many seconds of work."""
        ...

    def news(self, waiting: Iterable[TraceJob]) -> Iterable[TraceJob]:
        """Those of the waiting jobs of which it may now say something else than before.

        Asked only if it is learning, after jobs have ended.
        """
        ...

    def extend(self, job: TraceJob, ran_s: float, now: float) -> float:
        """The job has run as long as was expected and goes on: how long it is expected now.

        Returns:
            Seconds from its start, more than `ran_s`.
        """
        ...


class UserEstimate:
    """What the owner said."""

    learning = False

    def predict(self, job: TraceJob, now: float) -> float:  # noqa: ARG002  it never changes
        """The owner's estimate."""
        return job.estimate_s

    def learn(self, job: TraceJob, run_s: float, now: float) -> None:
        """Owners are believed whatever happens."""

    def news(self, waiting: Iterable[TraceJob]) -> Iterable[TraceJob]:  # noqa: ARG002  the same
        """None: it never changes its mind."""
        return ()

    def extend(self, job: TraceJob, ran_s: float, now: float) -> float:  # noqa: ARG002  the same
        """Twice as long: who has been wrong once is doubted."""
        return 2.0 * ran_s


class Perfect:
    """What really happened: the bound that no honest predictor reaches."""

    learning = False

    def predict(self, job: TraceJob, now: float) -> float:  # noqa: ARG002  it never changes
        """The real run time."""
        return max(job.run_s, MINIMUM_S)

    def learn(self, job: TraceJob, run_s: float, now: float) -> None:
        """It knows already."""

    def news(self, waiting: Iterable[TraceJob]) -> Iterable[TraceJob]:  # noqa: ARG002  the same
        """None: it never changes its mind."""
        return ()

    def extend(self, job: TraceJob, ran_s: float, now: float) -> float:  # noqa: ARG002  the same
        """Only work lost to a preemption makes a job run longer than it should."""
        return ran_s + MINIMUM_S


MINIMUM_S = 1.0
"""No job is expected to take less."""
