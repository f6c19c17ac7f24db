"""What a search has to show: learners with their fits, and how each of them fared."""

from dataclasses import dataclass, field

import numpy as np

from tables.learners import Fitted
from tables.link import Link


@dataclass(frozen=True, slots=True)
class Fit:
    """A learner fitted on one cut, with its answers for the rows of the cut that choose."""

    fitted: Fitted
    answers: np.ndarray


@dataclass(frozen=True, slots=True)
class Candidate:
    """A learner fitted on each cut, with its answers for rows it was not taught."""

    name: str
    fits: list[Fitted]
    answers: np.ndarray
    score: float
    cpu_s: float

    @property
    def link(self) -> Link:
        """The one link over the mean of the fits' raw outputs."""
        return Link.mean([fit.link for fit in self.fits])

    def answer(self, x: np.ndarray) -> np.ndarray:
        """Answers of the libraries' own models: their raw outputs' mean through the link."""
        return self.link.answer(np.mean([fit.raw(x) for fit in self.fits], axis=0))


@dataclass(slots=True)
class Search:
    """What the search did.

    Attributes:
        tried: learners that were fitted on every cut.
        failed: name to reason.
        passed_over: learners whose first fits were too dear for the others to follow.
        cut_short: whether the budget ended before the portfolio.
        under_way: the learner being tried, and the CPU second of the budget at which it began.
    """

    tried: list[Candidate] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    passed_over: list[str] = field(default_factory=list)
    cut_short: bool = False
    under_way: tuple[str, float] = ("", 0.0)

    def settled(self, name: str) -> bool:
        """Whether nothing more is to be learned of this learner."""
        known = {*self.failed, *self.passed_over, *(candidate.name for candidate in self.tried)}
        return name in known
