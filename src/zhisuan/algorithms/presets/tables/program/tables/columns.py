"""The table as the algorithm sees it: named columns of plain arrays, and what each one is.

It reads the canonical Parquet file and the profile the centre made of it; it decides nothing.
"""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tables.features import NUMERIC_KINDS

READINGS = {
    "number": "number",
    "integer": "integer",
    "boolean": "boolean",
    "date": "date:%Y-%m-%d",
    "datetime": "datetime:%Y-%m-%d",
}
"""The reading of a kind where the profile names none."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of one data set.

    Attributes:
        values: column name to array, as `features.py` describes them.
        kinds: column name to number, integer, boolean, date, datetime, category or text.
        readings: column name to the rule by which its cells of text are read (`core.cells`).
        facts: column name to all that the profile says of it.
        profile: the whole profile, as the centre wrote it.
        rows_left: rows of the file that were not read.
    """

    values: dict[str, np.ndarray]
    kinds: dict[str, str]
    readings: dict[str, str]
    facts: dict[str, dict[str, Any]]
    profile: dict[str, Any]
    rows_left: int = 0

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(next(iter(self.values.values()))) if self.values else 0

    def take(self, rows: np.ndarray) -> Self:
        """The same columns, these rows (an index or mask array)."""
        values = {name: column[rows] for name, column in self.values.items()}
        return replace(self, values=values)


def read_table(table: Path, profile: Path | None, most_cells: float = np.inf) -> Table:
    """Read the canonical table; without a profile, kinds follow the file's types.

    Of a table with more than `most_cells` cells a random part of the rows is read, always the
    same for the same table; `rows_left` tells how many were not.
    """
    arrow = pq.read_table(table)
    most = int(most_cells // arrow.num_columns) if np.isfinite(most_cells) else arrow.num_rows
    left = max(0, arrow.num_rows - most)
    if left:
        rows = np.random.default_rng(arrow.num_rows).permutation(arrow.num_rows)[:most]
        arrow = arrow.take(pa.array(np.sort(rows)))
    known: dict[str, Any] = json.loads(profile.read_text("utf-8")) if profile else {}
    facts = {column["name"]: column for column in known.get("columns", [])}
    kinds = {
        field.name: facts.get(field.name, {}).get("kind") or _kind(field.type)
        for field in arrow.schema
    }
    values = {name: _array(arrow.column(name), kinds[name]) for name in arrow.column_names}
    readings = {
        name: facts.get(name, {}).get("reading") or READINGS.get(kind, "text")
        for name, kind in kinds.items()
    }
    return Table(values, kinds, readings, facts, known, left)


def _kind(arrow_type: pa.DataType) -> str:
    if pa.types.is_boolean(arrow_type):
        return "boolean"
    if pa.types.is_integer(arrow_type):
        return "integer"
    if pa.types.is_floating(arrow_type) or pa.types.is_decimal(arrow_type):
        return "number"
    if pa.types.is_date(arrow_type):
        return "date"
    return "datetime" if pa.types.is_timestamp(arrow_type) else "category"


def _array(column: pa.ChunkedArray, kind: str) -> np.ndarray:
    """One Arrow column as an array; infinities become missing."""
    if kind not in NUMERIC_KINDS:
        return np.array(column.cast(pa.string()).to_pylist(), dtype=object)
    if pa.types.is_date(column.type) or pa.types.is_timestamp(column.type):
        seconds = column.cast(pa.timestamp("s"), safe=False).cast(pa.int64())
        numbers = seconds.cast(pa.float64(), safe=False)
    elif pa.types.is_boolean(column.type):
        numbers = column.cast(pa.uint8()).cast(pa.float64())
    else:
        numbers = column.cast(pa.float64(), safe=False)
    array = numbers.to_numpy(zero_copy_only=False).astype(np.float64)
    return np.where(np.isfinite(array), array, np.nan)
