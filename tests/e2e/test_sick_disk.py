"""A full disk and a data folder that cannot be written: a sentence, and the centre goes on."""

import os
import subprocess
import time
from contextlib import contextmanager

import pytest

MOUNTED = pytest.mark.skipif(os.geteuid() != 0, reason="only root mounts a disk of its own")

TABLE = "a,b,y\n" + "".join(f"{n},{n % 7},{n % 2}\n" for n in range(40))


@contextmanager
def disk(folder, *options):
    """A small disk in memory, mounted at a folder for the time of the block."""
    folder.mkdir(exist_ok=True)
    done = subprocess.run(
        ["mount", "-t", "tmpfs", *options, "none", folder], capture_output=True, check=False
    )
    if done.returncode:
        pytest.skip(f"nothing can be mounted here: {done.stderr.decode().strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def filled(folder):
    """A file that leaves no room on the disk of a folder."""
    weight = folder / "weight"
    with weight.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(1 << 16))
        except OSError:
            pass
        try:
            while True:
                file.write(bytes(1))
        except OSError:
            pass
    return weight


@MOUNTED
def test_a_full_disk_refuses_an_upload_in_a_sentence_and_recovers(start_centre, tmp_path):
    with disk(tmp_path / "disk", "-o", "size=24m") as place:
        centre = start_centre(place / "data")
        tenant = centre.tenant()
        assert tenant.brought(TABLE, "before")["version"] == 1
        weight = filled(place)
        answer = tenant.upload(TABLE + "1,2,1\n", "during")
        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (507, "disk_full")
        assert problem["detail"].endswith(".")
        assert "space" in problem["hint"]
        assert centre.client().get("/v1/health").is_success
        assert len(tenant.listed("datasets")) == 1
        weight.unlink()
        left = until_nothing_but_data_is_left(tenant)
        assert [dataset["name"] for dataset in left] == ["before"]
        assert tenant.brought(TABLE + "1,2,1\n", "after")["version"] == 1
        assert centre.stop() == 0


def until_nothing_but_data_is_left(tenant):
    deadline = time.monotonic() + 20
    while set(left := tenant.left_behind()) != {"datasets"}:
        assert time.monotonic() < deadline, left
        time.sleep(0.05)
    return left["datasets"]


@MOUNTED
def test_an_upload_that_fills_the_disk_leaves_nothing(start_centre, tmp_path):
    with disk(tmp_path / "disk", "-o", "size=24m") as place:
        centre = start_centre(place / "data")
        tenant = centre.tenant()
        large = "a,b\n" + "".join(f"{n},{n * n}\n" for n in range(2_000_000))
        answer = tenant.upload(large)
        assert (answer.status_code, answer.json()["code"]) == (507, "disk_full")
        assert not tenant.left_behind()
        assert tenant.brought(TABLE)["rows"] == 40
        assert centre.stop() == 0


@MOUNTED
def test_a_job_submitted_to_a_full_disk_is_refused_or_ends_and_holds_nothing(
    start_centre, tmp_path
):
    with disk(tmp_path / "disk", "-o", "size=24m") as place:
        centre = start_centre(place / "data")
        tenant = centre.tenant()
        weight = filled(place)
        answer = tenant.submit()
        assert answer.status_code in (201, 507)
        weight.unlink()
        if answer.status_code == 201:
            tenant.ended(answer.json()["job_id"])
        else:
            assert not tenant.left_behind()
        assert tenant.ended(tenant.submitted()["job_id"])["state"] == "succeeded"
        with centre.operator() as operator:
            assert operator.post("/v1/ledger/verify").json()["ok"]
        assert centre.stop() == 0


@MOUNTED
def test_no_room_to_open_a_centre_is_one_sentence(alone, tmp_path):
    with disk(tmp_path / "disk", "-o", "size=64k") as place:
        filled(place)
        said = alone("job", "list", "--data", place / "data")
    assert said.status == 7
    assert len(said.err.splitlines()) == 2
    assert "room" in said.err


def read_only(tmp_path):
    """A data folder that cannot be written, for root too."""
    folder = tmp_path / "disk"
    if os.geteuid() == 0:
        return disk(folder, "-o", "ro")
    folder.mkdir(mode=0o500)
    return contextmanager(lambda: iter([folder]))()


@pytest.mark.parametrize("below", ["", "data"])
@pytest.mark.parametrize("verb", [("job", "list"), ("up", "--port", "0")], ids=" ".join)
def test_a_data_folder_that_cannot_be_written_is_one_sentence(alone, tmp_path, below, verb):
    with read_only(tmp_path) as place:
        said = alone(*verb, "--data", place / below)
    assert said.status == 7
    sentence, hint = said.err.splitlines()
    assert "cannot be written" in sentence
    assert "read-only" in hint


def test_a_data_folder_that_cannot_be_written_is_one_json_error(alone, tmp_path):
    with read_only(tmp_path) as place:
        said = alone("node", "list", "--json", "--data", place)
    assert (said.status, said.out) == (7, "")
    assert said.error()["code"] == "data_folder_read_only"
