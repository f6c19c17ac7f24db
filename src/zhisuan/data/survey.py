"""The numbers of a profile, asked of the canonical table some columns at a time."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

from zhisuan.core.cells import READINGS
from zhisuan.data.limits import Progress
from zhisuan.data.profile import ColumnProfile, Kind, Scalar, is_identifier, judge, kind_of_text
from zhisuan.data.readings import ColumnReading
from zhisuan.data.workbench import Row, Workbench, named, quoted

_EXACT_ROWS = 100_000
_EXACT_CELLS = 2_000_000
_COLUMNS_AT_ONCE = 32  # each distinct count starts at some 2 MiB in every thread
_TOP_DISTINCT = 10_000
_TOP = 10
_BINS = 20
_FORMULA = "^[=@].|^[+-][^0-9.\\s]"


@dataclass(frozen=True, slots=True)
class Survey:
    """What the table answered."""

    rows: int
    duplicate_rows: int
    columns: tuple[ColumnProfile, ...]


def survey(
    bench: Workbench,
    raw: Path,
    table: Path,
    columns: Sequence[ColumnReading],
    progress: Progress,
) -> Survey:
    """Profile a canonical table.

    Args:
        bench: may read both files.
        raw: the raw table it was made from.
        table: the canonical Parquet file.
        columns: how each of its columns was read.
        progress: told of stage `profile`.
    """
    progress("profile", 0.0)
    source = f"read_parquet({quoted(str(table))})"
    rows: int = bench.row(f"SELECT count(*) FROM {source}")[0]
    exact = rows <= _EXACT_ROWS
    at_once = max(1, min(_COLUMNS_AT_ONCE, _EXACT_CELLS // max(1, rows))) if exact else 16
    profiles: list[ColumnProfile] = []
    for start in range(0, len(columns), at_once):
        part = columns[start : start + at_once]
        wanted = ", ".join(_numbers_sql(column, exact=exact) for column in part)
        answers: Row = bench.row(f"SELECT {wanted} FROM {source}")
        filled = _filled(bench, raw, part)
        numbered = [
            # A filled cell without a value was an infinite number.
            _profile(column, answer, rows, cells - answer["present"], exact=exact)
            for column, answer, cells in zip(part, answers, filled, strict=True)
        ]
        bins = _histograms(bench, source, numbered)
        profiles += [
            replace(each, top=_top(bench, source, each), histogram=bins.get(each.name, ()))
            for each in numbered
        ]
        progress("profile", (start + len(part)) / (len(columns) + 1))
    every = ", ".join(named(column.name) for column in columns)
    groups = f"SELECT DISTINCT hash({every}) FROM {source}"
    different: int = bench.row(f"SELECT count(*) FROM ({groups})")[0]
    progress("profile", 1.0)
    return Survey(rows, rows - different, tuple(profiles))


def _filled(bench: Workbench, raw: Path, columns: Sequence[ColumnReading]) -> Sequence[int]:
    """For each column, the cells that hold anything."""
    counts = ", ".join(f"count(*) FILTER (NOT {column.blank})" for column in columns)
    return bench.row(f"SELECT {counts} FROM read_parquet({quoted(str(raw))})")


def _numbers_sql(column: ColumnReading, *, exact: bool) -> str:
    name = named(column.name)
    distinct = f"count(DISTINCT {name})" if exact else f"approx_count_distinct({name})"
    parts = [f"'present': count({name})", f"'distinct': {distinct}"]
    kind = READINGS[column.reading].kind
    if kind in ("integer", "number"):
        number = f"CAST({name} AS DOUBLE)"
        parts += [
            f"'minimum': min({name})",
            f"'maximum': max({name})",
            f"'mean': avg({number})",
            f"'deviation': stddev_samp({number} / 1e150) * 1e150",
            f"'quartiles': approx_quantile({number}, [0.25, 0.5, 0.75])",
        ]
    elif kind in ("date", "datetime"):
        parts += [f"'minimum': min({name})", f"'maximum': max({name})"]
    elif kind == "text":
        parts += [
            f"'characters': max(length({name}))",
            f"'mean_characters': avg(length({name}))",
            f"'formulas': count(*) FILTER (regexp_matches({name}, {quoted(_FORMULA)}))",
        ]
    return "{" + ", ".join(parts) + "}"


def _profile(
    column: ColumnReading, answer: dict[str, Any], rows: int, infinite: int, *, exact: bool
) -> ColumnProfile:
    present: int = answer["present"]
    distinct = min(present, answer["distinct"])
    kind = READINGS[column.reading].kind
    profile = ColumnProfile(
        name=column.name,
        kind=kind_of_text(present, distinct) if kind == "text" else Kind(kind),
        reading=column.reading,
        missing=rows - present,
        infinite=infinite,
        distinct=distinct,
        distinct_exact=exact,
        minimum=_scalar(answer.get("minimum")),
        maximum=_scalar(answer.get("maximum")),
        mean=answer.get("mean"),
        deviation=answer.get("deviation"),
        quartiles=tuple(answer.get("quartiles") or ()),
        characters=answer.get("characters") or 0,
    )
    identifier = is_identifier(profile, rows, answer.get("mean_characters") or 0.0)
    profile = replace(profile, identifier=identifier)
    found = judge(profile, rows, answer.get("formulas") or 0)
    return replace(profile, findings=(*column.findings, *found))


def _histograms(
    bench: Workbench, source: str, profiles: Sequence[ColumnProfile]
) -> Mapping[str, tuple[int, ...]]:
    """For each column of unlike numbers, how many lie in each bin; asked all at once."""
    edges = {each.name: bin_edges(each.minimum, each.maximum) for each in profiles}
    asked = {name: found for name, found in edges.items() if found}
    if not asked:
        return {}
    wanted = ", ".join(
        f"histogram(CAST({named(name)} AS DOUBLE), {[*map(float, found)]})"
        for name, found in asked.items()
    )
    answers = bench.row(f"SELECT {wanted} FROM {source}")
    return {
        name: tuple(counts.get(edge, 0) for edge in found)
        for (name, found), counts in zip(asked.items(), answers, strict=True)
    }


def bin_edges(low: Scalar | None, high: Scalar | None) -> list[float]:
    """The upper edges of the bins from a least to a greatest number; none where there is no room.

    >>> bin_edges(0, 20)[:3]
    [1.0, 2.0, 3.0]
    """
    if not isinstance(low, int | float) or not isinstance(high, int | float):
        return []
    first, width = float(low), (float(high) - float(low)) / _BINS
    edges = [first + width * number for number in range(1, _BINS)] + [float(high)]
    rising = all(one < other for one, other in pairwise([first, *edges]))
    return edges if math.isfinite(width) and rising else []


def _top(bench: Workbench, source: str, profile: ColumnProfile) -> tuple[tuple[Scalar, int], ...]:
    if profile.kind is Kind.NUMBER or not 0 < profile.distinct <= _TOP_DISTINCT:
        return ()
    if profile.identifier:
        return ()
    name = named(profile.name)
    rows = bench.rows(
        f"SELECT {name}, count(*) FROM {source} WHERE {name} IS NOT NULL "
        f"GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {_TOP}"
    )
    return tuple((_scalar(value), count) for value, count in rows)


def _scalar(value: Any) -> Any:  # noqa: ANN401  whatever the engine answers
    return value.isoformat() if isinstance(value, date) else value
