"""The delimiter and the header, told from the first part of a text."""

import pytest

from zhisuan.data.dialect import guess


@pytest.mark.parametrize(
    ("text", "delimiter", "width"),
    [
        ("a,b\n1,2\n", ",", 2),
        ("a;b\n1,5;2,5\n", ";", 2),
        ("a\tb c\n1\t2 3\n", "\t", 2),
        ('"x,1"|y\n"2,3"|4\n', "|", 2),
        ("time\n12:30\n13:45\n", ",", 1),
        ("name\nAnn Lee\nBob Ray\n", ",", 1),
        ("a b\n1 2\n", " ", 2),
        ("a§b\n1§2\n", "§", 2),
        ("n,t\n1,x\n2\n3,y\n", ",", 2),
        ("", ",", 0),
    ],
)
def test_the_delimiter_divides_most_rows_like_the_first(text, delimiter, width):
    found = guess(text, complete=True)
    assert (found.delimiter, found.width) == (delimiter, width)


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ("a,b\n1,2\n", True),
        ("a,b\nx,y\n", True),
        ("1,x\n2,y\n", False),
        ("2024-01-01,5\n2024-01-02,6\n", False),
        ("1,2\n", True),
        (",b\n1,2\n", True),
        ("2019,2020\n1,2\n", True),
        ("region,2019\nx,1\n", True),
    ],
)
def test_the_first_row_is_a_header_unless_it_looks_like_the_others(text, header):
    assert (guess(text, complete=True).names is not None) == header


def test_a_row_cut_off_at_the_end_of_the_sample_is_not_judged():
    assert guess("a,b,c\n1,2,3\n4,5", complete=False).width == 3
