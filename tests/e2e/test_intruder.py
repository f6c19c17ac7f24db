"""An intruder with a key of another tenant tries everything there is, and gets nothing."""

import json
import sqlite3
import threading
from contextlib import closing

import httpx
import pytest

from zhisuan.api.app import create_app

SECRET = "the-hosts-own-secret-word"  # noqa: S105  a word to look for
TABLE = f"{SECRET},b,y\n" + "".join(f"{n},{n % 7},{n % 2}\n" for n in range(40))


@pytest.fixture(scope="module")
def host(centre):
    """A tenant with one of everything, and every word of its own that it was ever told."""
    tenant = centre.tenant()
    dataset = tenant.brought(TABLE, SECRET)
    task = tenant.ask(dataset["dataset_id"], target="y").json()
    job = tenant.ended(tenant.submitted(parameters={"note": SECRET})["job_id"])
    told = [dataset, task, job]
    for path, body in (
        ("/v1/members", {"login": f"{tenant.tenant_id}@host", "name": SECRET}),
        ("/v1/keys", {"role": "member", "name": SECRET}),
        ("/v1/projects", {"name": SECRET}),
        ("/v1/applications", {"title": SECRET, "purpose": SECRET, "yuan": "5000"}),
    ):
        answer = tenant.client.post(path, json=body, headers={"Idempotency-Key": SECRET + path})
        assert answer.status_code == 201, answer.text
        told.append(answer.json())
    return tenant, words(told) | {tenant.tenant_id, tenant.key, SECRET}


def words(told):
    """Every id and key in what was told."""
    if isinstance(told, dict):
        return {word for each in told.values() for word in words(each)}
    if isinstance(told, list):
        return {word for each in told for word in words(each)}
    known = isinstance(told, str) and len(told) > 12
    return {told} if known and (told[3:4] == "_" or told.startswith("zs_")) else set()


@pytest.fixture(scope="module")
def intruder(centre):
    return centre.tenant()


def addresses(ids):
    """Every address of the API with every id in every place, and tricks with paths."""
    for path, methods in create_app(None).openapi()["paths"].items():
        for method in methods:
            places = path.count("{")
            for each in sorted(ids) if places else [""]:
                if path != "/v1/events":
                    filled = path
                    while "{" in filled:
                        head, _, rest = filled.partition("{")
                        filled = head + each + rest.partition("}")[2]
                    yield method.upper(), filled
    for each in sorted(ids):
        for trick in (
            f"../{each}",
            f"%2e%2e%2f{each}",
            f"./{each}/",
            f"{each}%00",
            f"{each}\u2028",
        ):
            for noun in ("datasets", "jobs", "solutions", "tasks", "receipts"):
                yield "GET", f"/v1/{noun}/{trick}"
        yield "GET", f"/v1/solutions/{each}/files/../../../centre.db"
        yield "GET", f"/v1/solutions/{each}/files/%2e%2e/%2e%2e/keys/operator"


def test_every_address_with_every_id_of_the_host_gives_nothing(host, intruder):
    _, secrets = host
    ids = {each for each in secrets if each[3:4] == "_" and len(each) < 60} | {SECRET}
    tried = 0
    for method, path in addresses(ids):
        if method == "POST" and path in ("/v1/registrations", "/v1/session"):
            continue
        answer = intruder.client.request(method, path, json={"tenant": SECRET[:5]})
        tried += 1
        text = answer.text.replace(path.rpartition("/")[2], "")
        leaked = [each for each in secrets if each in text and each not in path]
        assert not leaked, (method, path, answer.text)
        if "{" not in path and any(each in path for each in ids):
            assert answer.status_code in (307, 400, 403, 404, 405, 422), (method, path, answer.text)
    assert tried > 500


def test_lists_and_filters_give_nothing(host, intruder):
    tenant, secrets = host
    nouns = ("datasets", "tasks", "jobs", "solutions", "keys", "members", "projects")
    for noun in (*nouns, "applications", "audit", "tenants"):
        for query in (
            {},
            {"tenant": tenant.tenant_id},
            {"after": max(secrets)},
            {"after": ""},
            {"after": "9" * 18},
            {"actor": tenant.tenant_id, "tenant": "%"},
        ):
            answer = intruder.client.get(f"/v1/{noun}", params={"limit": 200, **query})
            # What the intruder said itself is no news.
            news = secrets - set(query.values())
            assert not [each for each in news if each in answer.text], (noun, query)


def test_the_feed_tells_nothing_of_the_host(host, intruder):
    tenant, secrets = host
    heard = []

    def listen():
        with (
            httpx.Client(base_url=intruder.client.base_url, trust_env=False) as client,
            client.stream(
                "GET",
                "/v1/events",
                headers={"Authorization": f"Bearer {intruder.key}", "Last-Event-ID": "0"},
                timeout=20,
            ) as answer,
        ):
            for line in answer.iter_lines():
                heard.append(line)
                if "job.succeeded" in line:
                    return

    listener = threading.Thread(target=listen)
    listener.start()
    tenant.ended(tenant.submitted()["job_id"])
    own = intruder.ended(intruder.submitted()["job_id"])
    listener.join(20)
    assert any(own["job_id"] in line for line in heard)
    assert not [each for each in secrets for line in heard if each in line]


def test_an_idempotency_key_of_the_host_answers_nothing_of_it(host, intruder):
    _, secrets = host
    body = {"name": SECRET}
    header = {"Idempotency-Key": f"{SECRET}/v1/projects"}
    answer = intruder.client.post("/v1/projects", json=body, headers=header)
    assert answer.status_code == 201
    told = {each for each in secrets if each != SECRET}
    assert not [each for each in told if each in answer.text]


def test_work_is_not_put_into_a_project_of_the_host(host, intruder):
    tenant, _ = host
    project = tenant.client.get("/v1/projects").json()["items"][0]
    before = intruder.account()
    answer = intruder.submit(project=project["project_id"])
    absent = intruder.submit(project="prj_0")
    assert answer.status_code == absent.status_code == 404
    text = answer.text.replace(project["project_id"], "prj_0")
    assert json.loads(text) == absent.json()
    assert intruder.account() == before
    key = intruder.client.post("/v1/keys", json={"project": project["project_id"]})
    assert key.status_code == 404


def test_the_host_is_as_it_was(host):
    tenant, _ = host
    keys_ = tenant.client.get("/v1/keys").json()["items"]
    assert not [each for each in keys_ if each["revoked_at"]]
    (project,) = tenant.client.get("/v1/projects").json()["items"]
    assert project["closed_at"] is None
    assert [each["state"] for each in tenant.listed("applications")] == ["in_review"]
    assert [each["name"] for each in tenant.listed("datasets")] == [SECRET]


def test_an_intruder_gives_itself_no_more_than_it_has(intruder):
    for role in ("operator", "auditor", "admin", "engineer", "planner", "provider", "local"):
        assert intruder.client.post("/v1/keys", json={"role": role}).status_code == 403, role
        body = {"login": f"{role}@{intruder.tenant_id}", "name": "x", "role": role}
        assert intruder.client.post("/v1/members", json=body).status_code == 403, role
    made = intruder.client.post("/v1/keys", json={"role": "viewer", "scope": ["operate"]})
    assert made.status_code == 422


def test_no_key_and_no_password_is_written_down(centre, host):
    tenant, _ = host
    secret = tenant.key.rsplit("_", 1)[1]
    with closing(sqlite3.connect(centre.folder / "centre.db")) as database:
        dump = "\n".join(database.iterdump())
    assert secret not in dump
