"""Every answer carries the headers that keep a browser from taking it for something else."""

import asyncio

import httpx
from fastapi import FastAPI, Response

from zhisuan.api.guard import Guard


def asked(address):
    """The answer of a small application behind the guard."""

    async def ask():
        transport = httpx.ASGITransport(app=_app())
        async with httpx.AsyncClient(transport=transport, base_url="http://centre") as client:
            return await client.get(address)

    return asyncio.run(ask())


def _app():
    app = FastAPI()
    app.add_middleware(Guard)

    @app.get("/v1/plain")
    def plain():
        return {}

    @app.get("/v1/own")
    def own():
        headers = {"Content-Security-Policy": "sandbox", "Cache-Control": "max-age=1"}
        return Response(headers=headers)

    @app.get("/page")
    def page():
        return {}

    return app


def test_an_answer_of_the_api_is_nothing_a_browser_runs_frames_or_keeps():
    headers = asked("/v1/plain").headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "same-origin"


def test_what_an_answer_says_itself_stays():
    headers = asked("/v1/own").headers
    assert headers["content-security-policy"] == "sandbox"
    assert headers["cache-control"] == "max-age=1"


def test_a_refusal_carries_them_too():
    headers = asked("/v1/absent").headers
    assert headers["x-content-type-options"] == "nosniff"


def test_outside_the_api_the_answer_itself_says_how_long_it_is_kept():
    assert "cache-control" not in asked("/page").headers
