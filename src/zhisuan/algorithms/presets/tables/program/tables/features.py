"""From a table's columns to the numbers a model reads; the same file trains and predicts.

This file is shipped beside every model, so it uses numpy and the standard library alone. What a
column becomes was decided once from the training rows (`encoding.py`) and stands in
`features.json` as a plan; `transform` only carries the plan out, row by row.

A column's values are float64 with NaN for missing (number, integer, boolean as 0 and 1, date and
datetime as seconds since 1970 UTC) or objects, `str` with None for missing (category, text).
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

SECONDS_A_DAY = 86_400
NUMERIC_KINDS = frozenset({"number", "integer", "boolean", "date", "datetime"})
DATE_PARTS = ("days", "year", "month", "day", "weekday")
TIME_PARTS = (*DATE_PARTS, "hour")
LARGEST = 1e30
"""Larger numbers count as this, so that every number is finite in float32."""
TEXT_HEAD = 200
"""Characters of a text that are read; the rest rarely decides and always costs."""


def transform(plan: Mapping[str, Any], columns: Mapping[str, np.ndarray]) -> np.ndarray:
    """The model's input for these rows.

    Args:
        plan: what `encoding.learn_plan` made: `columns`, each with `name` and `encodings`.
        columns: at least the plan's columns, all of one length.

    Returns:
        float32 of shape (rows, width); NaN where a number is missing.

    Raises:
        KeyError: a column of the plan is not there.
    """
    blocks = [
        encode(encoding, columns[column["name"]])
        for column in plan["columns"]
        for encoding in column["encodings"]
    ]
    return np.concatenate(blocks, axis=1, dtype=np.float32)


def encode(encoding: Mapping[str, Any], values: np.ndarray) -> np.ndarray:
    """One column under one encoding: an array of shape (rows, width of the encoding)."""
    match encoding["as"]:
        case "value":
            return np.clip(values, -LARGEST, LARGEST)[:, None]
        case "date":
            return _date_parts(values, encoding["parts"])
        case "levels":
            return _level_flags(values, encoding["levels"])
        case "means":
            return _level_table(values, encoding["levels"], encoding["other"])
        case "ngrams":
            return _ngram_counts(values, encoding["width"])
        case "length":
            return np.array([np.nan if v is None else len(v) for v in values], float)[:, None]
        case other:
            raise ValueError(f"this program does not know the encoding {other!r}")


def width(encoding: Mapping[str, Any]) -> int:
    """How many numbers the encoding makes of one cell."""
    match encoding["as"]:
        case "date":
            return len(encoding["parts"])
        case "levels":
            return len(encoding["levels"])
        case "means":
            return len(encoding["other"])
        case "ngrams":
            return int(encoding["width"])
        case _:
            return 1


def _date_parts(seconds: np.ndarray, parts: Sequence[str]) -> np.ndarray:
    """Calendar parts of instants; weekday 0 is Monday."""
    known = np.isfinite(seconds)
    instants = np.where(known, seconds, 0).astype("int64").astype("datetime64[s]")
    days = instants.astype("datetime64[D]")
    months = instants.astype("datetime64[M]")
    calendar = {
        "days": days.astype("int64"),
        "year": instants.astype("datetime64[Y]").astype("int64") + 1970,
        "month": months.astype("int64") % 12 + 1,
        "day": (days - months.astype("datetime64[D]")).astype("int64") + 1,
        "weekday": (days.astype("int64") + 3) % 7,
        "hour": (instants - days).astype("int64") // 3600,
    }
    return np.stack([np.where(known, calendar[part], np.nan) for part in parts], axis=1)


def _level_flags(values: np.ndarray, levels: Sequence[str | None]) -> np.ndarray:
    """One 0/1 column for each known level; a level never seen in training is all 0."""
    place = {level: index for index, level in enumerate(levels)}
    flags = np.zeros((len(values), len(levels)))
    hit = np.array([place.get(value, -1) for value in values], dtype=np.int64)
    rows = np.flatnonzero(hit >= 0)
    flags[rows, hit[rows]] = 1.0
    return flags


def _level_table(
    values: np.ndarray, levels: Mapping[str, Sequence[float]], other: Sequence[float]
) -> np.ndarray:
    """Numbers looked up by level; the key of a missing cell is the empty string."""
    place = {level: index for index, level in enumerate(levels)}
    table = np.array([*levels.values(), other], dtype=np.float64)
    return table[[place.get(value or "", -1) for value in values]]


def _ngram_counts(values: np.ndarray, buckets: int) -> np.ndarray:
    """Hashed pairs of neighbouring characters, as log(1 + count), case folded.

    Pairs of characters serve Chinese words and pieces of Latin ones alike. The hash is
    multiplicative (Knuth, The Art of Computer Programming 3, 6.4).
    """
    counts = np.zeros((len(values), buckets))
    for row, value in enumerate(values):
        if value:
            codes = np.frombuffer(value[:TEXT_HEAD].lower().encode("utf-32-le"), dtype=np.uint32)
            codes = np.append(codes, np.uint32(32))
            pairs = codes[:-1].astype(np.uint64) * 2_654_435_761 + codes[1:] * np.uint64(40_503)
            counts[row] = np.bincount(
                ((pairs >> np.uint64(7)) % np.uint64(buckets)).astype(np.int64), minlength=buckets
            )
    return np.log1p(counts)
