"""The naive answer that a model must beat: the class shares, or the mean, of the training rows."""

import numpy as np


def naive_answer(y: np.ndarray, classes: int) -> np.ndarray:
    """Class shares (classes,), which no constant beats in log-loss; or the mean, in RMSE."""
    if classes:
        return np.bincount(y.astype(int), minlength=classes) / len(y)
    return np.asarray(y.mean())


def repeat_naive(naive: np.ndarray, rows: int) -> np.ndarray:
    """The naive answer for each of so many rows."""
    return np.broadcast_to(naive, (rows, *naive.shape))
