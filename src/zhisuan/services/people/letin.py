"""Let in: who is behind a key or a cookie, how often they ask, and when they were last seen."""

import hmac
from contextlib import suppress

from zhisuan.access import records as access
from zhisuan.access import session as sessions
from zhisuan.access.session import NO_DIGEST
from zhisuan.access.tenant import Caller
from zhisuan.core.errors import NotAllowed, NotAuthenticated, NotFound, Unavailable
from zhisuan.services.centre import Centre


def by_key(centre: Centre, text: str) -> Caller:
    """Who is behind a key.

    Raises:
        NotAuthenticated: the centre does not know it, or it holds no more.
        TooManyRequests: it has had its share of this minute.
    """
    now = centre.clock.now()
    with centre.database.read() as connection:
        caller = access.caller(connection, text, now)
    centre.front.rates.request(caller.actor)
    if centre.front.used.is_new(caller.actor, now):
        # A disk that cannot be written stops nobody who only reads.
        with suppress(Unavailable), centre.database.write() as connection:
            access.note_use(connection, caller.actor, now)
    return caller


def still_in(centre: Centre, who: Caller) -> bool:
    """Whether a caller who was let in before would be let in now; nothing is counted."""
    now = centre.clock.now()
    with centre.database.read() as connection:
        if who.session is not None:
            found = access.session(connection, who.session)
            return found is not None and found[0].holds(now)
        try:
            return access.key(connection, who.tenant, who.actor).holds(now)
        except NotFound:
            return False


def by_cookie(centre: Centre, text: str, token: str | None) -> Caller:
    """Who is behind a session's cookie.

    Args:
        centre: where.
        text: of the cookie.
        token: what the request brought against forgery; None where it changes nothing.

    Raises:
        NotAuthenticated: there is no such session, or it has ended.
        NotAllowed: the token is not the session's.
        TooManyRequests: it has had its share of this minute.
    """
    now = centre.clock.now()
    with centre.database.read() as connection:
        found = access.session(connection, sessions.session_id(text))
    known = sessions.matches(text, NO_DIGEST if found is None else found[0].digest)
    if found is None or not known or not found[0].holds(now):
        raise NotAuthenticated("This session has ended.", hint="Log in again.")
    if token is not None and not hmac.compare_digest(
        token.encode(), sessions.csrf_token(text).encode()
    ):
        raise NotAllowed(
            "A change through a session needs its token.",
            hint=f"Send the token of GET /v1/session as {sessions.CSRF_HEADER}.",
        )
    session, holder = found
    centre.front.rates.request(session.session_id)
    if centre.front.seen.is_new(session.session_id, now):
        with suppress(Unavailable), centre.database.write() as connection:
            access.note_seen(connection, session.session_id, now)
    return holder.caller(session.session_id)
