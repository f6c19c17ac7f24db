"""A session: whoever has logged in with a browser, remembered by a cookie.

It is a person's, or it stands on an API key and then has that key's role and scope and ends with
it.

The cookie holds an id and 160 random bits; the centre keeps their SHA-256 only. What changes
anything through a cookie must also carry a token that another site's page cannot read: it is
derived from the cookie itself, so nothing more is kept (the double-submit pattern with an HMAC,
OWASP Cross-Site Request Forgery Prevention).
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Self

from zhisuan.access.key import ApiKey
from zhisuan.access.member import Member
from zhisuan.access.tenant import Caller, Role
from zhisuan.core.clock import Instant
from zhisuan.core.identifiers import new_id

COOKIE = "zhisuan_session"
HERE_COOKIE = "zhisuan_here"
"""Tells a page's script that there is a session, and nothing of it."""
CSRF_HEADER = "X-CSRF-Token"
LASTS = timedelta(hours=12)
"""From the login on."""
IDLE = timedelta(minutes=30)
"""Without a request."""
NO_DIGEST = "0" * 64
_SECRET_BYTES = 20


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose a session is: a member's, or a key's.

    Attributes:
        name: the person's, or what the key's maker calls it.
        login: the person's; None for a key.
        member: the person; None for a key.
        key: None for a person.
        made_for: the person that a key was made for, if any; a person themselves.
        scope, project: what a key is narrowed to; see `key.ApiKey`.
        until: when the key expires.
    """

    tenant: str
    role: Role
    name: str
    login: str | None = None
    member: str | None = None
    key: str | None = None
    made_for: str | None = None
    scope: frozenset[str] | None = None
    project: str | None = None
    until: Instant | None = None

    @classmethod
    def person(cls, member: Member) -> Self:
        """A member."""
        return cls(
            member.tenant,
            member.role,
            member.name,
            member.login,
            member.member_id,
            made_for=member.member_id,
        )

    @classmethod
    def of_key(cls, key: ApiKey) -> Self:
        """A key."""
        return cls(
            key.tenant,
            key.role,
            key.name,
            key=key.key_id,
            made_for=key.member,
            scope=key.scope,
            project=key.project,
            until=key.expires_at,
        )

    def caller(self, session: str | None = None) -> Caller:
        """Who asks through the session."""
        actor = self.member or self.key or ""
        return Caller(
            self.tenant, self.role, actor, self.scope, self.project, self.made_for, session
        )


@dataclass(frozen=True, slots=True)
class Session:
    """A session as the centre remembers it.

    Attributes:
        session_id: `ses_…`.
        member: whose it is; None where it stands on a key.
        key: what it stands on; None where it is a person's.
        seen_at: the last request, to within a minute.
    """

    session_id: str
    digest: str
    tenant: str
    member: str | None
    key: str | None
    created_at: Instant
    seen_at: Instant
    expires_at: Instant
    ended_at: Instant | None = None

    def holds(self, at: Instant) -> bool:
        """Whether it has neither ended nor expired nor been idle too long."""
        return self.ended_at is None and at < self.expires_at and at < self.seen_at + IDLE


def new_session(holder: Holder, at: Instant, until: Instant | None = None) -> tuple[Session, str]:
    """A session just begun, and the text of its cookie, which is never stored.

    It lasts no longer than its key, nor than `until`.
    """
    session_id = new_id("ses")
    text = f"{session_id}.{secrets.token_hex(_SECRET_BYTES)}"
    ends = min(each for each in (at + LASTS, holder.until, until) if each is not None)
    begun = Session(
        session_id, digest(text), holder.tenant, holder.member, holder.key, at, at, ends
    )
    return begun, text


def session_id(text: str) -> str:
    """The id inside a cookie; empty if there is none."""
    return text.partition(".")[0] if text.isascii() else ""


def digest(text: str) -> str:
    """What is stored of a cookie: 64 hex digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def csrf_token(text: str) -> str:
    """The token that belongs to a cookie: 64 hex digits."""
    return hmac.new(text.encode(), b"csrf", hashlib.sha256).hexdigest()


def matches(text: str, stored: str) -> bool:
    """Whether this is the cookie whose digest is stored; takes the same time either way."""
    return hmac.compare_digest(digest(text), stored)
