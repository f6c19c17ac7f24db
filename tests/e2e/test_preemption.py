"""Jobs that make room over a socket: preempted, resumed and paid once, whatever dies meanwhile."""

import json
import os
import signal
import time
from decimal import Decimal

import pytest

POOL = """
[[node]]
name = "sim-1"
cores = 8
memory_mb = 16384
simulated = true
[[node.device]]
kind = "npu"
vendor = "Ascend"
model = "910B"
memory_mb = 65536
count = 2

[[node]]
name = "sim-2"
cores = 8
memory_mb = 16384
simulated = true
[[node.device]]
kind = "gpu"
vendor = "NVIDIA"
model = "H100"
memory_mb = 81920
count = 2
"""

POLICY = """
minimum_run_s = 0
grace_s = 300
"""

ALL = {"any_of": [{"kind": "npu", "milli": 2000}]}


def furnished(folder, policy=POLICY):
    """A data folder with a pool and a policy of its own."""
    folder.mkdir()
    (folder / "pool.toml").write_text(POOL)
    (folder / "policy.toml").write_text(policy)
    return folder


@pytest.fixture(scope="module")
def shared(start_shared_centre, tmp_path_factory):
    """One centre for every test that neither ends it nor leaves a node closed."""
    centre = start_shared_centre(furnished(tmp_path_factory.mktemp("preemption") / "data"))
    yield centre
    assert "Traceback" not in centre.log, centre.log


@pytest.fixture
def tenant(shared):
    tenant = shared.tenant()
    yield tenant
    tenant.client.close()


@pytest.fixture
def open_centre(start_centre, tmp_path):
    """Starts a centre on this test's folder, again and again."""
    folder = furnished(tmp_path / "data")
    return lambda: start_centre(folder)


def again(tenant, open_centre):
    """The tenant, at the next centre of the folder."""
    tenant.centre.closing.close()
    tenant.centre = open_centre()
    tenant.client = tenant.centre.client(tenant.key)
    return tenant


def settled(tenant, job_id):
    """The receipt of an ended job, whose money adds up and was moved once."""
    receipt = tenant.client.get(f"/v1/jobs/{job_id}/receipt").json()
    money = receipt["money"]
    charges = [entry for entry in money["entries"] if entry["movement"] == "charge"]
    assert len({entry["account"] for entry in charges}) == len(charges)
    assert sum(Decimal(entry["yuan"]) for entry in money["entries"]) == 0
    assert Decimal(money["charge_yuan"]) <= Decimal(money["quote"]["high_yuan"])
    assert [each["usage_seq"] for each in receipt["compute"]["attempts"]] == money["usage_seq"]
    return receipt


def preempted(tenant, seconds=3.0):
    """A preemptible job and the standard one that takes its place."""
    mild = tenant.submitted(price_class="preemptible", parameters={"rest": seconds}, **ALL)
    until_it_keeps(tenant, mild["job_id"])
    firm = tenant.submitted(parameters={"rest": 0.5}, **ALL)
    return mild["job_id"], firm["job_id"]


def until_it_keeps(tenant, job_id):
    """Wait until a job has written its first checkpoint, so that it listens."""
    tenant.until(job_id, "running")
    kept = tenant.centre.folder / "jobs" / job_id / "checkpoint" / "course"
    deadline = time.monotonic() + 30
    while not kept.exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_preemptible_job_makes_room_resumes_and_is_charged_once_for_the_whole(tenant):
    mild, firm = preempted(tenant)
    waiting = tenant.until(mild, "queued")
    assert waiting["reason"] == "preempted"
    assert waiting["why_zh"]
    assert waiting["allocations"] == []
    assert tenant.ended(firm)["state"] == "succeeded"
    done = tenant.ended(mild)
    assert (done["state"], done["attempt"]) == ("succeeded", 2)
    first, second = settled(tenant, mild)["compute"]["attempts"]
    assert first["billable"]
    assert first["wall_s"] + second["wall_s"] < 3.0 + 2.0, "it did not begin anew"
    assert second["wall_s"] < 3.0
    assert Decimal(tenant.account()["held_yuan"]) == 0


