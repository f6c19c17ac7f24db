"""Factors: what multiplies a price, and under which conditions.

A tariff's variety is one chain of factors. Each names its conditions: items, classes, tenant
categories, hours, days and dates in the tariff's own time zone, a part of the month's quantity.
All that hold multiply; one without conditions always holds.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from zoneinfo import ZoneInfo

from zhisuan.core.clock import Instant
from zhisuan.ledger.terms import Category, PriceClass, Terms

COMPUTING = frozenset({"core", "memory", "device", "bundle"})
"""The kinds of items that a factor multiplies which names none."""

DAY_MINUTES = 1440
_QUARTER = 15


@dataclass(frozen=True, slots=True)
class Span:
    """When a factor holds, by the clock and calendar of the tariff's zone.

    Attributes:
        hours: minutes of the day from (included) to (not included); past midnight if `to` is not
            after `from`. Any of them; none means the whole day.
        dates: (month, day) first and last, both included; over the new year if last is before
            first. Any of them; none means the whole year.
        weekdays: 0 is Monday; none means every day.
    """

    hours: tuple[tuple[int, int], ...] = ()
    dates: tuple[tuple[tuple[int, int], tuple[int, int]], ...] = ()
    weekdays: frozenset[int] = frozenset()

    def holds(self, local: datetime) -> bool:
        """Whether it holds at a local time."""
        minute = local.hour * 60 + local.minute
        return (
            (not self.weekdays or local.weekday() in self.weekdays)
            and (not self.hours or any(_within(minute, *each) for each in self.hours))
            and (not self.dates or any(_on((local.month, local.day), *each) for each in self.dates))
        )


@dataclass(frozen=True, slots=True)
class Factor:
    """One factor of the chain.

    Attributes:
        items: kinds of items it multiplies.
        classes, categories: of whom; none means everybody.
        span: when; None means always.
        above, upto: the part of a tenant's monthly quantity of an item that it multiplies, in
            the item's price unit; None is without end.
    """

    name: str
    value: Fraction
    items: frozenset[str] = COMPUTING
    classes: frozenset[PriceClass] = frozenset()
    categories: frozenset[Category] = frozenset()
    span: Span | None = None
    above: Decimal = Decimal(0)
    upto: Decimal | None = None

    def __hash__(self) -> int:
        return hash(self.name)  # cheap: prices are remembered by their factors

    @property
    def is_tier(self) -> bool:
        """Whether it multiplies only a part of the month's quantity."""
        return self.above > 0 or self.upto is not None

    def holds_after(self, quantity: Decimal) -> bool:
        """Whether it multiplies what follows on such a monthly quantity."""
        return self.above <= quantity and (self.upto is None or quantity < self.upto)

    def concerns(self, kind: str, terms: Terms) -> bool:
        """Whether it can multiply this kind of item for whoever asks on these terms."""
        return (
            kind in self.items
            and (not self.classes or terms.price_class in self.classes)
            and (not self.categories or terms.category in self.categories)
        )


@dataclass(frozen=True, slots=True)
class Calendar:
    """The factors of a tariff that come and go with time, and the zone whose clock they follow.

    Attributes:
        zone: a name of the time zone database, such as `Asia/Shanghai`.
        factors: those that have a span.
        monthly: whether quantities are counted by month, so that midnights matter.
    """

    zone: str
    factors: tuple[Factor, ...]
    monthly: bool = False

    def month(self, instant: Instant) -> str:
        """The local month, `2026-03`."""
        return f"{instant.astimezone(ZoneInfo(self.zone)):%Y-%m}"

    def spells(self, start: Instant, end: Instant) -> Iterator[tuple[Instant, tuple[Factor, ...]]]:
        """From when on which factors hold, from `start` to before `end`, at least one spell."""
        if not self.factors and not self.monthly:
            yield start, ()
            return
        zone = ZoneInfo(self.zone)
        day, last = start.astimezone(zone).date(), end.astimezone(zone).date()
        held: tuple[Factor, ...] = ()
        begun = False
        while day <= last:
            for at, factors in _spells_of(self, day):
                if at <= start:
                    held = factors
                    continue
                if not begun:
                    yield start, held
                    begun = True
                if at >= end:
                    return
                yield at, factors
            day += timedelta(days=1)
        if not begun:
            yield start, held


@lru_cache(maxsize=4096)
def _spells_of(calendar: Calendar, day: date) -> tuple[tuple[Instant, tuple[Factor, ...]], ...]:
    """A local day from its first instant on; neighbours differ in what holds."""
    zone = ZoneInfo(calendar.zone)
    instants = {
        datetime.combine(day, time(minute // 60, minute % 60, fold=fold), zone).astimezone(UTC)
        for minute in _minutes(calendar, day, zone)
        for fold in (0, 1)
    }
    spells: list[tuple[Instant, tuple[Factor, ...]]] = []
    for at in sorted(instants):
        local = at.astimezone(zone)
        held = tuple(each for each in calendar.factors if each.span and each.span.holds(local))
        if not spells or spells[-1][1] != held:
            spells.append((at, held))
    return tuple(spells)


def _minutes(calendar: Calendar, day: date, zone: ZoneInfo) -> set[int]:
    """The minutes of the local day at which something may change."""
    midnight, next_midnight = (
        datetime.combine(each, time(), zone) for each in (day, day + timedelta(days=1))
    )
    if midnight.utcoffset() != next_midnight.utcoffset():
        # The clock is put forward or back somewhere in this day, on a full quarter of an hour.
        return set(range(0, DAY_MINUTES, _QUARTER)) | _edges(calendar)
    return _edges(calendar)


def _edges(calendar: Calendar) -> set[int]:
    spans = [each.span for each in calendar.factors if each.span]
    ends = {minute for span in spans for hours in span.hours for minute in hours}
    return {0} | {minute % DAY_MINUTES for minute in ends}


def _within(minute: int, first: int, end: int) -> bool:
    return first <= minute < end if first < end else minute >= first or minute < end


def _on(day: tuple[int, int], first: tuple[int, int], last: tuple[int, int]) -> bool:
    return first <= day <= last if first <= last else day >= first or day <= last
