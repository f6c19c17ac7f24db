"""The export of a month: everything its invoices were made of, as one zip.

Usage, charges and entries stand in it word for word with their links, beside what was accepted
for each job, the text of every tariff, and the invoices. The program that rates it again is
inside (`rerate.py`), so nothing else is needed. It is made while it is sent and never kept.
"""

import json
from collections.abc import Generator, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from importlib.resources import files
from io import RawIOBase
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from zhisuan.core.chain import canonical
from zhisuan.core.clock import Instant, format_instant, parse_instant
from zhisuan.ledger.export import records
from zhisuan.ledger.export.records import Accepted, Linked
from zhisuan.ledger.invoicing.invoice import span_of
from zhisuan.ledger.tariff import TariffBook

FORMAT = 1
"""Raised when a file of the export changes its form."""

_BLOCK = 1 << 18
_FASTEST = 1
_DAY = timedelta(days=1)


def export(
    connection: Connection, book: TariffBook, month: str, zone: str, now: Instant
) -> Generator[bytes]:
    """The zip, block by block.

    Args:
        connection: of a transaction that reads, open until the last block is taken.
        book: every version of the tariff.
        month: such as `2026-03`.
        zone: whose calendar the month is by.
        now: when it is made.

    Raises:
        WrongInput: it is not written as a month.
    """
    since, until = span_of(month, zone)
    first = since
    if book.counts_quantities:
        first = _counted_from(records.earliest_start(connection, since, until), since, zone)
    about = {
        "format": FORMAT,
        "month": month,
        "zone": zone,
        "since": format_instant(since),
        "until": format_instant(until),
        "counted_from": format_instant(first),
        "made_at": format_instant(now),
    }
    return packed(about, _content(connection, month, first, until))


def _counted_from(earliest: str | None, since: Instant, zone: str) -> Instant:
    """From when on charges count for tiers: since the month in which the earliest attempt began.

    A day more is for tariffs by the calendar of another zone.
    """
    if earliest is None:
        return since
    local = min(parse_instant(earliest), since).astimezone(ZoneInfo(zone))
    return datetime(local.year, local.month, 1, tzinfo=local.tzinfo) - _DAY


def _content(
    connection: Connection, month: str, first: Instant, until: Instant
) -> Iterator[tuple[str, Iterable[bytes]]]:
    for version, text in sorted(records.tariffs(connection).items()):
        yield f"tariffs/{version}.toml", [text.encode()]
    yield "charges.jsonl", map(chained_line, records.charges(connection, first, until))
    yield "usage.jsonl", map(chained_line, records.usage(connection, first, until))
    yield "holds.jsonl", map(hold_line, records.accepted(connection, first, until))
    yield "entries.jsonl", map(chained_line, records.entries(connection, first, until))
    yield "invoices.jsonl", (invoice_line(*each) for each in records.invoices(connection, month))
    yield "rerate.py", [files("zhisuan").joinpath("rerate.py").read_bytes()]


def chained_line(record: Linked) -> bytes:
    """A record of a chain as a line: its text as it was hashed, its link, the link before."""
    told = f'{{"body":{record.body},"hash":"{record.hash}","previous":"{record.previous}"}}\n'
    return told.encode()


def hold_line(hold: Accepted) -> bytes:
    """What was accepted for a job, as a line."""
    return canonical(hold._asdict()) + b"\n"


def invoice_line(body: str, digest: str) -> bytes:
    """An invoice as a line: its text as it was hashed, and its digest."""
    return f'{{"body":{body},"digest":"{digest}"}}\n'.encode()


class _Outbox(RawIOBase):
    """Takes what is written and hands it on."""

    def __init__(self) -> None:
        self._written = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, block: bytes, /) -> int:  # pyright: ignore[reportIncompatibleMethodOverride]
        self._written += block
        return len(block)

    def taken(self, at_least: int = 1) -> Iterator[bytes]:
        """What was written since, if it is enough."""
        if len(self._written) >= at_least:
            yield bytes(self._written)
            self._written.clear()


def packed(
    about: Mapping[str, object], content: Iterator[tuple[str, Iterable[bytes]]]
) -> Generator[bytes]:
    """A zip of these files with a manifest at its end, block by block.

    Args:
        about: what the manifest says besides the SHA-256 of each file.
        content: names of files, each with its lines.
    """
    outbox = _Outbox()
    digests: dict[str, str] = {}
    with ZipFile(outbox, "w", ZIP_DEFLATED, compresslevel=_FASTEST) as archive:
        for name, lines in content:
            digest = sha256()
            about_file = ZipInfo(name)
            about_file.compress_type = ZIP_DEFLATED
            with archive.open(about_file, "w", force_zip64=True) as file:
                for block in _blocks(lines):
                    digest.update(block)
                    file.write(block)
                    yield from outbox.taken(_BLOCK)
            digests[name] = digest.hexdigest()
        manifest = json.dumps({**about, "files": digests}, indent=2).encode() + b"\n"
        archive.writestr("manifest.json", manifest)
    yield from outbox.taken()


def _blocks(lines: Iterable[bytes]) -> Iterator[bytes]:
    block = bytearray()
    for line in lines:
        block += line
        if len(block) >= _BLOCK:
            yield bytes(block)
            block.clear()
    yield bytes(block)
