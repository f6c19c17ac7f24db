"""The live feed: what changed, in order, with numbers a reader can resume from.

Events are rows, so a reader that was away misses nothing; a bell wakes those that wait.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from threading import Condition
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
    """Wakes those who wait for news; carries none itself."""

    def __init__(self) -> None:
        self._condition = Condition()
        self._rung = 0

    def ring(self) -> None:
        """There is news."""
        with self._condition:
            self._rung += 1
            self._condition.notify_all()

    def wait(self, heard: int, timeout_s: float) -> int:
        """Sleep until the bell has rung more than `heard` times; returns how often it has."""
        with self._condition:
            self._condition.wait_for(lambda: self._rung > heard, timeout_s)
            return self._rung
