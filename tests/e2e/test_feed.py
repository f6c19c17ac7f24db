"""The live feed: everything of the tenant's own, in order, whole across any reconnection."""

import json
import random
from contextlib import contextmanager

import pytest


@contextmanager
def feed(tenant, last=None):
    """The events as they come: (number, kind, event)."""
    headers = {} if last is None else {"Last-Event-ID": str(last)}
    with tenant.client.stream("GET", "/v1/events", headers=headers) as response:
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        yield read(response)


def read(response):
    told = {}
    for line in response.iter_lines():
        name, _, value = line.partition(": ")
        if name in ("id", "event", "data"):
            told[name] = value
        elif not line and told:
            yield int(told["id"]), told["event"], json.loads(told["data"])
            told = {}


def written(tenant):
    """The numbers of all the tenant's events, as the database has them."""
    query = "SELECT seq FROM event WHERE tenant = ? ORDER BY seq"
    return [seq for (seq,) in tenant.centre.rows(query, tenant.tenant_id)]


def test_no_event_is_lost_or_doubled_across_reconnections(tenant):
    chance = random.Random(4)
    jobs = [tenant.submitted()["job_id"] for _ in range(12)]
    heard, last = [], 0
    ended = set()
    while len(ended) < len(jobs):
        with feed(tenant, last) as events:
            for _ in range(chance.randint(1, 6)):
                last, kind, event = next(events)
                heard.append(last)
                if kind == "job.succeeded":
                    ended.add(event["subject"])
                    if len(ended) == len(jobs):
                        break
    assert heard == written(tenant)
    assert ended == set(jobs)


def test_each_event_tells_what_happened_to_whom(tenant):
    with feed(tenant, 0) as events:
        job = tenant.submitted()
        story = []
        for _, kind, event in events:
            assert event["subject"] == job["job_id"]
            story.append(kind)
            if kind == "job.succeeded":
                break
    assert [kind for kind in story if kind != "job.waiting"][:2] == ["job.queued", "job.starting"]
    assert set(story) <= {
        "job.queued",
        "job.waiting",
        "job.starting",
        "job.running",
        "job.progress",
        "job.succeeded",
    }


def test_without_a_number_the_feed_begins_now(tenant):
    before = tenant.submitted()
    tenant.ended(before["job_id"])
    last = written(tenant)[-1]
    with feed(tenant) as events:
        after = tenant.submitted()
        number, kind, event = next(events)
    assert number > last
    assert (kind, event["subject"]) == ("job.queued", after["job_id"])


def test_a_tenant_hears_nothing_of_another(tenant, other):
    with feed(tenant, 0) as events:
        other.ended(other.submitted()["job_id"])
        own = tenant.submitted()
        _, _, event = next(events)
    assert event["subject"] == own["job_id"]


def test_an_upload_tells_of_its_dataset(tenant):
    with feed(tenant, 0) as events:
        dataset = tenant.brought("a,b\n1,2\n3,4\n")
        ready = next(event for _, kind, event in events if kind == "dataset.ready")
    assert ready["subject"] == dataset["dataset_id"]


@pytest.mark.parametrize("last", ["-1", "x", "1.5", "9" * 19])
def test_a_number_that_is_none_is_refused(tenant, last):
    answer = tenant.client.get("/v1/events", headers={"Last-Event-ID": last})
    assert answer.status_code == 422
    assert answer.json()["code"] == "wrong_input"


def test_a_feed_is_closed_when_the_centre_ends(start_centre, tmp_path):
    centre = start_centre(tmp_path / "data")
    tenant = centre.tenant()
    with feed(tenant, 0) as events:
        tenant.ended(tenant.submitted()["job_id"])
        next(events)
        centre.process.terminate()
        assert centre.process.wait(20) == 0
        assert all(kind.startswith("job.") for _, kind, _ in events)
    assert "Traceback" not in centre.log


def test_an_engineer_hears_of_every_tenants_jobs_and_of_nodes(centre, tenant, other):
    path = f"/v1/tenants/{tenant.tenant_id}/keys"
    with centre.operator() as operator:
        key = operator.post(path, json={"role": "engineer"}).json()["key"]
    engineer = centre.client(key)
    refused = tenant.client.get("/v1/events", params={"of": "all"})
    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")
    assert engineer.get("/v1/events").status_code == 403
    node = {"name": "heard", "cores": 1, "memory_mb": 64, "simulated": True}
    headers = {"Last-Event-ID": "0"}
    with engineer.stream("GET", "/v1/events", params={"of": "all"}, headers=headers) as response:
        jobs = {each.submitted()["job_id"]: each.tenant_id for each in (tenant, other)}
        engineer.post("/v1/nodes", json=node)
        whose, last = {}, 0
        for number, kind, event in read(response):
            assert number > last
            last = number
            assert kind.startswith(("job.", "node."))
            assert not set(event["facts"]) & {"message", "task_id", "stage"}
            if kind == "job.succeeded" and event["subject"] in jobs:
                whose[event["subject"]] = event["tenant_id"]
            if kind == "node.added" and event["subject"] == "heard":
                assert event["tenant_id"] is None
                whose["heard"] = None
            if len(whose) == 3:
                break
    assert whose == {**jobs, "heard": None}
    engineer.post("/v1/nodes/heard", json={"state": "down"})
    assert engineer.delete("/v1/nodes/heard").status_code == 200
