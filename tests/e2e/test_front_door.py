"""The front door: who registers, logs in, makes keys, divides money and applies for more."""

import time
import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import httpx
import pytest

from zhisuan.access.session import COOKIE, CSRF_HEADER

PASSWORD = "a long enough one"  # noqa: S105  of these tests alone


def registration(**changes):
    name = uuid.uuid4().hex
    person = {"login": f"{name}@here.example", "name": "Li", "password": PASSWORD}
    return {"tenant": name, **person, **changes}


def register(centre, address, **changes):
    """A registration as it comes through a proxy from some address."""
    headers = {"X-Forwarded-For": address}
    return centre.client().post("/v1/registrations", json=registration(**changes), headers=headers)


@pytest.fixture
def member(tenant):
    """A member with a password, and a way to log in."""
    body = {"login": f"{uuid.uuid4().hex}@x.cn", "name": "Wang", "password": PASSWORD}
    made = tenant.client.post("/v1/members", json=body).json()
    return {**made, "password": PASSWORD}


def log_in(centre, member, password=PASSWORD, address=None):
    """A client after the try to log in, and the answer."""
    client = centre.client()
    headers = {"X-Forwarded-For": address or f"10.9.{uuid.uuid4().int % 250}.1"}
    body = {"login": member["login"], "password": password}
    return client, client.post("/v1/session", json=body, headers=headers)


def test_who_registers_runs_a_job_without_an_officer(centre):
    began = time.monotonic()
    answer = register(centre, "10.1.0.1")
    assert answer.status_code == 201, answer.text
    made = answer.json()
    client = centre.client(made["key"])
    me = client.get("/v1/me").json()
    assert (Decimal(me["available_yuan"]), me["role"]) == (100, "owner")
    order = {"algorithm": "probe", "cpu_milli": 100, "memory_mb": 64, "time_limit_s": 60}
    job = client.post("/v1/jobs", json=order).json()
    while (state := client.get(f"/v1/jobs/{job['job_id']}").json()["state"]) != "succeeded":
        assert state not in ("failed", "cancelled")
        assert time.monotonic() - began < 60
        time.sleep(0.02)
    assert log_in(centre, made["member"])[1].status_code == 201


def test_registrations_from_one_address_are_few(centre):
    answers = [register(centre, "10.1.0.2") for _ in range(6)]
    assert [each.status_code for each in answers] == [201] * 5 + [429]
    assert answers[-1].json()["code"] == "too_many_requests"
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 3600


def test_registration_can_be_closed_and_rates_set(start_centre, tmp_path):
    settings = {"ZHISUAN_REGISTRATION": "false", "ZHISUAN_REQUESTS_A_MINUTE": "20"}
    centre = start_centre(tmp_path / "data", environment=settings)
    refused = register(centre, "10.1.0.3")
    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")
    client = centre.client(centre.kept_key("operator"))
    answers = [client.get("/v1/me") for _ in range(41)]
    limited = [each for each in answers if each.status_code == 429]
    assert limited
    assert 0 < int(limited[0].headers["Retry-After"]) <= 60
    assert centre.client().get("/v1/health").status_code == 200


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(centre, member):
    _, answer = log_in(centre, member)
    told = answer.headers["set-cookie"]
    assert told.startswith(f"{COOKIE}=ses_")
    for word in ("HttpOnly", "SameSite=strict", "Path=/"):
        assert word in told
    secret = told.partition(".")[2].partition(";")[0]
    assert not centre.rows("SELECT * FROM session WHERE digest LIKE ?", f"%{secret}%")
    assert secret not in answer.text


