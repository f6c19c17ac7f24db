"""What a person must beware of in the rows themselves: few, copied, dated, leaking, full of holes."""

import numpy as np

from tables.features import NUMERIC_KINDS
from tables.notes import Note
from tables.question import Lesson

FEW_ROWS = 500
MANY_MISSING = 0.5
LEAK_FLAGS = frozenset({"likely_leak", "leak"})


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
        flags = set(lesson.table.facts.get(name, {}).get("flags", ()))
        if flags & LEAK_FLAGS:
            notes.append(Note("likely_leak", {"column": name}))
        empty = np.isnan(values) if kind in NUMERIC_KINDS else [value is None for value in values]
        if MANY_MISSING < np.mean(empty) < 1:
            notes.append(Note("many_missing", {"column": name, "share": float(np.mean(empty))}))
    return notes
