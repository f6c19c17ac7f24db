"""What the command line shows: tables, progress, two-line errors; the only place that prints.

Results go to standard output, everything about the way there to standard error, so that
`--json` output can be piped.
"""

import json
import sys
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from zhisuan.core.errors import CentreError

__all__ = [
    "ERR",
    "OUT",
    "Stages",
    "escape",
    "megabytes",
    "say",
    "show",
    "show_error",
    "show_json",
    "show_table",
    "stages",
    "told",
]

_NO_EDGE = 10_000
"""Columns of what is no terminal: nothing is cut there."""

OUT = Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else _NO_EDGE)
ERR = Console(stderr=True, highlight=False, soft_wrap=True)


def show_json(value: object) -> None:
    """One JSON document on standard output."""
    OUT.print(json.dumps(value, ensure_ascii=False, indent=2), markup=False)


def show_table(headings: Sequence[str], rows: Iterable[Sequence[object]], empty: str) -> None:
    """A table, or one sentence when there is nothing in it."""
    table = Table(*headings, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*("" if cell is None else escape(str(cell)) for cell in row))
    if table.row_count:
        # The first column names the row, and a name cut short names nothing.
        table.columns[0].no_wrap = True
        table.columns[0].overflow = "ignore"
        OUT.print(table)
    else:
        say(empty)


def show(text: str = "") -> None:
    """A line of the result; rich markup allowed."""
    OUT.print(text)


def say(text: str) -> None:
    """A line about the way there, on standard error."""
    ERR.print(text)


def show_error(error: CentreError, *, as_json: bool) -> None:
    """What happened and what to do."""
    if as_json:
        problem = {"code": error.code, "detail": error.message, "hint": error.hint}
        ERR.print(json.dumps({"error": problem}, ensure_ascii=False), markup=False)
        return
    ERR.print(f"[bold red]✗[/] {escape(error.message)}")
    if error.hint:
        ERR.print(f"  {escape(error.hint)}")


class Stages:
    """The progress of one long command; on a terminal a bar, elsewhere a line a stage."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task = progress.add_task("", total=1.0)
        self._told = ""

    def tell(self, text: str, fraction: float | None = None) -> None:
        """Now at this stage, this far (0 to 1; None if unknown)."""
        if ERR.is_terminal:
            self._progress.update(self._task, description=escape(text), completed=fraction or 0.0)
        elif text != self._told:
            say(f"· {escape(text)}")
        self._told = text


@contextmanager
def stages() -> Generator[Stages]:
    """Show progress while the block runs; gone afterwards."""
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        TimeElapsedColumn(),
        console=ERR,
        transient=True,
        disable=not ERR.is_terminal,
    ) as progress:
        yield Stages(progress)


def megabytes(size: int) -> str:
    """A size for people."""
    return f"{size / 2**20:,.1f} MB" if size >= 2**20 else f"{size / 2**10:,.1f} kB"


def told(value: Any, digits: int = 4) -> str:
    """A number for people: so many significant digits, no exponent for everyday sizes."""
    if not isinstance(value, int | float):
        return "–"
    return f"{value:,.{digits}g}" if abs(value) < 10**digits else f"{value:,.0f}"
