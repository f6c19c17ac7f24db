"""Tickets that were asked for and not used yet."""

from sqlalchemy import Connection, delete, insert, select

from zhisuan.access.tables import TICKETS
from zhisuan.access.ticket import Ticket
from zhisuan.core.clock import Instant, format_instant, parse_instant


def add_ticket(connection: Connection, ticket: Ticket) -> None:
    """Keep a ticket that was asked for."""
    connection.execute(
        insert(TICKETS),
        {
            "ticket_id": ticket.ticket_id,
            "digest": ticket.digest,
            "tenant": ticket.tenant,
            "session": ticket.session,
            "key_id": ticket.key,
            "expires_at": format_instant(ticket.expires_at),
        },
    )


def ticket(connection: Connection, ticket_id: str) -> Ticket | None:
    """A ticket of this id; None if there is none, or it was used."""
    row = connection.execute(select(TICKETS).where(TICKETS.c.ticket_id == ticket_id)).one_or_none()
    if row is None:
        return None
    return Ticket(
        row.ticket_id,
        row.digest,
        row.tenant,
        row.session,
        row.key_id,
        parse_instant(row.expires_at),
    )


def use_ticket(connection: Connection, ticket_id: str) -> bool:
    """Take a ticket away; says whether it was there, so that of two who use it one is let in."""
    gone = connection.execute(delete(TICKETS).where(TICKETS.c.ticket_id == ticket_id))
    return gone.rowcount == 1


def forget_tickets(connection: Connection, now: Instant) -> int:
    """Drop tickets that nobody used in time; returns how many."""
    late = TICKETS.c.expires_at < format_instant(now)
    return connection.execute(delete(TICKETS).where(late)).rowcount
