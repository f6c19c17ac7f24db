"""Quotes that were offered."""

from pydantic import TypeAdapter
from sqlalchemy import Connection, insert, select

from zhisuan.core.clock import format_instant, parse_instant
from zhisuan.ledger.quote import Offer, Quote
from zhisuan.ledger.tables import QUOTE

_QUOTE = TypeAdapter(Quote)
_SUBJECT = TypeAdapter(dict[str, str])


def add_quote(connection: Connection, offer: Offer) -> None:
    """Keep an offered quote."""
    connection.execute(
        insert(QUOTE),
        {
            "quote_id": offer.quote_id,
            "tenant": offer.tenant,
            "created_at": format_instant(offer.created_at),
            "expires_at": format_instant(offer.expires_at),
            "quote": _QUOTE.dump_json(offer.quote).decode(),
            "subject": _SUBJECT.dump_json(dict(offer.subject)).decode(),
        },
    )


def quote(connection: Connection, tenant: str, quote_id: str) -> Offer | None:
    """The tenant's quote of this id."""
    row = connection.execute(
        select(QUOTE).where(QUOTE.c.quote_id == quote_id, QUOTE.c.tenant == tenant)
    ).first()
    if row is None:
        return None
    return Offer(
        row.quote_id,
        row.tenant,
        parse_instant(row.created_at),
        parse_instant(row.expires_at),
        _QUOTE.validate_json(row.quote),
        _SUBJECT.validate_json(row.subject),
    )
