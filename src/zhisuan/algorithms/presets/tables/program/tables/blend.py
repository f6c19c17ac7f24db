"""The chosen model: candidates with weights, judged on rows that chose only.

Weights come from greedy selection with replacement (Caruana and others 2004,
doi:10.1145/1015330.1015432) over the out-of-fold answers; the naive answer is among the candidates,
so what nothing explains stays naive. Class probabilities end with one temperature (Guo and others
2017, arXiv:1706.04599).
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize_scalar

from tables.candidates import Candidate
from tables.judge import standard_errors
from tables.metrics import FLOOR, row_losses, score

CHANCE_Z, SURELY_Z = 1.5, 8.0
"""What choosing gains on random targets, in standard errors (measured), and what needs no doubt."""
BLEND_STEPS = 40
LEAST_WEIGHT = 0.04
"""A candidate with less adds more to carry than to the answer."""


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
