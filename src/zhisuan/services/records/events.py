"""The event feed: appended with every change, read in the order of its numbers."""

import json
from collections.abc import Sequence

from sqlalchemy import (
    Connection,
    delete,
    func,
    insert,
    select,
)

from zhisuan.core.clock import Instant, format_instant
from zhisuan.services.events import Event, KeptEvent
from zhisuan.services.records.tables import EVENTS


def append_events(connection: Connection, events: Sequence[Event]) -> None:
    """Keep events in the transaction of the change they tell."""
    if events:
        connection.execute(
            insert(EVENTS),
            [
                {
                    "at": format_instant(event.at),
                    "tenant": event.tenant,
                    "kind": event.kind,
                    "subject": event.subject,
                    "facts": json.dumps(event.facts, ensure_ascii=False),
                }
                for event in events
            ],
        )


def events_after(
    connection: Connection,
    seq: int,
    limit: int,
    *,
    upto: int | None = None,
    tenant: str | None = None,
) -> list[KeptEvent]:
    """Events after a number, up to another, in order; of one tenant, or everybody's."""
    query = select(EVENTS).where(EVENTS.c.seq > seq).order_by(EVENTS.c.seq).limit(limit)
    if upto is not None:
        query = query.where(EVENTS.c.seq <= upto)
    if tenant is not None:
        query = query.where(EVENTS.c.tenant == tenant)
    return [
        KeptEvent(row.seq, row.at, row.tenant, row.kind, row.subject, row.facts)
        for row in connection.execute(query)
    ]


def last_event(connection: Connection) -> int:
    """The number of the newest event, 0 if there is none."""
    return connection.execute(select(func.max(EVENTS.c.seq))).scalar() or 0


def forget_events(connection: Connection, before: Instant) -> int:
    """Drop events older than an instant; returns how many."""
    return connection.execute(delete(EVENTS).where(EVENTS.c.at < format_instant(before))).rowcount
