"""Adding, versions, pages, tenants, interrupted uploads, deletion with proof."""

import errno
import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text as sql

from zhisuan.core import errors
from zhisuan.data import records
from zhisuan.data.limits import DEFAULT
from zhisuan.data.shelf import DataShelf

TABLE = b"a,b\n1,x\n2,y\n"
OTHER = b"a,b\n1,x\n2,z\n"


def states(database):
    with database.read() as connection:
        return [row[0] for row in connection.execute(sql("SELECT state FROM upload ORDER BY id"))]


def test_a_stream_and_a_file_become_the_same_data_set(shelf, tmp_path):
    file = tmp_path / "t.csv"
    file.write_bytes(TABLE)
    first = shelf.add("ten_a", "sales", [TABLE[:5], TABLE[5:]], filename="t.csv")
    second = shelf.add("ten_b", "sales", file)
    assert first.sha256 == second.sha256
    assert (first.rows, first.columns, first.bytes, first.version) == (2, 2, len(TABLE), 1)
    assert shelf.get("ten_a", first.id) == first
    assert shelf.preview(first) == [[1, "x"], [2, "y"]]
    assert shelf.original_path(first).read_bytes() == TABLE
    assert shelf.parquet_path(first).read_bytes()[:4] == b"PAR1"
    file.write_bytes(OTHER)
    assert shelf.original_path(second).read_bytes() == TABLE


def test_new_bytes_are_a_new_version_and_the_same_bytes_are_not(shelf):
    first = shelf.add("ten_a", "sales", [TABLE])
    assert shelf.add("ten_a", "sales", [TABLE]) == first
    second = shelf.add("ten_a", "sales", [OTHER])
    assert second.version == 2
    assert shelf.add("ten_a", "sales", [TABLE]).version == 3
    assert shelf.newest("ten_a", "sales").version == 3


def test_a_deleted_version_number_is_never_given_again(shelf):
    first = shelf.add("ten_a", "sales", [TABLE])
    shelf.delete("ten_a", first.id)
    again = shelf.add("ten_a", "sales", [TABLE])
    assert again.version == 2
    assert again.id != first.id


def test_pages_meet_without_gap_or_overlap(shelf):
    made = [shelf.add("ten_a", f"t{n}", [TABLE]).id for n in range(5)]
    shelf.add("ten_b", "other", [TABLE])
    first = [dataset.id for dataset in shelf.list("ten_a", 2)]
    second = [dataset.id for dataset in shelf.list("ten_a", 2, first[-1])]
    third = [dataset.id for dataset in shelf.list("ten_a", 2, second[-1])]
    assert [*first, *second, *third] == sorted(made, reverse=True)


def test_another_tenants_id_is_answered_like_an_absent_one(shelf):
    dataset = shelf.add("ten_a", "sales", [TABLE])
    for method in (shelf.get, shelf.delete, shelf.certificate):
        with pytest.raises(errors.NotFound) as other:
            method("ten_b", dataset.id)
        with pytest.raises(errors.NotFound) as absent:
            method("ten_b", "dst_absent")
        assert other.value.message.replace(dataset.id, "dst_absent") == absent.value.message
    assert shelf.get("ten_a", dataset.id)


def test_an_interrupted_upload_leaves_nothing(shelf, database, files_of):
    def broken():
        yield TABLE
        raise ConnectionError("gone")

    with pytest.raises(ConnectionError):
        shelf.add("ten_a", "sales", broken())
    assert files_of() == []
    assert shelf.list("ten_a") == []
    assert states(database) == ["aborted"]


@pytest.mark.parametrize("content", [b"", b"a,b\n", b"\x89PNG\r\n\x1a\n" * 9, b"a,a\n1,2\n"])
def test_refused_bytes_leave_nothing(shelf, database, files_of, content):
    with pytest.raises(errors.DataError):
        shelf.add("ten_a", "sales", [content])
    assert files_of() == []
    assert states(database) == ["aborted"]


def test_too_many_bytes_are_refused_while_they_stream(shelf, files_of):
    seen = []

    def endless():
        while True:
            seen.append(1)
            yield b"1,2\n" * 250

    with pytest.raises(errors.TooLarge):
        shelf.add("ten_a", "sales", endless(), limits=replace(DEFAULT, max_bytes=10_000))
    assert len(seen) == 11
    assert files_of() == []


def test_a_full_disk_is_one_sentence_and_leaves_nothing(shelf, database, files_of, monkeypatch):
    def full(_self, *_arguments, **_options):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", full)
        with pytest.raises(errors.DiskFull):
            shelf.add("ten_a", "sales", [TABLE])
    assert files_of() == []
    assert states(database) == ["aborted"]


def test_a_database_that_fails_at_the_last_step_leaves_no_bytes(shelf, files_of, monkeypatch):
    def fail(*_arguments):
        raise errors.DiskFull("There is no room left for the centre's database.")

    monkeypatch.setattr("zhisuan.data.records.add_dataset", fail)
    with pytest.raises(errors.DiskFull):
        shelf.add("ten_a", "sales", [TABLE])
    assert files_of() == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_read_only_folder_is_one_sentence(shelf, tmp_path):
    (tmp_path / "objects" / "incoming").chmod(0o500)
    with pytest.raises(errors.DataFolderReadOnly):
        shelf.add("ten_a", "sales", [TABLE])


