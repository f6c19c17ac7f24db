"""Decides, from the training rows alone, what each column becomes and which are left out.

Categories with few levels become flags. Categories with many become the mean of the target at
that level, shrunk towards the whole (Micci-Barreca 2001, doi:10.1145/507533.507538), with how
often the level was seen. A training row's own target never enters its own mean: means are taken
over the other folds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tables.features import DATE_PARTS, NUMERIC_KINDS, TIME_PARTS, encode, width
from tables.notes import Note

if TYPE_CHECKING:
    from tables.columns import Table

FLAG_LEVELS = 12
"""Up to so many levels a category becomes one flag for each."""
SHRINK_ROWS = 10.0
"""Weight of the whole's mean in a level's mean, in rows."""
MEAN_CLASSES = 12
"""Target means are kept for at most so many classes, the most frequent ones."""
TEXT_BUCKETS = 96
TEXT_SHARE, TEXT_LENGTH = 0.5, 20
"""Words that differ on more than this share of the rows and are longer on average are text."""
IDENTIFIER_SHARE = 0.9
KEPT_LEVELS = 50_000
"""Levels remembered for one column; rarer ones are treated as never seen."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """The training rows in numbers.

    Attributes:
        plan: what `features.transform` needs; JSON.
        matrix: float32 (rows, width); target means are out-of-fold.
        blocks: column name to the slice of the matrix it fills.
        notes: what was left out, and why.
    """

    plan: dict[str, Any]
    matrix: np.ndarray
    blocks: dict[str, slice]
    notes: list[Note]


def learn_plan(
    table: "Table", names: Sequence[str], scores: np.ndarray, fold: np.ndarray
) -> Encoded:
    """Learn the plan from these rows.

    Args:
        table: the training rows.
        names: the columns that may be used.
        scores: what target means are taken of, shape (rows, k): 0/1 for each class, or the target.
        fold: for each row its fold number; means for a fold come from the others.
    """
    columns: list[dict[str, Any]] = []
    arrays: list[np.ndarray] = []
    blocks: dict[str, slice] = {}
    notes: list[Note] = []
    start = 0
    scores = _frequent(scores)
    for name in names:
        values, kind = table.values[name], table.kinds[name]
        known_identifier = table.facts.get(name, {}).get("identifier")
        encodings = "column_identifier" if known_identifier else _encodings(values, kind)
        if isinstance(encodings, str):
            notes.append(Note(encodings, {"column": name}))
            continue
        if encodings[0]["as"] == "ngrams":
            notes.append(Note("column_text", {"column": name}))
        for encoding in encodings:
            if encoding["as"] == "means":
                arrays.append(_learn_means(encoding, values, scores, fold).astype(np.float32))
            else:
                arrays.append(encode(encoding, values).astype(np.float32))
        end = start + sum(width(encoding) for encoding in encodings)
        blocks[name] = slice(start, end)
        start = end
        columns.append(
            {"name": name, "kind": kind, "reading": table.readings[name], "encodings": encodings}
        )
    matrix = np.concatenate(arrays, axis=1) if arrays else np.zeros((table.rows, 0), np.float32)
    return Encoded({"columns": columns}, matrix, blocks, notes)


def _encodings(values: np.ndarray, kind: str) -> list[dict[str, Any]] | str:
    """How one column is encoded, or the code of the note that says why it is left out."""
    return _of_numbers(values, kind) if kind in NUMERIC_KINDS else _of_words(values, kind)


def _of_numbers(values: np.ndarray, kind: str) -> list[dict[str, Any]] | str:
    known = values[np.isfinite(values)]
    if known.size == 0 or (known.size == values.size and known.min() == known.max()):
        return "column_constant"
    if kind in {"date", "datetime"}:
        parts = TIME_PARTS if kind == "datetime" else DATE_PARTS
        return [{"as": "date", "parts": list(parts)}]
    return [{"as": "value"}]


def _of_words(values: np.ndarray, kind: str) -> list[dict[str, Any]] | str:
    levels, counts = np.unique([value or "" for value in values], return_counts=True)
    share = levels.size / len(values)
    if levels.size == 1:
        return "column_constant"
    if kind == "text" or (share > TEXT_SHARE and np.mean([len(v) for v in levels]) > TEXT_LENGTH):
        return [{"as": "ngrams", "width": TEXT_BUCKETS}, {"as": "length"}]
    if share > IDENTIFIER_SHARE:
        return "column_identifier"
    if levels.size <= FLAG_LEVELS:
        return [{"as": "levels", "levels": [level or None for level in levels.tolist()]}]
    kept = levels[np.argsort(-counts, kind="stable")][:KEPT_LEVELS]
    return [{"as": "means", "levels": {level: [] for level in kept.tolist()}, "other": []}]


def _frequent(scores: np.ndarray) -> np.ndarray:
    """The score columns worth a mean: all but one of few classes, the most frequent of many."""
    if scores.shape[1] == 1:
        return scores
    if scores.shape[1] == 2:  # noqa: PLR2004  the second class mirrors the first
        return scores[:, 1:]
    return scores[:, np.argsort(-scores.sum(axis=0), kind="stable")[:MEAN_CLASSES]]


def _learn_means(
    encoding: dict[str, Any], values: np.ndarray, scores: np.ndarray, fold: np.ndarray
) -> np.ndarray:
    """Fill the encoding's level table and return the rows' own out-of-fold numbers."""
    place = {level: index for index, level in enumerate(encoding["levels"])}
    code = np.array([place.get(value or "", len(place)) for value in values], dtype=np.int64)
    prior = scores.mean(axis=0)
    counts, sums = _tally(code, scores, len(place) + 1)
    table = _shrunk(counts, sums, prior)
    encoding["levels"] = {level: table[index].tolist() for level, index in place.items()}
    encoding["other"] = [*prior.tolist(), 0.0]
    rows = np.empty((len(values), scores.shape[1] + 1))
    for number in np.unique(fold):
        inside = fold == number
        in_counts, in_sums = _tally(code[inside], scores[inside], len(place) + 1)
        other = _shrunk(counts - in_counts, sums - in_sums, prior)
        other[:, -1] = table[:, -1]
        rows[inside] = other[code[inside]]
    return rows


def _tally(code: np.ndarray, scores: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    counts = np.bincount(code, minlength=size).astype(np.float64)
    sums = [np.bincount(code, weights=column, minlength=size) for column in scores.T]
    return counts, np.stack(sums, axis=1)


def _shrunk(counts: np.ndarray, sums: np.ndarray, prior: np.ndarray) -> np.ndarray:
    """Shrunk means of each level, then log(1 + rows seen)."""
    means = (sums + SHRINK_ROWS * prior) / (counts + SHRINK_ROWS)[:, None]
    return np.column_stack([means, np.log1p(counts)])
