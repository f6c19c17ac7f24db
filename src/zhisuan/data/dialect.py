"""How a delimited text is written: its delimiter and whether its first row is a header.

Pure decisions on the first part of the text. Quoting is RFC 4180's: `"` around a field, doubled
inside it.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from zhisuan.core import cells

_PREFERRED = (",", "\t", ";", "|")
_NEVER = frozenset("\"._-/+%()[]{}<>@#\\'")
_SCANNED = 500
_YEARS = range(1800, 2201)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How to take the text apart.

    Attributes:
        delimiter: one character.
        names: cells of the header row, or None where the first row is data.
        width: fields of the first row.
    """

    delimiter: str
    names: tuple[str, ...] | None
    width: int


def guess(sample: str, *, complete: bool) -> Dialect:
    """The dialect of a text.

    The delimiter is the character with which most rows have as many fields as the first; comma,
    tab, semicolon and bar go first, and any other sign must divide every row alike.

    Args:
        sample: the beginning of the text, at least one whole row.
        complete: whether the sample is the whole text; if not, its last row is cut off.
    """
    first_line = next((line for line in sample.splitlines() if line.strip(cells.SPACES)), "")
    best: tuple[float, str, list[list[str]]] = (0.0, ",", _rows(sample, ",", complete=complete))
    for delimiter in (*_PREFERRED, *_uncommon(first_line)):
        rows = _rows(sample, delimiter, complete=complete)
        share = _agreement(rows)
        if share > best[0] and (delimiter in _PREFERRED or share == 1.0):
            best = (share, delimiter, rows)
    _, delimiter, rows = best
    if not rows:
        return Dialect(delimiter, None, 0)
    names = tuple(rows[0]) if has_header(rows) else None
    return Dialect(delimiter, names, len(rows[0]))


def has_header(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row names the columns.

    It does not where, in every column whose other cells are numbers, dates or booleans, its cell
    is one too; but a year above numbers that are no years is a name, as wide tables give it.
    """
    head, body = rows[0], rows[1:]
    typed = False
    for index, cell in enumerate(head):
        below = [row[index] for row in body if index < len(row)]
        readings = cells.candidates(below)
        if readings[0] == "text":
            continue
        typed = True
        alike = any(cells.fits(cell, reading) for reading in readings[:-1])
        if cells.is_missing(cell, readings[0]) or not alike:
            return True
        if _is_year(cell) and not all(map(_is_year, below)):
            return True
    return not typed


def _is_year(cell: str) -> bool:
    return cell.isascii() and cell.isdigit() and int(cell[:5]) in _YEARS


def _rows(sample: str, delimiter: str, *, complete: bool) -> list[list[str]]:
    rows: list[list[str]] = []
    whole = True
    try:
        for row in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter):
            if row:
                rows.append(row)
            if len(rows) > _SCANNED:
                whole = False
                break
    except csv.Error:
        return rows
    if whole and not complete and len(rows) > 1:
        rows.pop()
    return rows


def _agreement(rows: list[list[str]]) -> float:
    if not rows or len(rows[0]) == 1:
        return 0.0
    return sum(len(row) == len(rows[0]) for row in rows) / len(rows)


def _uncommon(line: str) -> list[str]:
    signs = (sign for sign in dict.fromkeys(line) if not sign.isalnum() and sign not in _NEVER)
    return [sign for sign in signs if sign not in _PREFERRED and sign not in "\r\n"]
