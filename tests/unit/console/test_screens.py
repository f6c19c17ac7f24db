"""The screens are served from everywhere but the API's addresses, under a strict policy."""

import asyncio
import gzip

import httpx
import pytest
from fastapi import FastAPI

from zhisuan.api import problem
from zhisuan.console import screens

PAGE = '<meta name="csp-nonce" content="__NONCE__"><script src="/assets/a.js"></script>'


def asked(app, address, **headers):
    """The answer of the application behind its own transport."""

    async def ask():
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://centre") as client:
            return await client.get(address, headers=headers)

    return asyncio.run(ask())


@pytest.fixture
def static(tmp_path):
    folder = tmp_path / "static"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text(PAGE, "utf-8")
    (folder / "mark.svg").write_text("<svg/>", "utf-8")
    script = folder / "assets" / "a.js"
    script.write_text("1", "utf-8")
    script.with_name("a.js.gz").write_bytes(gzip.compress(b"1"))
    (tmp_path / "secret").write_text("no", "utf-8")
    return folder


@pytest.fixture
def app(static):
    app = FastAPI()
    problem.install(app)
    screens.install(app, static)
    return app


@pytest.mark.parametrize("address", ["/", "/home", "/tasks/tsk_1", "/ops/pool", "/index.html"])
def test_every_address_of_a_page_gets_the_page(app, address):
    answer = asked(app, address)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "__NONCE__" not in answer.text


def test_a_page_says_under_which_nonce_its_styles_may_stand_and_never_says_it_twice(app):
    seen = set()
    for _ in range(3):
        answer = asked(app, "/home")
        nonce = answer.text.split('content="')[1].split('"')[0]
        policy = answer.headers["content-security-policy"]
        assert f"'nonce-{nonce}'" in policy
        assert "default-src 'none'" in policy
        assert "script-src 'self';" in policy
        assert "frame-ancestors 'none'" in policy
        seen.add(nonce)
    assert len(seen) == 3


def test_a_page_is_never_kept_and_never_framed(app):
    answer = asked(app, "/login")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-frame-options"] == "DENY"


def test_built_files_are_kept_for_a_year_and_sent_packed(app):
    answer = asked(app, "/assets/a.js", **{"accept-encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "immutable" in answer.headers["cache-control"]
    assert answer.text == "1"


def test_who_takes_no_packed_files_gets_plain_ones(app):
    answer = asked(app, "/assets/a.js", **{"accept-encoding": "identity"})
    assert "content-encoding" not in answer.headers
    assert answer.text == "1"


@pytest.mark.parametrize("address", ["/assets/old.js", "/centre.db", "/a/b/robots.txt"])
def test_a_file_that_is_not_there_is_not_a_page(app, address):
    assert asked(app, address).status_code == 404


@pytest.mark.parametrize("address", ["/v1/nothing", "/v1", "/v1/"])
def test_the_apis_addresses_stay_the_apis(app, address):
    answer = asked(app, address)
    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"


@pytest.mark.parametrize(
    "address",
    ["/../secret", "/%2e%2e/secret", "/assets/..%2f..%2fsecret", "/..%5csecret", "/a%00b"],
)
def test_nothing_outside_the_folder_is_sent(app, address):
    assert asked(app, address).text != "no"


def test_without_screens_a_page_says_how_to_build_them(tmp_path):
    app = FastAPI()
    screens.install(app, tmp_path / "nothing")
    answer = asked(app, "/")
    assert answer.status_code == 200
    assert "make console" in answer.text
