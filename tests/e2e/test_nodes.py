"""Nodes over the API and from the command line: added, worked on, drained, removed, there again."""

import uuid

import pytest
from tests.e2e.conftest import CommandLine

LINE = {"cores": 4, "memory_mb": 8192, "simulated": True}
FPGA = {"kind": "fpga", "vendor": "AMD", "model": "U280", "memory_mb": 8192}


@pytest.fixture
def operator(centre):
    return centre.client(centre.kept_key("operator"))


def named(client):
    return {node["name"]: node for node in client.get("/v1/nodes").json()["items"]}


def test_a_node_is_added_works_is_drained_and_removed(operator, tenant):
    name = f"n{uuid.uuid4().hex[:8]}"
    body = {**LINE, "name": name, "rack": "r9", "device": [FPGA]}
    assert tenant.client.post("/v1/nodes", json=body).status_code == 403
    made = operator.post("/v1/nodes", json=body)
    assert (made.status_code, made.json()) == (201, {"count": 1, "names": [name]})
    assert named(operator)[name]["added"]
    job = tenant.submitted(any_of=[{"kind": "fpga"}], parameters={"rest": 30})
    running = tenant.until(job["job_id"], "running")
    assert [held["node"] for held in running["allocations"]] == [name]
    refused = operator.delete(f"/v1/nodes/{name}")
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    assert "drain" in refused.json()["hint"]
    operator.post(f"/v1/nodes/{name}", json={"state": "draining"})
    assert "1 job" in operator.delete(f"/v1/nodes/{name}").json()["detail"]
    tenant.client.post(f"/v1/jobs/{job['job_id']}/stop")
    tenant.ended(job["job_id"])
    assert operator.delete(f"/v1/nodes/{name}").json() == {"name": name, "removed": True}
    assert name not in named(operator)
    assert operator.delete(f"/v1/nodes/{name}").status_code == 404


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"name": "sim-1"}, 409),
        ({"simulated": False}, 422),
        ({"count": 10_000}, 422),
        ({"cores": 10**12}, 422),
        ({"device": [FPGA] * 65}, 422),
        ({"name": "a b"}, 422),
        ({"gpus": 1}, 422),
    ],
)
def test_what_cannot_be_added_is_one_sentence(operator, change, status):
    before = set(named(operator))
    answer = operator.post("/v1/nodes", json={**LINE, "name": "new", **change})
    assert answer.status_code == status, answer.text
    assert answer.json()["detail"].endswith(".")
    assert set(named(operator)) == before


def test_the_command_adds_and_removes_and_the_centre_remembers(start_centre, tmp_path):
    centre = start_centre(tmp_path / "data")
    command = CommandLine(tmp_path, ZHISUAN_DATA=str(centre.folder))
    made = command(
        *("node", "add", "sim", "--count", 2, "--cores", 8, "--memory-mb", 4096),
        *("--rack", "r1", "--device", "npu,Ascend,910B,65536,8", "--json"),
    )
    assert made.json()["names"] == ["sim-1", "sim-2"]
    centre.stop()
    centre = start_centre(tmp_path / "data")
    operator = centre.client(centre.kept_key("operator"))
    there = named(operator)["sim-2"]
    assert (len(there["devices"]), there["rack"], there["cores"]) == (8, "r1", 8)
    assert command("node", "remove", "sim-2", "--json").error()["code"] == "conflict"
    assert command("node", "drain", "sim-2").status == 0
    assert command("node", "remove", "sim-2").status == 0
    assert set(named(operator)) >= {"sim-1"}
    assert "sim-2" not in named(operator)
    wrong = command("node", "add", "x", "--cores", 1, "--memory-mb", 1, "--device", "npu", "--json")
    assert wrong.error()["code"] == "wrong_input"
