"""Every route, every role, one's own tenant and another: what the table says, and nothing else."""

import tomllib
from pathlib import Path

import pytest

from zhisuan.access.permission import GRANTS
from zhisuan.access.tenant import Role
from zhisuan.api.app import create_app

TABLE = tomllib.loads(Path(__file__).with_name("permission_matrix.toml").read_text("utf-8"))
GROUPS, ROUTES = TABLE["groups"], TABLE["routes"]
ABSENT = {
    "tenant_id": "ten_00000000000000000000000000",
    "member_id": "mem_00000000000000000000000000",
    "key_id": "000000000000",
    "project_id": "prj_00000000000000000000000000",
    "application_id": "app_00000000000000000000000000",
    "dataset_id": "dst_00000000000000000000000000",
    "task_id": "tsk_00000000000000000000000000",
    "job_id": "job_00000000000000000000000000",
    "solution_id": "sol_00000000000000000000000000",
    "prediction_id": "job_00000000000000000000000000",
    "voucher_id": "vch_00000000000000000000000000",
    "programme_id": "none",
    "name": "nowhere",
    "version": "999",
    "number": "none",
    "path": "report.html",
}
BODIES = {
    "POST /v1/members": {"login": "nobody", "name": "n", "role": "owner", "password": "short"},
    "POST /v1/members/{member_id}": {},
    "POST /v1/keys": {"role": "viewer"},
    "POST /v1/keys/{key_id}/rotate": {"overlap_s": 1000},
    "POST /v1/tenants/{tenant_id}/keys": {"role": "viewer"},
    "POST /v1/projects": {"name": "x", "allocation_yuan": "999999999"},
    "POST /v1/projects/{project_id}": {"allocation_yuan": None},
    "POST /v1/applications/{application_id}/review": {"yuan": "1"},
    "POST /v1/applications/{application_id}/report": {"text": "done"},
    "POST /v1/applications/{application_id}/verdict": {"accepted": True},
    "POST /v1/jobs": {"algorithm": "none"},
    "POST /v1/solutions/{solution_id}/predictions": {"rows": [{"a": 1}]},
    "POST /v1/nodes/{name}": {"state": "draining"},
    "POST /v1/tasks": {"dataset_id": "none"},
    "POST /v1/tasks/{task_id}/accept": {"effort": "fast"},
    "POST /v1/datasets/from-sample": {"name": "none"},
    "POST /v1/datasets/from-path": {"path": "/nowhere", "name": "none"},
    "POST /v1/vouchers/{voucher_id}/moves": {"move": "submit"},
}
OF_A_TENANT = ("/v1/members", "/v1/keys", "/v1/projects")


def roles(words):
    """The roles that a line of the table names."""
    return {
        role
        for word in words.split()
        for role in (roles(GROUPS[word]) if word in GROUPS else [word])
    }


@pytest.fixture(scope="module")
def host(centre):
    """The tenant whose things the others must not see, and the ids of one of each."""
    tenant = centre.tenant()
    dataset = tenant.brought("a,b,y\n" + "".join(f"{n},{n % 7},{n % 2}\n" for n in range(40)))
    task = tenant.ask(dataset["dataset_id"], target="y").json()
    job = tenant.ended(tenant.submitted()["job_id"])
    post = tenant.client.post
    member = post("/v1/members", json={"login": f"{tenant.tenant_id}@host", "name": "h"}).json()
    key = post("/v1/keys", json={"role": "viewer"}).json()["about"]
    project = post("/v1/projects", json={"name": "hosts own"}).json()
    form = {"title": "t", "purpose": "p", "yuan": "5000"}
    application = post("/v1/applications", json=form).json()
    return tenant, {
        **ABSENT,
        "tenant_id": tenant.tenant_id,
        "member_id": member["member_id"],
        "key_id": key["key_id"],
        "project_id": project["project_id"],
        "application_id": application["application_id"],
        "dataset_id": dataset["dataset_id"],
        "task_id": task["task_id"],
        "job_id": job["job_id"],
        "solution_id": job["job_id"],
    }


@pytest.fixture(scope="module")
def keys(centre, host):
    """By tenant, own or other, a key of each role."""

    def made(tenant):
        path = f"/v1/tenants/{tenant.tenant_id}/keys"
        with centre.operator() as operator:
            return {role: operator.post(path, json={"role": role}).json()["key"] for role in Role}

    return {"own": made(host[0]), "other": made(centre.tenant())}