def test_a_change_through_a_cookie_needs_the_sessions_token(centre, tenant, member):
    client, answer = log_in(centre, member)
    token = answer.json()["csrf_token"]
    assert client.get("/v1/datasets").status_code == 200
    order = {"algorithm": "probe", "cpu_milli": 100, "memory_mb": 64, "time_limit_s": 60}
    for headers in ({}, {CSRF_HEADER: "0" * 64}, {CSRF_HEADER: "钥匙".encode()}):
        refused = client.post("/v1/jobs", json=order, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")
    assert tenant.listed("jobs") == []
    assert client.post("/v1/jobs", json=order, headers={CSRF_HEADER: token}).status_code == 201
    assert client.get("/v1/session").json()["csrf_token"] == token


def test_a_session_ends_when_it_is_ended(centre, member):
    client, answer = log_in(centre, member)
    cookie = client.cookies[COOKIE]
    headers = {CSRF_HEADER: answer.json()["csrf_token"]}
    assert client.delete("/v1/session", headers=headers).json() == {"ended": True}
    again = httpx.get(f"{centre.url}/v1/me", cookies={COOKIE: cookie}, trust_env=False)
    assert (again.status_code, again.json()["code"]) == (401, "not_authenticated")


def test_a_removed_member_is_out_at_once_with_session_and_keys(centre, tenant):
    body = {"login": f"{uuid.uuid4().hex}@x.cn", "name": "O", "password": PASSWORD, "role": "owner"}
    member = tenant.client.post("/v1/members", json=body).json()
    client, answer = log_in(centre, member)
    headers = {CSRF_HEADER: answer.json()["csrf_token"]}
    own = client.post("/v1/keys", json={"role": "member"}, headers=headers).json()["key"]
    assert centre.client(own).get("/v1/me").status_code == 200
    refused = client.delete(f"/v1/members/{member['member_id']}", headers=headers)
    assert refused.status_code == 409
    tenant.client.delete(f"/v1/members/{member['member_id']}")
    assert client.get("/v1/me").status_code == 401
    assert centre.client(own).get("/v1/me").status_code == 401
    assert log_in(centre, member)[1].status_code == 401


def test_an_unknown_name_a_wrong_password_and_too_many_tries_look_alike(centre, member):
    unknown = {"login": f"{uuid.uuid4().hex}@nowhere.cn"}
    _, no_name = log_in(centre, unknown)
    _, no_password = log_in(centre, member, "not this one, no")
    assert no_name.status_code == no_password.status_code == 401
    assert no_name.json() == no_password.json()
    for who in (member, unknown):
        answers = [log_in(centre, who, "not this one, no")[1].status_code for _ in range(6)]
        assert answers[-1] == 429
    # Now not even the right one is looked at.
    assert log_in(centre, member)[1].status_code == 429


def test_ones_own_password_is_changed_with_the_old_one(centre, member):
    client, answer = log_in(centre, member)
    headers = {CSRF_HEADER: answer.json()["csrf_token"]}
    body = {"password": "not this one, no", "new_password": "another long one"}
    assert client.post("/v1/session/password", json=body, headers=headers).status_code == 401
    body["password"] = PASSWORD
    old = client.cookies[COOKIE]
    assert client.post("/v1/session/password", json=body, headers=headers).status_code == 201
    assert client.get("/v1/me").status_code == 200
    gone = httpx.get(f"{centre.url}/v1/me", cookies={COOKIE: old}, trust_env=False)
    assert gone.status_code == 401
    assert log_in(centre, member, "another long one")[1].status_code == 201


def test_a_new_role_holds_at_once(centre, tenant, member):
    client, answer = log_in(centre, member)
    headers = {CSRF_HEADER: answer.json()["csrf_token"]}
    changed = tenant.client.post(f"/v1/members/{member['member_id']}", json={"role": "viewer"})
    assert changed.json()["role"] == "viewer"
    order = {"algorithm": "probe", "cpu_milli": 100, "memory_mb": 64}
    assert client.post("/v1/jobs", json=order, headers=headers).status_code == 403


def test_a_key_is_rotated_with_an_overlap_and_without(centre, tenant):
    made = tenant.client.post("/v1/keys", json={"role": "viewer"}).json()
    path = f"/v1/keys/{made['about']['key_id']}"
    second = tenant.client.post(f"{path}/rotate", json={"overlap_s": 600}).json()["key"]
    assert [centre.client(k).get("/v1/me").status_code for k in (made["key"], second)] == [200, 200]
    third = tenant.client.post(f"{path}/rotate", json={}).json()["key"]
    statuses = [centre.client(k).get("/v1/me").status_code for k in (made["key"], second, third)]
    assert statuses == [401, 401, 200]
    tenant.client.delete(path)
    assert centre.client(third).get("/v1/me").status_code == 401
    assert tenant.client.post(f"{path}/rotate", json={}).status_code == 409


def test_a_key_expires_and_tells_when_it_was_used(centre, tenant):
    soon = datetime.now(UTC) + timedelta(seconds=1)
    body = {"role": "viewer", "name": "short", "expires_at": soon.isoformat()}
    made = tenant.client.post("/v1/keys", json=body).json()
    client = centre.client(made["key"])
    assert client.get("/v1/me").status_code == 200
    while client.get("/v1/me").status_code == 200:
        assert datetime.now(UTC) < soon + timedelta(seconds=5)
        time.sleep(0.05)
    (shown,) = [k for k in tenant.client.get("/v1/keys").json()["items"] if k["name"] == "short"]
    assert shown["last_used_at"] is not None
    assert "key" not in shown
    late = {"role": "viewer", "expires_at": "2020-01-01T00:00:00Z"}
    assert tenant.client.post("/v1/keys", json=late).status_code == 422


def test_a_scoped_key_of_a_project_works_for_that_alone(centre, tenant):
    for name in ("one", "two"):
        tenant.client.post("/v1/projects", json={"name": name})
    scope = ["see_own", "work"]
    body = {"role": "owner", "scope": scope, "project": "one"}
    key = tenant.client.post("/v1/keys", json=body).json()
    assert key["about"]["scope"] == scope
    client = centre.client(key["key"])
    order = {"algorithm": "probe", "cpu_milli": 100, "memory_mb": 64, "time_limit_s": 60}
    job = client.post("/v1/jobs", json=order).json()
    assert job["project"] == key["about"]["project"]
    assert client.post("/v1/jobs", json={**order, "project": "two"}).status_code == 404
    assert client.post("/v1/keys", json={"role": "viewer"}).status_code == 403


def test_a_projects_work_is_held_used_and_charged_in_its_name(centre, tenant):
    made = tenant.client.post("/v1/projects", json={"name": "lab", "allocation_yuan": "80"}).json()
    job = tenant.ended(tenant.submitted(project="lab", parameters={"rest": 0.5})["job_id"])
    assert job["project"] == made["project_id"]
    (row,) = centre.rows("SELECT project FROM ledger_hold WHERE job_id = ?", job["job_id"])
    assert row == (made["project_id"],)
    for table in ("ledger_usage", "ledger_charge"):
        ((body,),) = centre.rows(f"SELECT body FROM {table} WHERE job_id = ?", job["job_id"])
        assert f'"project":"{made["project_id"]}"' in body
    (shown,) = tenant.client.get("/v1/projects").json()["items"]
    assert Decimal(shown["charged_yuan"]) > 0
    assert Decimal(shown["held_yuan"]) == 0


def test_more_than_the_tenant_has_is_never_allocated_nor_taken(tenant):
    assert (
        tenant.client.post("/v1/projects", json={"name": "A", "allocation_yuan": "80"}).status_code
        == 201
    )
    refused = tenant.client.post("/v1/projects", json={"name": "B", "allocation_yuan": "50"})
    assert (refused.status_code, refused.json()["code"]) == (409, "over_allocated")
    assert [each["name"] for each in tenant.listed("projects")] == ["A"]
    dear = {"cpu_milli": 2000, "time_limit_s": 30 * 86400}
    answer = tenant.submit(**dear)
    assert (answer.status_code, answer.json()["code"]) == (402, "insufficient_balance")
    assert "outside" in answer.json()["detail"]
    assert tenant.listed("jobs") == []
    assert tenant.submit(project="A", cpu_milli=1000, time_limit_s=20 * 86400).status_code == 201


def test_a_closed_project_takes_no_work(tenant):
    tenant.client.post("/v1/projects", json={"name": "old", "allocation_yuan": "100"})
    tenant.client.delete("/v1/projects/old")
    assert tenant.submit(project="old").status_code == 409
    assert tenant.submit().status_code == 201


def test_a_small_application_is_decided_at_once_and_a_large_one_in_two_halves(centre, tenant):
    form = {"title": "t", "purpose": "p", "yuan": "900", "device_hours": 10, "devices": 1}
    small = tenant.client.post("/v1/applications", json=form).json()
    assert (small["state"], small["level"]) == ("completed", "short_form")
    assert Decimal(tenant.account()["available_yuan"]) == 1000
    large = tenant.client.post("/v1/applications", json={**form, "yuan": "400000"}).json()
    assert (large["state"], large["level"]) == ("in_review", "verifier")
    path = f"/v1/applications/{large['application_id']}"
    assert tenant.client.post(f"{path}/review", json={"yuan": "400000"}).status_code == 403
    with centre.operator() as operator:
        awarded = operator.post(f"{path}/review", json={"yuan": "400000"}).json()
        assert (awarded["state"], Decimal(awarded["paid_yuan"])) == ("awarded", 200_000)
        assert Decimal(tenant.account()["available_yuan"]) == 201_000
        assert operator.post(f"{path}/verdict", json={"accepted": True}).status_code == 409
        assert tenant.client.post(f"{path}/report", json={"text": "done"}).json()["report"]
        returned = operator.post(f"{path}/verdict", json={"accepted": False}).json()
        assert returned["state"] == "awarded"
        tenant.client.post(f"{path}/report", json={"text": "done, and how"})
        done = operator.post(f"{path}/verdict", json={"accepted": True}).json()
        assert (done["state"], Decimal(done["paid_yuan"])) == ("completed", 400_000)
        assert operator.post(f"{path}/verdict", json={"accepted": True}).status_code == 409
        assert operator.post("/v1/ledger/verify").json()["ok"]
    assert Decimal(tenant.account()["available_yuan"]) == 401_000


def test_every_change_is_in_the_audit_with_before_and_after(centre, tenant, member):
    path = f"/v1/members/{member['member_id']}"
    tenant.client.post(path, json={"role": "viewer", "password": "yet another one"})
    with centre.operator() as operator:
        query = {"subject": member["member_id"]}
        changed, added = operator.get("/v1/audit", params=query).json()["items"]
    assert (added["action"], added["before"]) == ("member.added", None)
    assert changed["action"] == "member.changed"
    assert (changed["before"]["role"], changed["after"]["role"]) == ("member", "viewer")
    assert changed["tenant_id"] == tenant.tenant_id
    assert "yet another" not in str(changed)
