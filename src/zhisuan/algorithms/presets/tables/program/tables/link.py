"""What stands between a model's raw sum and the answer: a probability, or a number in its unit."""

from dataclasses import dataclass
from typing import Self

import numpy as np


@dataclass(frozen=True, slots=True)
class Link:
    """Raw outputs to answers.

    Attributes:
        kind: `sigmoid` and `softmax` (classes from scores), `probability` (classes as they are),
            `identity` and `exp` (numbers: outer · f(inner · raw + start) + offset).
        inner, start, outer, offset: the numbers of that formula; unused for classes.
    """

    kind: str
    inner: float = 1.0
    start: float = 0.0
    outer: float = 1.0
    offset: float = 0.0

    def answer(self, raw: np.ndarray) -> np.ndarray:
        """(rows, classes) probabilities, or (rows,) numbers."""
        match self.kind:
            case "sigmoid":
                p = 1 / (1 + np.exp(-np.clip(raw[:, 0], -60, 60)))
                return np.stack([1 - p, p], axis=1)
            case "softmax":
                e = np.exp(raw - raw.max(axis=1, keepdims=True))
                return e / e.sum(axis=1, keepdims=True)
            case "probability":
                return raw
            case "exp":
                power = np.exp(np.clip(self.inner * raw[:, 0] + self.start, -60, 60))
                return self.outer * power + self.offset
            case _:
                return self.outer * (self.inner * raw[:, 0] + self.start) + self.offset

    def raw_target(self, y: np.ndarray) -> np.ndarray:
        """What the raw output should be for these targets; classes stay class codes."""
        if self.kind == "identity":
            return (y - self.start) / self.inner
        if self.kind == "exp":
            return (np.log(np.maximum(y - self.offset, 1e-12)) - self.start) / self.inner
        return y

    def calibrated(self, raw: np.ndarray, y: np.ndarray) -> Self:
        """For `exp`, scaled so that the mean answer is the mean of y (smearing, Duan 1983)."""
        if self.kind != "exp":
            return self
        power = np.exp(np.clip(self.inner * raw[:, 0] + self.start, -60, 60))
        factor = float((y - self.offset).sum() / max(power.sum(), 1e-300))
        return type(self)(
            "exp", self.inner, self.start, float(np.clip(factor, 0.5, 2.0)), self.offset
        )

    @classmethod
    def mean(cls, links: list[Self]) -> Self:
        """The one link of several fits of one kind."""
        numbers = [[k.inner, k.start, k.outer, k.offset] for k in links]
        return cls(links[0].kind, *np.mean(numbers, axis=0).tolist())


def plain_link(y: np.ndarray) -> Link:
    """Learn the target in standard units."""
    return Link("identity", float(y.std()) or 1.0, float(y.mean()))


def log_link(y: np.ndarray) -> Link:
    """Learn the logarithm, in standard units, of a target that is nowhere negative."""
    offset = 0.0 if y.min() > 0 else float(y[y > 0].min())
    t = np.log(y + offset)
    return Link("exp", float(t.std()) or 1.0, float(t.mean()), 1.0, -offset)


def long_tailed(y: np.ndarray) -> bool:
    """Whether the target is nowhere negative and far more skewed than its logarithm."""
    if y.min() < 0 or (y > 0).mean() < 0.9:  # noqa: PLR2004  mostly zeros: a log would rule them
        return False
    return _skew(y) > 1.5 and _skew(y) > 2 * abs(_skew(log_link(y).raw_target(y)))  # noqa: PLR2004


def _skew(y: np.ndarray) -> float:
    z = (y - y.mean()) / (y.std() or 1.0)
    return float((z**3).mean())
