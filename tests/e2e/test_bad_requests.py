"""What a bad request gets: wrong keys, foreign ids, doubles, cut lines, impossible wishes."""

import json
import socket
import struct
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest

PROBE = {"algorithm": "probe", "cpu_milli": 100, "memory_mb": 64, "time_limit_s": 60}
TABLE = "a,b,y\n" + "".join(f"{n},{n % 7},{n % 2}\n" for n in range(40))


def test_no_key_and_a_wrong_key_are_told_apart_from_nothing_else(centre):
    answers = [
        centre.client(key).get("/v1/jobs")
        for key in (
            None,
            "nonsense",
            "zs__",
            "zs_000000000000_" + "0" * 40,
            centre.kept_key("operator")[:-1] + "x",
            "zs_" + "9" * 5000,
        )
    ]
    assert [answer.status_code for answer in answers] == [401] * 6
    assert all(answer.headers["www-authenticate"] == "Bearer" for answer in answers)
    assert len({answer.text for answer in answers[1:]}) == 1


@pytest.mark.parametrize("header", ["Basic Zm9vOmJhcg==", "Bearer", "Bearer \xff\xfe", "zs_a_b"])
def test_an_authorization_that_is_no_key_is_refused(centre, header):
    answer = centre.client().get("/v1/me", headers={"Authorization": header.encode("latin-1")})
    assert answer.status_code == 401
    assert answer.json()["code"] == "not_authenticated"


def test_a_wrong_key_on_the_command_line_is_two_lines(command):
    said = command("job", "list", "--key", "zs_000000000000_" + "0" * 40)
    assert said.status == 4
    assert said.err.startswith("✗ This key is not known to the centre.\n  Give a valid key")
    assert len(said.err.splitlines()) == 2


OF_ONE = {
    "GET /v1/datasets/{dataset_id}": "dataset_id",
    "GET /v1/datasets/{dataset_id}/preview": "dataset_id",
    "DELETE /v1/datasets/{dataset_id}": "dataset_id",
    "GET /v1/datasets/{dataset_id}/certificate": "dataset_id",
    "GET /v1/tasks/{task_id}": "task_id",
    "POST /v1/tasks/{task_id}/accept": "task_id",
    "GET /v1/jobs/{job_id}": "job_id",
    "GET /v1/jobs/{job_id}/log": "job_id",
    "GET /v1/jobs/{job_id}/receipt": "job_id",
    "POST /v1/jobs/{job_id}/stop": "job_id",
    "POST /v1/jobs/{job_id}/resume": "job_id",
    "GET /v1/solutions/{solution_id}": "job_id",
    "GET /v1/solutions/{solution_id}/archive": "job_id",
    "GET /v1/solutions/{solution_id}/files/{path}": "job_id",
    "GET /v1/receipts/{solution_id}": "job_id",
}
"""Routes that name one thing of a tenant's, and which of its things to name; the matrix of
permissions knows all of them."""


@pytest.fixture(scope="module")
def owned(centre):
    """The ids of one thing of each kind, of a tenant who is not the test's."""
    owner = centre.tenant()
    dataset = owner.brought(TABLE)
    task = owner.ask(dataset["dataset_id"], target="y").json()
    job = owner.submitted()
    owner.ended(job["job_id"])
    return {
        "dataset_id": dataset["dataset_id"],
        "task_id": task["task_id"],
        "job_id": job["job_id"],
    }


def absent(known):
    """An id of the same form that names nothing."""
    return known[:10] + "z" * (len(known) - 10)


@pytest.mark.parametrize("route", OF_ONE)
def test_another_tenants_id_is_answered_as_one_that_is_absent(tenant, owned, route):
    method, _, path = route.partition(" ")
    known = owned[OF_ONE[route]]

    def ask(name):
        head, _, tail = path.replace("{path}", "report.html").partition("{")
        return tenant.client.request(
            method,
            head + name + tail.partition("}")[2],
            json={"effort": "fast"} if path.endswith("accept") else None,
        )

    foreign, nothing = ask(known), ask(absent(known))
    assert foreign.status_code == nothing.status_code == 404
    assert foreign.text.replace(known, "ID") == nothing.text.replace(absent(known), "ID")
    assert foreign.json()["code"] == "not_found"
    assert foreign.json()["hint"]


