"""Tries the portfolio within the budget and blends what helps, judged on rows that chose only.

Learners come in the order of what they bring for their cost; the first two are the first result.
A learner is tried on one cut; the other cuts follow if the budget allows. The blend is greedy
selection with replacement (Caruana and others 2004, doi:10.1145/1015330.1015432) over the
out-of-fold answers; the naive answer is among the candidates, so what nothing explains stays
naive. Class probabilities end with one temperature (Guo and others 2017, arXiv:1706.04599).
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from scipy.optimize import minimize_scalar
from threadpoolctl import threadpool_limits

from tables import learners
from tables.budget import Budget
from tables.judge import standard_errors
from tables.learners import Cut, Fitted
from tables.link import Link, long_tailed
from tables.metrics import FLOOR, row_losses, score
from tables.split import Split

MANY_ROWS = 30_000
"""Above this, larger trees come early and networks late."""
VARIATIONS = {"standard": 8, "best": 40}
"""Learners with random settings tried at the end, by effort."""
MOST_FOR_ONE = 0.4
"""Share of what is left that one learner may use."""
CHANCE_Z, SURELY_Z = 1.5, 8.0
"""What choosing gains on random targets, in standard errors (measured), and what needs no doubt."""
BLEND_STEPS = 40
LEAST_WEIGHT = 0.04
"""A candidate with less adds more to carry than to the answer."""


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


@dataclass(frozen=True, slots=True)
class Blend:
    """The chosen model: candidates with weights; what weight is missing to 1 is the naive answer.

    Attributes:
        candidates, weights: of the same length, weights above 0.
        naive: the naive answer: class shares, or one number.
        naive_weight: its weight.
        temperature: the probabilities' logarithms are divided by it; 1 for regression.
        limits: numbers are kept within these; None for classes.
        chosen: answers for the choosing rows, out-of-fold.
        score: on the choosing rows.
    """

    candidates: list[Candidate]
    weights: list[float]
    naive: np.ndarray
    naive_weight: float
    temperature: float
    limits: tuple[float, float] | None
    chosen: np.ndarray
    score: float

    def answer(self, x: np.ndarray) -> np.ndarray:
        """Answers of the libraries' own models; the portable one must agree."""
        return self.finish(self.mix([c.answer(x) for c in self.candidates], len(x)))

    def mix(self, parts: list[np.ndarray], rows: int) -> np.ndarray:
        """The weighted mean of the candidates' answers and the naive one."""
        shape = (rows, *np.shape(self.naive))
        total = self.naive_weight * np.broadcast_to(self.naive, shape)
        return total + sum(w * p for w, p in zip(self.weights, parts, strict=True))

    def finish(self, mixed: np.ndarray) -> np.ndarray:
        """Temperature or limits."""
        if self.limits is not None:
            return np.clip(mixed, *self.limits)
        return sharpen(mixed, self.temperature)


@dataclass(slots=True)
class Search:
    """What the search did: everything tried, and whether the budget cut it short."""

    tried: list[Candidate] = field(default_factory=list)
    cut_short: bool = False


Learner = Callable[[Cut], Fitted]


