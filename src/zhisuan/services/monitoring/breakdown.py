"""A breakdown: what was supplied and used, by kind, node, tenant or hour.

It is counted from the very records that the five rates are counted from, so that the parts of any
breakdown sum up to the numerators and denominators of the rates.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import accumulate
from typing import NamedTuple

from sqlalchemy import Connection

from zhisuan.compute.supply import records as supply
from zhisuan.compute.supply.interval import CORES, Interval, Kind, Worked, stretches
from zhisuan.core.clock import Instant
from zhisuan.core.quantities import MILLI
from zhisuan.services.centre import Centre
from zhisuan.services.monitoring.utilisation import Use, uses, worked

_HOUR = timedelta(hours=1)
_HOUR_S = 3600.0


class BreakdownBy(StrEnum):
    """What it is broken down by, besides the kind of supply."""

    KIND = "kind"
    NODE = "node"
    TENANT = "tenant"
    HOUR = "hour"


class Measure(StrEnum):
    """What is summed up, in unit-seconds; the rates are ratios of these.

    U1 = available / installed, U2 = allocated / available, U3 = billable / available,
    U4 = busy / judged.
    """

    INSTALLED = "installed"
    AVAILABLE = "available"
    ALLOCATED = "allocated"
    BILLABLE = "billable"
    JUDGED = "judged"
    BUSY = "busy"


class Row(NamedTuple):
    """What one row is about.

    Attributes:
        group: a node's name, a tenant's id, the beginning of an hour as ISO text; empty by kind.
    """

    group: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Piece:
    """So much of one kind at a steady rate for a span.

    Attributes:
        group: as in `Row`; it counts in every hour it touches where that is asked for.
        rate: units: cores or devices.
    """

    measure: Measure
    group: str
    kind: Kind
    since: Instant
    until: Instant
    rate: float


Sums = dict[Row, dict[Measure, float]]


def breakdown(
    centre: Centre, connection: Connection, since: Instant, until: Instant, by: BreakdownBy
) -> Sums:
    """Unit-seconds by row and measure over a period."""
    until = min(until, centre.clock.now())
    held = uses(centre, connection, since, until)
    pieces = list(_used(held, by))
    if by is not BreakdownBy.TENANT:
        there = supply.between(connection, since, until, centre.clock.now())
        pieces += _supplied(there, worked(held), by)
    return summed(pieces, since, until, hourly=by is BreakdownBy.HOUR)


def summed(
    pieces: Iterable[Piece], since: Instant, until: Instant, *, hourly: bool = False
) -> Sums:
    """The parts of the pieces inside a period, by row and measure, rows in order."""
    sums: Sums = defaultdict(lambda: defaultdict(float))
    hours = _Hours(since, until)
    for piece in pieces:
        begin = (max(piece.since, since) - since).total_seconds()
        end = (min(piece.until, until) - since).total_seconds()
        if end <= begin:
            continue
        if hourly:
            hours.add(piece.kind, piece.measure, begin, end, piece.rate)
        else:
            sums[Row(piece.group, piece.kind)][piece.measure] += (end - begin) * piece.rate
    if hourly:
        hours.tell(sums)
    return dict(
        sorted(
            sums.items(),
            key=lambda each: (each[0].group, each[0].kind.simulated, each[0].kind.name),
        )
    )


def _supplied(intervals: Iterable[Interval], when: Worked, by: BreakdownBy) -> Iterable[Piece]:
    for each, metered in stretches(intervals, when):
        measures = [Measure.INSTALLED]
        if metered and each.available:
            measures.append(Measure.AVAILABLE)
        group = each.node if by is BreakdownBy.NODE else ""
        for kind, milli in each.capacity.items():
            for measure in measures:
                yield Piece(measure, group, kind, each.since, each.until, milli / MILLI)


def _used(held: Iterable[Use], by: BreakdownBy) -> Iterable[Piece]:
    for use in held:
        whole_s = (use.until - use.since).total_seconds()
        parts = (
            use.parts
            if by is BreakdownBy.NODE
            else {use.tenant if by is BreakdownBy.TENANT else "": use.milli}
        )
        for group, milli in parts.items():
            for kind, amount in milli.items():
                rates = {Measure.ALLOCATED: amount / MILLI}
                if use.billable:
                    rates[Measure.BILLABLE] = amount / MILLI
                if kind.name == CORES and use.cpu_s and whole_s > 0:
                    rates[Measure.JUDGED] = amount / MILLI
                    rates[Measure.BUSY] = use.cpu_s / whole_s * amount / use.milli[kind]
                for measure, rate in rates.items():
                    yield Piece(measure, group, kind, use.since, use.until, rate)


@dataclass(slots=True)
class _Hours:
    """Sums by the hour, UTC: each piece costs the same, however many hours it lasts."""

    since: Instant
    until: Instant
    first: datetime = field(init=False)
    count: int = field(init=False)
    edges: Sequence[float] = field(init=False)
    parts: dict[tuple[Kind, Measure], list[float]] = field(init=False)
    steps: dict[tuple[Kind, Measure], list[float]] = field(init=False)

    def __post_init__(self) -> None:
        self.first = self.since.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        self.count = max(1, -int((self.first - self.until) // _HOUR))
        self.parts = defaultdict(lambda: [0.0] * self.count)
        self.steps = defaultdict(lambda: [0.0] * (self.count + 1))
        self.edges = [
            (self.first + n * _HOUR - self.since).total_seconds() for n in range(self.count + 1)
        ]

    def add(self, kind: Kind, measure: Measure, begin: float, end: float, rate: float) -> None:
        """Seconds since the period's beginning; whole hours between are noted at their ends."""
        key = kind, measure
        first = int((begin - self.edges[0]) // _HOUR_S)
        last = min(int((end - self.edges[0]) // _HOUR_S), self.count - 1)
        parts = self.parts[key]
        if first == last:
            parts[first] += (end - begin) * rate
            return
        parts[first] += (self.edges[first + 1] - begin) * rate
        parts[last] += (end - self.edges[last]) * rate
        steps = self.steps[key]
        steps[first + 1] += rate
        steps[last] -= rate

    def tell(self, sums: Sums) -> None:
        """Every hour of the period, also those in which there was nothing of a kind."""
        for (kind, measure), parts in self.parts.items():
            whole = accumulate(self.steps[kind, measure])
            for number, (part, rate) in enumerate(zip(parts, whole, strict=False)):
                row = Row((self.first + number * _HOUR).isoformat(), kind)
                sums[row][measure] += part + rate * _HOUR_S
