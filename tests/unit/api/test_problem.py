"""Errors at the door: the whole tree has one shape, and what is unforeseen tells nothing."""

import asyncio
import json
import re

import httpx
import pytest
from fastapi import FastAPI

from zhisuan.api import problem
from zhisuan.api.app import create_app
from zhisuan.core import errors
from zhisuan.core.errors import CentreError


def family(kind):
    yield kind
    for child in kind.__subclasses__():
        yield from family(child)


TREE = sorted(family(CentreError), key=lambda kind: kind.__name__)


def asked(error):
    """The answer of an application whose one route raises this."""
    app = FastAPI()
    problem.install(app)

    @app.get("/")
    def fail():
        raise error

    async def ask():
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://centre") as client:
            return await client.get("/")

    return asyncio.run(ask())


@pytest.mark.parametrize("kind", TREE, ids=lambda kind: kind.__name__)
def test_every_error_of_the_tree_is_a_problem_with_its_own_code_and_status(kind):
    answer = asked(kind("It is so.", hint="Do this."))
    assert answer.status_code == kind.http_status
    assert answer.headers["content-type"] == problem.MEDIA_TYPE
    told = answer.json()
    assert (told["code"], told["detail"], told["hint"]) == (kind.code, "It is so.", "Do this.")
    assert ("www-authenticate" in answer.headers) == (kind is errors.NotAuthenticated)


def test_no_two_errors_share_a_code():
    codes = [kind.code for kind in TREE]
    assert len(set(codes)) == len(codes)


def test_what_is_unforeseen_tells_nothing_of_itself():
    answer = asked(KeyError("secret"))
    assert answer.status_code == 500
    assert answer.json()["code"] == "internal"
    assert "secret" not in answer.text


def test_no_expression_is_told_to_people():
    """Every pattern that the API holds values against has its words."""
    document = create_app(None).openapi()
    patterns = set(re.findall(r'"pattern": "((?:[^"\\]|\\.)*)"', json.dumps(document)))
    assert patterns
    for pattern in patterns:
        fault = {"type": "string_pattern_mismatch", "ctx": {"pattern": json.loads(f'"{pattern}"')}}
        assert problem._told(fault) != problem._told({**fault, "ctx": {"pattern": ""}}), pattern
