"""Names that cannot be guessed and sort by birth: `job_0j6x3v9k…`.

An id is a prefix that tells the kind, 48 bits of milliseconds since 1970 and 80 random bits
(the layout of ULID), in Crockford's base 32, lower case. Ids carry no meaning beyond that.
"""

import secrets
import time

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_BODY_LENGTH = 26


def new_id(prefix: str) -> str:
    """A fresh id such as `job_` and 26 characters; the prefix tells people what it names."""
    number = (time.time_ns() // 1_000_000) << 80 | secrets.randbits(80)
    body = ""
    for _ in range(_BODY_LENGTH):
        body = ALPHABET[number & 31] + body
        number >>= 5
    return f"{prefix}_{body}"