def portfolio(classes: int, y: np.ndarray, effort: str, rows: int) -> Iterator[tuple[str, Learner]]:
    """Names and learners in the order they are tried."""
    log = not classes and long_tailed(y)

    def of(function: Callable[..., Fitted], **options: Any) -> Learner:
        return lambda cut: function(cut, **options)

    small = {"num_leaves": 7, "learning_rate": 0.05, "feature_fraction": 0.6}
    xt = {"extra_trees": True, "learning_rate": 0.05, "feature_fraction": 0.8}
    deep = {"learning_rate": 0.05, "max_depth": 9, "subsample": 0.8, "colsample_bytree": 0.6,
            "min_child_weight": 3}  # fmt: skip
    slow = {"learning_rate": 0.03, "num_leaves": 63, "feature_fraction": 0.8,
            "bagging_fraction": 0.9, "bagging_freq": 1, "min_data_in_leaf": 5}  # fmt: skip
    large = {"num_leaves": 255, "feature_fraction": 0.8, "min_data_in_leaf": 50}
    yield "lightgbm", of(learners.fit_lightgbm)
    if rows > MANY_ROWS:
        yield "lightgbm_large", of(learners.fit_lightgbm, log=log, **large)
        yield "histgb", of(learners.fit_histgb)
    yield "linear", of(learners.fit_linear, log=log)
    if log:
        yield "lightgbm_log", of(learners.fit_lightgbm, log=True)
    if rows <= MANY_ROWS:
        yield "lightgbm_small", of(learners.fit_lightgbm, log=log, **small)
        yield "network", of(learners.fit_network, log=log)
    yield "lightgbm_extra", of(learners.fit_lightgbm, log=log, **xt)
    if rows <= MANY_ROWS:
        yield "histgb", of(learners.fit_histgb)
    yield "xgboost", of(learners.fit_xgboost, log=log, subsample=0.9, colsample_bytree=0.8)
    yield "extra_trees", of(learners.fit_trees, extra=True, log=log)
    yield "random_forest", of(learners.fit_trees, extra=False, log=log)
    if effort == "fast":
        return
    yield "xgboost_deep", of(learners.fit_xgboost, log=log, **deep)
    yield "network_wide", of(learners.fit_network, log=log, hidden=(256, 128, 64))
    yield "lightgbm_slow", of(learners.fit_lightgbm, log=log, **slow)
    yield from _variations(VARIATIONS[effort], log=log, of=of)


def _variations(
    count: int, *, log: bool, of: Callable[..., Learner]
) -> Iterator[tuple[str, Learner]]:
    """Boosters and networks with settings drawn at random (fixed seed, so the same each time)."""
    rng = np.random.default_rng(20_240_501)
    for number in range(1, count + 1):
        if number % 4 == 0:
            hidden = tuple(int(n) for n in rng.choice([32, 64, 128, 256], size=rng.integers(1, 4)))
            yield f"network_{number}", of(learners.fit_network, log=log, hidden=hidden)
            continue
        options = {
            "num_leaves": int(rng.choice([3, 5, 9, 15, 31, 63])),
            "learning_rate": float(rng.choice([0.03, 0.05])),
            "feature_fraction": float(rng.uniform(0.3, 1.0)),
            "bagging_fraction": float(rng.uniform(0.6, 1.0)),
            "bagging_freq": 1,
            "min_data_in_leaf": int(rng.choice([2, 5, 10, 20, 40])),
            "lambda_l2": float(rng.choice([0.0, 0.1, 1.0, 10.0])),
            "extra_trees": bool(rng.random() < 0.4),  # noqa: PLR2004  two in five
        }
        yield f"lightgbm_{number}", of(learners.fit_lightgbm, log=log, **options)


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
    crew = _Crew(cores, len(split.folds))
    cuts = [
        Cut(
            x[teach],
            y[teach],
            x[choose],
            y[choose],
            y,
            classes,
            crew.cores_each,
            seed + number,
            budget,
        )
        for number, (teach, choose) in enumerate(split.folds)
    ]
    search = Search()
    unit = 0.0
    for name, learner in portfolio(classes, y, effort, len(y)):
        if search.tried and not budget.allows(len(cuts) * unit):
            search.cut_short = True
            break
        candidate = _try(name, learner, cuts, budget, crew, first=not search.tried)
        if candidate is None:
            search.cut_short = True
            continue
        search.tried.append(candidate)
        unit = min(c.cpu_s for c in search.tried) / len(cuts)
        tell(search)
    crew.close()
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
    name: str, learner: Learner, cuts: list[Cut], budget: Budget, crew: _Crew, *, first: bool
) -> Candidate | None:
    """Fit on each cut; None when after the first ones the others would not fit the budget."""
    start = budget.used()
    cuts = [replace(cut, budget=budget.portion(MOST_FOR_ONE)) for cut in cuts]
    fits = crew.fit(learner, cuts[: crew.workers])
    rest = cuts[crew.workers :]
    cost = (budget.used() - start) / crew.workers
    if rest and not first and not budget.allows(cost * len(rest)):
        return None
    fits += crew.fit(learner, rest)
    answers = np.concatenate([f.answer(c.x_choose) for f, c in zip(fits, cuts, strict=True)])
    y = np.concatenate([c.y_choose for c in cuts])
    return Candidate(name, fits, answers, score(y, answers), budget.used() - start)


