"""The body limit: bytes are counted as they come, whatever was said of them before."""

import asyncio

import pytest
from starlette.exceptions import HTTPException

from zhisuan.api.body import MOST_BYTES, BodyLimit


async def read_whole(_scope, receive, send):
    """An application that reads its body and says how long it was."""
    length, more = 0, True
    while more:
        message = await receive()
        length += len(message.get("body", b""))
        more = message.get("more_body", False)
    await send(length)


def sent(path, blocks, kind="http"):
    """What the application saw of a body that comes in blocks."""
    messages = [{"type": "http.request", "body": each, "more_body": True} for each in blocks]
    messages.append({"type": "http.request", "body": b""})
    coming = iter(messages)
    said = []

    async def receive():
        return next(coming)

    async def send(message):
        said.append(message)

    scope = {"type": kind, "path": path}
    asyncio.run(BodyLimit(read_whole, unlimited="/tables")(scope, receive, send))
    return said[0], len(list(coming))


@pytest.mark.parametrize("blocks", [[b"x" * MOST_BYTES], [b"x" * (MOST_BYTES // 4)] * 4, []])
def test_what_fits_passes_untouched(blocks):
    assert sent("/jobs", blocks) == (sum(map(len, blocks)), 0)


def test_one_byte_more_is_refused():
    with pytest.raises(HTTPException) as refused:
        sent("/jobs", [b"x" * MOST_BYTES, b"x"])
    assert refused.value.status_code == 413


def test_the_rest_is_never_read():
    read = []

    def blocks():
        for number in range(100):
            read.append(number)
            yield b"x" * (MOST_BYTES // 2)

    async def receive():
        return {"type": "http.request", "body": next(coming), "more_body": True}

    coming = blocks()
    limited = BodyLimit(read_whole, unlimited="/tables")
    with pytest.raises(HTTPException):
        asyncio.run(limited({"type": "http", "path": "/jobs"}, receive, None))
    assert len(read) == 3


def test_a_table_may_be_as_large_as_it_is():
    assert sent("/tables", [b"x" * MOST_BYTES] * 3) == (3 * MOST_BYTES, 0)


def test_a_longer_address_is_not_the_unlimited_one():
    with pytest.raises(HTTPException):
        sent("/tables/from-path", [b"x" * MOST_BYTES] * 2)
