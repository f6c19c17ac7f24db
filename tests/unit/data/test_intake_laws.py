"""Whatever table is written as CSV reads back with equal cells."""

import csv
import io
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zhisuan.core import cells
from zhisuan.data.export import first_rows
from zhisuan.data.intake import take_in
from zhisuan.data.limits import DEFAULT, silent

ALPHABETS = {
    "utf-8": st.characters(codec="utf-8", exclude_characters="\0", exclude_categories=("Cc", "Cs")),
    "utf-8-sig": st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")),
    "utf-16": st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")),
    "gb18030": st.sampled_from("甲乙丙丁一二三,;\t|\"'\n 1.5abc%万,。"),
}


@st.composite
def tables(draw):
    encoding = draw(st.sampled_from(sorted(ALPHABETS)))
    alphabet = st.one_of(ALPHABETS[encoding], st.sampled_from('",;\n\r x0'))
    width = draw(st.integers(2, 5))
    cell = st.one_of(st.text(alphabet, max_size=12), st.integers().map(str), st.just(""))
    body = draw(st.lists(st.lists(cell, min_size=width, max_size=width), min_size=1, max_size=6))
    return encoding, [[f"列{n}" for n in range(width)], *body]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    tables(),
    st.sampled_from([",", "\t", ";", "|"]),
    # Below Python 3.13 the writer leaves a lone carriage return unquoted unless it ends the lines.
    st.sampled_from([("\r\n", csv.QUOTE_MINIMAL), ("\r\n", csv.QUOTE_ALL), ("\n", csv.QUOTE_ALL)]),
)
def test_a_table_written_as_csv_reads_back_with_equal_cells(table, delimiter, style):
    encoding, rows = table
    end, quoting = style
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows(rows)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "table.csv")
        file.write_bytes(text.getvalue().encode(encoding))
        parquet, profile = take_in(file, Path(folder), DEFAULT, silent)
        found = first_rows(parquet, 100, Path(folder))
    assert [column.name for column in profile.columns] == rows[0]
    assert len(found) == len(rows) - 1
    for column in range(len(rows[0])):
        reading = profile.columns[column].reading
        for row, read in zip(rows[1:], found, strict=True):
            value = cells.parse(row[column], reading)
            told = value.isoformat() if hasattr(value, "isoformat") else value
            assert read[column] == told
