"""Columns that give the target away: equal to it, or all but deciding it on their own.

A column's strength is how much of the target it explains alone: for classes the share of the
majority class's mistakes that its groups avoid, for numbers the adjusted R² of its group means
(eta squared) on the target's ranks, so that a long tail hides nothing. A column with many values
is cut into bins of at least 20 rows first, and a group of one row explains nothing, so that an
identifier is no leak for being different in every row.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from zhisuan.core.errors import TargetMissing
from zhisuan.data.findings import Code, Finding
from zhisuan.data.limits import DEFAULT, Limits
from zhisuan.data.workbench import Workbench, named, quoted

THRESHOLD = 0.97
"""From here on a column is reported. Strong honest columns stay below: petal length decides the
species of iris with 0.93."""

_SAMPLE_ROWS = 100_000
_FEWEST_ROWS = 20
_ROWS_IN_BIN = 20
_MOST_BINS = 200
_FEW_CLASSES = 20
_NUMERIC = ("BIGINT", "DOUBLE", "DATE", "TIMESTAMP")

Codes = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Leak:
    """A column that gives the target away.

    Attributes:
        strength: 0 to 1; 1 where it decides the target in every row.
        copy: whether it equals the target.
    """

    column: str
    strength: float
    copy: bool

    @property
    def finding(self) -> Finding:
        """The leak as a sentence for people."""
        if self.copy:
            return Finding(Code.TARGET_COPY, self.column)
        return Finding(Code.TARGET_LEAK, self.column, {"strength": self.strength})


def leaks(table: Path, target: str, scratch: Path, limits: Limits = DEFAULT) -> tuple[Leak, ...]:
    """The columns of a canonical table that give `target` away, strongest first.

    Judged on at most 100,000 rows with a target, spread evenly over the table; below 20 rows
    nothing can be told.

    Raises:
        TargetMissing: there is no such column.
    """
    source = f"read_parquet({quoted(str(table))}, file_row_number = true)"
    with Workbench(scratch, (table,), limits) as bench:
        described = bench.rows(f"DESCRIBE SELECT * FROM read_parquet({quoted(str(table))})")
        types = {str(row[0]): str(row[1]) for row in described}
        if target not in types:
            raise TargetMissing(
                f"There is no column {target!r}.", hint="Choose one of the table's columns."
            )
        known = f"{named(target)} IS NOT NULL"
        rows: int = bench.row(f"SELECT count(*) FROM {source} WHERE {known}")[0]
        if rows < _FEWEST_ROWS:
            return ()
        step = -(-rows // _SAMPLE_ROWS)
        chosen = f"FROM {source} WHERE {known} AND file_row_number % {step} = 0"

        def values(name: str) -> npt.NDArray[Any]:
            return bench.arrays(f"SELECT {_as_number(name, types[name])} AS v {chosen}")["v"]

        truth = values(target)
        classes = types[target] not in _NUMERIC or len(np.unique(truth)) <= _FEW_CLASSES
        found: list[Leak] = []
        for name, kind in types.items():
            if name == target:
                continue
            groups = group(values(name), numeric=kind in _NUMERIC)
            strength = (
                class_strength(groups, group(truth, numeric=False))
                if classes
                else number_strength(groups, ranks(truth))
            )
            if strength >= THRESHOLD:
                found.append(Leak(name, strength, _equals(bench, source, name, target)))
    return tuple(sorted(found, key=lambda leak: (-leak.strength, leak.column)))


def group(values: npt.NDArray[Any], *, numeric: bool) -> Codes:
    """A group number for each row: equal values, or for many numbers equal shares of the rows.

    Missing values are a group of their own: a date that is filled only after the event tells it.
    """
    filled = np.ma.getdata(values)
    missing = np.ma.getmaskarray(values)
    present = filled[~missing]
    codes = np.zeros(len(values), dtype=np.int64)
    if len(present) == 0:
        return codes
    different, inverse = np.unique(present, return_inverse=True)
    bins = int(max(1, min(_MOST_BINS, len(present) // _ROWS_IN_BIN)))
    if numeric and len(different) > bins:
        cuts = np.quantile(present, np.linspace(0, 1, bins + 1)[1:-1])
        inverse = np.searchsorted(cuts, present, side="right")
    codes[~missing] = 1 + inverse
    return codes


def class_strength(groups: Codes, classes: Codes) -> float:
    """The share of the majority class's mistakes that naming each group's own majority avoids."""
    rows = len(classes)
    _, totals = np.unique(classes, return_counts=True)
    base = totals.max() / rows
    if base == 1.0:
        return 0.0
    pairs, counts = np.unique(np.stack([groups, classes]), axis=1, return_counts=True)
    largest = np.zeros(groups.max() + 1, dtype=np.int64)
    np.maximum.at(largest, pairs[0], counts)
    sizes = np.bincount(groups)
    right = largest[sizes > 1].sum() / rows
    return float(max(0.0, (right - base) / (1.0 - base)))


def ranks(values: npt.NDArray[Any]) -> Numbers:
    """The rank of each value from 0 to 1, the mean rank among equals."""
    _, inverse, counts = np.unique(np.ma.getdata(values), return_inverse=True, return_counts=True)
    middle = np.cumsum(counts) - (counts + 1) / 2
    return middle[inverse] / max(1, len(values) - 1)


def number_strength(groups: Codes, numbers: Numbers) -> float:
    """The adjusted share of the variance that lies between the groups, 0 to 1."""
    rows = len(numbers)
    total = float(((numbers - numbers.mean()) ** 2).sum())
    sizes = np.bincount(groups)
    used = int((sizes > 0).sum())
    if total == 0.0 or used >= rows:
        return 0.0
    means = np.bincount(groups, weights=numbers) / np.maximum(sizes, 1)
    within = float(((numbers - means[groups]) ** 2).sum())
    return max(0.0, 1.0 - (within / (rows - used)) / (total / (rows - 1)))


def _as_number(name: str, kind: str) -> str:
    column = named(name)
    if kind in ("DATE", "TIMESTAMP"):
        return f"CAST(epoch({column}) AS DOUBLE)"
    if kind in _NUMERIC:
        return f"CAST({column} AS DOUBLE)"
    # Equality is all that counts among categories; 63 bits of hash keep it.
    return f"CASE WHEN {column} IS NOT NULL THEN CAST(hash({column}) >> 1 AS BIGINT) END"


def _equals(bench: Workbench, source: str, name: str, target: str) -> bool:
    pair: Sequence[str] = (named(name), named(target))
    left, right = (f"CAST({column} AS VARCHAR)" for column in pair)
    different: int = bench.row(
        f"SELECT count(*) FROM {source} WHERE {left} IS DISTINCT FROM {right}"
    )[0]
    return different == 0
