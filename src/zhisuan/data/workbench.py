"""A bench to work on tables: one in-memory DuckDB, bounded and shut in.

It has a memory limit, a scratch folder for what spills, and no sight of any other file, extension
or setting. This is the one place that speaks to DuckDB. The SQL that asks about a table's content
stands with the question (readings, survey, leak); the centre's own records are in records.py.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from threading import Thread
from types import TracebackType
from typing import Any, Self

import duckdb
import numpy as np
import numpy.typing as npt

from zhisuan.core.errors import DataError, DiskFull, TooLarge, UnreadableData
from zhisuan.data.limits import DEFAULT, Limits, Progress

Row = tuple[Any, ...]
_POLL_S = 0.2
_WIDE = 200
_LINE = re.compile(r"in line (\d+)")


class Workbench:
    """A table engine for one piece of work, closed after it.

    Args:
        scratch: a folder for spilled data and results.
        files: what it may read beside the scratch folder.
        limits: its memory and threads.
    """

    def __init__(self, scratch: Path, files: Sequence[Path] = (), limits: Limits = DEFAULT) -> None:
        self._connection = duckdb.connect(":memory:")
        self._memory_mb = limits.memory_mb
        paths = ", ".join(quoted(str(path)) for path in files)
        for setting in (
            f"memory_limit = '{limits.memory_mb}MiB'",
            f"threads = {limits.threads}",
            f"temp_directory = {quoted(str(scratch / 'spill'))}",
            "preserve_insertion_order = true",
            "autoinstall_known_extensions = false",
            "autoload_known_extensions = false",
            "enable_progress_bar = true",
            "enable_progress_bar_print = false",
            f"allowed_directories = [{quoted(str(scratch))}]",
            f"allowed_paths = [{paths}]",
            "enable_external_access = false",
        ):
            self._connection.execute(f"SET {setting}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._connection.close()

    def spare(self, width: int) -> None:
        """Be ready for a table of this many columns.

        Each column of a wide one needs buffers of its own: they get half a megabyte, and one
        thread works instead of several.
        """
        if width > _WIDE:
            self._connection.execute("SET threads = 1")
            self._connection.execute(f"SET memory_limit = '{self._memory_mb + width // 2}MiB'")

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[Row]:
        """Every row of the answer.

        Raises:
            DiskFull, TooLarge, UnreadableData, DataError: the engine could not answer.
        """
        try:
            return self._connection.execute(sql, list(parameters)).fetchall()
        except duckdb.Error as error:
            raise _as_centre_error(error) from error

    def row(self, sql: str, parameters: Sequence[object] = ()) -> Row:
        """The one row of the answer."""
        return self.rows(sql, parameters)[0]

    def arrays(self, sql: str) -> dict[str, npt.NDArray[Any]]:
        """The answer by column; a column with missing values comes masked."""
        try:
            result: Any = self._connection.execute(sql)
            found: dict[str, npt.NDArray[Any]] = result.fetchnumpy()
        except duckdb.Error as error:
            raise _as_centre_error(error) from error
        return {name: np.ma.asanyarray(values) for name, values in found.items()}

    def run(self, sql: str, stage: str, progress: Progress) -> None:
        """Execute a long statement and tell how far it is; what `progress` raises stops it."""
        failure: list[duckdb.Error] = []

        def work() -> None:
            try:
                self._connection.execute(sql)
            except duckdb.Error as error:
                failure.append(error)

        worker = Thread(target=work, name="workbench")
        worker.start()
        try:
            while worker.is_alive():
                worker.join(_POLL_S)
                progress(stage, max(0.0, min(1.0, self._connection.query_progress() / 100)))
        except BaseException:
            self._connection.interrupt()
            worker.join()
            raise
        if failure:
            raise _as_centre_error(failure[0]) from failure[0]
        progress(stage, 1.0)


def quoted(text: str) -> str:
    """The text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def named(column: str) -> str:
    """The column name as an SQL identifier."""
    return '"' + column.replace('"', '""') + '"'


def _as_centre_error(error: duckdb.Error) -> Exception:
    # The engine's own words name files of the centre; they stay in the cause, for the log.
    text = str(error)
    if "No space left" in text or "max_temp_directory_size" in text:
        return DiskFull(
            "There is no room left on the disk of the data folder.",
            hint="Free some space or move the data folder, then try again.",
        )
    if isinstance(error, duckdb.OutOfMemoryException):
        return TooLarge(
            "The table's rows are too large for the memory the centre gives to reading.",
            hint="Drop very long texts or columns that are not needed.",
        )
    if isinstance(error, (duckdb.InvalidInputException, duckdb.IOException)):
        line = _LINE.search(text)
        where = f" from line {line[1]} on" if line else ""
        return UnreadableData(
            f"The file is damaged or not complete: it cannot be read{where}.",
            hint="Save it again where it was made.",
        )
    return DataError(
        "The table could not be worked on.", hint="Save it as CSV in UTF-8 and bring it again."
    )
