"""Is the model usable: does it beat the naive answer on rows never seen, beyond chance?

The test is paired: each hold-out row gives the naive loss less the model's loss. A small hold-out
alone would refuse weak but real models, so the rows that chose may join the evidence; they are
slightly flattering, hence the stricter bound there.
"""

from dataclasses import dataclass

import numpy as np

from tables.metrics import row_losses, score

HOLDOUT_Z = 2.0
JOINT_Z = 3.0
DRAWS = 1_000


@dataclass(frozen=True, slots=True)
class Verdict:
    """The judgement.

    Attributes:
        usable: whether the model beats the naive answer beyond noise.
        score, baseline_score: log-loss or RMSE on the hold-out.
        interval: 95 % bootstrap interval of the score.
        z: mean gain over its standard error on the hold-out.
        joint_z: the same on hold-out and choosing rows together.
    """

    usable: bool
    score: float
    baseline_score: float
    interval: tuple[float, float]
    z: float
    joint_z: float


def judge(
    y: np.ndarray,
    answer: np.ndarray,
    naive: np.ndarray,
    chosen: tuple[np.ndarray, np.ndarray, np.ndarray],
    seed: int,
) -> Verdict:
    """Judge hold-out answers.

    Args:
        y, answer, naive: target, model's answers, naive answers for the hold-out rows.
        chosen: the same three for the rows that chose (out-of-fold).
        seed: of the bootstrap.
    """
    gain = row_losses(y, naive) - row_losses(y, answer)
    joint = np.concatenate([gain, row_losses(chosen[0], chosen[2]) - row_losses(*chosen[:2])])
    z, joint_z = _z(gain), _z(joint)
    usable = z >= HOLDOUT_Z or (gain.mean() > 0 and joint_z >= JOINT_Z)
    losses = row_losses(y, answer)
    rng = np.random.default_rng(seed)
    draws = min(DRAWS, 20_000_000 // len(losses))
    means = np.array(
        [losses[rng.integers(0, len(losses), len(losses))].mean() for _ in range(draws)]
    )
    low, high = np.quantile(means, [0.025, 0.975])
    if answer.ndim == 1:
        low, high = low**0.5, high**0.5
    return Verdict(
        bool(usable), score(y, answer), score(y, naive), (float(low), float(high)), z, joint_z
    )


def _z(gain: np.ndarray) -> float:
    spread = float(gain.std(ddof=1)) if len(gain) > 1 else 0.0
    return float(gain.mean() / (spread / len(gain) ** 0.5)) if spread > 0 else 0.0
