"""API keys: shown once, kept as a SHA-256.

A key carries 160 random bits, so a plain hash cannot be reversed by guessing and a slow
password hash would add nothing but delay (NIST SP 800-63B, section 5.1.2.2, look-up secrets
of at least 112 bits). `zs_<id>_<secret>`: the id finds the row, the hash is compared in
constant time.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass

PREFIX = "zs"
_ID_BYTES = 6
_SECRET_BYTES = 20


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key just made; `text` is never stored."""

    key_id: str
    text: str
    digest: str


def new_key() -> NewKey:
    """A fresh random key."""
    key_id = secrets.token_hex(_ID_BYTES)
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


def matches(text: str, stored: str) -> bool:
    """Whether this is the key whose digest is stored; takes the same time either way."""
    return hmac.compare_digest(digest(text), stored)
