"""What a person must beware of: rows few, copied, dated or full of holes, and answers that leak."""

from typing import Any

import numpy as np

from tables.features import NUMERIC_KINDS
from tables.notes import Note
from tables.question import Lesson

FEW_ROWS = 500
MANY_MISSING = 0.5
LEAK_SHARE, LEAK_LOSS = 0.6, 0.02


def of_rows(lesson: Lesson, groups: np.ndarray | None, development: int) -> list[Note]:
    """Notes on the rows and columns that are learned from.

    Args:
        lesson: rows with a known answer.
        groups: group number of each row where some rows repeat, else None.
        development: rows that teach and choose.
    """
    notes: list[Note] = []
    if development < FEW_ROWS:
        notes.append(Note("few_rows", {"rows": development}))
    if groups is not None:
        notes.append(Note("duplicates", {"rows": len(groups) - len(np.unique(groups))}))
    dated = [n for n in lesson.names if lesson.table.kinds[n] in {"date", "datetime"}]
    if dated:
        notes.append(Note("dated_rows", {"column": dated[0]}))
    for name in lesson.names:
        values, kind = lesson.table.values[name], lesson.table.kinds[name]
        empty = np.isnan(values) if kind in NUMERIC_KINDS else [value is None for value in values]
        if MANY_MISSING < np.mean(empty) < 1:
            notes.append(Note("many_missing", {"column": name, "share": float(np.mean(empty))}))
    return notes


def of_result(importance: list[dict[str, Any]], gain: float) -> list[Note]:
    """A result too good to be true that rests on one column is probably a leak.

    Args:
        importance: columns with their `share` of the whole, the first most important.
        gain: the loss left, as a share of the naive loss (variance for numbers).
    """
    if importance and importance[0]["share"] >= LEAK_SHARE and gain <= LEAK_LOSS:
        return [Note("likely_leak", {"column": importance[0]["column"]})]
    return []
