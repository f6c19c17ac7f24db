"""Backup and restore: the whole centre in one file and back, on either database."""

import json
import random
import tarfile
from decimal import Decimal

import pytest

CSV = "a,b,target\n" + "\n".join(f"{n},{n * n % 97},{n % 2}" for n in range(60)) + "\n"


@pytest.fixture
def filled(start_centre, tmp_path):
    """A centre with a tenant, a table, jobs that ended and one that runs."""
    centre = start_centre(tmp_path / "first")
    tenant = centre.tenant()
    dataset = tenant.brought(CSV)
    for _ in range(3):
        tenant.ended(tenant.submitted(parameters={"rest": 0})["job_id"])
    return centre, tenant, dataset


def taken(centre, path):
    with centre.operator() as operator:
        answer = operator.get("/v1/backup")
    assert answer.status_code == 200, answer.text
    path.write_bytes(answer.content)
    return path


def table_digests(path):
    with tarfile.open(path) as tar:
        facts = json.load(tar.extractfile("manifest.json"))["facts"]
    # A backup is itself noted, the key that took it was used, and time went on.
    unlike = {"audit", "ledger_chain", "supply", "ledger_checkpoint", "api_key"}
    return {name: told["sha256"] for name, told in facts["tables"].items() if name not in unlike}


def restored(alone, file, folder, *more):
    return alone("backup", "restore", file, "--data", folder, "--json", *more)


def test_a_restored_centre_is_the_same_and_goes_on(filled, alone, start_centre, tmp_path):
    centre, tenant, dataset = filled
    running = tenant.submitted(parameters={"rest": 3000}, time_limit_s=3000)
    tenant.until(running["job_id"], "running")
    file = taken(centre, tmp_path / "centre.tar")
    with centre.operator() as operator:
        heads = operator.post("/v1/ledger/verify").json()["records"]
    before = tenant.account()
    said = restored(alone, file, tmp_path / "again")
    assert said.status == 0, said.err
    assert said.json()["ledger_records"]["entry"] == heads["entry"]
    again = start_centre(tmp_path / "again")
    client = again.client(tenant.key)
    account = client.get("/v1/me").json()
    assert Decimal(account["held_yuan"]) == Decimal(before["held_yuan"])
    assert Decimal(account["available_yuan"]) == Decimal(before["available_yuan"])
    preview = client.get(f"/v1/datasets/{dataset['dataset_id']}/preview")
    assert preview.status_code == 200
    # What was live is taken up again, and new work runs.
    assert client.get(f"/v1/jobs/{running['job_id']}").json()["state"] in (
        "queued",
        "starting",
        "running",
    )
    assert client.post(f"/v1/jobs/{running['job_id']}/stop").status_code == 202
    mirror = type(tenant)(again, tenant.tenant_id, tenant.key, client)
    assert mirror.ended(mirror.submitted(parameters={"rest": 0})["job_id"])["state"] == "succeeded"
    with again.operator() as operator:
        assert operator.post("/v1/ledger/verify").json()["ok"]
    tenant.client.post(f"/v1/jobs/{running['job_id']}/stop")


def test_every_table_comes_back_byte_for_byte_and_moves_to_the_other_database(
    filled, alone, start_centre, postgres, tmp_path
):
    centre, _, _ = filled
    centre.stop()
    kept = start_centre(centre.folder)
    first = taken(kept, tmp_path / "first.tar")
    kept.stop()
    address = postgres.fresh()
    said = restored(alone, first, tmp_path / "elsewhere", "--database", address)
    assert said.status == 0, said.err
    moved = start_centre(tmp_path / "elsewhere", environment={"ZHISUAN_DATABASE": address})
    second = taken(moved, tmp_path / "second.tar")
    moved.stop()
    assert table_digests(second) == table_digests(first)
    assert restored(alone, second, tmp_path / "home").status == 0
    home = start_centre(tmp_path / "home")
    assert table_digests(taken(home, tmp_path / "third.tar")) == table_digests(first)


def test_any_changed_byte_is_found_and_nothing_is_left_behind(filled, alone, tmp_path):
    centre, _, _ = filled
    file = taken(centre, tmp_path / "centre.tar")
    assert alone("backup", "check", file).status == 0
    whole = file.read_bytes()
    chance = random.Random(7)
    changed = tmp_path / "changed.tar"
    for place in [0, 300, len(whole) - 1, *(chance.randrange(len(whole)) for _ in range(5))]:
        content = bytearray(whole)
        content[place] ^= 1 << chance.randrange(8)
        changed.write_bytes(content)
        said = alone("backup", "check", changed, "--json")
        assert said.status == 8, (place, said.err)
        assert "not what was written" in said.error()["detail"]
    said = restored(alone, changed, tmp_path / "again")
    assert said.status == 8
    assert not (tmp_path / "again").exists()
    with tarfile.open(file) as tar:
        member = next(each for each in tar if each.name == "tables/tenant.jsonl")
    content = bytearray(whole)
    content[member.offset_data + 5] ^= 1
    changed.write_bytes(content)
    assert "tables/tenant.jsonl" in alone("backup", "check", changed, "--json").error()["detail"]


def test_what_cannot_be_restored_is_refused_in_a_sentence(filled, alone, tmp_path):
    centre, _, _ = filled
    file = taken(centre, tmp_path / "centre.tar")
    said = restored(alone, file, centre.folder)
    assert said.status == 5
    assert "not empty" in said.error()["detail"]
    other = tmp_path / "other.tar"
    other.write_text("no archive at all")
    assert restored(alone, other, tmp_path / "again").status == 2
    assert restored(alone, tmp_path / "none.tar", tmp_path / "again").status == 2
    cut = tmp_path / "cut.tar"
    cut.write_bytes(file.read_bytes()[:-5000])
    assert restored(alone, cut, tmp_path / "again").status == 8
    assert not (tmp_path / "again").exists()


def test_the_command_takes_a_backup_and_only_an_admin_may(filled, alone, tmp_path):
    centre, tenant, _ = filled
    assert tenant.client.get("/v1/backup").status_code == 403
    alone.environment["ZHISUAN_DATA"] = str(centre.folder)
    said = alone("backup", "take", tmp_path / "centre.tar", "--json")
    assert said.status == 0, said.err
    assert said.json()["tables"]["tenant"]["rows"] == 2
    assert (tmp_path / "centre.tar").stat().st_mode & 0o777 == 0o600
    assert alone("backup", "take", tmp_path / "centre.tar").status == 2, "it is never written over"
    assert not list(centre.folder.glob("backup-*")), "nothing half made stays in the data folder"
