"""The queue over the API, and jobs found by tenant, node and word."""

import pytest

GPU = [{"kind": "gpu", "milli": 4000, "model": "H100"}]
"""All of `sim-1`, and of no node that another test has let in."""


@pytest.fixture
def engineer(centre, tenant):
    path = f"/v1/tenants/{tenant.tenant_id}/keys"
    with centre.operator() as operator:
        return centre.client(operator.post(path, json={"role": "engineer"}).json()["key"])


def test_an_engineer_sees_who_waits_and_who_runs_and_whose_it_is(engineer, tenant, other):
    holds = tenant.submitted(any_of=GPU, parameters={"rest": 60})
    tenant.until(holds["job_id"], "running")
    waits = other.submitted(any_of=GPU, parameters={"rest": 60})
    other.until(waits["job_id"], "queued")
    told = engineer.get("/v1/queue", params={"limit": 2000}).json()
    runs = {each["job_id"]: each for each in told["running"]}[holds["job_id"]]
    assert runs["tenant_name"] == tenant.account()["tenant"]["name"]
    assert runs["allocations"][0]["node"] == "sim-1"
    assert runs["started_at"] <= runs["expected_end_at"] <= runs["limit_at"]
    queued = {each["job_id"]: each for each in told["waiting"]}[waits["job_id"]]
    assert queued["tenant_id"] == other.tenant_id
    assert queued["request"]["any_of"][0]["milli"] == 4000
    assert told["waiting_total"] >= 1
    assert told["running_total"] >= 1
    page = engineer.get("/v1/queue", params={"limit": 1}).json()
    assert (len(page["waiting"]), len(page["running"])) == (1, 1)
    for each, who in ((holds, tenant), (waits, other)):
        who.client.post(f"/v1/jobs/{each['job_id']}/stop")
        who.ended(each["job_id"])


def test_a_tenant_sees_no_queue(tenant):
    assert tenant.client.get("/v1/queue").json()["code"] == "not_allowed"


def test_jobs_are_found_by_tenant_node_and_word(engineer, tenant, other):
    mine = tenant.submitted(any_of=GPU)
    tenant.ended(mine["job_id"])
    other.ended(other.submitted()["job_id"])

    def found(client, **query):
        items = client.get("/v1/jobs", params={"limit": 200, **query}).json()["items"]
        return {each["job_id"]: each for each in items}

    assert set(found(engineer, tenant=tenant.tenant_id)) == {mine["job_id"]}
    assert mine["job_id"] in found(engineer, node="sim-1")
    assert found(engineer, tenant=other.tenant_id, node="sim-1") == {}
    assert set(found(engineer, q=mine["job_id"][4:].upper())) == {mine["job_id"]}
    assert found(engineer, q="100%_nobody") == {}
    told = found(engineer, q="prob", tenant=tenant.tenant_id)[mine["job_id"]]
    assert told["tenant_name"] == tenant.account()["tenant"]["name"]
    own = found(tenant.client, q="probe")[mine["job_id"]]
    assert (own["tenant_id"], own["tenant_name"]) == (tenant.tenant_id, None)
    answer = tenant.client.get("/v1/jobs", params={"tenant": other.tenant_id})
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
