"""What leaves for a spreadsheet never runs there."""

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from zhisuan.data.export import neutral, to_csv

texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"))


@given(st.lists(st.lists(st.one_of(texts, st.integers(), st.none()), min_size=2, max_size=2)))
def test_no_cell_of_a_csv_for_people_begins_like_a_formula(rows):
    text = to_csv(["=name", "b"], rows)
    read = list(csv.reader(io.StringIO(text, newline="")))
    assert read[0] == ["'=name", "b"]
    for row, cells in zip(rows, read[1:], strict=True):
        for value, cell in zip(row, cells, strict=True):
            if isinstance(value, str):
                assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))


def test_negative_numbers_are_left_alone():
    assert neutral(-5) == -5
    assert neutral("-5") == "'-5"
    assert neutral("plain") == "plain"
