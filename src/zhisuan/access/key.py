"""API keys: shown once, kept as a SHA-256.

A key carries 160 random bits, so a plain hash cannot be reversed by guessing and a slow
password hash would add nothing but delay (NIST SP 800-63B, section 5.1.2.2, look-up secrets
of at least 112 bits). `zs_<id>_<secret>`: the id finds the row, the hash is compared in
constant time. A key that is rotated keeps its id; for a stated time its former secret holds too.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from zhisuan.access.tenant import Role
from zhisuan.core.clock import Instant

PREFIX = "zs"
_ID_BYTES = 6
_SECRET_BYTES = 20
NO_DIGEST = "0" * 64
"""No text has it."""


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key just made; `text` is never stored."""

    key_id: str
    text: str
    digest: str


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as the centre remembers it, without its text.

    Attributes:
        name: what its maker calls it; may be empty.
        scope: the permissions it is narrowed to; None for all of its role.
        project: the only project it works for; None for any.
        member: whom it was made for; their end is its end.
        expires_at: it holds until then; None for no end.
        former_until: until when the secret before the last rotation holds.
        last_used_at: to within ten minutes.
    """

    key_id: str
    tenant: str
    role: Role
    created_at: Instant
    name: str = ""
    scope: frozenset[str] | None = None
    project: str | None = None
    member: str | None = None
    expires_at: Instant | None = None
    revoked_at: Instant | None = None
    former_until: Instant | None = None
    last_used_at: Instant | None = None

    def holds(self, at: Instant) -> bool:
        """Whether it is neither revoked nor expired."""
        return self.revoked_at is None and (self.expires_at is None or at < self.expires_at)


def new_key(key_id: str | None = None) -> NewKey:
    """A fresh random key; with an id, a fresh secret for that key."""
    key_id = key_id or secrets.token_hex(_ID_BYTES)
    text = f"{PREFIX}_{key_id}_{secrets.token_hex(_SECRET_BYTES)}"
    return NewKey(key_id, text, digest(text))


def digest(text: str) -> str:
    """What is stored of a key: 64 hex digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def key_id(text: str) -> str | None:
    """The id inside a key, None if the text is no key."""
    parts = text.split("_")
    well_formed = len(parts) == 3 and parts[0] == PREFIX and parts[1].isalnum()  # noqa: PLR2004  prefix, id, secret
    return parts[1] if well_formed else None


def matches(text: str, *stored: str) -> bool:
    """Whether this is the key of one of these digests; takes the same time either way."""
    asked = digest(text)
    # A list: every digest is compared, whatever the others said.
    return any([hmac.compare_digest(asked, each) for each in stored])  # noqa: C419  see above
