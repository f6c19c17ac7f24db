"""The way to a centre: what it answers comes back as the values and errors they are."""

import json

import httpx
import pytest

from zhisuan.cli.door import Door
from zhisuan.core.errors import CentreError, Unavailable


def family(kind):
    yield kind
    for child in kind.__subclasses__():
        yield from family(child)


def door(answer):
    """A door to a centre that answers so."""
    made = Door("http://centre", "zs_k_s", local=True)
    made._client = httpx.Client(base_url="http://centre", transport=httpx.MockTransport(answer))
    return made


@pytest.mark.parametrize("kind", list(family(CentreError)), ids=lambda kind: kind.__name__)
def test_an_error_comes_back_as_the_error_it_was(kind):
    problem = {"code": kind.code, "detail": "It is so.", "hint": "Do this."}
    with pytest.raises(kind) as caught:
        door(lambda _: httpx.Response(kind.http_status, json=problem)).get("/v1/x")
    assert type(caught.value) is kind
    assert (caught.value.message, caught.value.hint) == ("It is so.", "Do this.")


def test_a_code_of_a_newer_centre_is_still_an_error():
    problem = {"code": "brand_new", "detail": "It is so.", "hint": ""}
    with pytest.raises(CentreError, match="It is so"):
        door(lambda _: httpx.Response(418, json=problem)).get("/v1/x")


@pytest.mark.parametrize("text", ["<html>", "[]", '{"detail": 1}', ""])
def test_what_is_no_problem_is_no_centre(text):
    with pytest.raises(Unavailable, match="is not a centre"):
        door(lambda _: httpx.Response(502, text=text)).get("/v1/x")


def test_pages_are_read_until_there_are_enough():
    asked = []

    def answer(request):
        asked.append(dict(request.url.params))
        first = int(request.url.params.get("after", 0))
        items = list(range(first, first + int(request.url.params["limit"])))
        return httpx.Response(200, json={"items": items, "next": str(items[-1] + 1)})

    assert list(door(answer).pages("/v1/x", 450)) == list(range(450))
    assert [query["limit"] for query in asked] == ["200", "200", "50"]


def test_events_are_read_with_their_numbers_and_the_end_is_said():
    feed = ": hello\n\n" + "".join(
        f"id: {n}\nevent: job.running\ndata: {json.dumps({'subject': n})}\n\n" for n in (7, 9)
    )
    events = door(lambda _: httpx.Response(200, text=feed)).events(3)
    assert next(events) == (7, "job.running", {"subject": 7})
    assert next(events) == (9, "job.running", {"subject": 9})
    with pytest.raises(Unavailable, match="hung up"):
        next(events)


def test_every_creating_call_carries_a_key_and_every_call_the_callers():
    seen = []

    def answer(request):
        seen.append(request.headers)
        return httpx.Response(200, json={})

    made = door(answer)
    made.post("/v1/x", {"a": 1})
    made.post("/v1/x", {"a": 1})
    made.get("/v1/x")
    keys = [headers.get("idempotency-key") for headers in seen]
    assert keys[0] != keys[1]
    assert keys[2] is None
    assert {headers["authorization"] for headers in seen} == {"Bearer zs_k_s"}
