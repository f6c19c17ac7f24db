"""Tries the portfolio within the budget.

The first two learners are the first result. A learner is tried on as many cuts as there are cores;
the other cuts follow if the budget allows.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field, replace

import numpy as np
from threadpoolctl import threadpool_limits

from tables.budget import Budget
from tables.learners import Cut, Fitted
from tables.link import Link
from tables.metrics import score
from tables.portfolio import Learner, portfolio
from tables.split import Split

MOST_FOR_ONE = 0.4
"""Share of what is left that one learner may use."""


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
    """What the search did: everything tried, what failed and why, and whether it was cut short."""

    tried: list[Candidate] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    cut_short: bool = False


def run_search(
    x: np.ndarray,
    y: np.ndarray,
    split: Split,
    *,
    classes: int,
    cores: int,
    effort: str,
    seed: int,
    budget: Budget,
    tell: Callable[[Search], None],
) -> Search:
    """Fit the portfolio on the development rows while the budget lasts.

    Args:
        x: development rows in numbers.
        y: their targets, class codes or numbers.
        split: its folds are the cuts.
        classes: number of classes, 0 for regression.
        cores: threads that may run at once.
        effort: fast, standard or best.
        seed: of everything drawn at random.
        budget: asked before each fit.
        tell: called after each candidate.
    """
    search = Search()
    with closing(_Crew(cores, len(split.folds))) as crew:
        cuts = [
            Cut(x[t], y[t], x[c], y[c], y, classes, crew.cores_each, seed + number, budget)
            for number, (t, c) in enumerate(split.folds)
        ]
        for name, learner in portfolio(classes, y, effort, len(y)):
            cheapest = min((c.cpu_s for c in search.tried), default=0.0)
            if search.tried and not budget.allows(cheapest):
                search.cut_short = True
                break
            _try(name, learner, cuts, budget, crew, search)
            tell(search)
    return search


class _Crew:
    """Fits cuts side by side, each with its share of the cores.

    Small tables are fitted faster by one thread for each cut than by all threads on one cut.
    """

    def __init__(self, cores: int, cuts: int) -> None:
        self.workers = min(cores, cuts)
        self.cores_each = max(1, cores // self.workers)
        self._pool = ThreadPoolExecutor(self.workers, initializer=self._settle)

    def _settle(self) -> None:
        # OpenMP keeps its number of threads for each calling thread.
        threadpool_limits(limits=self.cores_each)

    def fit(self, learner: Learner, cuts: list[Cut]) -> list[Fitted]:
        return list(self._pool.map(learner, cuts))

    def close(self) -> None:
        self._pool.shutdown()


def _try(
    name: str, learner: Learner, cuts: list[Cut], budget: Budget, crew: _Crew, search: Search
) -> None:
    """Fit on each cut, or give up when after the first ones the others would not fit the budget.

    The first learner must succeed; a later one that fails is told and does not cost the result.
    """
    start = budget.used()
    cuts = [replace(cut, budget=budget.portion(MOST_FOR_ONE)) for cut in cuts]
    rest = cuts[crew.workers :]
    try:
        fits = crew.fit(learner, cuts[: crew.workers])
        cost = (budget.used() - start) / crew.workers
        if rest and search.tried and not budget.allows(cost * len(rest)):
            search.cut_short = True
            return
        fits += crew.fit(learner, rest)
        answers = np.concatenate([f.answer(c.x_choose) for f, c in zip(fits, cuts, strict=True)])
    except Exception as failure:
        if not search.tried:
            raise
        search.failed[name] = f"{type(failure).__name__}: {failure}"
        return
    if not np.isfinite(answers).all():
        search.failed[name] = "its answers are not finite"
        return
    y = np.concatenate([cut.y_choose for cut in cuts])
    spent = budget.used() - start
    search.tried.append(Candidate(name, fits, answers, score(y, answers), spent))
