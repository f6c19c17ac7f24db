"""The feed: one reader of the events for everybody who listens.

Whoever listens first reads what they missed from the database, up to where the reader is; from
there on each new event is read once, written out once, and handed to all whom it concerns. Who
takes it in too slowly loses nothing: they read on from the database.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, field

import structlog

from zhisuan.services import records
from zhisuan.services.centre import Centre
from zhisuan.services.events import KeptEvent

log = structlog.get_logger()

_PAGE = 500
_MOST_HELD = 2000
"""Events that are kept for somebody who is slow; beyond them they read from the database."""

_GATHER_S = 0.03
"""News that comes so close together is read at once."""

_AGAIN_S = 1.0

EVERYBODYS = ("job.", "node.")
"""What may be heard of every tenant's: jobs and nodes."""


def own(tenant: str) -> Callable[[KeptEvent], str | None]:
    """What a tenant hears: all of its own, whole."""

    def told(event: KeptEvent) -> str | None:
        return event.whole if event.tenant == tenant else None

    return told


def everybodys(event: KeptEvent) -> str | None:
    """What is heard of every tenant: what happens to jobs and nodes, without private facts."""
    return event.public if event.kind.startswith(EVERYBODYS) else None


@dataclass(slots=True, eq=False)
class _Listener:
    """Somebody who listens.

    Attributes:
        wants: the text of an event for this listener; None for one that is not theirs.
        upto: everything after this number is handed over; up to it they read themselves.
        held: what was handed over and not taken yet.
    """

    wants: Callable[[KeptEvent], str | None]
    upto: int
    held: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])
    woken: asyncio.Event = field(default_factory=asyncio.Event)

    def hear(self, events: Sequence[KeptEvent], last: int) -> None:
        """Take over what is theirs of these."""
        mine = [(event.seq, text) for event in events if (text := self.wants(event)) is not None]
        if not mine:
            return
        if len(self.held) + len(mine) > _MOST_HELD:
            self.held.clear()
            self.upto = last
        else:
            self.held += mine
        self.woken.set()


class Feed:
    """Hands events to everybody who listens in one event loop.

    Args:
        centre: whose events.
    """

    def __init__(self, centre: Centre) -> None:
        self._centre = centre
        self._listeners: set[_Listener] = set()
        self._position = 0
        self._reading: asyncio.Task[None] | None = None

    @property
    def listeners(self) -> int:
        """How many listen now."""
        return len(self._listeners)

    async def follow(
        self,
        tenant: str | None,
        seen: int | None,
        keep_alive_s: float,
    ) -> AsyncGenerator[str]:
        """Texts of server-sent events, as they come; empty when nothing came for a while.

        Args:
            tenant: whose; None is what may be heard of everybody's.
            seen: the number of the last one heard; None is from now on.
            keep_alive_s: how long a while is.
        """
        wants = everybodys if tenant is None else own(tenant)
        await self._begin()
        listener = _Listener(wants, self._position)
        self._listeners.add(listener)
        seen = self._position if seen is None else seen
        try:
            while not self._centre.news.silent:
                while seen < listener.upto:
                    page, seen = await asyncio.to_thread(
                        self._missed, tenant, wants, seen, listener.upto
                    )
                    if page:
                        yield page
                listener.woken.clear()
                held, listener.held = listener.held, []
                fresh = [text for seq, text in held if seq > seen]
                if held:
                    seen = max(seen, held[-1][0])
                if fresh:
                    yield "".join(fresh)
                    continue
                try:
                    await asyncio.wait_for(listener.woken.wait(), keep_alive_s)
                except TimeoutError:
                    yield ""
        finally:
            self._listeners.discard(listener)
            self._end_if_alone()

    async def _begin(self) -> None:
        """Read on from now, where nobody reads yet."""
        if self._reading is None:
            position = await asyncio.to_thread(self._last)
            if self._reading is None:
                self._position = position
                self._reading = asyncio.create_task(self._read_on())

    def _end_if_alone(self) -> None:
        if not self._listeners and self._reading is not None:
            self._reading.cancel()
            self._reading = None

    async def _read_on(self) -> None:
        """Until nobody listens any more: read what is new, once for all."""
        with self._centre.news.listen() as heard:
            while not self._centre.news.silent:
                heard.clear()
                try:
                    while events := await asyncio.to_thread(self._new, self._position):
                        self._position = events[-1].seq
                        for listener in self._listeners:
                            listener.hear(events, self._position)
                except Exception:
                    # Whoever listens waits on: what was not read now is read next time.
                    log.exception("feed_not_read")
                    await asyncio.sleep(_AGAIN_S)
                    continue
                await asyncio.sleep(_GATHER_S)
                await heard.wait()
        for listener in self._listeners:
            listener.woken.set()

    def _last(self) -> int:
        with self._centre.database.read() as connection:
            return records.last_event(connection)

    def _new(self, position: int) -> Sequence[KeptEvent]:
        with self._centre.database.read() as connection:
            return records.events_after(connection, position, _PAGE)

    def _missed(
        self,
        tenant: str | None,
        wants: Callable[[KeptEvent], str | None],
        seen: int,
        upto: int,
    ) -> tuple[str, int]:
        """The next page of what was missed up to a number, and how far it goes."""
        with self._centre.database.read() as connection:
            found = records.events_after(connection, seen, _PAGE, upto=upto, tenant=tenant)
        texts = [text for event in found if (text := wants(event)) is not None]
        return "".join(texts), found[-1].seq if len(found) == _PAGE else upto
