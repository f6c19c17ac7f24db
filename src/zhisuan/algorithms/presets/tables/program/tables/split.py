"""Which rows teach, which choose and which judge, without a leak between them.

The hold-out is drawn once, stratified for classes, and only the final score ever sees it. Rows
that repeat exactly stay on one side. Of the other rows, small tables are cut into folds so that
every row serves both ends; large ones keep one part for choosing.
"""

from dataclasses import dataclass

import numpy as np
from sklearn.model_selection import (
    GroupKFold,
    GroupShuffleSplit,
    KFold,
    ShuffleSplit,
    StratifiedGroupKFold,
    StratifiedKFold,
    StratifiedShuffleSplit,
)

HOLDOUT_SHARE, HOLDOUT_MOST = 0.2, 20_000
VALIDATION_SHARE, VALIDATION_MOST = 0.12, 15_000
FOLDS, MORE_FOLDS, MORE_FOLDS_BELOW = 5, 8, 2_000
"""Small tables are cut finer, so that each fit learns from seven eighths of the rows."""
FOLD_ROWS = {"fast": 6_000, "standard": 20_000, "best": 60_000}
"""Up to so many teaching rows the folds are worth their cost, by effort."""


@dataclass(frozen=True, slots=True)
class Split:
    """Row indices.

    Attributes:
        development: rows that teach and choose.
        holdout: rows that judge; disjoint from `development`.
        folds: pairs (teach, choose) of positions within `development`; one pair for large tables.
    """

    development: np.ndarray
    holdout: np.ndarray
    folds: list[tuple[np.ndarray, np.ndarray]]

    @property
    def fold_of_row(self) -> np.ndarray:
        """For each development row the fold in which it chooses; −1 if it only teaches."""
        fold = np.full(len(self.development), -1)
        for number, (_, choose) in enumerate(self.folds):
            fold[choose] = number
        return fold


def make_split(
    y: np.ndarray, groups: np.ndarray | None, *, classes: int, effort: str, seed: int
) -> Split:
    """Split rows 0 to len(y)−1.

    Args:
        y: the target; class codes if `classes` > 0.
        groups: rows of one number stay together; None when no two rows repeat.
        classes: number of classes, 0 for regression.
        effort: fast, standard or best.
        seed: the same seed gives the same split.
    """
    share = min(HOLDOUT_SHARE, HOLDOUT_MOST / len(y))
    development, holdout = _cut(y, groups, classes, share, seed)
    y_dev = y[development]
    inner = groups[development] if groups is not None else None
    if len(development) > FOLD_ROWS[effort]:
        part = min(VALIDATION_SHARE, VALIDATION_MOST / len(development))
        folds = [_cut(y_dev, inner, classes, part, seed + 1)]
    else:
        folds = _folds(y_dev, inner, classes, effort, seed + 1)
    return Split(development, holdout, folds)


def repeated_rows(columns: list[np.ndarray]) -> np.ndarray | None:
    """A group number for each row, equal where all cells are; None when (almost) none repeat.

    Where most rows repeat (a table of a few categories), rows are counts, not copies, and
    grouping would only take the repeats away from learning.
    """
    keys = np.zeros(len(columns[0]), dtype=np.uint64)
    for column in columns:
        _, code = np.unique(column.astype(str), return_inverse=True)
        keys = keys * np.uint64(1_000_003) + (code.astype(np.uint64) ^ np.uint64(0x9E3779B97F4A))
        keys ^= keys >> np.uint64(29)
    distinct, group = np.unique(keys, return_inverse=True)
    repeats = len(keys) - len(distinct)
    return group if 0 < repeats <= 0.5 * len(keys) else None


def _cut(
    y: np.ndarray, groups: np.ndarray | None, classes: int, share: float, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    rows = np.zeros(len(y))
    if groups is not None:
        cut = GroupShuffleSplit(1, test_size=share, random_state=seed).split(rows, y, groups)
    elif classes:
        cut = StratifiedShuffleSplit(
            1, test_size=max(classes, round(share * len(y))), random_state=seed
        ).split(rows, y)
    else:
        cut = ShuffleSplit(1, test_size=share, random_state=seed).split(rows)
    teach, judge = next(cut)
    return np.sort(teach), np.sort(judge)


def _folds(
    y: np.ndarray, groups: np.ndarray | None, classes: int, effort: str, seed: int
) -> list[tuple[np.ndarray, np.ndarray]]:
    count = MORE_FOLDS if effort != "fast" and len(y) < MORE_FOLDS_BELOW else FOLDS
    if classes:
        count = max(2, min(count, int(np.bincount(y.astype(int)).min())))
        kind = StratifiedKFold if groups is None else StratifiedGroupKFold
        cut = kind(count, shuffle=True, random_state=seed)
    elif groups is None:
        cut = KFold(count, shuffle=True, random_state=seed)
    else:
        cut = GroupKFold(count, shuffle=True, random_state=seed)
    return list(cut.split(np.zeros(len(y)), y, groups))
