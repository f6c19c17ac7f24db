"""The feed: read once for all who listen, and nothing lost or doubled for any of them."""

import asyncio
import json
from contextlib import AsyncExitStack, aclosing

import pytest

from zhisuan.access import records as access
from zhisuan.access.session import Holder
from zhisuan.services import feed as feeds
from zhisuan.services import records
from zhisuan.services.events import CENTRE, Event
from zhisuan.services.feed import Feed
from zhisuan.services.people.letin import by_cookie, by_key, still_in
from zhisuan.services.people.members import begin_session, end_session

FOREVER_S = 60.0


@pytest.fixture
def tell(workshop):
    """Something happens, and the bell is rung."""

    def told(tenant="one", kind="job.running", count=1, **facts):
        events = [
            Event(tenant, kind, f"job_{n}", facts, workshop.clock.now()) for n in range(count)
        ]
        with workshop.centre.database.write() as connection:
            records.append_events(connection, events)
        workshop.centre.news.ring()

    return told


def numbers(text):
    return [int(line[4:]) for line in text.splitlines() if line.startswith("id: ")]


async def listening(feed, count):
    """Give way until so many listen."""
    for _ in range(100_000):
        if feed.listeners == count:
            return
        await asyncio.sleep(0)
    raise AssertionError(feed.listeners)


async def heard(texts, count):
    """The numbers of so many events."""
    found = []
    while len(found) < count:
        found += numbers(await asyncio.wait_for(anext(texts), 20))
    return found


def test_fifty_listeners_cost_one_read(workshop, tell, monkeypatch):
    reads = []
    read = records.events_after
    monkeypatch.setattr(
        records, "events_after", lambda *a, **k: reads.append(k.get("upto")) or read(*a, **k)
    )

    async def listen():
        feed = Feed(workshop.centre)
        async with AsyncExitStack() as stack:
            each = [
                await stack.enter_async_context(aclosing(feed.follow("one", None, FOREVER_S)))
                for _ in range(50)
            ]
            waiting = [asyncio.create_task(heard(texts, 3)) for texts in each]
            await listening(feed, 50)
            await asyncio.to_thread(tell, "one", count=3)
            told = await asyncio.gather(*waiting)
        assert feed.listeners == 0
        return told

    assert asyncio.run(listen()) == [[1, 2, 3]] * 50
    assert len(reads) <= 4, reads
    assert set(reads) == {None}, "nobody read for themselves"


def test_who_was_away_misses_nothing_while_more_comes(workshop, tell, monkeypatch):
    monkeypatch.setattr(feeds, "_PAGE", 3)
    tell(count=10)

    async def listen():
        feed = Feed(workshop.centre)
        async with aclosing(feed.follow("one", 2, FOREVER_S)) as texts:
            first = numbers(await anext(texts))
            await asyncio.to_thread(tell, "one", count=5)
            return first + await heard(texts, 13 - len(first))

    assert asyncio.run(listen()) == list(range(3, 16))


def test_who_is_slow_loses_nothing(workshop, tell, monkeypatch):
    monkeypatch.setattr(feeds, "_MOST_HELD", 4)
    monkeypatch.setattr(feeds, "_PAGE", 3)

    async def listen():
        feed = Feed(workshop.centre)
        async with (
            aclosing(feed.follow("one", None, FOREVER_S)) as slow,
            aclosing(feed.follow("one", None, FOREVER_S)) as quick,
        ):
            first = asyncio.create_task(heard(slow, 1))
            other = asyncio.create_task(heard(quick, 21))
            await listening(feed, 2)
            await asyncio.to_thread(tell)
            found = await first
            for _ in range(4):
                await asyncio.to_thread(tell, "one", count=5)
            assert await other == list(range(1, 22))
            return found + await heard(slow, 20)

    assert asyncio.run(listen()) == list(range(1, 22))


def test_a_tenant_hears_its_own_and_an_operator_everybodys_without_what_is_private(workshop, tell):
    async def listen():
        feed = Feed(workshop.centre)
        own, everybody = (feed.follow(tenant, 0, FOREVER_S) for tenant in ("one", None))
        async with aclosing(own), aclosing(everybody):
            return (await heard(own, 2), await anext(everybody))

    tell("one", "job.failed", message="KeyError: salary", reason="wrong_input")
    tell("two", "job.progress", fraction=0.5, columns=["salary"], stage="salary")
    tell("one", "dataset.ready", rows=3)
    tell(CENTRE, "node.changed", state="down")
    own, text = asyncio.run(listen())
    assert own == [1, 3]
    assert numbers(text) == [1, 2, 4]
    assert "salary" not in text
    told = [json.loads(line[6:]) for line in text.splitlines() if line.startswith("data: ")]
    assert [each["tenant_id"] for each in told] == ["one", "two", None]
    assert [each["facts"] for each in told] == [
        {"reason": "wrong_input"},
        {"fraction": 0.5},
        {"state": "down"},
    ]


def test_everybody_goes_home_when_the_centre_closes(workshop):
    async def listen():
        feed = Feed(workshop.centre)
        texts = feed.follow("one", None, FOREVER_S)
        waiting = asyncio.create_task(anext(texts, "over"))
        await listening(feed, 1)
        await asyncio.to_thread(workshop.centre.news.close)
        return await asyncio.wait_for(waiting, 20)

    assert asyncio.run(listen()) == "over"


def test_a_reader_that_fails_once_reads_on(workshop, tell, monkeypatch):
    monkeypatch.setattr(feeds, "_AGAIN_S", 0.0)
    read, failures = Feed._new, [RuntimeError("gone")]

    def sometimes(self, position):
        if failures:
            raise failures.pop()
        return read(self, position)

    monkeypatch.setattr(Feed, "_new", sometimes)

    async def listen():
        feed = Feed(workshop.centre)
        async with aclosing(feed.follow("one", None, FOREVER_S)) as texts:
            waiting = asyncio.create_task(heard(texts, 1))
            await listening(feed, 1)
            await asyncio.to_thread(tell)
            return await waiting

    assert asyncio.run(listen()) == [1]


def test_who_is_not_let_in_any_more_is_known(workshop):
    centre, now = workshop.centre, workshop.clock.now()
    with centre.database.write() as connection:
        access.prepare(connection)
        made = access.add_key(connection, workshop.tenant, "owner", now)
        key = access.key(connection, workshop.tenant, made.key_id)
        session, cookie = begin_session(centre, connection, Holder.of_key(key))
    by_session, key = by_cookie(centre, cookie, None), by_key(centre, made.text)
    assert still_in(centre, by_session)
    assert still_in(centre, key)
    with centre.database.write() as connection:
        end_session(centre, connection, by_session, session.session_id)
        access.revoke_key(connection, made.key_id, now)
    assert not still_in(centre, by_session)
    assert not still_in(centre, key)
