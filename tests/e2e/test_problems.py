"""Every error has one shape: application/problem+json with a code, a sentence and a hint."""

import pytest

CASES = {
    "unknown address": ("GET", "/v1/nothing", {}, 404, "not_found"),
    "outside of v1": ("GET", "/nothing.txt", {}, 404, "not_found"),
    "wrong method": ("PUT", "/v1/jobs", {}, 405, "method_not_allowed"),
    "wrong query": ("GET", "/v1/jobs?limit=0", {}, 422, "wrong_input"),
    "wrong body": ("POST", "/v1/jobs", {"json": {}}, 422, "wrong_input"),
    "more than was asked": (
        "POST",
        "/v1/jobs",
        {"json": {"algorithm": "probe", "sudo": True}},
        422,
        "wrong_input",
    ),
    "not there": ("GET", "/v1/jobs/job_0", {}, 404, "not_found"),
    "not allowed": ("GET", "/v1/nodes", {}, 403, "not_allowed"),
    "no name": ("POST", "/v1/datasets", {"content": b"a,b\n1,2\n"}, 422, "wrong_input"),
    "a share of two devices": (
        "POST",
        "/v1/jobs",
        {"json": {"algorithm": "probe", "any_of": [{"kind": "npu", "milli": 1500}]}},
        422,
        "wrong_input",
    ),
    "an empty idempotency key": (
        "POST",
        "/v1/jobs",
        {"json": {"algorithm": "probe"}, "headers": {"Idempotency-Key": ""}},
        422,
        "wrong_input",
    ),
}


@pytest.mark.parametrize(
    ("method", "path", "options", "status", "code"),
    [pytest.param(*case, id=name) for name, case in CASES.items()],
)
def test_an_error_is_a_problem_document(tenant, method, path, options, status, code):
    answer = tenant.client.request(method, path, **options)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert set(problem) == {"type", "title", "status", "code", "detail", "hint"}
    assert problem["status"] == status
    assert problem["type"].endswith(code)
    assert problem["detail"].endswith(".")
    assert problem["hint"]
    assert not tenant.left_behind()


def test_a_wrong_method_is_told_the_right_ones(tenant):
    assert tenant.client.put("/v1/me").headers["allow"] == "GET"


def test_two_spaces_of_one_name_are_a_conflict(centre):
    with centre.operator() as operator:
        body = {"name": "the same"}
        assert operator.post("/v1/tenants", json=body).status_code == 201
        answer = operator.post("/v1/tenants", json=body)
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")


def test_an_operator_without_an_account_is_told_so_when_it_would_pay(centre):
    with centre.operator() as operator:
        answer = operator.post("/v1/jobs", json={"algorithm": "probe"})
        account = operator.get("/v1/me").json()
    assert account["available_yuan"] is None
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert "account" in answer.json()["detail"]
