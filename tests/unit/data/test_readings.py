"""The SQL of a reading and `core.cells` are twins."""

from datetime import date, datetime

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from zhisuan.core import cells
from zhisuan.data.readings import blank_sql, fits_sql, missing_sql, value_sql

CONNECTION = duckdb.connect()

plausible = st.one_of(
    st.text(alphabet="0123456789,.%万亿元¥$-+年月日/: eETZx 　", max_size=20),
    st.sampled_from(
        [
            *sorted(cells.MISSING | cells.PLACEHOLDERS | cells.INFINITIES),
            "1,234.5",
            "¥-1,200",
            "3.2万",
            "2万亿",
            "12.5 %",
            "1e999",
            "-1e-320",
            "5.",
            ".5",
            "US$3",
            "2023年5月1日",
            "2023-02-30",
            "1 May 2023",
            "SEP 1, 2023",
            "Sept 1, 2023",
            "31/12/2023",
            "2023-05-01T12:00:00.5+08:00",
            "2023-05-01 24:00",
            "2023/5/1 9:05",
            "2023-13-01",
            "2999-12-31T23:59:59Z",
            "1000-01-01 00:00-23:59",
            "13812345678",
            "11010519491231002X",
            "\n 1\t",
            "999999999999999999",
            "-0",
            "1e-7",
            "1,23",
            "true",
            "TRUE",
            "０",
        ]
    ),
    st.datetimes(datetime(1001, 1, 1), datetime(2999, 12, 31)).map(lambda m: m.isoformat()),
    st.dates(date(1001, 1, 1), date(2999, 12, 31)).map(lambda d: f"{d.day}/{d.month}/{d.year}"),
    st.floats(allow_nan=False).map(repr),
    st.integers().map(str),
)


def ask(sql, cell):
    return CONNECTION.execute(f"SELECT {sql} FROM (SELECT ?::VARCHAR AS x)", [cell]).fetchone()[0]


@pytest.mark.parametrize("reading", list(cells.READINGS))
@settings(max_examples=60, deadline=None)
@given(cell=plausible)
@example(cell="")
def test_the_engine_reads_every_cell_as_python_does(reading, cell):
    fits = cells.fits(cell, reading)
    assert ask(fits_sql("x", reading), cell) == fits
    assert ask(missing_sql("x", reading), cell) == cells.is_missing(cell, reading)
    if fits:
        assert ask(value_sql("x", reading), cell) == cells.parse(cell, reading)


@given(st.sampled_from(sorted(cells.INFINITIES)))
@settings(deadline=None)
def test_an_infinite_number_is_missing_but_not_blank(word):
    assert not ask(blank_sql("x", "number"), word)
    assert ask(missing_sql("x", "number"), word)
