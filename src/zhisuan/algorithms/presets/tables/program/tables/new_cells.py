"""New rows as the handed-over program reads them: columns of cells of text.

They come as JSON values, or as a table that was brought to the centre. A text that such a program
can read by itself is given to it as it was brought; of other formats the cells are written again.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from tables.cell_text import write_cell
from tables.features import NUMERIC_KINDS

Cells = Mapping[str, Sequence[str | None]]

READABLE = frozenset({"utf-8", "utf-8-sig", "gb18030"})
"""Encodings, as a profile names them, in which the handed-over program surely reads a text."""
LONGEST_PLAIN = 1e15
"""Larger numbers are read only with an exponent."""


def read(inputs: Mapping[str, Path], plan: Mapping[str, Any], takeaway: ModuleType) -> Cells:
    """The new rows of a job, column name to cells.

    Args:
        inputs: `rows`, or `table`, `profile` and `original`.
        plan: of the solution.
        takeaway: its program.
    """
    if "rows" in inputs:
        return of_rows(json.loads(inputs["rows"].read_text("utf-8")), plan)
    profile = json.loads(inputs["profile"].read_text("utf-8"))
    if reads_itself(profile):
        cells: Cells = takeaway.read_csv(inputs["original"], header=plan["header"])
        if all(column["name"] in cells for column in plan["columns"]):
            return cells
    return of_table(inputs["table"], inputs["profile"])


def of_rows(rows: Sequence[Mapping[str, Any]], plan: Mapping[str, Any]) -> Cells:
    """Rows of JSON values; a column that a row does not name is empty there."""
    columns = {column["name"]: column for column in plan["columns"]}
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: [cell(row.get(name), columns.get(name)) for row in rows] for name in names}


def of_table(table: Path, profile: Path) -> Cells:
    """A canonical table, written out again."""
    from tables.columns import read_table  # noqa: PLC0415  Arrow takes long to come; few need it

    found = read_table(table, profile)
    return {
        name: [write_cell(value, found.kinds[name], found.readings[name]) for value in values]
        for name, values in found.values.items()
    }


def reads_itself(profile: Mapping[str, Any]) -> bool:
    """Whether the handed-over program can read the table as it was brought."""
    plain = profile["format"] == "csv" and not profile["packed"]
    return plain and profile["encoding"] in READABLE


def cell(value: object, column: Mapping[str, Any] | None) -> str | None:
    """The cell of one JSON value; a number is the value itself, 0.12 for 12 %."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, int | float):
        return json.dumps(value, ensure_ascii=False)
    if column is None or column["kind"] not in NUMERIC_KINDS:
        return _digits(value)
    return _number(value, column["kind"], column["reading"])


def _number(value: float, kind: str, reading: str) -> str:
    dressed = reading == "percent" or reading.startswith("currency:")
    if dressed or (kind == "boolean" and value in {0, 1}):
        return write_cell(value, kind, reading)
    return f"{value:.16e}" if abs(value) >= LONGEST_PLAIN else _digits(value)


def _digits(number: float) -> str:
    return str(int(number)) if float(number).is_integer() else repr(number)
