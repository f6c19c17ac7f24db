"""A checkpoint: the heads of all chains at one instant, signed with a key of the centre.

A chain alone cannot show that its tail was cut or that it was written anew from some place on;
a checkpoint can, up to the last one. Each signature covers the one before it. Who holds the
data folder and its key can forge both, so a careful centre also keeps checkpoints elsewhere.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass

from zhisuan.core.chain import GENESIS, canonical
from zhisuan.core.clock import Instant, format_instant


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The heads of the chains, and the proof that this centre saw them.

    Attributes:
        number: counts from 1.
        heads: by chain, the last record's place and link.
        body: the text that was signed.
        signature: HMAC-SHA256 over the previous signature and the body, 64 hex digits.
    """

    number: int
    heads: Mapping[str, tuple[int, str]]
    body: str
    signature: str


def sign(
    key: bytes, previous: Checkpoint | None, heads: Mapping[str, tuple[int, str]], at: Instant
) -> Checkpoint:
    """The checkpoint that follows `previous`."""
    number = previous.number + 1 if previous else 1
    body = canonical(
        {
            "number": number,
            "at": format_instant(at),
            "heads": {name: list(head) for name, head in heads.items()},
        }
    ).decode()
    return Checkpoint(number, heads, body, _signature(key, previous, body))


def is_genuine(key: bytes, previous: Checkpoint | None, checkpoint: Checkpoint) -> bool:
    """Whether this centre signed the checkpoint as the successor of `previous`."""
    return hmac.compare_digest(_signature(key, previous, checkpoint.body), checkpoint.signature)


def parse(number: int, body: str, signature: str) -> Checkpoint:
    """A stored checkpoint; heads are empty if the body is not what `sign` wrote."""
    try:
        heads = {
            name: (int(seq), str(link)) for name, (seq, link) in json.loads(body)["heads"].items()
        }
    except (ValueError, TypeError, KeyError, AttributeError):
        heads = {}
    return Checkpoint(number, heads, body, signature)


def _signature(key: bytes, previous: Checkpoint | None, body: str) -> str:
    before = previous.signature if previous else GENESIS
    return hmac.new(key, f"{before}\n{body}".encode(), hashlib.sha256).hexdigest()
