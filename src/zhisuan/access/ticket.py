"""A ticket: lets one browser in, once and soon, as whoever asked for it.

It is how a program that has a key, or a browser that has a session, opens the console elsewhere
without showing its own secret: it stands in the part of an address that is never sent to a server
(RFC 3986, section 3.5), and is worth nothing once it was used. As with keys, only the SHA-256 of
its 160 random bits is kept.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta

from zhisuan.core.clock import Instant
from zhisuan.core.identifiers import new_id

LASTS = timedelta(minutes=10)
NO_DIGEST = "0" * 64
"""No text has it."""

_SECRET_BYTES = 20


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket as the centre remembers it.

    Attributes:
        ticket_id: `tic_…`.
        session: the session that asked for it; None where a key did.
        key: the key that asked for it; None where a session did.
    """

    ticket_id: str
    digest: str
    tenant: str
    session: str | None
    key: str | None
    expires_at: Instant


def new_ticket(
    tenant: str, session: str | None, key: str | None, at: Instant
) -> tuple[Ticket, str]:
    """A fresh ticket, and its text, which is never stored."""
    ticket_id = new_id("tic")
    text = f"{ticket_id}.{secrets.token_hex(_SECRET_BYTES)}"
    return Ticket(ticket_id, digest(text), tenant, session, key, at + LASTS), text


def ticket_id(text: str) -> str:
    """The id inside a ticket; empty if there is none."""
    return text.partition(".")[0] if text.isascii() else ""


def digest(text: str) -> str:
    """What is stored of a ticket: 64 hex digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def matches(text: str, stored: str) -> bool:
    """Whether this is the ticket whose digest is stored; takes the same time either way."""
    return hmac.compare_digest(digest(text), stored)
