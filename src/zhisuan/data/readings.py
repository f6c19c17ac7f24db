"""Which reading each column of a raw table has, and the SQL that reads it.

The readings and their patterns are `zhisuan.core.cells`; this is their twin for whole columns. A
sample proposes, the whole column decides: the first reading in the order of preference that every
cell fits. A column of a typed file keeps its type where the centre has it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from zhisuan.core import cells
from zhisuan.core.cells import READINGS
from zhisuan.data.findings import Code, Finding
from zhisuan.data.rawtable import RawTable
from zhisuan.data.workbench import Workbench, quoted

_SAMPLE_CELLS = 100_000
_COLUMNS_AT_ONCE = 100
_MOSTLY = 0.5
_DAY_OR_MONTH = {"%d/%m/%Y": "%m/%d/%Y", "%m/%d/%Y": "%d/%m/%Y"}


@dataclass(slots=True)
class ColumnReading:
    """How one column is read.

    Attributes:
        name: of the column.
        source: SQL of its raw cells.
        reading: a name of `core.cells.READINGS`.
        value: SQL of its values, NULL where missing or infinite.
        blank: SQL that is true where the cell holds nothing, not even an infinite number.
    """

    name: str
    source: str
    reading: str = "text"
    value: str = ""
    blank: str = ""
    findings: list[Finding] = field(default_factory=list[Finding])
    proposed: list[str] = field(default_factory=list[str])


def decide(bench: Workbench, raw: RawTable, names: Sequence[str]) -> list[ColumnReading]:
    """The reading of every column, in order."""
    decided: list[ColumnReading] = []
    for name, source, kind in zip(names, raw.columns, raw.types, strict=True):
        column = ColumnReading(name, source)
        if kind != "VARCHAR":
            _take_type(column, kind)
        decided.append(column)
    texts = [column for column in decided if not column.value]
    for start in range(0, len(texts), _COLUMNS_AT_ONCE):
        _read_cells(bench, raw, texts[start : start + _COLUMNS_AT_ONCE])
    return decided


def value_sql(source: str, reading: str) -> str:
    """SQL for `core.cells.parse` of a text column whose every cell fits the reading."""
    rule = READINGS[reading]
    bare = _bare(source)
    if rule.kind == "text":
        value = source
    elif rule.kind == "boolean":
        value = f"lower({bare}) = 'true'"
    elif rule.kind == "integer":
        value = f"CAST({bare} AS BIGINT)"
    elif rule.kind == "number":
        value = f"CASE WHEN isfinite({_number(bare, rule)}) THEN {_number(bare, rule)} END"
    elif rule.kind == "date":
        value = f"CAST({_instant(bare, rule)} AS DATE)"
    else:
        value = _instant(bare, rule)
    return f"CASE WHEN NOT {missing_sql(source, reading)} THEN {value} END"


def blank_sql(source: str, reading: str) -> str:
    """SQL for a cell that is missing, unless it is an infinite number."""
    words = cells.MISSING if reading == "text" else cells.MISSING | cells.PLACEHOLDERS
    return _is_word(source, words)


def missing_sql(source: str, reading: str) -> str:
    """SQL for `core.cells.is_missing`."""
    if READINGS[reading].kind not in ("integer", "number"):
        return blank_sql(source, reading)
    return _is_word(source, cells.MISSING | cells.PLACEHOLDERS | cells.INFINITIES)


def fits_sql(source: str, reading: str) -> str:
    """SQL that is true where the cell is missing or fits the reading."""
    rule = READINGS[reading]
    fits = f"regexp_full_match({_bare(source)}, {quoted(rule.pattern)})"
    if rule.formats:
        fits += f" AND {_instant(_bare(source), rule)} IS NOT NULL"
    return f"({missing_sql(source, reading)} OR ({fits}))"


def _is_word(source: str, words: frozenset[str]) -> str:
    # One pattern, where IN would keep working space for every word of every column.
    pattern = "|".join(map(re.escape, sorted(words)))
    return f"({source} IS NULL OR regexp_full_match({_bare(source)}, {quoted(pattern)}))"


def _bare(source: str) -> str:
    return f"trim({source}, {quoted(cells.SPACES)})"


def _number(bare: str, rule: cells.Reading) -> str:
    text = f"regexp_replace({bare}, {quoted(rule.dropped)}, '', 'g')" if rule.dropped else bare
    if rule.units:
        cases = " ".join(
            f"WHEN suffix({text}, {quoted(word)}) "
            f"THEN left({text}, length({text}) - {len(word)}) || 'e{power}'"
            for word, power in rule.units
        )
        text = f"CASE {cases} ELSE {text} END"
    return f"TRY_CAST({text} AS DOUBLE)"


def _instant(bare: str, rule: cells.Reading) -> str:
    spaced = f"regexp_replace({bare}, '(\\d)T(\\d)', '\\1 \\2')"
    formats = ", ".join(map(quoted, rule.formats))
    if not rule.name.endswith("%z"):
        return f"try_strptime({spaced}, [{formats}])"
    zone = " ?(Z|[+-]\\d\\d:?\\d\\d)$"
    moment = f"try_strptime(regexp_replace({spaced}, '{zone}', ''), [{formats}])"
    sign = f"CASE WHEN regexp_matches({bare}, '-\\d\\d:?\\d\\d$') THEN -1 ELSE 1 END"
    hours = f"coalesce(TRY_CAST(regexp_extract({bare}, '[+-](\\d\\d):?\\d\\d$', 1) AS INT), 0)"
    minutes = f"coalesce(TRY_CAST(regexp_extract({bare}, '[+-]\\d\\d:?(\\d\\d)$', 1) AS INT), 0)"
    return f"({moment} - to_minutes({sign} * (60 * {hours} + {minutes})))"


def _take_type(column: ColumnReading, kind: str) -> None:
    """Read a column whose file already gives it a type."""
    source = column.source
    column.blank = f"{source} IS NULL"
    head = kind.partition("(")[0]
    if head in ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"):
        column.reading, column.value = "integer", f"CAST({source} AS BIGINT)"
    elif head in ("FLOAT", "DOUBLE", "DECIMAL", "UBIGINT", "HUGEINT", "UHUGEINT"):
        number = f"CAST({source} AS DOUBLE)"
        column.reading, column.value = "number", f"CASE WHEN isfinite({number}) THEN {number} END"
        column.blank = f"({source} IS NULL OR isnan({number}))"
    elif head == "BOOLEAN":
        column.reading, column.value = "boolean", source
    elif head == "DATE":
        column.reading, column.value = "date:%Y-%m-%d", source
    elif head.startswith("TIMESTAMP") and "TIME ZONE" not in head:
        column.reading, column.value = "datetime:%Y-%m-%d", f"CAST({source} AS TIMESTAMP)"
    elif head.startswith("TIMESTAMP"):
        # Such a column holds UTC; the engine's session does too, for want of another zone.
        column.reading = "datetime:%Y-%m-%d%z"
        column.value = f"make_timestamp(epoch_us({source}))"
    else:
        column.value = f"CAST({source} AS VARCHAR)"
        if not head.startswith("ENUM"):
            shown = kind if len(kind) < 40 else head  # noqa: PLR2004  a nested type can fill a page
            column.findings.append(Finding(Code.CONVERTED_TO_TEXT, column.name, {"type": shown}))


def _read_cells(bench: Workbench, raw: RawTable, columns: list[ColumnReading]) -> None:
    table = f"read_parquet({quoted(str(raw.path))})"
    chosen = ", ".join(column.source for column in columns)
    rows = _SAMPLE_CELLS // max(_COLUMNS_AT_ONCE // 2, len(columns), len(raw.names) // 4)
    sample = bench.rows(f"SELECT {chosen} FROM {table} LIMIT {rows}")
    mostly: list[ColumnReading] = []
    for position, column in enumerate(columns):
        texts: list[str | None] = [row[position] for row in sample]
        if _all_missing(texts):
            texts = _later_values(bench, table, column.source)
        column.proposed = [name for name in cells.candidates(texts) if name != "text"]
        if "number" not in column.proposed and _share_of_numbers(texts) > _MOSTLY:
            mostly.append(column)
    mostly += _verify(bench, table, [column for column in columns if column.proposed])
    _report_mixed(bench, table, mostly)
    for column in columns:
        column.value = value_sql(column.source, column.reading)
        column.blank = blank_sql(column.source, column.reading)


def _verify(bench: Workbench, table: str, columns: list[ColumnReading]) -> list[ColumnReading]:
    """Give each column the first proposed reading that all its cells fit; returns the left over."""
    left: list[ColumnReading] = []
    while columns:
        misfits = _misfits(bench, table, [(c.source, c.proposed[0]) for c in columns])
        again: list[ColumnReading] = []
        for column, wrong in zip(columns, misfits, strict=True):
            reading = column.proposed.pop(0)
            if not wrong:
                column.reading = reading
                _refuse_ambiguous(bench, table, column)
            elif column.proposed:
                again.append(column)
            else:
                left.append(column)
        columns = again
    return left


def _misfits(bench: Workbench, table: str, asked: list[tuple[str, str]]) -> Sequence[int]:
    counts = ", ".join(
        f"count(*) FILTER (NOT {fits_sql(source, reading)})" for source, reading in asked
    )
    return bench.row(f"SELECT {counts} FROM {table}")


def _refuse_ambiguous(bench: Workbench, table: str, column: ColumnReading) -> None:
    kind, _, form = column.reading.partition(":")
    other = _DAY_OR_MONTH.get(form)
    if other and not _misfits(bench, table, [(column.source, f"{kind}:{other}")])[0]:
        column.reading = "text"
        column.findings.append(Finding(Code.AMBIGUOUS_DATE, column.name))


def _report_mixed(bench: Workbench, table: str, columns: list[ColumnReading]) -> None:
    for column in columns:
        if column.reading != "text" or column.findings:
            continue
        odd = f"NOT {fits_sql(column.source, 'number')}"
        count, example, numbers = bench.row(
            f"SELECT count(*) FILTER ({odd}), min({column.source}) FILTER ({odd}), "
            f"count(*) FILTER (NOT {missing_sql(column.source, 'number')} AND NOT ({odd})) "
            f"FROM {table}"
        )
        if numbers > count > 0:
            column.findings.append(
                Finding(Code.MIXED_TYPES, column.name, {"count": count, "example": example[:40]})
            )


def _all_missing(texts: list[str | None]) -> bool:
    return all(cells.is_missing(text, "number") for text in texts)


def _later_values(bench: Workbench, table: str, source: str) -> list[str | None]:
    rows = bench.rows(
        f"SELECT {source} FROM {table} WHERE NOT {missing_sql(source, 'number')} LIMIT 200"
    )
    return [row[0] for row in rows]


def _share_of_numbers(texts: list[str | None]) -> float:
    values = [text for text in texts if not cells.is_missing(text, "number")]
    return sum(cells.fits(text, "number") for text in values) / len(values) if values else 0.0
