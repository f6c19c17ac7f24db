"""Which role may do what, on every route there is."""

import pytest

WORK = {"member", "local", "operator"}
EVERYONE = WORK | {"auditor"}

ALLOWED = {
    "GET /v1/health": None,
    "GET /v1/algorithms": None,
    "GET /v1/nodes": {"operator", "auditor"},
    "POST /v1/algorithms/{name}/prepare": {"operator"},
    "POST /v1/ledger/verify": {"operator", "auditor"},
    "GET /v1/events": WORK,
    "POST /v1/tenants": {"operator"},
    "GET /v1/tenants": {"operator"},
    "POST /v1/tenants/{tenant_id}/keys": {"operator"},
    "GET /v1/me": EVERYONE,
    "POST /v1/datasets": WORK,
    "POST /v1/datasets/from-path": {"local", "operator"},
    "GET /v1/datasets": WORK,
    "GET /v1/datasets/{dataset_id}": WORK,
    "GET /v1/datasets/{dataset_id}/preview": WORK,
    "DELETE /v1/datasets/{dataset_id}": WORK,
    "GET /v1/datasets/{dataset_id}/certificate": WORK,
    "POST /v1/tasks": WORK,
    "POST /v1/tasks/{task_id}/accept": WORK,
    "GET /v1/tasks": WORK,
    "GET /v1/tasks/{task_id}": WORK,
    "POST /v1/jobs": WORK,
    "GET /v1/jobs": EVERYONE,
    "GET /v1/jobs/{job_id}": EVERYONE,
    "GET /v1/jobs/{job_id}/log": EVERYONE,
    "GET /v1/jobs/{job_id}/receipt": EVERYONE,
    "POST /v1/jobs/{job_id}/stop": WORK,
    "GET /v1/solutions": WORK,
    "GET /v1/solutions/{solution_id}": WORK,
    "GET /v1/solutions/{solution_id}/archive": WORK,
    "GET /v1/solutions/{solution_id}/files/{path}": WORK,
    "GET /v1/receipts/{solution_id}": EVERYONE,
}
"""Roles by route; None needs no key."""

BODIES = {
    "POST /v1/tenants": {"name": " "},
    "POST /v1/jobs": {"algorithm": "none"},
    "POST /v1/tasks": {"dataset_id": "none"},
    "POST /v1/tasks/{task_id}/accept": {"effort": "fast"},
    "POST /v1/datasets/from-path": {"path": "/nowhere", "name": "none"},
}


@pytest.fixture(scope="module")
def keys(centre):
    """A key of each role."""
    member, local = centre.tenant(), centre.tenant(local=True)
    operator = centre.client(centre.kept_key("operator"))
    made = operator.post(f"/v1/tenants/{member.tenant_id}/keys", json={"role": "auditor"})
    return {
        "member": member.key,
        "local": local.key,
        "operator": centre.kept_key("operator"),
        "auditor": made.json()["key"],
    }


def test_every_route_is_in_the_table(centre):
    document = centre.client().get("/v1/openapi.json").json()
    routes = {
        f"{method.upper()} {path}" for path, each in document["paths"].items() for method in each
    }
    assert routes == set(ALLOWED)


def ask(centre, route, key):
    """The status of a request about nothing in particular, and its code."""
    method, _, path = route.partition(" ")
    client = centre.client(key)
    with client.stream(method, path, json=BODIES.get(route)) as answer:
        if "event-stream" in answer.headers["content-type"]:
            return answer.status_code, None
        answer.read()
    return answer.status_code, answer.json().get("code")


@pytest.mark.parametrize("route", ALLOWED)
def test_a_route_is_open_to_its_roles_alone(centre, keys, route):
    allowed = ALLOWED[route]
    for role, key in keys.items():
        status, code = ask(centre, route, key)
        if allowed is None or role in allowed:
            assert status not in (401, 403), (role, code)
        else:
            assert (status, code) == (403, "not_allowed"), role
    status, code = ask(centre, route, None)
    assert (status, code) == (200, None) if allowed is None else (401, "not_authenticated")


def test_only_an_operator_or_auditor_sees_every_tenants_jobs(centre, keys, tenant):
    job = tenant.ended(tenant.submitted()["job_id"])
    for role in ("operator", "auditor"):
        client = centre.client(keys[role])
        assert client.get(f"/v1/jobs/{job['job_id']}").json() == job
        assert client.get(f"/v1/jobs/{job['job_id']}/receipt").status_code == 200
    for role in ("member", "local"):
        assert centre.client(keys[role]).get(f"/v1/jobs/{job['job_id']}").status_code == 404


def test_an_auditor_does_not_stop_a_job(centre, keys, tenant):
    job_id = tenant.submitted(parameters={"rest": 30})["job_id"]
    answer = centre.client(keys["auditor"]).post(f"/v1/jobs/{job_id}/stop")
    assert answer.status_code == 403
    tenant.client.post(f"/v1/jobs/{job_id}/stop")
    assert tenant.ended(job_id)["reason"] == "by_tenant"


def test_a_local_key_hands_over_a_path_and_a_member_does_not(centre, tenant, tmp_path):
    table = tmp_path / "table.csv"
    table.write_text("a,b\n1,2\n3,4\n")
    body = {"path": str(table), "name": "table"}
    local = centre.tenant(local=True)
    answer = local.client.post("/v1/datasets/from-path", json=body)
    assert answer.status_code == 201
    assert answer.json()["rows"] == 2
    assert tenant.client.post("/v1/datasets/from-path", json=body).status_code == 403


@pytest.mark.parametrize("path", ["", "table.csv", "/", "/nowhere/at/all", "/dev/zero", "\x00"])
def test_a_path_that_is_no_file_is_refused(centre, path):
    local = centre.tenant(local=True)
    answer = local.client.post("/v1/datasets/from-path", json={"path": path, "name": "x"})
    assert (answer.status_code, answer.json()["code"]) == (422, "wrong_input")
    assert not local.left_behind()


def test_the_books_verify_at_any_time(centre):
    with centre.operator() as operator:
        report = operator.post("/v1/ledger/verify").json()
    assert report["ok"], report
