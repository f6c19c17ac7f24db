"""The raw table: every row in order, columns `c0`, `c1`, …, in one Parquet file of text cells.

A delimited text is read by DuckDB in parallel. Where that refuses anything, Python's own reader
goes over the text once more: it either names the ragged rows by their lines or shows that only
the line ends or blank lines are unusual, and then writes them plainly for a second reading.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from zhisuan.core.errors import DataError, RaggedData, TooLarge, UnreadableData
from zhisuan.data.dialect import Dialect
from zhisuan.data.limits import MIB, Limits, Progress
from zhisuan.data.workbench import Workbench, named, quoted
from zhisuan.store.objects import disk_errors

_NAMED_LINES = 3
_NO_NULL = "\x01\x02no null\x02\x01"  # empty cells are judged by core.cells, not by the reader
_GROUP_CELLS = 600_000

# Process-wide in Python: beyond any row we accept, below what a quotation mark that is never
# closed would gather from a large file.
csv.field_size_limit(16 * MIB)


@dataclass(frozen=True, slots=True)
class RawTable:
    """A table whose columns are not read yet.

    Attributes:
        path: a Parquet file.
        names: its columns' names as the header gave them, unchecked.
        columns: SQL for each column of the file at `path`.
        types: the engine's type of each column; VARCHAR where cells are to be read.
    """

    path: Path
    names: tuple[str, ...]
    columns: tuple[str, ...]
    types: tuple[str, ...]


def group_rows(width: int) -> int:
    """Rows in one Parquet row group, so that a wide table's group fits in memory."""
    return max(2_048, min(60_000, _GROUP_CELLS // max(1, width)))


def from_delimited(
    bench: Workbench,
    text: Path,
    dialect: Dialect,
    target: Path,
    limits: Limits,
    progress: Progress,
    *,
    plain: bool = True,
) -> RawTable:
    """The raw table of a UTF-8 text.

    Args:
        bench: may read `text` and write `target`.
        text: the text.
        dialect: as guessed from it.
        target: where the Parquet file goes; the folder may be used for a plainer copy.
        limits: its longest row.
        progress: told of stage `read`.
        plain: whether the text begins with a row; blank lines before it need Python's reader.

    Raises:
        RaggedData: rows have another number of fields than the first.
        TooLarge: a row is longer than accepted.
    """
    try:
        unread = not plain or _read(bench, text, dialect, target, limits, progress)
    except (UnreadableData, DataError):
        unread = True
    if unread:
        even = target.with_name("even.csv")
        with text.open(encoding="utf-8", newline="") as lines:
            write_plainly(_even_rows(lines, dialect, limits), even)
        if _read(bench, even, Dialect(",", dialect.names, dialect.width), target, limits, progress):
            raise _row_too_long(limits)
        even.unlink()
    names = dialect.names or tuple(f"column_{n}" for n in range(1, dialect.width + 1))
    return plain_text(target, names)


def plain_text(path: Path, names: Sequence[str]) -> RawTable:
    """The raw table of a Parquet file with text columns `c0`, `c1`, …."""
    width = len(names)
    columns = tuple(f"c{index}" for index in range(width))
    return RawTable(path, tuple(names), columns, ("VARCHAR",) * width)


def write_plainly(rows: Iterable[Sequence[str]], target: Path) -> None:
    """Write rows as comma-separated UTF-8 in which every cell is quoted."""
    with disk_errors(), target.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)


def _read(
    bench: Workbench,
    text: Path,
    dialect: Dialect,
    target: Path,
    limits: Limits,
    progress: Progress,
) -> bool:
    """Whether any row was refused; `target` is complete if not."""
    bench.spare(dialect.width)
    types = ", ".join(f"'c{index}': 'VARCHAR'" for index in range(dialect.width))
    bench.rows("DROP TABLE IF EXISTS reject_errors")
    bench.rows("DROP TABLE IF EXISTS reject_scans")
    bench.run(
        f"""
        COPY (
            SELECT * FROM read_csv({quoted(str(text))}, auto_detect = false,
                header = {dialect.names is not None}, delim = {quoted(dialect.delimiter)},
                quote = '"', escape = '"', columns = {{{types}}}, strict_mode = true,
                nullstr = {quoted(_NO_NULL)}, null_padding = false, store_rejects = true,
                rejects_limit = 1, max_line_size = {limits.max_line_bytes},
                buffer_size = {8 * limits.max_line_bytes})
        ) TO {quoted(str(target))}
        (FORMAT parquet, COMPRESSION lz4, ROW_GROUP_SIZE {group_rows(dialect.width)})
        """,
        "read",
        progress,
    )
    return bench.row("SELECT count(*) FROM reject_errors")[0] > 0


def _even_rows(lines: TextIO, dialect: Dialect, limits: Limits) -> Iterator[list[str]]:
    reader = csv.reader(lines, delimiter=dialect.delimiter, strict=True)
    ragged: list[tuple[int, int]] = []
    count = 0
    begin = 1
    try:
        for row in reader:
            if row and len(row) != dialect.width:
                count += 1
                if len(ragged) < _NAMED_LINES:
                    ragged.append((begin, len(row)))
            elif row and not count:
                if sum(map(len, row)) > limits.max_line_bytes:
                    raise _row_too_long(limits)
                yield row
            begin = reader.line_num + 1
    except csv.Error as error:
        raise UnreadableData(
            f"The row that begins on line {begin:,} cannot be taken apart: {error}.",
            hint='Look there for a quotation mark " that is not closed or not doubled.',
        ) from error
    if count:
        raise _ragged(ragged, count, dialect.width)


def _row_too_long(limits: Limits) -> TooLarge:
    return TooLarge(
        f"A row is longer than {limits.max_line_bytes:,} bytes.",
        hint="Drop the column with very long texts and bring the table again.",
    )


def _ragged(first: list[tuple[int, int]], count: int, width: int) -> RaggedData:
    lines = ", ".join(f"line {line:,} has {fields:,}" for line, fields in first)
    more = f", and {count - len(first):,} more" if count > len(first) else ""
    do = "row does" if count == 1 else "rows do"
    return RaggedData(
        f"{count:,} {do} not have {width:,} fields as the first row does: {lines}{more}.",
        hint="Correct these lines; a field that holds the delimiter must stand in quotation marks.",
    )


def from_json_lines(
    bench: Workbench, text: Path, target: Path, limits: Limits, progress: Progress
) -> RawTable:
    """The raw table of a UTF-8 text of JSON objects, one a line or in one array.

    A nested value is kept as its JSON text. The columns are the keys in the order they first come.

    Raises:
        UnreadableData: the text is not JSON objects.
        TooLarge: an object is longer than accepted.
    """
    source = f"{quoted(str(text))}, maximum_object_size = {limits.max_line_bytes}"
    keys = bench.rows(
        f"DESCRIBE SELECT * FROM read_json({source}, records = true, sample_size = -1, "
        "maximum_depth = 1, map_inference_threshold = -1)"
    )
    names = tuple(str(row[0]) for row in keys)
    bench.spare(len(names))
    types = ", ".join(f"{quoted(name)}: 'VARCHAR'" for name in names)
    chosen = ", ".join(f"{named(name)} AS c{index}" for index, name in enumerate(names))
    bench.run(
        f"COPY (SELECT {chosen} FROM read_json({source}, columns = {{{types}}})) "
        f"TO {quoted(str(target))} "
        f"(FORMAT parquet, COMPRESSION lz4, ROW_GROUP_SIZE {group_rows(len(names))})",
        "read",
        progress,
    )
    return plain_text(target, names)


def from_parquet(bench: Workbench, path: Path, limits: Limits) -> RawTable:
    """The raw table that a Parquet file is already.

    Raises:
        UnreadableData: the file is no Parquet file.
        TooLarge: its columns would outgrow a data set.
    """
    source = quoted(str(path))
    size = bench.row(
        f"SELECT coalesce(sum(total_uncompressed_size), 0) FROM parquet_metadata({source})"
    )[0]
    if size > limits.max_expanded_bytes:
        raise TooLarge(
            f"The Parquet file holds {size:,} bytes once unpacked; "
            f"at most {limits.max_expanded_bytes:,} are accepted.",
            hint="Split the data into several data sets.",
        )
    described = bench.rows(f"DESCRIBE SELECT * FROM read_parquet({source})")
    names = tuple(str(row[0]) for row in described)
    bench.spare(len(names))
    types = tuple(str(row[1]) for row in described)
    return RawTable(path, names, tuple(named(name) for name in names), types)
