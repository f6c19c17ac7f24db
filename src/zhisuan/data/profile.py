"""The profile 画像 of a data set: what each column holds and what a person should beware of.

Values only, and the few decisions on them; `survey` asks the table for the numbers.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Self

from zhisuan.data.findings import Code, Finding

Scalar = str | int | float | bool

_FORM = 2
_READABLE = (1, 2)
"""Forms that can be read; the first had no histograms."""
_FEW = 20
_CATEGORY_SHARE = 0.5
_IDENTIFIER_SHARE = 0.95
_IDENTIFIER_ROWS = 20
_IDENTIFIER_CHARACTERS = 64
_MOSTLY_MISSING = 0.5
_LONG_CHARACTERS = 200
_IDENTIFIER_NAME = re.compile(
    r"(?:^|[_\W])(?:id|uuid|guid|key|no|nr|index|code)$|[a-z]I[dD]$"
    r"|编号|序号|学号|工号|证号|流水号|单号|卡号|账号|号码|身份证",
    re.IGNORECASE,
)


class Kind(StrEnum):
    """What a column's values are."""

    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    CATEGORY = "category"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """One column.

    Attributes:
        reading: how its cells become values, a name of `core.cells.READINGS`.
        missing: rows without a value, infinite numbers among them.
        infinite: rows whose number was infinite.
        distinct: different values; within some 2 % where `distinct_exact` is false.
        minimum, maximum: of numbers, and of dates as ISO 8601 text; None for others.
        mean, deviation: of numbers; the deviation is the sample's.
        quartiles: of numbers, approximate: 25, 50 and 75 %.
        characters: of the longest text, 0 for others.
        histogram: how many of the numbers lie in each of some equally wide bins from the minimum to
            the maximum, each with its upper edge; empty for others, and in profiles of form 1.
        top: the most frequent values with their counts, where there are at most 10,000 values.
        identifier: whether it names its row rather than describing it.
    """

    name: str
    kind: Kind
    reading: str
    missing: int
    infinite: int
    distinct: int
    distinct_exact: bool
    minimum: Scalar | None = None
    maximum: Scalar | None = None
    mean: float | None = None
    deviation: float | None = None
    quartiles: tuple[float, ...] = ()
    characters: int = 0
    top: tuple[tuple[Scalar, int], ...] = ()
    histogram: tuple[int, ...] = ()
    identifier: bool = False
    findings: tuple[Finding, ...] = ()

    @property
    def constant(self) -> bool:
        """Whether it has exactly one value."""
        return self.distinct == 1


@dataclass(frozen=True, slots=True)
class Profile:
    """A whole data set.

    Attributes:
        format: as brought, `csv`, `jsonl`, `parquet` or `xlsx`.
        packed: `gzip`, `zip` or empty.
        encoding, delimiter: of a text; empty for others.
        header: whether the column names came with the data.
        rows: of the table.
        bytes: of the file as brought.
        duplicate_rows: rows beyond the first of each set of equal rows.
    """

    format: str
    packed: str
    encoding: str
    delimiter: str
    header: bool
    bytes: int
    rows: int
    duplicate_rows: int
    columns: tuple[ColumnProfile, ...]
    findings: tuple[Finding, ...] = ()

    def column(self, name: str) -> ColumnProfile | None:
        """The column of that name."""
        return next((column for column in self.columns if column.name == name), None)

    def all_findings(self) -> tuple[Finding, ...]:
        """The table's findings, then those of each column."""
        return self.findings + tuple(f for column in self.columns for f in column.findings)

    def to_json(self) -> str:
        """The profile as JSON with stable keys."""
        return json.dumps({"form": _FORM, **asdict(self)}, ensure_ascii=False, allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The profile written by `to_json`.

        Raises:
            ValueError: it was written in another form.
        """
        values: dict[str, Any] = json.loads(text)
        if values.pop("form") not in _READABLE:
            raise ValueError("the profile has another form than this version writes")
        values["columns"] = tuple(_column(column) for column in values["columns"])
        values["findings"] = _findings(values["findings"])
        return cls(**values)


def _column(values: dict[str, Any]) -> ColumnProfile:
    values["kind"] = Kind(values["kind"])
    values["quartiles"] = tuple(values["quartiles"])
    values["histogram"] = tuple(values.get("histogram", ()))
    values["top"] = tuple((value, count) for value, count in values["top"])
    values["findings"] = _findings(values["findings"])
    return ColumnProfile(**values)


def _findings(values: list[Mapping[str, Any]]) -> tuple[Finding, ...]:
    return tuple(Finding(Code(v["code"]), v["column"], v["parameters"]) for v in values)


def kind_of_text(present: int, distinct: int) -> Kind:
    """Whether a text column holds categories, values that come again, or free text."""
    few = distinct <= max(_FEW, _CATEGORY_SHARE * present)
    return Kind.CATEGORY if few else Kind.TEXT


def is_identifier(column: ColumnProfile, rows: int, mean_characters: float) -> bool:
    """Whether the values name their rows: nearly all different, and not a measurement.

    A text does when it is short; a whole number when its name says so or when the numbers simply
    count the rows; other kinds never.
    """
    present = rows - column.missing
    if present < _IDENTIFIER_ROWS or column.distinct < _IDENTIFIER_SHARE * present:
        return False
    if column.kind is Kind.TEXT:
        return mean_characters <= _IDENTIFIER_CHARACTERS
    if column.kind is not Kind.INTEGER:
        return False
    low, high = column.minimum, column.maximum
    counts_rows = isinstance(low, int) and isinstance(high, int) and high - low + 1 == present
    return counts_rows or _IDENTIFIER_NAME.search(column.name) is not None


def judge(column: ColumnProfile, rows: int, formulas: int) -> tuple[Finding, ...]:
    """What a person should know of a column.

    Args:
        column: its numbers.
        rows: of the table.
        formulas: cells that look like spreadsheet formulas.
    """
    name = column.name
    findings: list[Finding] = []
    if column.missing == rows:
        findings.append(Finding(Code.ALL_MISSING, name))
    elif column.missing > _MOSTLY_MISSING * rows:
        findings.append(Finding(Code.MOSTLY_MISSING, name, {"share": column.missing / rows}))
    if column.constant:
        findings.append(Finding(Code.CONSTANT_COLUMN, name))
    if column.identifier:
        findings.append(Finding(Code.LIKELY_IDENTIFIER, name))
    if column.infinite:
        findings.append(Finding(Code.INFINITE_VALUES, name, {"count": column.infinite}))
    if formulas:
        findings.append(Finding(Code.FORMULA_TEXT, name, {"count": formulas}))
    if column.characters > _LONG_CHARACTERS:
        findings.append(Finding(Code.LONG_TEXT, name, {"characters": column.characters}))
    return tuple(findings)
