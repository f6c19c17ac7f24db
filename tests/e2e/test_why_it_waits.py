"""Jobs that are blocked in different ways are each told the right reason, and what would help."""

import time
from datetime import UTC, datetime, timedelta

import pytest

NODE = """
[[node]]
name = "{name}"
cores = 4
memory_mb = 8192
simulated = true
[[node.device]]
kind = "{kind}"
vendor = "{vendor}"
model = "{model}"
memory_mb = 65536
count = 2
"""

POLICY = """
backfill = "easy"
packing = "spread"
preempting = false
cost_by_hour = {costs}
[quota.default]
devices = 6
"""

HOURS_AHEAD = 3
LONG = 3000


@pytest.fixture(scope="module")
def centre(start_shared_centre, tmp_path_factory):
    """Four nodes of two NPUs and one of two ASICs; green jobs wait for a better hour."""
    folder = tmp_path_factory.mktemp("blocked") / "data"
    folder.mkdir()
    nodes = [(f"npu-{number}", "npu", "Ascend", "910B") for number in range(4)]
    nodes.append(("asic-1", "asic", "Cambricon", "MLU370"))
    keys = ("name", "kind", "vendor", "model")
    pool = "".join(NODE.format(**dict(zip(keys, each, strict=True))) for each in nodes)
    (folder / "pool.toml").write_text(pool)
    cheap = (datetime.now(UTC).hour + HOURS_AHEAD) % 24
    costs = [100 if hour == cheap else 900 for hour in range(24)]
    (folder / "policy.toml").write_text(POLICY.format(costs=costs))
    return start_shared_centre(folder)


def npus(milli, **order):
    """A job that wants NPUs and rests on them until it is stopped."""
    rest = {"parameters": {"rest": LONG}, "time_limit_s": LONG}
    return {"any_of": [{"kind": "npu", "milli": milli}], **rest, **order}


def reason(tenant, job_id):
    """Why a job waits, once the loop has said so; it must still wait."""
    deadline = time.monotonic() + 20
    while (job := tenant.job(job_id))["waiting"] is None:
        assert job["state"] == "queued", job
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert job["waiting"]["why_zh"]
    assert job["waiting"]["why_en"]
    return job["waiting"]["reason"]


@pytest.fixture
def jobs(centre):
    """Submit for a tenant; whatever it submitted is stopped at the end."""
    tenants = []

    def tenant():
        tenants.append(centre.tenant())
        return tenants[-1]

    yield tenant
    for each in tenants:
        for job in each.client.get("/v1/jobs", params={"limit": 200}).json()["items"]:
            if job["ended_at"] is None:
                each.client.post(f"/v1/jobs/{job['job_id']}/stop")
    for each in tenants:
        for job in each.client.get("/v1/jobs", params={"limit": 200}).json()["items"]:
            each.ended(job["job_id"])


def fill(tenant, *milli):
    """Let a job run on that much of each; they lie apart as long as there is room."""
    for each in milli:
        tenant.until(tenant.submitted(**npus(each))["job_id"], "running")


def test_who_holds_his_quota_waits_for_his_own_jobs(jobs):
    tenant = jobs()
    fill(tenant, 2000, 2000, 2000)
    assert reason(tenant, tenant.submitted(**npus(1000))["job_id"]) == "quota"
    other = jobs()
    other.until(other.submitted(**npus(1000))["job_id"], "running")


def test_a_full_pool_is_no_room_for_anybody(jobs):
    one, two = jobs(), jobs()
    fill(one, 2000, 2000)
    fill(two, 2000, 2000)
    other = jobs()
    assert reason(other, other.submitted(**npus(1000))["job_id"]) == "no_fit_now"


def test_room_in_pieces_is_fragmentation(jobs):
    one, two = jobs(), jobs()
    fill(one, 600, 600, 600, 600)
    fill(two, 600, 600, 600, 600)
    other = jobs()
    assert reason(other, other.submitted(**npus(1000))["job_id"]) == "fragmentation"


def test_a_gang_waits_for_all_its_nodes(jobs):
    one = jobs()
    fill(one, 2000, 2000)
    other = jobs()
    gang = other.submitted(**npus(2000, nodes=3))
    assert reason(other, gang["job_id"]) == "gang_incomplete"


def test_room_that_an_earlier_job_was_promised_is_left_to_it(jobs):
    one = jobs()
    fill(one, 2000, 2000)
    first, second = jobs(), jobs()
    gang = first.submitted(**npus(2000, nodes=3))
    later = second.submitted(**npus(2000, time_limit_s=10 * LONG))
    assert reason(first, gang["job_id"]) == "gang_incomplete"
    assert reason(second, later["job_id"]) == "reserved_for_earlier"
    in_a_gap = second.submitted(**npus(1000, time_limit_s=60, parameters={"rest": 0}))
    assert second.ended(in_a_gap["job_id"])["state"] == "succeeded"


def test_a_green_job_waits_for_the_better_hour_and_one_with_a_time_for_its_time(jobs):
    tenant = jobs()
    deadline = datetime.now(UTC) + timedelta(hours=12)
    green = tenant.submitted(**npus(1000, green=True, finish_by=deadline.isoformat()))
    later = datetime.now(UTC) + timedelta(hours=1)
    timed = tenant.submitted(**npus(1000, not_before=later.isoformat()))
    assert reason(tenant, green["job_id"]) == "held_for_green"
    assert reason(tenant, timed["job_id"]) == "not_before"
    found = tenant.client.get(f"/v1/jobs/{green['job_id']}/sooner").json()["items"]
    assert found[0]["change"] == "not_green"
    assert found[0]["how_zh"]


def test_a_job_for_a_kind_whose_only_node_is_down_waits_for_it(centre, jobs):
    tenant = jobs()
    with centre.operator() as operator:
        assert operator.post("/v1/nodes/asic-1", json={"state": "down"}).is_success
        order = {"any_of": [{"kind": "asic", "milli": 1000}], "parameters": {"rest": 0}}
        waits = tenant.submitted(**order)
        assert reason(tenant, waits["job_id"]) == "no_fit_now"
        assert operator.post("/v1/nodes/asic-1", json={"state": "ready"}).is_success
    assert tenant.ended(waits["job_id"])["state"] == "succeeded"


def test_what_would_start_a_job_sooner_is_told_with_an_instant(jobs):
    one, two = jobs(), jobs()
    fill(one, 2000, 2000, 2000)
    fill(two, 1000)
    waits = two.submitted(**npus(2000))
    assert reason(two, waits["job_id"]) in ("no_fit_now", "fragmentation")
    found = two.client.get(f"/v1/jobs/{waits['job_id']}/sooner").json()["items"]
    fewer = next(each for each in found if each["change"] == "fewer_devices")
    assert datetime.fromisoformat(fewer["starts_at"]) <= datetime.now(UTC) + timedelta(minutes=1)
    anew = two.submitted(**npus(1000, parameters={"rest": 0}))
    assert two.ended(anew["job_id"])["state"] == "succeeded"


def test_a_job_that_does_not_wait_has_nothing_to_be_sooner_than(jobs):
    tenant = jobs()
    job = tenant.submitted(parameters={"rest": 0})
    tenant.ended(job["job_id"])
    answer = tenant.client.get(f"/v1/jobs/{job['job_id']}/sooner")
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert "succeeded" in answer.json()["detail"]
