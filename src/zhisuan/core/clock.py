"""Instants: aware UTC datetimes, written as RFC 3339 with microseconds and a `Z`.

Decisions take the instant as an argument; only the rim asks a `Clock`.
"""

from datetime import UTC, datetime
from typing import Protocol

Instant = datetime


class Clock(Protocol):
    """Tells the time; a test brings its own."""

    def now(self) -> Instant:
        """The present instant, aware, UTC."""
        ...


class WallClock:
    """The machine's own clock."""

    def now(self) -> Instant:
        """The present instant, aware, UTC."""
        return datetime.now(UTC)


def format_instant(instant: Instant) -> str:
    """`2026-01-02T03:04:05.000006Z`: fixed width, so that text order is time order.

    Raises:
        ValueError: the instant is naive.
    """
    if instant.tzinfo is None:
        raise ValueError("an instant must carry its time zone")
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse_instant(text: str) -> Instant:
    """The instant written by `format_instant`, or any RFC 3339 text with an offset.

    Raises:
        ValueError: the text is no instant or has no offset.
    """
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone")
    return instant.astimezone(UTC)