def test_a_question_about_another_tenants_data_is_answered_as_about_none(tenant, owned):
    known = owned["dataset_id"]
    foreign, nothing = tenant.ask(known), tenant.ask(absent(known))
    assert foreign.status_code == nothing.status_code == 404
    assert foreign.text.replace(known, "ID") == nothing.text.replace(absent(known), "ID")


def test_another_tenants_id_on_the_command_line(command, owned):
    for noun in ("dataset", "task", "job"):
        said = command(noun, "show", owned[f"{noun}_id"])
        assert said.status == 3
        assert not said.out
        assert len(said.err.splitlines()) == 2


def test_two_tenants_see_nothing_of_each_other(tenant, other):
    dataset = tenant.brought(TABLE, "mine")
    tenant.ask(dataset["dataset_id"], target="y")
    tenant.ended(tenant.submitted()["job_id"])
    for noun in ("datasets", "tasks", "jobs", "solutions"):
        assert other.listed(noun) == []
    assert not other.left_behind()
    assert other.brought(TABLE, "mine")["version"] == 1
    assert len(tenant.listed("datasets")) == 1


def test_the_same_key_and_request_is_one_job_and_one_answer(tenant):
    key = {"Idempotency-Key": "once"}
    answers = [tenant.submit(headers=key) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201] * 3
    assert len({answer.text for answer in answers}) == 1
    assert len(tenant.listed("jobs")) == 1


def test_the_same_request_many_times_at_once_is_one_job(tenant):
    with ThreadPoolExecutor(8) as pool:
        answers = list(
            pool.map(lambda _: tenant.submit(headers={"Idempotency-Key": "many"}), range(16))
        )
    assert [answer.status_code for answer in answers] == [201] * 16
    assert len({answer.text for answer in answers}) == 1
    assert len(tenant.listed("jobs")) == 1


def test_the_same_table_many_times_at_once_is_one_version(tenant):
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: tenant.upload(TABLE), range(8)))
    assert {answer.status_code for answer in answers} == {201}
    assert len(tenant.listed("datasets")) == len({a.json()["dataset_id"] for a in answers}) == 1


def test_the_same_key_with_another_request_is_a_conflict(tenant):
    key = {"Idempotency-Key": "once"}
    assert tenant.submit(headers=key).status_code == 201
    answer = tenant.submit(headers=key, time_limit_s=61)
    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_key_reused")
    assert len(tenant.listed("jobs")) == 1


def test_the_same_key_of_two_tenants_is_two_jobs(tenant, other):
    key = {"Idempotency-Key": "once"}
    first, second = tenant.submit(headers=key).json(), other.submit(headers=key).json()
    assert first["job_id"] != second["job_id"]


def test_a_refusal_is_not_kept_under_the_key(tenant):
    key = {"Idempotency-Key": "again"}
    assert tenant.submit(headers=key, memory_mb=100_000_000).status_code == 422
    assert tenant.submit(headers=key).status_code == 201


def test_a_duplicate_upload_and_question_are_one_each(tenant):
    key = {"Idempotency-Key": "u"}
    first, second = (tenant.upload(TABLE, **key).json() for _ in range(2))
    assert first == second
    question = {"dataset_id": first["dataset_id"], "target": "y"}
    asked = [
        tenant.client.post("/v1/tasks", json=question, headers={"Idempotency-Key": "q"}).json()
        for _ in range(2)
    ]
    assert asked[0] == asked[1]
    assert len(tenant.listed("datasets")) == len(tenant.listed("tasks")) == 1
    other = tenant.upload(TABLE + "9,9,1\n", **key)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")