def choose_blend(tried: list[Candidate], y: np.ndarray, naive: np.ndarray) -> Blend:
    """The blend of candidates that serves the choosing rows best.

    Args:
        tried: candidates whose `answers` are in the order of y.
        y: targets of the choosing rows, cut after cut.
        naive: class shares or one number.
    """
    classes = naive.ndim == 1
    constant = np.broadcast_to(naive, (len(y), *naive.shape)).astype(np.float64)
    answers = [*(c.answers for c in tried), constant]
    counts = np.zeros(len(answers))
    total = np.zeros_like(constant)
    best, best_counts = np.inf, counts
    for step in range(1, BLEND_STEPS + 1):
        values = [score(y, (total + a) / step) for a in answers]
        pick = int(np.argmin(values))
        counts[pick] += 1
        total = total + answers[pick]
        if values[pick] < best - 1e-9:
            best, best_counts = values[pick], counts.copy()
    weights = best_counts / best_counts.sum()
    weights[weights < LEAST_WEIGHT] = 0.0
    weights /= weights.sum()
    weights = _cautious(weights, y, answers)
    mixed = sum(w * a for w, a in zip(weights, answers, strict=True))
    temperature = _temperature(mixed, y) if classes else 1.0
    limits = None if classes else _limits(y)
    used = [(c, float(w)) for c, w in zip(tried, weights, strict=False) if w > 0]
    finished = sharpen(mixed, temperature) if classes else np.clip(mixed, *limits)
    return Blend(
        [c for c, _ in used],
        [w for _, w in used],
        naive,
        float(weights[-1]),
        temperature,
        limits,
        finished,
        score(y, finished),
    )


def _cautious(weights: np.ndarray, y: np.ndarray, answers: list[np.ndarray]) -> np.ndarray:
    """The weights drawn towards the naive answer (the last) where the gain is hardly beyond chance.

    What chance alone gains by choosing is about `CHANCE_Z` standard errors; the part of the
    evidence above it is kept (positive-part shrinkage, James and Stein 1961).
    """
    mixed = sum(w * a for w, a in zip(weights, answers, strict=True))
    z = standard_errors(row_losses(y, answers[-1]) - row_losses(y, mixed))
    kept = max(0.0, 1 - (CHANCE_Z / max(z, 1e-9)) ** 2) if z < SURELY_Z else 1.0
    naive = np.zeros_like(weights)
    naive[-1] = 1.0
    return kept * weights + (1 - kept) * naive


def sharpen(p: np.ndarray, temperature: float) -> np.ndarray:
    """Probabilities whose logarithms are divided by the temperature, normed again."""
    z = np.log(np.maximum(p, FLOOR)) / temperature
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def _temperature(p: np.ndarray, y: np.ndarray) -> float:
    found = minimize_scalar(
        lambda t: score(y, sharpen(p, float(np.exp(t)))), bounds=(-1.0, 1.5), method="bounded"
    )
    return float(np.exp(found.x))


def _limits(y: np.ndarray) -> tuple[float, float]:
    """Numbers may leave the range seen by a tenth of it, but not its sign."""
    low, high = float(y.min()), float(y.max())
    room = 0.1 * (high - low)
    return (max(low - room, 0.0) if low >= 0 else low - room, high + room)
