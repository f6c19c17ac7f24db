"""The one metric a task is judged by, and the plain numbers people like to see beside it.

Classification is judged by log-loss (nats a row), regression by the root of the mean squared
error (the target's own unit); for both, lower is better.
"""

from collections.abc import Sized

import numpy as np

FLOOR = 1e-6
"""Smallest probability counted, so that one wrong certainty cannot cost infinitely much."""


def metric_of(classes: Sized) -> str:
    """What a question is judged by: the classes' log-loss, or the error of a number."""
    return "log_loss" if classes else "rmse"


def row_losses(y: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    """Loss of each row: −log p of the true class for (rows, k) predictions, else squared error."""
    if predicted.ndim == 2:  # noqa: PLR2004  probabilities
        return -np.log(np.clip(predicted[np.arange(len(y)), y.astype(int)], FLOOR, 1.0))
    return (y - predicted) ** 2


def score(y: np.ndarray, predicted: np.ndarray) -> float:
    """Log-loss or RMSE; lower is better."""
    mean = float(row_losses(y, predicted).mean())
    return mean if predicted.ndim == 2 else mean**0.5  # noqa: PLR2004  probabilities


def auc(positive: np.ndarray, value: np.ndarray) -> float:
    """Chance that a positive row stands above a negative one (Mann and Whitney 1947), ties half."""
    count = int(positive.sum())
    other = len(positive) - count
    if count == 0 or other == 0:
        return float("nan")
    _, place, ties = np.unique(value, return_inverse=True, return_counts=True)
    middle = np.cumsum(ties) - (ties - 1) / 2
    ranks = middle[place][positive.astype(bool)].sum()
    return float((ranks - count * (count + 1) / 2) / (count * other))


def classification_facts(y: np.ndarray, p: np.ndarray) -> dict[str, float]:
    """Accuracy, balanced accuracy, macro F1 and (macro one-against-rest) AUC."""
    said = p.argmax(axis=1)
    recalls, f1s, aucs = [], [], []
    for k in range(p.shape[1]):
        true, hit = y == k, said == k
        both = float((true & hit).sum())
        if true.any():
            recalls.append(both / true.sum())
            f1s.append(2 * both / (true.sum() + hit.sum()))
            aucs.append(auc(true, p[:, k]))
    return {
        "accuracy": float((said == y).mean()),
        "balanced_accuracy": float(np.mean(recalls)),
        "f1_macro": float(np.mean(f1s)),
        "auc": float(np.nanmean(aucs)) if not np.all(np.isnan(aucs)) else 0.5,
    }


def regression_facts(y: np.ndarray, predicted: np.ndarray) -> dict[str, float]:
    """Mean and median absolute error (target's unit) and R² (share of the variance explained)."""
    gap = np.abs(y - predicted)
    spread = float(((y - y.mean()) ** 2).sum())
    return {
        "mae": float(gap.mean()),
        "median_error": float(np.median(gap)),
        "r2": 1 - float((gap**2).sum()) / spread if spread > 0 else 0.0,
    }
