"""The first filled sheet of an XLSX workbook as rows of text cells, the way CSV would hold them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from zhisuan.core.errors import EmptyData, UnreadableData

Cell = int | float | str | bool | time | date | datetime | timedelta


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet's cells and how many other sheets hold any."""

    name: str
    others: int
    source: CalamineSheet

    def rows(self) -> Iterator[list[str]]:
        """Its rows, without those that are wholly empty."""
        for row in self.source.to_python(skip_empty_area=True):
            cells = [_text(cell) for cell in row]
            if any(cells):
                yield cells


def first_filled_sheet(path: Path) -> Sheet:
    """The first sheet of a workbook that has any cell.

    Raises:
        EmptyData: no sheet has one.
        UnreadableData: the workbook is damaged.
    """
    try:
        with path.open("rb") as file:
            workbook = CalamineWorkbook.from_filelike(file)
        sheets = [workbook.get_sheet_by_name(name) for name in workbook.sheet_names]
    except (CalamineError, OSError) as error:
        raise UnreadableData(
            f"The spreadsheet cannot be read: {error}.",
            hint="Save it again as XLSX without a password, or as CSV.",
        ) from error
    filled = [sheet for sheet in sheets if sheet.end is not None]
    if not filled:
        raise EmptyData("The spreadsheet has no cells.", hint="Bring a table with header and rows.")
    return Sheet(filled[0].name, len(filled) - 1, filled[0])


def _text(cell: Cell) -> str:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        # A sheet knows only floats; a whole one was typed without a point.
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)  # noqa: PLR2004  exact as float
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    return str(cell)
