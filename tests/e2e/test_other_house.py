"""Logging in with another house's account, at a real provider in a process of its own."""

import os
import re
import socket
import subprocess
import sys
import time
import uuid
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from zhisuan.access.session import COOKIE


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@pytest.fixture(scope="module")
def provider():
    """Its address. It lets anybody in by the name they type, which is the address of e-mail."""
    port = free_port()
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "-p", str(port)]
    process = subprocess.Popen(
        [*command, "--require-nonce"],
        env={**os.environ, "AUTHLIB_INSECURE_TRANSPORT": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + 30
    while True:
        try:
            httpx.get(f"{url}/jwks", trust_env=False).raise_for_status()
            break
        except httpx.HTTPError:
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.1)
    yield url
    process.terminate()
    process.wait(10)


@pytest.fixture(scope="module")
def house(provider, start_shared_centre, tmp_path_factory):
    """A centre that trusts the provider, with one member."""
    port = free_port()
    settings = {
        "ZHISUAN_OIDC_ISSUER": provider,
        "ZHISUAN_OIDC_CLIENT_ID": "zhisuan",
        "ZHISUAN_OIDC_CLIENT_SECRET": uuid.uuid4().hex,
        "ZHISUAN_OIDC_REDIRECT": f"http://127.0.0.1:{port}/v1/session/oidc/callback",
    }
    folder = tmp_path_factory.mktemp("house") / "data"
    centre = start_shared_centre(folder, "--port", str(port), environment=settings)
    tenant = centre.tenant()
    for login in ("li@house.cn", "wang@house.cn"):
        made = tenant.client.post("/v1/members", json={"login": login, "name": login})
        assert made.status_code == 201, made.text
    return centre


def vouch(provider, sub, **claims):
    answer = httpx.put(f"{provider}/users/{sub}", json=claims, trust_env=False)
    assert answer.status_code == 204, answer.text


def leave(centre):
    """A browser sent to the provider: the browser and where it was sent."""
    browser = centre.client()
    answer = browser.get("/v1/session/oidc")
    assert answer.status_code == 302, answer.text
    return browser, answer.headers["location"]


def allow(location, sub):
    """What the provider answers when a person says who they are: where to go back to."""
    answer = httpx.post(location, data={"sub": sub}, trust_env=False)
    assert answer.status_code == 302, answer.text
    return answer.headers["location"]


def test_a_member_logs_in_there_and_works_here(house, provider):
    vouch(provider, "sub-li", email="Li@House.cn", email_verified=True)
    browser, location = leave(house)
    query = {name: value for name, (value,) in parse_qs(urlsplit(location).query).items()}
    assert query["code_challenge_method"] == "S256"
    assert re.fullmatch(r"[\w-]{43}", query["code_challenge"])
    assert {"state", "nonce"} <= set(query)
    answer = browser.get(allow(location, "sub-li"))
    assert answer.status_code == 200, answer.text
    assert browser.cookies[COOKIE].startswith("ses_")
    session = browser.get("/v1/session").json()
    assert session["name"] == "li@house.cn"
    order = {"algorithm": "probe", "cpu_milli": 100, "memory_mb": 64}
    headers = {"X-CSRF-Token": session["csrf_token"]}
    assert browser.post("/v1/jobs", json=order, headers=headers).status_code == 201


@pytest.mark.parametrize(
    ("sub", "claims", "said"),
    [
        ("sub-1", {"email": "li@house.cn"}, "verified"),
        ("sub-2", {"email": "li@house.cn", "email_verified": False}, "verified"),
        ("sub-3", {"email": "li@elsewhere.cn", "email_verified": True}, "Nobody"),
        ("sub-4", {"email_verified": True}, "no email"),
    ],
)
def test_whom_the_provider_does_not_vouch_for_stays_outside(house, provider, sub, claims, said):
    vouch(provider, sub, **claims)
    browser, location = leave(house)
    answer = browser.get(allow(location, sub))
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")
    assert said in answer.json()["detail"]
    assert COOKIE not in browser.cookies


def test_an_answer_is_taken_once_and_from_the_browser_that_left_alone(house, provider):
    vouch(provider, "sub-wang", email="wang@house.cn", email_verified=True)
    browser, location = leave(house)
    back = allow(location, "sub-wang")
    stranger, _ = leave(house)
    assert stranger.get(back).status_code == 401
    assert browser.get(back).status_code == 200
    # The page has taken back the cookie of the login; even with it the state is used up.
    state = parse_qs(urlsplit(back).query)["state"][0]
    again = httpx.get(back, cookies={"zhisuan_login": state}, trust_env=False)
    assert again.status_code == 401
    assert "not begun here" in again.json()["detail"]


def test_a_code_that_the_provider_never_gave_is_refused(house):
    browser, location = leave(house)
    state = parse_qs(urlsplit(location).query)["state"][0]
    answer = browser.get("/v1/session/oidc/callback", params={"state": state, "code": "made-up"})
    assert answer.status_code == 401
    assert "did not take the code" in answer.json()["detail"]


def test_a_centre_that_trusts_nobody_says_so(centre):
    assert centre.client().get("/v1/session/oidc").status_code == 404
