"""Rating: usage at a constant rate becomes lines, exactly, whatever changed while it ran.

An interval is cut wherever another version of the tariff takes effect, another hour or season
begins, or, where prices depend on the month's quantity, at midnight. Each piece is priced by
what held in it, and equal pieces are one line, so that rounding happens once a line. An
interval begins at its first instant and is as long as the monotonic clock says; seconds
without a reading are its last ones, and are not priced.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from zhisuan.core.clock import Instant
from zhisuan.core.money import MicroYuan
from zhisuan.ledger.demand import Demand
from zhisuan.ledger.factor import Factor
from zhisuan.ledger.line import Line, price_line, quantities, total, unit_of
from zhisuan.ledger.tariff import Tariff, TariffBook, Terms
from zhisuan.ledger.usage import UsageRecord

_SECOND = timedelta(seconds=1)
_MICROSECOND = timedelta(microseconds=1)
_FINEST = Decimal("0.000000001")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of an interval in which no price changes.

    Attributes:
        first_s, last_s: seconds from the start of the interval.
        current: the factors that hold by clock and calendar.
        month: the local month; empty where no quantity is counted.
    """

    tariff: Tariff
    first_s: Decimal
    last_s: Decimal
    current: tuple[Factor, ...]
    month: str


class Counted(NamedTuple):
    """What a month's quantity is counted by: the tariff's local month and the kind of item."""

    month: str
    kind: str


@dataclass(frozen=True, slots=True)
class Rating:
    """Usage, priced.

    Attributes:
        lines: in the order in which they began.
        counted: the month's quantities after it, where tiers count them, in price units.
        gap_s: seconds without a reading, not priced.
    """

    lines: tuple[Line, ...]
    counted: Mapping[Counted, Decimal]
    gap_s: Decimal

    @property
    def metered(self) -> MicroYuan:
        """The sum of the charged lines."""
        return total(self.lines)


class _Key(NamedTuple):
    """What makes two parts one line."""

    tariff: Tariff
    item: str
    current: tuple[Factor, ...]
    tier: tuple[Factor, ...]


def rate(
    book: TariffBook,
    terms: Terms,
    usage: Iterable[UsageRecord],
    counted: Mapping[Counted, Decimal] | None = None,
) -> Rating:
    """The lines of billable usage.

    Args:
        book: every version of the tariff.
        terms: of whoever pays.
        usage: records; those that are not billable have no lines.
        counted: the month's quantities before it, in price units.
    """
    sums: dict[_Key, Decimal] = {}
    months = dict(counted or {})
    gap_s = Decimal(0)
    for record in usage:
        if not record.billable:
            continue
        gap_s += record.unread_s
        for piece, part in cut_demand(book, record.started_at, record.demand()):
            for key, quantity in _keyed(piece, part, terms, months):
                sums[key] = sums.get(key, Decimal(0)) + quantity
    lines = tuple(
        price_line(key.tariff, terms, key.item, quantity, key.current, key.tier)
        for key, quantity in sums.items()
    )
    return Rating(lines, months, gap_s)


def cut_demand(book: TariffBook, start: Instant, demand: Demand) -> Iterator[tuple[Piece, Demand]]:
    """A demand in pieces, each with its share."""
    pieces = cut(book, start, demand.wall_s)
    if len(pieces) == 1:
        yield pieces[0], demand
        return
    for piece in pieces:
        yield piece, demand.between(piece.first_s, piece.last_s)


def cut(book: TariffBook, start: Instant, seconds: Decimal) -> tuple[Piece, ...]:
    """An interval in pieces in which no price changes; they tile it without a gap."""
    whole = int(seconds)
    end = start + timedelta(seconds=whole, microseconds=int((seconds - whole) * 1_000_000) + 1)
    begun: list[tuple[Decimal, Tariff, tuple[Factor, ...], str]] = []
    versions = book.over(start, end)
    ends = (*(at for at, _ in versions[1:]), end)
    for (since, tariff), until in zip(versions, ends, strict=True):
        calendar = tariff.calendar
        for at, current in calendar.spells(since, until):
            offset = _seconds(at - start)
            if offset < seconds or not begun:
                month = calendar.month(at) if calendar.monthly else ""
                begun.append((offset, tariff, current, month))
    lasts = (*(offset for offset, *_ in begun[1:]), seconds)
    return tuple(
        Piece(tariff, first, last, current, month)
        for (first, tariff, current, month), last in zip(begun, lasts, strict=True)
    )


def _keyed(
    piece: Piece, part: Demand, terms: Terms, months: dict[Counted, Decimal]
) -> Iterator[tuple[_Key, Decimal]]:
    """The quantities of one piece, cut where a tier of the month begins; counts them."""
    tariff = piece.tariff
    for item, quantity in quantities(tariff, part):
        kind = item.partition(":")[0]
        current = tuple(each for each in piece.current if each.concerns(kind, terms))
        timed = tuple(each for each in current if not each.is_tier)
        tiers = tariff.tiers(kind, terms)
        if not tiers:
            yield _Key(tariff, item, timed, ()), quantity
            continue
        met = tuple(each for each in tiers if each.span is None or each in current)
        counted, per = Counted(piece.month, kind), unit_of(tariff, kind)[2]
        before = months.get(counted, Decimal(0))
        months[counted] = before + quantity / per
        for tier, share in _tiered(met, before * per, quantity, per):
            yield _Key(tariff, item, timed, tier), share


def _tiered(
    tiers: tuple[Factor, ...], before: Decimal, quantity: Decimal, per: int
) -> Iterator[tuple[tuple[Factor, ...], Decimal]]:
    """A quantity that follows on `before`, cut where a tier begins or ends.

    A cut is rounded to a billionth of a unit, so that what was counted in hours leaves no crumbs.
    """
    after = before + quantity
    edges = {edge * per for each in tiers for edge in (each.above, each.upto) if edge is not None}
    marks = [before, *sorted(edge for edge in edges if before < edge < after), after]
    done = Decimal(0)
    for first, last in pairwise(marks):
        until = quantity if last == after else min(quantity, (last - before).quantize(_FINEST))
        if until > done:
            yield tuple(each for each in tiers if each.holds_after(first / per)), until - done
        done = until


def _seconds(span: timedelta) -> Decimal:
    return Decimal(span // _MICROSECOND) / (_SECOND // _MICROSECOND)
