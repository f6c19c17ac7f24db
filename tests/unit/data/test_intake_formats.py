"""One table, every way a person may bring it."""

import gzip
import io
import json
import zipfile

import duckdb
import openpyxl
import pytest

HEADER = ["编号", "城市", "收入", "签约"]
ROWS = [[1, "北京", 10.5, True], [2, "上海, 浦东", 20.25, False], [3, '说"好"\n的', 3.0, True]]
CELLS = [["1", "北京", "10.5", "true"], ["2", "上海, 浦东", "20.25", "false"]]
CELLS.append(["3", '说"好"\n的', "3.0", "true"])


def as_csv(delimiter=","):
    lines = [
        delimiter.join(f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in row)
        for row in [HEADER, *CELLS]
    ]
    return "\r\n".join(lines) + "\r\n"


def as_jsonl():
    rows = (json.dumps(dict(zip(HEADER, row, strict=True)), ensure_ascii=False) for row in ROWS)
    return "\n".join(rows)


def as_parquet(tmp_path):
    path = tmp_path / "made.parquet"
    with duckdb.connect() as connection:
        connection.execute(
            'CREATE TABLE t ("编号" INT, "城市" VARCHAR, "收入" DOUBLE, "签约" BOOLEAN)'
        )
        connection.executemany("INSERT INTO t VALUES (?, ?, ?, ?)", ROWS)
        connection.execute(f"COPY t TO '{path}' (FORMAT parquet)")
    return path.read_bytes()


def as_xlsx(rows=None, more_sheets=()):
    book = openpyxl.Workbook()
    for row in rows or [HEADER, *ROWS]:
        book.active.append(row)
    for name in more_sheets:
        book.create_sheet(name).append(["x"])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def zipped(content, name="data.csv"):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("__MACOSX/._data.csv", b"litter")
        archive.writestr(name, content)
    return file.getvalue()


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|", "^", "~", ":", "\x01"])
def test_any_delimiter_gives_the_same_table(take, delimiter):
    rows, profile = take(as_csv(delimiter))
    assert rows == ROWS
    assert [column.name for column in profile.columns] == HEADER
    assert profile.delimiter == delimiter


@pytest.mark.parametrize(
    ("encoding", "told"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("gb18030", "gb18030"),
        ("utf-16", "utf-16-le"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
    ],
)
def test_any_encoding_gives_the_same_table(take, encoding, told):
    rows, profile = take(as_csv().encode(encoding))
    assert rows == ROWS
    assert profile.encoding == told


def test_a_chinese_character_after_many_plain_rows_still_tells_the_encoding(take):
    text = "a,b\n" + "1,x\n" * 200_000 + "2,中文\n"
    rows, profile = take(text.encode("gb18030"))
    assert rows[-1] == [2, "中文"]
    assert profile.encoding == "gb18030"


def test_json_lines_keep_missing_keys_and_nested_values(take):
    rows, profile = take(as_jsonl() + '\n{"编号": 4, "另": {"a": [1]}}\n')
    assert rows[0] == [*ROWS[0], None]
    assert rows[3] == [4, None, None, None, '{"a":[1]}']
    assert profile.format == "jsonl"


def test_a_json_array_of_objects_reads_as_json_lines(take):
    rows, _ = take("[" + as_jsonl().replace("\n{", ",\n{") + "]")
    assert rows == ROWS


def test_parquet_keeps_its_types(take, tmp_path):
    rows, profile = take(as_parquet(tmp_path))
    assert rows == ROWS
    assert [column.reading for column in profile.columns] == [
        "integer",
        "text",
        "number",
        "boolean",
    ]


def test_parquet_times_and_nested_values_become_what_the_centre_has(take, tmp_path):
    path = tmp_path / "made.parquet"
    duckdb.sql(
        "SELECT TIMESTAMP '2023-05-01 12:00:00' AS t, DATE '2023-05-02' AS d, [1, 2] AS l, "
        "CAST(1.25 AS DECIMAL(9, 2)) AS m, 'nan'::DOUBLE AS n, 'inf'::DOUBLE AS i, "
        "CAST('a' AS ENUM('a', 'b')) AS e"
    ).write_parquet(str(path))
    rows, profile = take(path.read_bytes())
    assert rows == [["2023-05-01T12:00:00", "2023-05-02", "[1, 2]", 1.25, None, None, "a"]]
    assert [column.infinite for column in profile.columns] == [0, 0, 0, 0, 0, 1, 0]
    assert "converted_to_text" in {finding.code for finding in profile.columns[2].findings}


def test_a_spreadsheet_reads_its_first_filled_sheet_and_names_the_others(take):
    rows, profile = take(as_xlsx(more_sheets=("二", "三")))
    assert rows == ROWS
    (finding,) = [f for f in profile.findings if f.code == "other_sheets"]
    assert finding.parameters["others"] == 2


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet", "xlsx"])
@pytest.mark.parametrize("pack", [gzip.compress, zipped])
def test_every_format_reads_from_gzip_and_zip(take, tmp_path, kind, pack):
    content = {
        "csv": lambda: as_csv().encode("gb18030"),
        "jsonl": lambda: as_jsonl().encode(),
        "parquet": lambda: as_parquet(tmp_path),
        "xlsx": as_xlsx,
    }[kind]()
    rows, profile = take(pack(content))
    assert rows == ROWS
    assert profile.format == kind
    assert profile.packed in ("gzip", "zip")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_is_understood(take, end):
    assert take(f"a,b{end}1,x{end}2,y{end}")[0] == [[1, "x"], [2, "y"]]


def test_mixed_line_ends_and_blank_lines_do_not_matter(take):
    assert take('\n\na,b\r\n1,x\n\n2,"y"\r\n')[0] == [[1, "x"], [2, "y"]]


def test_rows_keep_their_order(take):
    rows, _ = take("n,t\n" + "".join(f"{n},row {n}\n" for n in range(150_000)))
    assert [row[0] for row in rows] == list(range(150_000))


def test_a_table_without_header_gets_names(take):
    rows, profile = take("1,a,2.5\n2,b,3.5\n3,c,4.5\n")
    assert len(rows) == 3
    assert [column.name for column in profile.columns] == ["column_1", "column_2", "column_3"]
    assert "no_header" in {finding.code for finding in profile.findings}


def test_years_as_column_names_are_a_header(take):
    _, profile = take("省,2019,2020\n北京,1,2\n上海,3,4\n")
    assert [column.name for column in profile.columns] == ["省", "2019", "2020"]


def test_a_wide_table_keeps_every_column_in_its_place(take):
    width = 450
    lines = [",".join(f"c{n}" for n in range(width))]
    lines += [",".join(str(row * width + n) for n in range(width)) for row in range(30)]
    rows, profile = take("\n".join(lines))
    assert rows == [[row * width + n for n in range(width)] for row in range(30)]
    assert [column.name for column in profile.columns] == [f"c{n}" for n in range(width)]


def test_json_objects_with_many_keys_are_columns_too(take):
    record = {f"k{n}": n for n in range(300)}
    rows, _ = take(f"{json.dumps(record)}\n{json.dumps(record)}\n")
    assert rows == [list(range(300))] * 2
