"""Is the model usable: does it beat the naive answer on rows never seen, beyond chance?

Two things must hold. The hold-out loss is below the naive one. And moving from the naive answer
towards the model helps more than chance would: the score test of a first small step, which sees a
weak but real signal with about half the rows that comparing the losses themselves needs. The rows
that chose may join this evidence; they are flattering, hence the stricter bound there.
"""

from dataclasses import dataclass

import numpy as np

from tables.metrics import row_losses, score

HINT_Z, JOINT_Z = 1.0, 4.75
"""What the hold-out alone and all rows together must show, in standard errors. Models of random
targets reach about 3 ± 1 on all rows together, since those that chose flatter; with both bounds
none of 40 passed (200 to 3,000 rows, 10 columns)."""
ROUNDING = 1e-6
"""Steps that vary less are the naive answer itself, but for its rounding to float32."""
DRAWS = 1_000


@dataclass(frozen=True, slots=True)
class Answers:
    """Targets with the model's and the naive answers for the same rows."""

    y: np.ndarray
    model: np.ndarray
    naive: np.ndarray

    def steps(self) -> np.ndarray:
        """For each row what a first small step from naive to model gains, up to a constant."""
        if self.model.ndim == 1:
            spread = float(self.y.var()) or 1.0
            return (self.model - self.naive) * (self.y - self.naive) / spread
        rows, y = np.arange(len(self.y)), self.y.astype(int)
        return self.model[rows, y] / self.naive[rows, y] - 1


@dataclass(frozen=True, slots=True)
class Verdict:
    """The judgement.

    Attributes:
        usable: whether the model beats the naive answer beyond chance.
        score, baseline_score: log-loss or RMSE on the hold-out.
        interval: 95 % bootstrap interval of the score.
        z: the score test on the hold-out, in standard errors.
        joint_z: the same on hold-out and choosing rows together.
    """

    usable: bool
    score: float
    baseline_score: float
    interval: tuple[float, float]
    z: float
    joint_z: float


def judge(holdout: Answers, chosen: Answers, seed: int) -> Verdict:
    """Judge hold-out answers.

    Args:
        holdout: of rows never seen.
        chosen: of the rows that chose, out-of-fold.
        seed: of the bootstrap.
    """
    ours, naive = score(holdout.y, holdout.model), score(holdout.y, holdout.naive)
    z = standard_errors(holdout.steps())
    joint_z = standard_errors(np.concatenate([holdout.steps(), chosen.steps()]))
    clear = z >= HINT_Z and joint_z >= JOINT_Z
    return Verdict(bool(ours < naive and clear), ours, naive, _interval(holdout, seed), z, joint_z)


def standard_errors(values: np.ndarray) -> float:
    """The mean in units of its standard error; 0 where nothing varies."""
    spread = float(values.std(ddof=1)) if len(values) > 1 else 0.0
    return float(values.mean() / (spread / len(values) ** 0.5)) if spread > ROUNDING else 0.0


def _interval(holdout: Answers, seed: int) -> tuple[float, float]:
    losses = row_losses(holdout.y, holdout.model)
    rng = np.random.default_rng(seed)
    draws = min(DRAWS, 20_000_000 // len(losses))
    means = [losses[rng.integers(0, len(losses), len(losses))].mean() for _ in range(draws)]
    low, high = np.quantile(means, [0.025, 0.975])
    return (
        (float(low), float(high)) if holdout.model.ndim > 1 else (float(low**0.5), float(high**0.5))
    )
