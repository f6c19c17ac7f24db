"""From a file as a person brings it to the canonical table: one Parquet file and its profile.

recognise → unpack → decode → read (raw cells) → type (one reading a column) → write → profile.
The canonical table has BIGINT, DOUBLE, BOOLEAN, DATE, TIMESTAMP and VARCHAR columns, rows in the
file's order, and a null for every missing cell.
"""

import codecs
from dataclasses import dataclass
from pathlib import Path

from zhisuan.core.errors import EmptyData, TooLarge, UnsafeArchive
from zhisuan.data import archive, encoding, rawtable, spreadsheet
from zhisuan.data.columns import name_columns, refuse_too_many
from zhisuan.data.dialect import Dialect, guess, has_header
from zhisuan.data.findings import Code, Finding
from zhisuan.data.format import Format, recognise
from zhisuan.data.limits import MIB, Limits, Progress
from zhisuan.data.profile import Profile
from zhisuan.data.rawtable import RawTable
from zhisuan.data.readings import ColumnReading, decide
from zhisuan.data.survey import survey
from zhisuan.data.workbench import Workbench, named, quoted

_HEADER_ROWS = 500
_COLUMNS_AT_ONCE = 200
_NEED_ROWS = "Bring a table with a header and at least one row of data."


@dataclass(frozen=True, slots=True)
class _Opened:
    """A raw table and how it was written."""

    raw: RawTable
    form: Format
    header: bool = True
    encoding: str = ""
    delimiter: str = ""
    findings: tuple[Finding, ...] = ()


def take_in(file: Path, scratch: Path, limits: Limits, progress: Progress) -> tuple[Path, Profile]:
    """The canonical Parquet file, inside `scratch`, and the profile.

    Raises:
        DataError: the file is empty, no table, too large, ragged, or an unsafe archive; each by
            its own class.
        DiskFull, DataFolderReadOnly: `scratch` cannot be written.
    """
    form = recognise(file)
    content = file
    packed = ""
    if form in (Format.GZIP, Format.ZIP):
        packed = form.value
        content = scratch / "unpacked"
        archive.unpack(file, form, content, limits, progress)
        form = recognise(content)
        if form in (Format.GZIP, Format.ZIP):
            raise UnsafeArchive(
                "The archive holds another archive.", hint="Pack the data file only once."
            )
    with Workbench(scratch, (file,), limits) as bench:
        opened = _open(bench, content, form, scratch, limits, progress)
        refuse_too_many(len(opened.raw.names), limits)
        names, unnamed = name_columns(opened.raw.names)
        columns = _typed(bench, opened.raw, names, limits, progress)
        table = scratch / "canonical.parquet"
        _write(bench, opened.raw, columns, table, progress)
        answers = survey(bench, opened.raw.path, table, columns, progress)
    findings = [*opened.findings, *(unnamed if opened.header else ())]
    if len(columns) == 1:
        findings.append(Finding(Code.ONE_COLUMN))
    if not opened.header:
        findings.append(Finding(Code.NO_HEADER))
    if answers.duplicate_rows:
        findings.append(Finding(Code.DUPLICATE_ROWS, None, {"count": answers.duplicate_rows}))
    return table, Profile(
        format=opened.form.value,
        packed=packed,
        encoding=opened.encoding,
        delimiter=opened.delimiter,
        header=opened.header,
        bytes=file.stat().st_size,
        rows=answers.rows,
        duplicate_rows=answers.duplicate_rows,
        columns=answers.columns,
        findings=tuple(findings),
    )


def _open(
    bench: Workbench, file: Path, form: Format, scratch: Path, limits: Limits, progress: Progress
) -> _Opened:
    target = scratch / "raw.parquet"
    if form is Format.PARQUET:
        return _Opened(rawtable.from_parquet(bench, file, limits), form)
    if form is Format.XLSX:
        return _open_sheet(bench, file, target, limits, progress)
    text, code = encoding.to_utf8(file, scratch / "text", limits, progress)
    findings: tuple[Finding, ...] = ()
    if code.guessed:
        findings = (Finding(Code.ENCODING_GUESSED, None, {"encoding": code.name}),)
    if form is Format.JSON_LINES:
        raw = rawtable.from_json_lines(bench, text, target, limits, progress)
        return _Opened(raw, form, encoding=code.name, findings=findings)
    sample, complete = _sample(text, limits)
    dialect = guess(sample, complete=complete)
    _refuse_empty(dialect, limits)
    plain = sample[0] not in "\r\n"
    raw = rawtable.from_delimited(bench, text, dialect, target, limits, progress, plain=plain)
    header = dialect.names is not None
    return _Opened(raw, form, header, code.name, dialect.delimiter, findings)