@pytest.mark.parametrize(
    "order",
    [
        {"cpu_milli": 10_000_000},
        {"memory_mb": 100_000_000},
        {"any_of": [{"kind": "fpga"}]},
        {"any_of": [{"kind": "npu", "milli": 3000}]},
        {"any_of": [{"kind": "gpu", "model": "A100"}]},
        {"nodes": 2},
        {"nodes": 2, "any_of": [{"kind": "gpu"}], "together": "rack_required"},
    ],
    ids=["cores", "memory", "no such kind", "too many devices", "no such model", "gang", "rack"],
)
def test_what_no_machine_could_ever_run_is_refused_at_once(tenant, order):
    answer = tenant.submit(**order)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "unsatisfiable")
    assert "cores and" in problem["hint"]
    assert not tenant.left_behind()


@pytest.mark.parametrize(
    "order",
    [
        {"nodes": 0},
        {"nodes": 3, "most_nodes": 2},
        {"nodes": 1_000_000},
        {"together": "somewhere"},
        {"finish_by": "2020-01-01T00:00:00Z"},
        {"start_by": "2020-01-01T00:00:00+08:00"},
        {"finish_by": "2030-01-01T00:00:00"},
        {"finish_by": "soon"},
        {"not_before": "0001-01-01T00:00:00+14:00"},
        {"not_before": "9999-12-31T23:59:59-14:00"},
        {"not_before": "2200-01-01T00:00:00Z"},
        {"green": True},
        {"gang": 2},
    ],
    ids=str,
)
def test_a_wish_that_makes_no_sense_is_refused_in_a_sentence(tenant, order):
    answer = tenant.submit(**order)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "wrong_input"), problem
    assert problem["hint"]
    assert not tenant.left_behind()


@pytest.mark.parametrize("state", ["", "asleep", None, 3])
def test_a_node_is_only_set_to_what_a_node_can_be(centre, state):
    with centre.operator() as operator:
        name = operator.get("/v1/nodes").json()["items"][1]["name"]
        assert operator.post(f"/v1/nodes/{name}", json={"state": state}).status_code == 422
        answer = operator.post("/v1/nodes/nowhere", json={"state": "ready"})
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_job_that_was_not_suspended_is_not_resumed(tenant):
    job_id = tenant.submitted()["job_id"]
    answer = tenant.client.post(f"/v1/jobs/{job_id}/resume")
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    tenant.ended(job_id)


def test_a_job_that_could_cost_more_than_allowed_is_refused(tenant):
    answer = tenant.submit(most_yuan="0.000001", time_limit_s=3600)
    assert (answer.status_code, answer.json()["code"]) == (402, "payment_error")
    assert "¥" in answer.json()["detail"]
    assert not tenant.left_behind()


def test_a_job_the_account_cannot_cover_is_refused(tenant):
    answer = tenant.submit(any_of=[{"kind": "npu"}], time_limit_s=30 * 86400)
    assert (answer.status_code, answer.json()["code"]) == (402, "insufficient_balance")
    assert not tenant.left_behind()


def test_an_unknown_algorithm_is_not_found(tenant):
    answer = tenant.submit(algorithm="alchemy")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert not tenant.left_behind()


def until_nothing_is_left(tenant):
    deadline = time.monotonic() + 20
    while left := tenant.left_behind():
        assert time.monotonic() < deadline, left
        time.sleep(0.05)


@pytest.mark.parametrize("framing", ["content-length: 1000000", "transfer-encoding: chunked"])
def test_an_upload_whose_line_is_cut_leaves_nothing(tenant, framing):
    at = urlsplit(tenant.centre.url)
    with socket.create_connection((at.hostname, at.port)) as line:
        block = b"1,2,3\n" * 20_000
        head = (
            f"POST /v1/datasets?name=cut HTTP/1.1\r\nhost: {at.netloc}\r\n"
            f"authorization: Bearer {tenant.key}\r\n{framing}\r\n\r\n"
        )
        chunked = b"%x\r\n%s\r\n" % (len(block), block)
        line.sendall(head.encode() + (chunked if "chunked" in framing else block))
        until_an_upload_is_open(tenant)
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    until_nothing_is_left(tenant)
    assert tenant.brought(TABLE, "cut")["version"] == 1


