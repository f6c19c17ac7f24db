"""Tries the portfolio within the budget.

The first two learners are the first result. A learner is tried on as many cuts as there are cores;
the other cuts follow if the budget allows. What an earlier attempt fitted is not fitted again.
"""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import replace

import numpy as np
from threadpoolctl import threadpool_limits

from tables.candidates import Candidate, Fit, Search
from tables.learners import Cut
from tables.memory import Memory
from tables.metrics import score
from tables.portfolio import Learner, portfolio
from tables.split import Split

MOST_FOR_ONE = 0.4
"""Share of what is left that one learner may use."""
LOOK_EVERY_S = 0.1
STAGE = "search"


def run_search(
    x: np.ndarray,
    y: np.ndarray,
    split: Split,
    *,
    classes: int,
    cores: int,
    effort: str,
    seed: int,
    memory: Memory,
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
        memory: what earlier attempts found, where this one's finds are kept, and the budget.
        tell: called after each candidate.

    Raises:
        Stopped: the run was asked to end; what is in hand is given up, the rest is kept.
    """
    search, budget = memory.search, memory.budget
    with closing(_Crew(cores, len(split.folds))) as crew:
        cuts = [
            Cut(x[t], y[t], x[c], y[c], y, classes, crew.cores_each, seed + number, budget)
            for number, (t, c) in enumerate(split.folds)
        ]
        for name, learner in portfolio(classes, y, effort, len(y)):
            if search.settled(name):
                continue
            cheapest = min((c.cpu_s for c in search.tried), default=0.0)
            if search.tried and not budget.allows(cheapest):
                search.cut_short = True
                break
            _try(name, learner, cuts, crew, memory)
            search.under_way = ("", 0.0)
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

    def fit(
        self, learner: Learner, cuts: Mapping[int, Cut], look_up: Callable[[], None]
    ) -> Iterator[tuple[int, Fit]]:
        """Each cut's number and fit, as they end; looks up now and then meanwhile."""
        numbers = {self._pool.submit(_fit, learner, cut): n for n, cut in cuts.items()}
        waiting = set(numbers)
        try:
            while waiting:
                ended, waiting = wait(waiting, LOOK_EVERY_S, FIRST_COMPLETED)
                for future in sorted(ended, key=numbers.__getitem__):
                    yield numbers[future], future.result()
                look_up()
        finally:
            for future in waiting:
                future.cancel()

    def close(self) -> None:
        # A fit that runs when the search is stopped ends with the process.
        self._pool.shutdown(wait=False, cancel_futures=True)


def _fit(learner: Learner, cut: Cut) -> Fit:
    fitted = learner(cut)
    return Fit(fitted, fitted.answer(cut.x_choose))


def _try(name: str, learner: Learner, cuts: list[Cut], crew: _Crew, memory: Memory) -> None:
    """Fit on each cut, or give up when after the first ones the others would not fit the budget.

    The first learner must succeed; a later one that fails is told and does not cost the result.
    """
    search, budget = memory.search, memory.budget
    start = budget.used() - memory.spent_on(name)
    search.under_way = (name, start)
    fits = memory.fits(name)
    portion = budget.portion(MOST_FOR_ONE)
    left = {n: replace(cut, budget=portion) for n, cut in enumerate(cuts) if n not in fits}

    def fit(some: Mapping[int, Cut]) -> None:
        for number, fitted in crew.fit(learner, some, lambda: memory.look_up(STAGE)):
            fits[number] = fitted
            memory.add(name, number, fitted)

    try:
        fit({n: cut for n, cut in left.items() if n < crew.workers})
        rest = {n: cut for n, cut in left.items() if n >= crew.workers}
        cost = (budget.used() - start) / len(fits)
        if rest and search.tried and not budget.allows(cost * len(rest)):
            search.cut_short = True
            search.passed_over.append(name)
            return
        fit(rest)
    except Exception as failure:
        if not search.tried:
            raise
        search.failed[name] = f"{type(failure).__name__}: {failure}"
        return
    answers = np.concatenate([fits[n].answers for n in range(len(cuts))])
    if not np.isfinite(answers).all():
        search.failed[name] = "its answers are not finite"
        return
    y = np.concatenate([cut.y_choose for cut in cuts])
    models = [fits[n].fitted for n in range(len(cuts))]
    spent = budget.used() - start
    search.tried.append(Candidate(name, models, answers, score(y, answers), spent))