def test_a_killed_centre_goes_on_with_the_eviction_it_had_begun(open_centre):
    tenant = open_centre().tenant()
    mild = tenant.submitted(price_class="preemptible", parameters={"rest": 3}, **ALL)["job_id"]
    until_it_keeps(tenant, mild)
    program = process_of(tenant, mild)
    os.kill(program, signal.SIGSTOP)  # it hears of nothing until it goes on
    firm = tenant.submitted(parameters={"rest": 0.2}, **ALL)["job_id"]
    until_it_is_told(tenant, mild)
    tenant.centre.process.kill()
    tenant.centre.process.wait()
    again(tenant, open_centre)
    assert tenant.job(mild)["leaving"] == "priority"
    os.kill(program, signal.SIGCONT)
    assert tenant.until(mild, "queued")["reason"] == "preempted"
    assert tenant.ended(firm)["state"] == "succeeded"
    assert tenant.ended(mild)["state"] == "succeeded"
    first, second = settled(tenant, mild)["compute"]["attempts"]
    assert (first["billable"], second["billable"]) == (True, True)
    assert told(tenant, mild).count("job.leaving") == 1


def process_of(tenant, job_id):
    """The pid of a running job's own process."""
    folder = tenant.centre.folder / "jobs" / job_id / "1"
    return int(json.loads((folder / "heartbeat.json").read_text())["job"].partition("-")[0])


def until_it_is_told(tenant, job_id):
    deadline = time.monotonic() + 30
    while tenant.job(job_id)["leaving"] is None:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def told(tenant, job_id):
    """The kinds of a job's events."""
    rows = tenant.centre.rows("SELECT kind FROM event WHERE subject = ? ORDER BY seq", job_id)
    return [kind for (kind,) in rows]


def test_a_tenant_stops_a_job_that_makes_room(tenant):
    mild = tenant.submitted(price_class="preemptible", parameters={"rest": 30}, **ALL)["job_id"]
    until_it_keeps(tenant, mild)
    program = process_of(tenant, mild)
    os.kill(program, signal.SIGSTOP)
    firm = tenant.submitted(**ALL)["job_id"]
    until_it_is_told(tenant, mild)
    tenant.client.post(f"/v1/jobs/{mild}/stop")
    os.kill(program, signal.SIGCONT)
    assert tenant.ended(mild)["reason"] == "by_tenant"
    assert tenant.ended(firm)["state"] == "succeeded"
    settled(tenant, mild)


def test_jobs_of_a_killed_node_are_back_and_finish_elsewhere(tenant):
    either = [{"kind": "npu", "milli": 2000}, {"kind": "gpu", "milli": 2000}]
    job_id = tenant.submitted(any_of=either, parameters={"rest": 3})["job_id"]
    until_it_keeps(tenant, job_id)
    assert tenant.job(job_id)["allocations"][0]["node"] == "sim-1"
    with tenant.centre.operator() as operator:
        assert operator.post("/v1/nodes/sim-1", json={"state": "down"}).json()["state"] == "down"
    job = tenant.ended(job_id)
    assert (job["state"], job["attempt"]) == ("succeeded", 2)
    assert "lost (node_lost)" in " ".join(job["story"])
    assert job["allocations"][0]["node"] == "sim-2"
    first, second = settled(tenant, job_id)["compute"]["attempts"]
    assert (first["billable"], second["billable"]) == (False, True)
    assert first["gap_s"] > 0
    with tenant.centre.operator() as operator:
        assert operator.post("/v1/nodes/sim-1", json={"state": "ready"}).is_success


