"""The certificate of a deletion, one link of the chain of all deletions.

The end of a chain can be cut off unseen; who holds a certificate later than the cut sees it.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Self

from zhisuan.core import chain
from zhisuan.core.clock import Instant, format_instant, parse_instant
from zhisuan.core.errors import TamperFound

Link = tuple[int, str, str, str]
"""Sequence, record, previous and link, as stored."""


@dataclass(frozen=True, slots=True)
class DeletionCertificate:
    """What was deleted and what became of the bytes; one link of the chain of deletions.

    Attributes:
        id: `del_…`.
        sequence: place in the chain, from 1.
        removed: hashes of the objects whose bytes were removed.
        kept: hashes of the objects that other data sets, of whatever tenant, still hold; of these
            only this tenant's reference was removed.
        previous, link: hashes of `core.chain`.
    """

    id: str
    sequence: int
    tenant: str
    dataset_id: str
    name: str
    version: int
    sha256: str
    table_sha256: str
    removed: tuple[str, ...]
    kept: tuple[str, ...]
    deleted_at: Instant
    previous: str = ""
    link: str = ""

    def record(self) -> str:
        """What the chain binds, as canonical JSON: everything but the links."""
        values = asdict(self) | {"deleted_at": format_instant(self.deleted_at)}
        del values["previous"], values["link"]
        return chain.canonical(values).decode()

    def linked(self, previous: str) -> Self:
        """The certificate as the chain's next link after `previous`."""
        link = chain.link(previous, self.record().encode())
        return replace(self, previous=previous, link=link)

    def stored(self) -> Link:
        """The certificate as the chain holds it."""
        return self.sequence, self.record(), self.previous, self.link

    @classmethod
    def from_record(cls, text: str, previous: str, link: str) -> Self:
        """The certificate whose record is this canonical JSON."""
        values = json.loads(text)
        values["deleted_at"] = parse_instant(values["deleted_at"])
        for name in ("removed", "kept"):
            values[name] = tuple(values[name])
        return cls(**values, previous=previous, link=link)


def verify_chain(links: Sequence[Link]) -> None:
    """Recompute the chain of deletions from its start.

    Raises:
        TamperFound: a record is not what was written, or one is missing before the last.
    """
    before = chain.GENESIS
    for place, (sequence, record, previous, link) in enumerate(links, start=1):
        if (sequence, previous) != (place, before) or chain.link(before, record.encode()) != link:
            raise TamperFound(f"Deletion {place:,} of the chain is not what was written.")
        before = link