def test_a_folder_that_refuses_writing_is_one_sentence(shelf, monkeypatch):
    def refuse(*_arguments, **_options):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr("tempfile.mkdtemp", refuse)
    with pytest.raises(errors.DataFolderReadOnly):
        shelf.add("ten_a", "sales", [TABLE])


@pytest.mark.parametrize("name", ["", "x" * 201])
def test_a_name_must_have_a_sensible_length(shelf, name):
    with pytest.raises(errors.WrongInput):
        shelf.add("ten_a", name, [TABLE])


def test_a_file_that_is_not_there_is_wrong_input(shelf, tmp_path):
    for path in (tmp_path / "absent.csv", tmp_path):
        with pytest.raises(errors.WrongInput):
            shelf.add("ten_a", "sales", path)


def test_a_start_resolves_what_a_killed_process_left(shelf, database, objects, files_of):
    with database.write() as connection:
        records.open_upload(connection, "upl_1", "ten_a", "sales", datetime.now(UTC))
    (objects.scratch() / "original").write_bytes(TABLE)
    assert shelf.recover().uploads == 1
    assert states(database) == ["aborted"]
    assert files_of() == []


def test_deleting_removes_the_bytes_and_the_certificate_verifies(shelf, files_of):
    dataset = shelf.add("ten_a", "sales", [TABLE], filename="t.csv")
    certificate = shelf.delete("ten_a", dataset.id)
    assert files_of() == []
    assert set(certificate.removed) == {dataset.sha256, dataset.table_sha256}
    assert certificate.kept == ()
    assert shelf.certificate("ten_a", dataset.id) == certificate
    shelf.verify_certificate(certificate)
    with pytest.raises(errors.NotFound):
        shelf.get("ten_a", dataset.id)
    with pytest.raises(errors.NotFound):
        shelf.delete("ten_a", dataset.id)


def test_bytes_that_another_data_set_holds_are_kept_and_the_certificate_says_so(shelf, files_of):
    mine = shelf.add("ten_a", "sales", [TABLE])
    theirs = shelf.add("ten_b", "other", [TABLE])
    certificate = shelf.delete("ten_a", mine.id)
    assert certificate.removed == ()
    assert set(certificate.kept) == {mine.sha256, mine.table_sha256}
    assert shelf.preview(theirs) == [[1, "x"], [2, "y"]]
    shelf.verify_certificate(certificate)
    last = shelf.delete("ten_b", theirs.id)
    assert set(last.removed) == {mine.sha256, mine.table_sha256}
    assert files_of() == []


def test_bytes_brought_again_later_do_not_break_an_older_certificate(shelf):
    dataset = shelf.add("ten_a", "sales", [TABLE])
    certificate = shelf.delete("ten_a", dataset.id)
    shelf.add("ten_b", "again", [TABLE])
    shelf.verify_certificate(certificate)


def test_bytes_that_are_still_there_break_the_certificate(shelf, objects):
    dataset = shelf.add("ten_a", "sales", [TABLE])
    certificate = shelf.delete("ten_a", dataset.id)
    objects.put([TABLE])
    with pytest.raises(errors.TamperFound, match="still there"):
        shelf.verify_certificate(certificate)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE deletion SET record = replace(record, 'sales', 'tales') WHERE sequence = 1",
        "UPDATE deletion SET link = previous WHERE sequence = 2",
        "DELETE FROM deletion WHERE sequence = 2",
        "DELETE FROM deletion WHERE sequence = 3",
    ],
)
def test_a_changed_or_missing_record_is_found(shelf, database, statement):
    certificates = [
        shelf.delete("ten_a", shelf.add("ten_a", "sales", [b"a,b\n1,%d\n" % n]).id)
        for n in range(3)
    ]
    for certificate in certificates:
        shelf.verify_certificate(certificate)
    with database.write() as connection:
        connection.execute(sql(statement))
    with pytest.raises(errors.TamperFound):
        shelf.verify_certificate(certificates[2])


def test_a_forged_certificate_is_found(shelf):
    dataset = shelf.add("ten_a", "sales", [TABLE])
    certificate = shelf.delete("ten_a", dataset.id)
    with pytest.raises(errors.TamperFound):
        shelf.verify_certificate(replace(certificate, name="other"))


def test_a_deletion_cut_off_before_its_certificate_is_finished_at_the_next_start(
    shelf, database, objects, files_of, monkeypatch
):
    dataset = shelf.add("ten_a", "sales", [TABLE])
    with monkeypatch.context() as patch:
        patch.setattr(DataShelf, "_finish_deletions", lambda _self: 0)
        with pytest.raises(errors.NotFound):
            shelf.delete("ten_a", dataset.id)
    assert files_of() != []
    later = DataShelf(database, objects, shelf._clock)
    assert later.recover().deletions == 1
    assert files_of() == []
    later.verify_certificate(later.certificate("ten_a", dataset.id))


def test_no_transaction_is_open_while_a_table_is_read(shelf, database):
    written = []

    def write_elsewhere(stage, _done):
        with database.write() as connection:
            connection.execute(sql("SELECT 1"))
            written.append(stage)

    shelf.add("ten_a", "sales", [TABLE], progress=write_elsewhere)
    assert {"copy", "decode", "read", "type", "write", "profile"} <= set(written)