def test_a_drained_node_takes_nothing_new_over_a_restart(open_centre):
    tenant = open_centre().tenant()
    with tenant.centre.operator() as operator:
        operator.post("/v1/nodes/sim-1", json={"state": "draining"})
    assert tenant.centre.stop() == 0
    again(tenant, open_centre)
    job_id = tenant.submitted(**ALL)["job_id"]
    deadline = time.monotonic() + 30
    while tenant.job(job_id)["waiting"] is None:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert tenant.job(job_id)["state"] == "queued"
    with tenant.centre.operator() as operator:
        nodes = {node["name"]: node["state"] for node in operator.get("/v1/nodes").json()["items"]}
        assert nodes["sim-1"] == "draining"
        assert operator.get("/v1/centre").json()["nodes"] == {"ready": 2, "draining": 1}
        operator.post("/v1/nodes/sim-1", json={"state": "ready"})
    assert tenant.ended(job_id)["state"] == "succeeded"


def test_the_machine_of_the_centre_is_never_down(tenant):
    with tenant.centre.operator() as operator:
        here = operator.get("/v1/nodes").json()["items"][0]["name"]
        answer = operator.post(f"/v1/nodes/{here}", json={"state": "down"})
        assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
        assert operator.post(f"/v1/nodes/{here}", json={"state": "draining"}).is_success
        assert operator.post(f"/v1/nodes/{here}", json={"state": "ready"}).is_success


def test_a_gang_runs_as_one_and_is_paid_for_on_every_node(tenant):
    either = [{"kind": "npu", "milli": 1000}, {"kind": "gpu", "milli": 1000}]
    order = {"any_of": either[:1], "nodes": 2}
    refused = tenant.submit(**order)
    assert (refused.status_code, refused.json()["code"]) == (422, "unsatisfiable")
    wide = tenant.submitted(cpu_milli=4000, nodes=1, most_nodes=1, any_of=either)["job_id"]
    tenant.ended(wide)
    assert settled(tenant, wide)["compute"]["attempts"][0]["cores"] == 4


IDLE = POLICY + "[idle]\nwarn_after_s = 2\nshrink_after_s = 3\nsuspend_after_s = 4\n"


def test_an_idle_job_is_suspended_until_its_tenant_resumes_it(open_centre, tmp_path):
    (tmp_path / "data" / "policy.toml").write_text(IDLE)
    tenant = open_centre().tenant()
    job_id = tenant.submitted(parameters={"rest": 12}, **ALL)["job_id"]
    until_it_keeps(tenant, job_id)
    job = tenant.until(job_id, "queued")
    assert job["reason"] == "suspended"
    assert told(tenant, job_id).count("job.idle") == 1
    assert tenant.centre.stop() == 0
    again(tenant, open_centre)
    while tenant.job(job_id)["waiting"] is None:
        time.sleep(0.02)
    assert tenant.job(job_id)["waiting"]["reason"] == "suspended"
    assert tenant.client.post(f"/v1/jobs/{job_id}/resume").status_code == 202
    tenant.until(job_id, "running")
    assert tenant.client.post(f"/v1/jobs/{job_id}/resume").status_code == 409
    with tenant.centre.operator() as operator:
        saved = operator.get("/v1/centre").json()["reclaimed"]
    assert saved["simulated_device_hours"] > 0
    assert saved["device_hours"] == 0
    tenant.client.post(f"/v1/jobs/{job_id}/stop")
    tenant.ended(job_id)
    assert len(settled(tenant, job_id)["compute"]["attempts"]) == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [("order = 'chance'", "is wrong at order"), ("[quota.x]\ncores = 1", "'x' is neither")],
)
def test_a_policy_file_that_is_wrong_is_said_in_two_lines(alone, tmp_path, text, said):
    (tmp_path / "data" / "policy.toml").write_text(text)
    answer = alone("job", "list")
    assert answer.status == 2
    assert said in answer.err
    assert len(answer.err.splitlines()) == 2
