"""What bad input gets: one sentence, a hint, its own class."""

import gzip
import io
import os
import random
import zipfile
from dataclasses import replace

import openpyxl
import pytest

from zhisuan.core import errors
from zhisuan.data.limits import DEFAULT

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 10


def zip_of(**entries):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return file.getvalue()


def sheet_of(rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


REFUSED = {
    "empty file": (b"", errors.EmptyData),
    "blank lines only": (b"\n\r\n\n", errors.EmptyData),
    "byte order mark only": (b"\xef\xbb\xbf", errors.EmptyData),
    "header only": (b"a,b,c\n", errors.EmptyData),
    "header only, no line end": (b"a,b,c", errors.EmptyData),
    "header only in a sheet": (sheet_of([["a", "b"]]), errors.EmptyData),
    "empty sheet": (sheet_of([]), errors.EmptyData),
    "picture": (PNG, errors.UnreadableData),
    "random bytes": (random.Random(1).randbytes(100_000), errors.UnreadableData),
    "PDF": (b"%PDF-1.7\n1 0 obj\n", errors.UnreadableData),
    "web page": (b"<!DOCTYPE html><html></html>", errors.UnreadableData),
    "old Office file": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 100, errors.UnreadableData),
    "NUL in text": (b"a,b\n" + b"1,2\n" * 99 + b"1,\0\n", errors.UnreadableData),
    "broken Parquet": (b"PAR1" + b"x" * 100 + b"PAR1", errors.UnreadableData),
    "broken JSON": (b'{"a": 1}\n{"a": \n', errors.UnreadableData),
    "broken gzip": (gzip.compress(b"a,b\n1,2\n" * 99)[:-20], errors.UnreadableData),
    "broken zip": (zip_of(a=b"a,b\n1,2\n" * 99)[:-30], errors.UnreadableData),
    "broken sheet": (zip_of(**{"xl/workbook.xml": b"<not>"}), errors.UnreadableData),
    "10,000 columns": (
        (",".join(f"c{n}" for n in range(10_000)) + "\n" + ",".join("1" * 10_000)).encode(),
        errors.TooLarge,
    ),
    "duplicate names": (b"a,b,a\n1,2,3\n", errors.DuplicateColumns),
    "names that differ in case": (b"Age,b,age\n1,2,3\n", errors.DuplicateColumns),
    "two files in a zip": (zip_of(a=b"x,y\n1,2\n", b=b"x,y\n1,2\n"), errors.UnsafeArchive),
    "empty zip": (b"PK\x05\x06" + bytes(18), errors.UnsafeArchive),
    "path traversal": (zip_of(**{"../../etc/cron.d/x": b"a,b\n1,2\n"}), errors.UnsafeArchive),
    "absolute path": (zip_of(**{"/etc/passwd": b"a,b\n1,2\n"}), errors.UnsafeArchive),
    "Windows path": (zip_of(**{"..\\x.csv": b"a,b\n1,2\n"}), errors.UnsafeArchive),
    "drive letter": (zip_of(**{"C:x.csv": b"a,b\n1,2\n"}), errors.UnsafeArchive),
    "zip in zip": (zip_of(a=zip_of(b=b"a,b\n1,2\n")), errors.UnsafeArchive),
    "gzip in gzip": (gzip.compress(gzip.compress(b"a,b\n1,2\n")), errors.UnsafeArchive),
    "zip bomb": (zip_of(a=b"0,0\n" * 20_000_000), errors.UnsafeArchive),
    "gzip bomb": (gzip.compress(b"0,0\n" * 20_000_000, 9), errors.UnsafeArchive),
    "bomb in a sheet": (
        zip_of(**{"xl/workbook.xml": b"<a/>", "xl/x": bytes(70 << 20)}),
        errors.UnsafeArchive,
    ),
}


@pytest.mark.parametrize(("content", "refusal"), REFUSED.values(), ids=REFUSED)
def test_is_refused_with_one_sentence_and_a_hint(take, content, refusal):
    with pytest.raises(refusal) as caught:
        take(content)
    assert type(caught.value) is refusal
    assert caught.value.message.endswith(".")
    assert "\n" not in caught.value.message
    assert len(caught.value.message) < 300
    assert caught.value.hint


