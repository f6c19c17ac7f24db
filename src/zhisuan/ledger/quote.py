"""A quote: a price before the work, as an interval of two.

The upper end is what the work costs in the dearest hours it could meet, by the dearest version
that is published for them and in the dearest tier; the lower end is its opposite. Each item is
judged by itself, so work that meets several such hours stays between the two.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import NamedTuple, Protocol, TypeVar

from zhisuan.core.clock import Instant
from zhisuan.core.money import MicroYuan
from zhisuan.ledger.demand import Demand, exact
from zhisuan.ledger.factor import COMPUTING, Factor
from zhisuan.ledger.line import Line, price_line, price_lines, quantities, total
from zhisuan.ledger.tariff import Category, PriceClass, Tariff, TariffBook, Terms

__all__ = ["Demand", "Line", "Offer", "Quote", "exact", "price_lines", "quote", "total"]

AHEAD = timedelta(days=30)
"""How far ahead of now a quote looks for versions, hours and seasons that work may meet."""

_Found = TypeVar("_Found")
_Lines = dict[str, Line]


class _Pick(Protocol):
    """Python's own `min` or `max`."""

    def __call__(self, found: Iterable[_Found], /, *, key: Callable[[_Found], int]) -> _Found: ...


@dataclass(frozen=True, slots=True)
class Quote:
    """A price before the work, as an interval: the hold covers `high`.

    Attributes:
        tariff_version: in force when it was made; its rules hold for how the work ends.
        low_lines, high_lines: the items at both ends, each at its cheapest and dearest.
        wall_s, energy_wh: the demand's low and high ends, for the tenant to see.
    """

    tariff: str
    tariff_version: int
    price_class: PriceClass
    low: MicroYuan
    high: MicroYuan
    low_lines: tuple[Line, ...]
    high_lines: tuple[Line, ...]
    wall_s: tuple[Decimal, Decimal]
    energy_wh: tuple[Decimal, Decimal]
    category: Category = Category.EXTERNAL

    @property
    def terms(self) -> Terms:
        """On which terms it was made."""
        return Terms(self.price_class, self.category)


@dataclass(frozen=True, slots=True)
class Offer:
    """A quote made to a tenant, open for acceptance until `expires_at`.

    Attributes:
        subject: what the price is for, as the maker of the quote wrote it; JSON values.
    """

    quote_id: str
    tenant: str
    created_at: Instant
    expires_at: Instant
    quote: Quote
    subject: Mapping[str, str] = field(default_factory=dict[str, str])


def quote(
    book: TariffBook,
    low: Demand,
    high: Demand,
    terms: Terms,
    earliest: Instant,
    latest: Instant | None = None,
) -> Quote:
    """The price of work that will need between `low` and `high`.

    Args:
        book: every version published.
        low: the least the work will need.
        high: the most.
        terms: of whoever asks.
        earliest: now; whose tariff's rules hold for the charge.
        latest: by when it will have ended; None looks `AHEAD`.

    Raises:
        NotFound: no tariff is in force at `earliest`.
        ValueError: the low end costs more than the high end.
    """
    tariff = book.at(earliest)
    hours = _hours(book, earliest, latest or earliest + AHEAD)
    low_lines = _extreme(hours, low, terms, min)
    high_lines = _extreme(hours, high, terms, max)
    low_total, high_total = total(low_lines), total(high_lines)
    if low_total > high_total:
        raise ValueError(f"the low end costs {low_total}, the high end only {high_total}")
    return Quote(
        tariff=tariff.name,
        tariff_version=tariff.version,
        price_class=terms.price_class,
        low=tariff.asked(low_total),
        high=tariff.asked(high_total),
        low_lines=low_lines,
        high_lines=high_lines,
        wall_s=(low.wall_s, high.wall_s),
        energy_wh=(low.energy_wh, high.energy_wh),
        category=terms.category,
    )


class _Hour(NamedTuple):
    """Prices that work may meet: a version and what holds by clock and calendar."""

    tariff: Tariff
    current: tuple[Factor, ...]


def _hours(book: TariffBook, earliest: Instant, latest: Instant) -> tuple[_Hour, ...]:
    versions = book.over(earliest, latest)
    ends = (*(at for at, _ in versions[1:]), latest)
    found: dict[_Hour, None] = {}
    for (since, tariff), until in zip(versions, ends, strict=True):
        for _, current in tariff.calendar.spells(since, until):
            found[_Hour(tariff, current)] = None
    return tuple(found)


def _extreme(hours: Iterable[_Hour], demand: Demand, terms: Terms, pick: _Pick) -> tuple[Line, ...]:
    """Each item at the price that `pick` takes of all it could have.

    Versions that price a grant by its parts and versions that price it as a bundle cannot be
    mixed, so of these two ways one is picked as a whole.
    """
    ways: dict[bool, list[_Lines]] = {}
    others: list[_Lines] = []
    for hour in hours:
        granted: _Lines = {}
        other: _Lines = {}
        for item, quantity in quantities(hour.tariff, demand):
            kind = item.partition(":")[0]
            kept = granted if kind in COMPUTING else other
            line = _best(hour, terms, item, quantity, pick)
            kept["bundle" if kind == "bundle" else item] = line
        ways.setdefault(bool(hour.tariff.bundle), []).append(granted)
        others.append(other)
    return (*pick((_each(found, pick) for found in ways.values()), key=total), *_each(others, pick))


def _each(hours: Sequence[_Lines], pick: _Pick) -> tuple[Line, ...]:
    """Of each item the line that is picked; what some hour gives for nothing is the cheapest."""
    items = dict.fromkeys(item for lines in hours for item in lines)
    if pick is min:
        items = {item: None for item in items if all(item in lines for lines in hours)}
    return tuple(
        pick((lines[item] for lines in hours if item in lines), key=_cost) for item in items
    )


def _best(hour: _Hour, terms: Terms, item: str, quantity: Decimal, pick: _Pick) -> Line:
    """The line in the tier that is picked."""
    kind = item.partition(":")[0]
    tariff = hour.tariff
    current = tuple(each for each in hour.current if each.concerns(kind, terms))
    timed = tuple(each for each in current if not each.is_tier)
    met = tuple(each for each in tariff.tiers(kind, terms) if each.span is None or each in current)
    edges = {Decimal(0), *(edge for each in met for edge in (each.above, each.upto) if edge)}
    tiers = {tuple(each for each in met if each.holds_after(edge)) for edge in edges}
    lines = [
        price_line(tariff, terms, item, quantity, timed, tier) for tier in sorted(tiers, key=_names)
    ]
    return pick(lines, key=_cost)


def _names(factors: tuple[Factor, ...]) -> tuple[str, ...]:
    return tuple(each.name for each in factors)


def _cost(line: Line) -> MicroYuan:
    return line.amount if line.charged else MicroYuan(0)
