"""Lists over more than one page: every item once, newest first, whatever comes meanwhile."""

import pytest


def table(number):
    return "a,b,y\n" + "".join(f"{n},{(n + number) % 5},{n % 2}\n" for n in range(20))


def pages(tenant, noun, limit):
    """The pages of a list, each a list of items."""
    query = {"limit": limit}
    while True:
        answer = tenant.client.get(f"/v1/{noun}", params=query)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        yield page["items"]
        if page["next"] is None:
            return
        query["after"] = page["next"]


@pytest.fixture
def filled(tenant):
    """Five of each kind; their ids in the order they were made."""
    made = {"datasets": [], "tasks": [], "jobs": []}
    for number in range(5):
        dataset = tenant.brought(table(number), f"set {number}")
        made["datasets"].append(dataset["dataset_id"])
        task = tenant.ask(dataset["dataset_id"], target="y").json()
        made["tasks"].append(task["task_id"])
        made["jobs"].append(tenant.submitted()["job_id"])
    return made


@pytest.mark.parametrize(("noun", "name"), [(n, f"{n[:-1]}_id") for n in ("datasets", "tasks")])
@pytest.mark.parametrize("limit", [1, 2, 5, 6])
def test_every_item_comes_once_and_newest_first(tenant, filled, noun, name, limit):
    found = list(pages(tenant, noun, limit))
    assert all(len(page) == limit for page in found[:-1])
    assert [each[name] for page in found for each in page] == filled[noun][::-1]


@pytest.mark.parametrize("limit", [1, 2, 5, 6])
def test_jobs_come_once_and_newest_first_in_order_of_submission(tenant, filled, limit):
    found = [job["job_id"] for page in pages(tenant, "jobs", limit) for job in page]
    assert found == filled["jobs"][::-1]


def test_what_comes_meanwhile_does_not_disturb_the_pages(tenant, filled):
    reading = pages(tenant, "jobs", 2)
    found = next(reading)
    tenant.submitted()
    found += [job for page in reading for job in page]
    assert [job["job_id"] for job in found] == filled["jobs"][::-1]


def test_jobs_are_listed_by_state(tenant, filled):
    for job_id in filled["jobs"]:
        tenant.ended(job_id)
    answer = tenant.client.get("/v1/jobs", params={"state": "succeeded", "limit": 3}).json()
    assert len(answer["items"]) == 3
    assert answer["next"]
    assert tenant.client.get("/v1/jobs", params={"state": "failed"}).json()["items"] == []


def test_tenants_are_paged_too(centre, tenant, other):
    found = []
    with centre.operator() as operator:
        query = {"limit": 2}
        while True:
            page = operator.get("/v1/tenants", params=query).json()
            found += [each["tenant_id"] for each in page["items"]]
            if page["next"] is None:
                break
            query["after"] = page["next"]
    assert len(set(found)) == len(found)
    assert {tenant.tenant_id, other.tenant_id} <= set(found)


def test_versions_of_one_name_and_a_deletion(tenant):
    first, second = tenant.brought(table(1), "one"), tenant.brought(table(2), "one")
    assert (first["version"], second["version"]) == (1, 2)
    answer = tenant.client.delete(f"/v1/datasets/{second['dataset_id']}")
    assert answer.status_code == 200
    path = f"/v1/datasets/{second['dataset_id']}"
    assert tenant.client.get(path).status_code == 404
    certificate = tenant.client.get(f"{path}/certificate").json()
    assert certificate["verified"] is True
    assert [each["version"] for each in tenant.listed("datasets")] == [1]
    assert tenant.client.delete(path).status_code == 404
    assert tenant.brought(table(3), "one")["version"] == 3