def test_an_encrypted_zip_is_refused(take):
    content = bytearray(zip_of(a=b"a,b\n1,2\n"))
    content[content.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(errors.UnsafeArchive, match="encrypted"):
        take(bytes(content))


def test_a_link_in_a_zip_is_refused(take):
    entry = zipfile.ZipInfo("data.csv")
    entry.external_attr = 0o120777 << 16
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(entry, "/etc/passwd")
    with pytest.raises(errors.UnsafeArchive, match="link"):
        take(file.getvalue())


def test_ragged_rows_are_named_by_the_line_they_begin_on(take):
    text = 'a,b\n1,2\n"two\nlines",3\n4\n5,6,7\n8,9\n10\n11\n'
    with pytest.raises(errors.RaggedData) as caught:
        take(text)
    assert "4 rows do not have 2 fields" in caught.value.message
    assert "line 5 has 1, line 6 has 3, line 8 has 1, and 1 more" in caught.value.message


def test_a_quotation_mark_never_closed_is_refused(take):
    with pytest.raises(errors.UnreadableData, match="line 3"):
        take('a,b\n1,2\n3,"four\n5,6\n')


@pytest.mark.parametrize(
    ("limits", "refusal"),
    [
        (replace(DEFAULT, max_columns=1), errors.TooLarge),
        (replace(DEFAULT, max_rows=2), errors.TooLarge),
        (replace(DEFAULT, max_line_bytes=2_000), errors.TooLarge),
    ],
)
def test_limits_are_kept(take, limits, refusal):
    with pytest.raises(refusal):
        take("a,b\n1,2\n3," + "x" * 4_000 + "\n5,6\n", limits)


def test_an_archive_stops_growing_at_the_absolute_bound(take, tmp_path):
    content = gzip.compress(os.urandom(30_000).hex().encode())
    with pytest.raises(errors.TooLarge):
        take(content, replace(DEFAULT, max_expanded_bytes=10_000))
    assert (tmp_path / "scratch" / "unpacked").stat().st_size <= 10_000


def test_one_column_registers_and_is_reported(take):
    rows, profile = take("name\nAnn\nBob\n")
    assert rows == [["Ann"], ["Bob"]]
    assert "one_column" in {finding.code for finding in profile.findings}


def test_a_300_character_category_is_kept(take):
    long = "长" * 300
    rows, profile = take(f"a,b\n1,{long}\n2,{long}\n")
    assert rows == [[1, long], [2, long]]
    assert "long_text" in {finding.code for finding in profile.columns[1].findings}


def test_formula_text_is_kept_as_text_and_flagged(take):
    rows, profile = take("a,b\n1,=CMD|' /C calc'!A0\n2,@SUM(A1)\n3,-ok\n4,plain\n")
    assert rows[0][1] == "=CMD|' /C calc'!A0"
    (finding,) = profile.columns[1].findings
    assert (finding.code, finding.parameters["count"]) == ("formula_text", 3)


def test_nan_is_missing_and_infinity_is_missing_and_counted(take):
    rows, profile = take("a,b\n1.5,x\nNaN,y\ninf,z\n-Infinity,w\n1e999,v\n")
    assert [row[0] for row in rows] == [1.5, None, None, None, None]
    assert (profile.columns[0].missing, profile.columns[0].infinite) == (4, 3)


def test_mixed_types_stay_text_and_are_reported(take):
    rows, profile = take("a,b\n1,x\n2,y\nabout 3,z\n")
    assert [row[0] for row in rows] == ["1", "2", "about 3"]
    (finding,) = profile.columns[0].findings
    assert finding.code == "mixed_types"
    assert "about 3" in finding.text("en")


def test_a_misfit_after_the_sample_is_seen(take):
    _, profile = take("a,b\n" + "1,x\n" * 5_000 + "oops,y\n")
    assert profile.columns[0].reading == "text"
    assert profile.columns[0].findings[0].code == "mixed_types"


def test_values_after_a_long_run_of_missing_ones_are_read(take):
    rows, profile = take("a,b\n" + ",x\n" * 5_000 + "7,y\n")
    assert profile.columns[0].reading == "integer"
    assert rows[-1] == [7, "y"]


def test_a_day_that_could_be_a_month_stays_text(take):
    _, profile = take("a,b\n01/02/2023,x\n03/04/2023,y\n")
    assert profile.columns[0].reading == "text"
    assert "ambiguous_date" in {finding.code for finding in profile.columns[0].findings}


def test_unnamed_columns_get_names(take):
    _, profile = take("a,,c\nx,y,z\n")
    assert [column.name for column in profile.columns] == ["a", "column_2", "c"]
    assert "unnamed_column" in {finding.code for finding in profile.findings}


def test_what_progress_raises_stops_the_work(tmp_path):
    from zhisuan.data.intake import take_in  # noqa: PLC0415  kept beside its one use

    file = tmp_path / "a.csv"
    file.write_bytes(b"a,b\n1,2\n")

    def stop(stage, _done):
        if stage == "write":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        take_in(file, tmp_path, DEFAULT, stop)
