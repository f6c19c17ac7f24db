"""Tickets: asked for by a key or a session, and used once to begin a session elsewhere."""

from sqlalchemy import Connection

from zhisuan.access import records as access
from zhisuan.access import ticket as tickets
from zhisuan.access.session import Holder, Session
from zhisuan.access.tenant import Caller
from zhisuan.access.ticket import NO_DIGEST, Ticket
from zhisuan.core.clock import Instant
from zhisuan.core.errors import NotAuthenticated, NotFound
from zhisuan.services.centre import Centre
from zhisuan.services.people.members import begin_session


def make_ticket(centre: Centre, connection: Connection, who: Caller) -> tuple[Ticket, str]:
    """A ticket for a session like the caller's own; returns it and its text."""
    now = centre.clock.now()
    key = who.actor if who.session is None else None
    ticket, text = tickets.new_ticket(who.tenant, who.session, key, now)
    access.add_ticket(connection, ticket)
    access.audit(connection, who, "ticket.made", ticket.ticket_id, {}, now)
    return ticket, text


def enter(centre: Centre, connection: Connection, text: str) -> tuple[Session, Holder, str]:
    """Use a ticket; returns the session that it began, whose it is, and its cookie's text.

    Who asked for the ticket must still hold: a key that ended or a session that was closed lets
    nobody in any more.

    Raises:
        NotAuthenticated: there is no such ticket, or it was used or came too late.
    """
    now = centre.clock.now()
    ticket = access.ticket(connection, tickets.ticket_id(text))
    known = tickets.matches(text, NO_DIGEST if ticket is None else ticket.digest)
    if ticket is not None and known and now < ticket.expires_at:
        maker = _maker(connection, ticket, now)
        if access.use_ticket(connection, ticket.ticket_id) and maker is not None:
            holder, until = maker
            session, cookie = begin_session(centre, connection, holder, until)
            return session, holder, cookie
    raise NotAuthenticated(
        "This ticket lets nobody in: it was used, or its ten minutes are over.",
        hint="Ask for another one: zhisuan console",
    )


def _maker(
    connection: Connection, ticket: Ticket, now: Instant
) -> tuple[Holder, Instant | None] | None:
    """Who asked for a ticket, and how long at most they are let in by it; None if they ended."""
    if ticket.session is not None:
        found = access.session(connection, ticket.session)
        holds = found is not None and found[0].holds(now)
        return (found[1], found[0].expires_at) if found is not None and holds else None
    try:
        key = access.key(connection, ticket.tenant, ticket.key or "")
    except NotFound:
        return None
    return (Holder.of_key(key), None) if key.holds(now) else None