def ask(centre, route, key, ids, tenant=None):
    """Status, code and text of a request about these ids."""
    method, _, path = route.partition(" ")
    query = {"tenant": tenant} if tenant and path.startswith(OF_A_TENANT) else {}
    if method == "GET":
        query["limit"] = 200
    client = centre.client(key)
    with client.stream(method, path.format(**ids), json=BODIES.get(route), params=query) as answer:
        if "event-stream" in answer.headers["content-type"]:
            return answer.status_code, None, ""
        answer.read()
        json = "json" in answer.headers["content-type"]
        code = answer.json().get("code") if json else None
        return answer.status_code, code, answer.text


def test_every_route_is_in_the_table_and_no_other():
    document = create_app(None).openapi()
    routes = {
        f"{method.upper()} {path}" for path, each in document["paths"].items() for method in each
    }
    assert routes == set(ROUTES)


def test_every_role_and_group_of_the_table_is_one():
    named = {role for line in ROUTES.values() for role in roles(line.get("own", ""))}
    assert named == set(Role) == set(GRANTS)


@pytest.mark.parametrize("route", ROUTES)
class TestRoute:
    """In this order: what must not change anything comes first."""

    def test_nobody_without_a_key_passes_unless_it_is_open(self, centre, route):
        status, code, _ = ask(centre, route, None, ABSENT)
        if ROUTES[route].get("open"):
            assert code != "not_authenticated" or route.endswith("callback")
        else:
            assert (status, code) == (401, "not_authenticated")

    @pytest.mark.parametrize("role", list(Role))
    def test_another_tenants_is_as_if_it_were_not_there(self, centre, host, keys, route, role):
        line = ROUTES[route]
        tenant, ids = host
        if line.get("open") or line.get("session"):
            return
        key = keys["other"][role]
        status, code, text = ask(centre, route, key, ids, tenant.tenant_id)
        if role not in roles(line["own"]):
            assert (status, code) == (403, "not_allowed")
        elif role in roles(line.get("other", "")):
            assert code not in ("not_allowed", "not_found")
            # An ended job is there, and cannot start sooner.
            assert route.startswith(("POST", "DELETE")) or status in (200, 409)
        else:
            absent = ask(centre, route, key, ABSENT, ABSENT["tenant_id"])
            assert (status, code) == absent[:2]
            for name, each in ids.items():
                text = text.replace(each, ABSENT[name])
            if status == 404:
                assert text.replace(ABSENT["job_id"], ABSENT["solution_id"]) == absent[2].replace(
                    ABSENT["job_id"], ABSENT["solution_id"]
                )
            elif route.startswith("GET") and "{" not in route:
                mine = [each for name, each in ids.items() if each != ABSENT[name]]
                assert not [each for each in mine if each in text]

    @pytest.mark.parametrize("role", list(Role))
    def test_it_is_open_to_its_roles_alone(self, centre, host, keys, route, role):
        line = ROUTES[route]
        if line.get("open"):
            return
        ids = host[1]
        status, code, text = ask(centre, route, keys["own"][role], ids)
        if line.get("own_refused") and role in roles(line["own"]):
            assert (status, code) == (403, "not_allowed")
            assert "their own" in text
        elif role in roles(line["own"]):
            assert status not in (401, 403), text
            assert status < 500, text
        else:
            assert (status, code) == (403, "not_allowed")


def test_what_was_asked_of_another_tenant_changed_nothing_there(centre, host):
    """Every refusal above left the host's project and task as they were."""
    tenant, ids = host
    assert tenant.client.get(f"/v1/tasks/{ids['task_id']}").status_code in (200, 404)
    verified = centre.client(centre.kept_key("operator")).post("/v1/ledger/verify").json()
    assert verified["ok"], verified


def test_an_auditor_does_not_stop_a_job(centre, keys, tenant):
    job_id = tenant.submitted(parameters={"rest": 30})["job_id"]
    answer = centre.client(keys["other"]["auditor"]).post(f"/v1/jobs/{job_id}/stop")
    assert answer.status_code == 403
    tenant.client.post(f"/v1/jobs/{job_id}/stop")
    assert tenant.ended(job_id)["reason"] == "by_tenant"
