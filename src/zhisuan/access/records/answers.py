"""The answers that requests with an idempotency key have had."""

from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select

from zhisuan.access.tables import ANSWERS
from zhisuan.core.clock import Instant, format_instant


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """The answer an idempotency key has already had."""

    request_hash: str
    status: int
    body: bytes


def kept_answer(connection: Connection, tenant_id: str, key: str) -> KeptAnswer | None:
    """What the same key was answered before, if it was."""
    row = connection.execute(
        select(ANSWERS).where(ANSWERS.c.tenant == tenant_id, ANSWERS.c.key == key)
    ).one_or_none()
    return None if row is None else KeptAnswer(row.request_hash, row.status, row.body)


def keep_answer(
    connection: Connection, tenant_id: str, key: str, answer: KeptAnswer, at: Instant
) -> None:
    """Keep an answer for the next request with this key."""
    connection.execute(
        insert(ANSWERS),
        {
            "tenant": tenant_id,
            "key": key,
            "request_hash": answer.request_hash,
            "status": answer.status,
            "body": answer.body,
            "created_at": format_instant(at),
        },
    )


def forget_answers(connection: Connection, before: Instant) -> int:
    """Drop answers older than an instant; returns how many."""
    return connection.execute(
        delete(ANSWERS).where(ANSWERS.c.created_at < format_instant(before))
    ).rowcount