def _open_sheet(
    bench: Workbench, file: Path, target: Path, limits: Limits, progress: Progress
) -> _Opened:
    archive.weigh(file, limits)
    sheet = spreadsheet.first_filled_sheet(file)
    rows = list(sheet.rows())
    if not rows:
        raise EmptyData("The spreadsheet has no cells.", hint=_NEED_ROWS)
    names = tuple(rows[0]) if has_header(rows[:_HEADER_ROWS]) else None
    dialect = Dialect(",", names, len(rows[0]))
    _refuse_empty(dialect, limits)
    plain = target.with_name("sheet.csv")
    rawtable.write_plainly(rows, plain)
    raw = rawtable.from_delimited(bench, plain, dialect, target, limits, progress)
    findings: tuple[Finding, ...] = ()
    if sheet.others:
        findings = (
            Finding(Code.OTHER_SHEETS, None, {"sheet": sheet.name, "others": sheet.others}),
        )
    return _Opened(raw, Format.XLSX, header=names is not None, findings=findings)


def _sample(text: Path, limits: Limits) -> tuple[str, bool]:
    with text.open("rb") as file:
        head = file.read(max(MIB, limits.max_line_bytes))
        complete = not file.read(1)
    return codecs.getincrementaldecoder("utf-8")().decode(head), complete


def _refuse_empty(dialect: Dialect, limits: Limits) -> None:
    if dialect.width == 0:
        raise EmptyData("The file has no rows, only blank lines.", hint=_NEED_ROWS)
    refuse_too_many(dialect.width, limits)


def _typed(
    bench: Workbench, raw: RawTable, names: tuple[str, ...], limits: Limits, progress: Progress
) -> list[ColumnReading]:
    rows: int = bench.row(f"SELECT count(*) FROM read_parquet({quoted(str(raw.path))})")[0]
    if rows == 0:
        raise EmptyData("The table has a header and no rows.", hint=_NEED_ROWS)
    if rows > limits.max_rows:
        raise TooLarge(
            f"The table has {rows:,} rows; at most {limits.max_rows:,} are accepted.",
            hint="Split the data into several data sets.",
        )
    progress("type", 0.0)
    columns = decide(bench, raw, names)
    progress("type", 1.0)
    return columns


def _write(
    bench: Workbench,
    raw: RawTable,
    columns: list[ColumnReading],
    table: Path,
    progress: Progress,
) -> None:
    """Write the canonical table.

    The engine keeps working space for each expression, so a wide table is read a part of its
    columns at a time and the parts are laid side by side.
    """
    source = f"read_parquet({quoted(str(raw.path))})"
    group = rawtable.group_rows(len(columns))
    parts: list[Path] = []
    for start in range(0, len(columns), _COLUMNS_AT_ONCE):
        part = columns[start : start + _COLUMNS_AT_ONCE]
        values = ", ".join(f"{column.value} AS {named(column.name)}" for column in part)
        whole = len(part) == len(columns)
        target = table if whole else table.with_name(f"part{start}.parquet")
        parts.append(target)
        _copy(bench, f"SELECT {values} FROM {source}", target, group, progress)
    if parts == [table]:
        return
    side_by_side = " POSITIONAL JOIN ".join(f"read_parquet({quoted(str(p))})" for p in parts)
    _copy(bench, f"SELECT * FROM {side_by_side}", table, group, progress)
    for part in parts:
        part.unlink()


def _copy(bench: Workbench, query: str, target: Path, group: int, progress: Progress) -> None:
    bench.run(
        f"COPY ({query}) TO {quoted(str(target))} "
        f"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {group})",
        "write",
        progress,
    )
