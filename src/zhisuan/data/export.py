"""Rows of a canonical table for people: as values for a screen, as CSV for a spreadsheet.

A spreadsheet runs a cell that begins like a formula. In CSV such a text gets an apostrophe in
front (OWASP, "CSV Injection"); numbers are not texts and keep their minus sign.
"""

import csv
import io
from datetime import date
from pathlib import Path
from typing import Any

from zhisuan.data.limits import DEFAULT, Limits
from zhisuan.data.profile import Scalar
from zhisuan.data.workbench import Workbench, quoted

Rows = list[list[Scalar | None]]
"""Cells by row, then column."""

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def first_rows(table: Path, rows: int, scratch: Path, limits: Limits = DEFAULT) -> Rows:
    """The first rows in the file's order; dates as ISO 8601 text, None where missing."""
    with Workbench(scratch, (table,), limits) as bench:
        found = bench.rows(f"SELECT * FROM read_parquet({quoted(str(table))}) LIMIT ?", [rows])
    return [[_shown(value) for value in row] for row in found]


def to_csv(names: list[str], rows: Rows) -> str:
    """The rows as CSV that a spreadsheet shows and never runs."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([neutral(name) for name in names])
    writer.writerows([neutral(value) for value in row] for row in rows)
    return text.getvalue()


def neutral(value: Scalar | None) -> Scalar | None:
    """The value, with an apostrophe in front where a spreadsheet would take it for a formula."""
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return f"'{value}"
    return value


def _shown(value: Any) -> Scalar | None:  # noqa: ANN401  whatever the engine answers
    return value.isoformat() if isinstance(value, date) else value
