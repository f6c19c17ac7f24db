"""Into the console: a session on a key or a ticket, over the API and from the command line."""

import httpx
import pytest

from zhisuan.access.session import COOKIE, CSRF_HEADER


def begun(centre, **body):
    """A client after the try to begin a session, and the answer."""
    client = centre.client()
    return client, client.post("/v1/session", json=body)


def test_a_key_begins_a_session_that_tells_what_it_may(centre, tenant):
    made = tenant.client.post(
        "/v1/keys", json={"role": "member", "name": "night", "scope": ["see_own"]}
    ).json()
    client, answer = begun(centre, key=made["key"])
    told = answer.json()
    assert answer.status_code == 201, answer.text
    assert (told["member_id"], told["login"], told["name"]) == (None, None, "night")
    assert (told["tenant_id"], told["role"]) == (tenant.tenant_id, "member")
    assert told["permissions"] == ["see_own"]
    assert told["tenant_name"] == tenant.account()["tenant"]["name"]
    assert client.get("/v1/session").json() == told
    assert made["key"] not in str(client.cookies)
    headers = {CSRF_HEADER: told["csrf_token"]}
    body = {"password": "x" * 12, "new_password": "y" * 12}
    refused = client.post("/v1/session/password", json=body, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    tenant.client.delete(f"/v1/keys/{made['about']['key_id']}")
    assert client.get("/v1/session").status_code == 401


def test_a_ticket_begins_one_session_like_ones_own(centre, tenant):
    told = tenant.client.post("/v1/session/tickets").json()
    client, answer = begun(centre, ticket=told["ticket"])
    assert answer.status_code == 201, answer.text
    assert (answer.json()["role"], answer.json()["member_id"]) == ("owner", None)
    again = begun(centre, ticket=told["ticket"])[1]
    assert (again.status_code, again.json()["code"]) == (401, "not_authenticated")
    # A session asks for the next one as any change through a cookie does.
    assert client.post("/v1/session/tickets").status_code == 403
    headers = {CSRF_HEADER: answer.json()["csrf_token"]}
    more = client.post("/v1/session/tickets", headers=headers).json()["ticket"]
    assert begun(centre, ticket=more)[1].status_code == 201


@pytest.mark.parametrize(
    "body",
    [{}, {"key": 5}, {"ticket": None}, {"key": "k", "ticket": "t"}, {"login": "x"}, [], "x", None],
)
def test_what_begins_no_session_is_one_sentence(centre, body):
    answer = centre.client().post("/v1/session", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "wrong_input")


@pytest.mark.parametrize("body", [{"key": "zs_0_0"}, {"key": "钥匙"}, {"ticket": "tic_1.2"}])
def test_what_lets_nobody_in_sets_no_cookie(centre, body):
    answer = centre.client().post("/v1/session", json=body)
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")
    assert "set-cookie" not in answer.headers


def test_the_command_prints_a_link_that_lets_in(centre, command, tenant):
    said = command("console", "--json")
    address, _, ticket = said.json()["link"].partition("#")
    assert address == f"{centre.url}/enter"
    _, answer = begun(centre, ticket=ticket)
    assert answer.json()["tenant_id"] == tenant.tenant_id
    cookie = answer.cookies[COOKIE]
    me = httpx.get(f"{centre.url}/v1/me", cookies={COOKIE: cookie}, trust_env=False).json()
    assert me["tenant"]["tenant_id"] == tenant.tenant_id


def test_a_centre_that_does_not_run_has_no_console_and_nothing_is_started(alone):
    said = alone("console", "--json")
    assert (said.status, said.error()["code"]) == (7, "unavailable")
    assert "zhisuan up" in said.error()["hint"]


def test_a_log_is_told_no_way_in(centre):
    assert "zhisuan console" in centre.log
    assert "tic_" not in centre.log