def test_uploads_that_stand_still_leave_the_other_routes_their_threads(tenant):
    at = urlsplit(tenant.centre.url)
    head = (
        f"POST /v1/datasets?name=still HTTP/1.1\r\nhost: {at.netloc}\r\n"
        f"authorization: Bearer {tenant.key}\r\ncontent-length: 1000\r\n\r\na,b\n"
    )
    with ExitStack() as lines:
        for _ in range(60):
            line = lines.enter_context(socket.create_connection((at.hostname, at.port)))
            line.sendall(head.encode())
        until_an_upload_is_open(tenant)
        assert tenant.client.get("/v1/jobs", timeout=10).status_code == 200
        assert tenant.submit().status_code == 201
    tenant.ended(tenant.listed("jobs")[0]["job_id"])
    deadline = time.monotonic() + 20
    while {"open uploads", "files"} & set(left := tenant.left_behind()):
        assert time.monotonic() < deadline, left
        time.sleep(0.05)


def until_an_upload_is_open(tenant):
    deadline = time.monotonic() + 20
    query = "SELECT id FROM upload WHERE state = 'open' AND tenant = ?"
    while not tenant.centre.rows(query, tenant.tenant_id):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_body_that_is_not_what_it_says_is_refused(tenant):
    bodies = [
        b"{",
        b"[" * 100_000,
        b'{"algorithm": "probe", "parameters": {"a": "\\ud800"}}',
        b'{"algorithm": "\\u0000"}',
        b'{"algorithm": "probe", "cpu_milli": 1e999}',
        b'{"algorithm": "probe", "cpu_milli": ' + b"9" * 5000 + b"}",
        b'{"algorithm": "probe", "most_yuan": "NaN"}',
        b'{"algorithm": "probe", "time_limit_s": NaN}',
        b"\xff\xfe",
        b'"text"',
        b"null",
        b"",
    ]
    for body in bodies:
        answer = tenant.client.post(
            "/v1/jobs", content=body, headers={"content-type": "application/json"}
        )
        assert answer.status_code in (400, 404, 422), (body[:60], answer.text)
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["hint"]
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "a;;b"):
        answer = tenant.client.post(
            "/v1/jobs", content=json.dumps({"algorithm": "alchemy"}), headers={"content-type": kind}
        )
        assert answer.status_code in (404, 415, 422), (kind, answer.text)
    assert not tenant.left_behind()


def test_a_body_that_is_too_large_is_refused_before_it_is_read(tenant):
    answer = tenant.submit(parameters={"text": "x" * (2 << 20)})
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert not tenant.left_behind()


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=201",
        "limit=99999999999999999999999",
        "limit=x",
        "after=%00",
        "after=%ed%a0%80",
        "after=" + "9" * 100,
        "after=-1",
        "after=" + "x" * 300,
        "state=asleep",
    ],
)
def test_an_odd_query_is_answered_in_an_orderly_way(tenant, query):
    for noun in ("jobs", "datasets", "tasks", "solutions"):
        answer = tenant.client.get(f"/v1/{noun}?{query}")
        assert answer.status_code in (200, 422), answer.text


@pytest.mark.parametrize("path", ["%00", "..%2f..%2fetc%2fpasswd", "%ed%a0%80", "x" * 5000, "%ff"])
def test_an_odd_path_is_not_found(tenant, path):
    for noun in ("jobs", "datasets", "tasks", "solutions"):
        answer = tenant.client.get(f"/v1/{noun}/{path}")
        assert answer.status_code in (404, 422), answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        assert len(answer.text) < 1000


def test_a_field_whose_name_is_half_a_character_is_refused_in_a_sentence(tenant):
    body = b'{"\\ud800": 1, "month_yuan": "1"}'
    headers = {"Content-Type": "application/json"}
    answer = tenant.client.post("/v1/vouchers", content=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "wrong_input")
    answer = tenant.client.post("/v1/jobs", content=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "wrong_input")
