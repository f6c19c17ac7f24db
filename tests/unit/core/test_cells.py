"""How a cell of text becomes a value."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhisuan.core.cells import MISSING, PLACEHOLDERS, READINGS, candidates, fits, is_missing, parse


@pytest.mark.parametrize(
    ("cells", "reading", "values"),
    [
        (["1", "-2", "+3", " 4 "], "integer", [1, -2, 3, 4]),
        (["1", "2.5", ".5", "5.", "-1e3"], "number", [1, 2.5, 0.5, 5, -1000]),
        (["1,234", "5", "-1,234,567.8"], "grouped number", [1234, 5, -1234567.8]),
        (["12.5%", "1,000％", "-3 %"], "percent", [0.125, 10, -0.03]),
        (["¥1,200", "￥-5", "30元", "RMB 2"], "currency:CNY", [1200, -5, 30, 2]),
        (["$1.50", "-$2", "US$3"], "currency:USD", [1.5, -2, 3]),
        (["3.2万", "1.5亿", "8", "1,000万元"], "chinese number", [32000, 150000000, 8, 1e7]),
        (["1.1万", "2万亿", "3百"], "chinese number", [11000, 2e12, 300]),
        (["true", "False", "TRUE"], "boolean", [True, False, True]),
        (["2023年5月1日", "2024年12月31日"], "date:%Y年%m月%d日", [date(2023, 5, 1), None]),
        (["2023/5/1"], "date:%Y/%m/%d", [date(2023, 5, 1)]),
        (["2023-05"], "date:%Y-%m", [date(2023, 5, 1)]),
        (["May 1, 2023", "Dec 24, 2023"], "date:%b %d, %Y", [date(2023, 5, 1), None]),
        (["1 September 2023"], "date:%d %b %Y", [date(2023, 9, 1)]),
        (["13/02/2023", "01/02/2023"], "date:%d/%m/%Y", [date(2023, 2, 13), date(2023, 2, 1)]),
        (["02/13/2023"], "date:%m/%d/%Y", [date(2023, 2, 13)]),
        (["2023-05-01 12:00", "2023-05-02"], "datetime:%Y-%m-%d", [datetime(2023, 5, 1, 12), None]),
        (["2023/5/1 9:05:07.25"], "datetime:%Y/%m/%d", [datetime(2023, 5, 1, 9, 5, 7, 250_000)]),
        (["2023-05-01T01:00:00+08:00"], "datetime:%Y-%m-%d%z", [datetime(2023, 4, 30, 17)]),
        (["2023-05-01T01:00Z"], "datetime:%Y-%m-%d%z", [datetime(2023, 5, 1, 1)]),
        (["007", "12"], "text", ["007", "12"]),
        (["13812345678", "15987654321"], "code", ["13812345678", "15987654321"]),
        (["11010519491231002X", "110105194912310021"], "code", ["11010519491231002X", None]),
        (["1", "x"], "text", ["1", "x"]),
        (["1,2", "3"], "text", ["1,2", "3"]),
        (["2023-02-30"], "text", ["2023-02-30"]),
        (["¥5", "$5"], "text", ["¥5", "$5"]),
        (["12%", "0.12"], "text", ["12%", "0.12"]),
        (["", "NA"], "text", [None, None]),
        (["inf", "1.5", "NaN", "-"], "number", [None, 1.5, None, None]),
        (["无", "None", "-"], "text", ["无", "None", "-"]),
    ],
)  # fmt: skip
def test_a_column_is_read_by_the_first_reading_all_its_cells_fit(cells, reading, values):
    assert candidates(cells)[0] == reading
    for cell, value in zip(cells, values, strict=True):
        if value is not None or is_missing(cell, reading):
            assert parse(cell, reading) == value


def test_a_cell_that_does_not_fit_is_an_error_that_names_it():
    with pytest.raises(ValueError, match="'abc' is not a number"):
        parse("abc", "number")


@given(st.sampled_from(sorted(READINGS)), st.sampled_from(sorted(MISSING)))
def test_missing_words_are_missing_in_every_reading(reading, word):
    assert is_missing(f" {word}\u3000", reading)
    assert parse(word, reading) is None


@given(st.sampled_from(sorted(READINGS)), st.sampled_from(sorted(PLACEHOLDERS)))
def test_placeholders_are_categories_only_in_text(reading, word):
    assert is_missing(word, reading) == (reading != "text")


@given(st.integers(-(10**18) + 1, 10**18 - 1))
def test_integers_round_trip(number):
    assert parse(str(number), "integer") == number


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_floats_round_trip(number):
    if fits(repr(number), "number"):
        assert parse(repr(number), "number") == number
    else:
        assert abs(number) >= 1e15


@given(st.decimals(-(10**12), 10**12, places=2))
def test_grouped_numbers_round_trip(number):
    text = f"{number:,}"
    assert parse(text, "grouped number") == float(number)
    assert parse(f"¥{text}", "currency:CNY") == float(number)


@given(st.dates(date(1000, 1, 1), date(2999, 12, 31)))
def test_dates_round_trip(day):
    assert parse(f"{day.year}年{day.month}月{day.day}日", "date:%Y年%m月%d日") == day
    assert parse(day.isoformat(), "date:%Y-%m-%d") == day


@given(st.datetimes(datetime(1000, 1, 1), datetime(2999, 12, 31)))
def test_instants_round_trip(moment):
    assert parse(moment.isoformat(), "datetime:%Y-%m-%d") == moment


@given(st.text())
def test_text_that_is_not_missing_is_kept_as_it_came(text):
    assert parse(text, "text") == (None if is_missing(text, "text") else text)


@given(st.lists(st.text(alphabet="0123456789,.%万亿元¥-+年月日/: eTx", max_size=12)))
def test_every_candidate_reads_every_cell(cells):
    for reading in candidates(cells):
        for cell in cells:
            parse(cell, reading)
