import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tables import features

PLAN = {
    "columns": [
        {"name": "n", "encodings": [{"as": "value"}]},
        {"name": "d", "encodings": [{"as": "date", "parts": list(features.TIME_PARTS)}]},
        {"name": "c", "encodings": [{"as": "levels", "levels": ["甲", "乙", None]}]},
        {"name": "m", "encodings": [{"as": "means", "levels": {"x": [0.9, 2.0], "": [0.1, 1.0]},
                                     "other": [0.5, 0.0]}]},
        {"name": "t", "encodings": [{"as": "ngrams", "width": 16}, {"as": "length"}]},
    ]
}  # fmt: skip
WORDS = st.one_of(st.none(), st.text(max_size=20), st.sampled_from(["甲", "乙", "x"]))
ROWS = st.lists(
    st.tuples(st.floats(allow_infinity=False), st.integers(-(10**10), 10**10), WORDS, WORDS, WORDS),
    min_size=1, max_size=12,
)  # fmt: skip


def table(rows: list[tuple[object, ...]]) -> dict[str, np.ndarray]:
    n, d, *texts = zip(*rows, strict=True)
    columns = {"n": np.array(n, float), "d": np.array(d, float)}
    return columns | {k: np.array(v, object) for k, v in zip("cmt", texts, strict=True)}


@given(ROWS, st.data())
def test_a_row_becomes_the_same_numbers_in_any_company(rows, data) -> None:
    whole = features.transform(PLAN, table(rows))
    one = data.draw(st.integers(0, len(rows) - 1))
    alone = features.transform(PLAN, table([rows[one]]))
    np.testing.assert_array_equal(whole[one : one + 1], alone)


@given(ROWS)
def test_the_width_is_what_the_encodings_say(rows) -> None:
    said = sum(features.width(e) for c in PLAN["columns"] for e in c["encodings"])
    assert features.transform(PLAN, table(rows)).shape == (len(rows), said)


@given(st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2100, 1, 1)))
def test_date_parts_are_the_calendars(moment: dt.datetime) -> None:
    seconds = (moment - dt.datetime(1970, 1, 1)).total_seconds()
    encoding = {"as": "date", "parts": list(features.TIME_PARTS)}
    days, *rest = features.encode(encoding, np.array([np.floor(seconds)]))[0]
    assert days == (moment.date() - dt.date(1970, 1, 1)).days
    assert rest == [moment.year, moment.month, moment.day, moment.weekday(), moment.hour]


def test_a_missing_date_is_missing_in_every_part() -> None:
    encoding = {"as": "date", "parts": list(features.DATE_PARTS)}
    assert np.isnan(features.encode(encoding, np.array([np.nan]))).all()


def test_a_level_never_seen_raises_no_flag_and_takes_the_general_mean() -> None:
    cells = np.array(["丙", None, "甲"], object)
    flags = features.encode(PLAN["columns"][2]["encodings"][0], cells)
    assert flags.tolist() == [[0, 0, 0], [0, 0, 1], [1, 0, 0]]
    means = features.encode(PLAN["columns"][3]["encodings"][0], cells)
    assert means[:2].tolist() == [[0.5, 0.0], [0.1, 1.0]]


def test_an_unknown_encoding_is_refused() -> None:
    with pytest.raises(ValueError, match="sounds"):
        features.encode({"as": "sounds"}, np.array([1.0]))
