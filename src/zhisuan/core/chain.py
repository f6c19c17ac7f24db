"""Hash chains: append-only records in which one changed byte shows.

Each link is SHA-256 over the previous link and the record's canonical JSON (sorted keys, no
spaces, UTF-8, no NaN), so anyone can recompute a chain with a few lines of any language.
"""

import hashlib
import json
from collections.abc import Mapping

GENESIS = "0" * 64


def canonical(record: Mapping[str, object]) -> bytes:
    """The one byte string that stands for this record.

    Raises:
        ValueError: a number is not finite.
        TypeError: a value has no JSON form.
    """
    text = json.dumps(
        record, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return text.encode()


def link(previous: str, record: bytes) -> str:
    """The hash of a record that follows `previous`, 64 hex digits."""
    return hashlib.sha256(previous.encode() + b"\n" + record).hexdigest()
