import calendar
import math
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tables.cell_text import write_cell

from zhisuan.core import cells

AMOUNTS = st.floats(-1e9, 1e9).map(lambda value: round(value, 6))
NUMBER_READINGS = [name for name, rule in cells.READINGS.items() if rule.kind == "number"]
DATE_READINGS = [name for name, rule in cells.READINGS.items() if rule.kind == "date"]
TIME_READINGS = [name for name, rule in cells.READINGS.items() if rule.kind == "datetime"]


@pytest.mark.parametrize("reading", NUMBER_READINGS)
@given(value=AMOUNTS)
def test_a_number_comes_back_through_its_own_reading(reading: str, value: float) -> None:
    told = cells.parse(write_cell(value, "number", reading), reading)
    assert isinstance(told, float)
    assert math.isclose(told, value, rel_tol=1e-12, abs_tol=1e-12)


@pytest.mark.parametrize("reading", DATE_READINGS)
@given(day=st.dates(date(1900, 1, 1), date(2100, 1, 1)))
def test_a_date_comes_back_through_its_own_reading(reading: str, day: date) -> None:
    if "%d" not in reading:
        day = day.replace(day=1)
    seconds = calendar.timegm(day.timetuple())
    assert cells.parse(write_cell(float(seconds), "date", reading), reading) == day


@pytest.mark.parametrize("reading", TIME_READINGS)
@given(moment=st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)))
def test_a_moment_comes_back_through_its_own_reading(reading: str, moment: datetime) -> None:
    moment = moment.replace(microsecond=0)
    seconds = calendar.timegm(moment.timetuple())
    assert cells.parse(write_cell(float(seconds), "datetime", reading), reading) == moment


@given(st.integers(-(10**15), 10**15))
def test_an_integer_comes_back(value: int) -> None:
    assert cells.parse(write_cell(float(value), "integer", "integer"), "integer") == value


def test_missing_is_an_empty_cell_and_booleans_are_words() -> None:
    assert write_cell(None, "category", "text") == ""
    assert write_cell(math.nan, "number", "percent") == ""
    assert write_cell(1.0, "boolean", "boolean") == "true"
