"""Files of a trace: plain or gzipped, each fault told with its place."""

import gzip

import pytest

from zhisuan.compute.traces.lines import lines, table
from zhisuan.core.errors import NotFound, WrongInput


def texts(path):
    return [text for _, text in lines(path)]


def test_plain_and_gzipped_files_read_the_same_whatever_their_names(tmp_path):
    plain, packed = tmp_path / "a.gz", tmp_path / "b.txt"
    plain.write_bytes(b"\xef\xbb\xbfone\r\ntwo")
    packed.write_bytes(gzip.compress(b"one\ntwo\n"))
    assert texts(plain) == texts(packed) == ["one", "two"]


def test_an_empty_file_has_no_lines(tmp_path):
    (tmp_path / "empty").write_bytes(b"")
    assert texts(tmp_path / "empty") == []


def test_progress_grows_up_to_the_whole(tmp_path):
    path = tmp_path / "long"
    path.write_text("x\n" * 20_000)
    shares = []
    assert sum(1 for _ in lines(path, shares.append)) == 20_000
    assert len(shares) == 4
    assert sorted(shares) == shares
    assert shares[-1] == 1.0


def test_a_missing_file_is_not_found(tmp_path):
    with pytest.raises(NotFound, match="no file"):
        texts(tmp_path / "nowhere")


def test_a_folder_is_no_trace(tmp_path):
    with pytest.raises(WrongInput, match="cannot be read"):
        texts(tmp_path)


def test_a_gzip_that_is_cut_short_is_told_with_its_line(tmp_path):
    path = tmp_path / "cut.gz"
    path.write_bytes(gzip.compress(bytes(range(256)) * 400)[:-20])
    with pytest.raises(WrongInput, match=r"cut\.gz, line"):
        texts(path)


def test_bytes_that_are_no_text_are_told_with_their_line(tmp_path):
    path = tmp_path / "trace.csv"
    path.write_bytes(b"one\ntwo\xff\n")
    with pytest.raises(WrongInput, match=r"trace\.csv, line 2: the line is no UTF-8 text"):
        texts(path)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "line 1: the file is empty"),
        ("a,c\n1,2\n", "line 1: the heading lacks b"),
        ("a,b\n1,2\n1,2,3\n", "line 3: the row has 3 fields"),
        ('a,b\n1,"2\n', "line 2: the row is broken"),
    ],
)
def test_a_faulty_table_is_told_with_its_line(tmp_path, content, told):
    path = tmp_path / "t.csv"
    path.write_text(content)
    with pytest.raises(WrongInput, match=told):
        list(table(path, ("a", "b")))


def test_a_table_may_have_more_columns_in_any_order(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("c,b,a\n3,2,1\n\n6,5,4\n")
    rows = [(line.number, row["a"], row["b"]) for line, row in table(path, ("a", "b"))]
    assert rows == [(2, "1", "2"), (4, "4", "5")]
