"""The live feed: what changed, in order, with numbers a reader can resume from.

Events are rows, so a reader that was away misses nothing; a bell wakes those that wait.
"""

import asyncio
import json
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from zhisuan.core.clock import Instant

CENTRE = ""
"""Whose the events are that are no tenant's, such as those of nodes."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to one tenant's dataset, task, job or solution, or to a node.

    Attributes:
        tenant: whose it is; `CENTRE` for a node.
        kind: such as `job.running`.
        subject: the id of what it happened to.
        facts: JSON values.
    """

    tenant: str
    kind: str
    subject: str
    facts: Mapping[str, Any]
    at: Instant


_NOBODYS_OWN = frozenset(
    {"reason", "cause", "why_zh", "why_en", "ahead", "fraction", "state", "count", "simulated"}
)
"""Facts that everybody may be told: no messages of programs, no names of columns."""


@dataclass(frozen=True)
class KeptEvent:
    """An event as the feed tells it; each of its texts is written once, when first asked for.

    Attributes:
        seq: its number.
        facts: JSON text.
    """

    seq: int
    at: str
    tenant: str
    kind: str
    subject: str
    facts: str

    @cached_property
    def whole(self) -> str:
        """As a server-sent event for its own tenant."""
        told = f'{{"subject":{json.dumps(self.subject)},"at":"{self.at}","facts":{self.facts}}}'
        return f"id: {self.seq}\nevent: {self.kind}\ndata: {told}\n\n"

    @cached_property
    def public(self) -> str:
        """As a server-sent event for those who see everybody's jobs, without private facts."""
        facts = {
            name: value for name, value in json.loads(self.facts).items() if name in _NOBODYS_OWN
        }
        told = {
            "subject": self.subject,
            "tenant_id": self.tenant or None,
            "at": self.at,
            "facts": facts,
        }
        text = json.dumps(told, ensure_ascii=False)
        return f"id: {self.seq}\nevent: {self.kind}\ndata: {text}\n\n"


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
