"""The chain of changes: who changed what, when, from what to what."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from zhisuan.access.tables import AUDIT, AUDIT_CHAIN
from zhisuan.access.tenant import Caller
from zhisuan.core.clock import Instant, format_instant, parse_instant
from zhisuan.store import chains


@dataclass(frozen=True, slots=True)
class Change:
    """One record of the chain.

    Attributes:
        seq: its place, from 1.
        actor: the key's or the member's id; empty for the centre itself.
        tenant: whom the actor belongs to.
        before, after: what it was and became; None where that is not said.
        hash: its link.
    """

    seq: int
    at: Instant
    actor: str
    tenant: str
    action: str
    subject: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    hash: str


def prepare(connection: Connection) -> None:
    """Make the head of the chain where there is none yet."""
    chains.prepare(connection, AUDIT_CHAIN)


def audit(
    connection: Connection,
    who: Caller,
    action: str,
    subject: str,
    after: Mapping[str, Any],
    at: Instant,
    *,
    before: Mapping[str, Any] | None = None,
) -> None:
    """Note who changed what, in the transaction that changes it."""
    chains.append(
        connection,
        AUDIT_CHAIN,
        AUDIT,
        {
            "at": format_instant(at),
            "actor": who.actor,
            "tenant": who.tenant,
            "action": action,
            "subject": subject,
            "before": before,
            "after": after,
        },
    )


def changes(
    connection: Connection,
    *,
    actor: str | None = None,
    tenant: str | None = None,
    action: str | None = None,
    subject: str | None = None,
    since: Instant | None = None,
    until: Instant | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[Change]:
    """Changes, newest first, below place `before`; what is None is not asked."""
    query = select(AUDIT).order_by(AUDIT.c.seq.desc()).limit(limit)
    asked = {
        AUDIT.c.actor: actor,
        AUDIT.c.tenant: tenant,
        AUDIT.c.action: action,
        AUDIT.c.subject: subject,
    }
    for column, value in asked.items():
        if value is not None:
            query = query.where(column == value)
    if since is not None:
        query = query.where(AUDIT.c.at >= format_instant(since))
    if until is not None:
        query = query.where(AUDIT.c.at < format_instant(until))
    if before is not None:
        query = query.where(AUDIT.c.seq < before)
    return [_change(row.body, row.hash) for row in connection.execute(query)]


def _change(body: str, link: str) -> Change:
    told = json.loads(body)
    return Change(
        seq=told["seq"],
        at=parse_instant(told["at"]),
        actor=told["actor"],
        tenant=told["tenant"],
        action=told["action"],
        subject=told["subject"],
        before=told["before"],
        after=told["after"],
        hash=link,
    )
