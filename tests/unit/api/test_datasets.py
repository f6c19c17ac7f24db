"""An upload block by block: what comes is passed on, what stops coming is said."""

import asyncio

import pytest
from starlette.requests import ClientDisconnect

from zhisuan.api import datasets
from zhisuan.core.errors import WrongInput


async def blocks():
    yield b"one"
    yield b"two"


async def cut():
    yield b"one"
    raise ClientDisconnect


async def still():
    yield b"one"
    await asyncio.Event().wait()


def taken(stream, count):
    async def take():
        return [await datasets._next_block(stream) for _ in range(count)]

    return asyncio.run(take())


def test_an_upload_ends_with_nothing():
    assert taken(blocks(), 3) == [b"one", b"two", b""]


def test_a_cut_upload_is_wrong_input():
    with pytest.raises(WrongInput, match="broke off"):
        taken(cut(), 2)


def test_an_upload_that_stands_still_is_given_up(monkeypatch):
    monkeypatch.setattr(datasets, "_STILL_S", 0.01)
    with pytest.raises(WrongInput, match=r"stood still for 0\.01 seconds"):
        taken(still(), 2)
