"""Lines and tables of a text file, plain or gzipped, one at a time, with progress by bytes."""

import csv
import gzip
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from io import BufferedReader
from itertools import chain
from math import isfinite
from pathlib import Path
from typing import BinaryIO, cast

from zhisuan.core.errors import NotFound, WrongInput

Told = Callable[[float], None]
"""Told how much of the file has been read, 0 to 1."""

_GZIP = b"\x1f\x8b"
_TOLD_EVERY = 5000


@dataclass(frozen=True, slots=True)
class Line:
    """Where something stands: the file and the line, counted from 1."""

    path: Path
    number: int

    def wrong(self, found: str, expected: str) -> WrongInput:
        """The error that says what was found there and what is expected."""
        return WrongInput(f"{self.path.name}, line {self.number}: {found}.", hint=expected)

    def number_in(self, text: str, name: str, least: float = 0.0) -> float:
        """The finite number that a field holds.

        Raises:
            WrongInput: it holds none, or one below `least`.
        """
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if not isfinite(value) or value < least:
            raise self.wrong(
                f"{name} is “{text[:40]}”", f"{name} must be a number of at least {least:g}."
            )
        return value

    def whole_in(self, text: str, name: str, least: int = 0) -> int:
        """The whole number that a field holds; errors as of `number_in`."""
        value = self.number_in(text, name, least)
        if value != int(value):
            raise self.wrong(f"{name} is “{text[:40]}”", f"{name} must be a whole number.")
        return int(value)


def lines(path: Path, told: Told | None = None) -> Iterator[tuple[Line, str]]:
    """Every line of a file with where it stands, without its end.

    Args:
        path: text in UTF-8, gzipped or not, whatever its name says.
        told: progress.

    Raises:
        NotFound: there is no such file.
        WrongInput: it cannot be read, is damaged, or is no text.
    """
    number = 0
    try:
        whole = max(1, path.stat().st_size)
        with path.open("rb") as file:
            for number, raw in enumerate(_plain(file), start=1):
                line = Line(path, number)
                yield line, _text(raw, line).rstrip("\r\n")
                if told is not None and number % _TOLD_EVERY == 0:
                    told(min(1.0, file.tell() / whole))
    except FileNotFoundError as missing:
        raise NotFound(f"There is no file {path}.", hint="Check the path.") from missing
    except (EOFError, gzip.BadGzipFile, zlib.error) as damaged:
        raise Line(path, number + 1).wrong(
            "the compressed file is damaged or cut short", "Fetch the file again."
        ) from damaged
    except OSError as refused:
        raise WrongInput(
            f"{path} cannot be read: {refused.strerror}.", hint="Name a file that can be read."
        ) from refused


def table(
    path: Path, columns: tuple[str, ...], told: Told | None = None
) -> Iterator[tuple[Line, Mapping[str, str]]]:
    """Every row of a CSV file with a heading, as column to field; more columns do no harm.

    Raises:
        NotFound, WrongInput: as of `lines`; a column is missing, or a row has not as many fields
            as the heading.
    """
    at = Line(path, 1)

    def texts() -> Iterator[str]:
        nonlocal at
        for line, text in lines(path, told):
            at = line
            yield text + "\n"

    rows = csv.reader(texts(), strict=True)
    expected = f"The heading must name {', '.join(columns)}."
    try:
        heading = next(rows, None)
        if heading is None:
            raise at.wrong("the file is empty", expected)
        missing = [name for name in columns if name not in heading]
        if missing:
            raise at.wrong(f"the heading lacks {', '.join(missing)}", expected)
        for row in rows:
            if not row:
                continue
            if len(row) != len(heading):
                raise at.wrong(
                    f"the row has {len(row)} fields", f"There must be {len(heading)} of them."
                )
            yield at, dict(zip(heading, row, strict=True))
    except csv.Error as broken:
        raise at.wrong(f"the row is broken: {broken}", "Rows must be valid CSV.") from broken


def _plain(file: BufferedReader) -> Iterator[bytes]:
    if file.peek(2)[:2] == _GZIP:
        return iter(cast("BinaryIO", gzip.GzipFile(fileobj=file)))
    first = file.readline().removeprefix(b"\xef\xbb\xbf")
    return chain([first] if first else [], file)


def _text(raw: bytes, line: Line) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as unreadable:
        raise line.wrong("the line is no UTF-8 text", "Save the file in UTF-8.") from unreadable
