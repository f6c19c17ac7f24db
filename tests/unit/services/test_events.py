"""The bell: wakes whoever listens, from any thread, and sends everybody home at the end."""

import asyncio
import threading

from zhisuan.services.events import Bell


def test_a_ring_from_another_thread_wakes_a_listener():
    bell = Bell()

    async def listen():
        with bell.listen() as heard:
            threading.Thread(target=bell.ring).start()
            await asyncio.wait_for(heard.wait(), 5)
            return heard.is_set()

    assert asyncio.run(listen())


def test_closing_wakes_everybody_for_the_last_time():
    bell = Bell()

    async def listen():
        with bell.listen() as one, bell.listen() as other:
            bell.close()
            await asyncio.wait_for(asyncio.gather(one.wait(), other.wait()), 5)

    assert not bell.silent
    asyncio.run(listen())
    assert bell.silent


def test_a_listener_whose_loop_is_gone_does_no_harm():
    bell = Bell()

    async def listen():
        listening = bell.listen()
        listening.__enter__()
        return listening

    listening = asyncio.run(listen())
    bell.ring()
    listening.__exit__(None, None, None)
    bell.ring()
