"""The live feed: what changed, in order, with numbers a reader can resume from.

Events are rows, so a reader that was away misses nothing; a bell wakes those that wait.
"""

import asyncio
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from zhisuan.core.clock import Instant


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to one tenant's dataset, task, job or solution.

    Attributes:
        kind: such as `job.running`.
        subject: the id of what it happened to.
        facts: JSON values.
    """

    tenant: str
    kind: str
    subject: str
    facts: Mapping[str, Any]
    at: Instant


class Bell:
    """Wakes those who wait for news; carries none itself. Rung from any thread."""

    def __init__(self) -> None:
        self._listeners: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()
        self.silent = False
        """Whether no more news will come."""

    def ring(self) -> None:
        """There is news."""
        for loop, heard in tuple(self._listeners):
            # A loop that closed in this very moment has nobody left to wake.
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(heard.set)

    def close(self) -> None:
        """Send everybody who listens home."""
        self.silent = True
        self.ring()

    @contextmanager
    def listen(self) -> Generator[asyncio.Event]:
        """An event, in the running loop, that is set at every ring; its reader clears it."""
        listener = (asyncio.get_running_loop(), asyncio.Event())
        self._listeners.add(listener)
        try:
            yield listener[1]
        finally:
            self._listeners.discard(listener)
