"""Utilisation: five rates that must not be confused, each with its formula and denominator.

Published rates of centres cannot be compared since they do not say which of these they are.
All are ratios of unit-seconds (core-seconds or device-seconds) over the same period, for each
kind apart; what is simulated is told apart and counts in no public total.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import Connection

from zhisuan.compute import records as jobs
from zhisuan.compute.supply import records as supply
from zhisuan.compute.supply.interval import (
    CORES,
    Kind,
    Span,
    Supplied,
    Worked,
    merged,
    supplied,
)
from zhisuan.core.clock import Instant
from zhisuan.core.quantities import MILLI, Quality
from zhisuan.ledger.usage import UsageRecord
from zhisuan.services.centre import Centre
from zhisuan.services.pool.nodes import simulated_names

_LONGEST = timedelta(days=31)
"""No attempt is longer than this: the longest time limit, and its grace."""


Parts = dict[str, Counter[Kind]]
"""Milli of each kind, by node."""


class Rate(StrEnum):
    """Which rate."""

    AVAILABLE = "U1"
    ALLOCATED = "U2"
    SOLD = "U3"
    BUSY = "U4"
    EFFECTIVE = "U5"


_UNREAD = (
    "没有读数：这里的设备不报告使用情况。",
    "No reading: what is used of these devices is not read here.",
)
_UNCOUNTED = (
    "没有读数：没有运算量的计数器。",
    "No reading: there is no counter of operations.",
)


@dataclass(frozen=True, slots=True)
class Measured:
    """One rate of one kind.

    Attributes:
        numerator, denominator: unit-seconds.
        value: 0 or more; None where there is no reading or nothing to divide by.
        note_zh, note_en: why there is no value; empty where there is one.
    """

    rate: Rate
    numerator: float | None
    denominator: float
    value: float | None
    quality: Quality
    note_zh: str = ""
    note_en: str = ""


@dataclass(frozen=True, slots=True)
class Utilisation:
    """The rates of one kind of supply over a period.

    Attributes:
        unmetered: unit-seconds for which the centre itself did not run.
    """

    kind: Kind
    rates: tuple[Measured, ...]
    unmetered: float


@dataclass(frozen=True, slots=True)
class Use:
    """What some attempt held for a span of time.

    Attributes:
        milli: held of each kind.
        cpu_s: processor seconds it used in all; 0 while it runs, since that is not read yet.
        billable: False for what was lost or taken away and costs nothing.
        parts: what it held on each of its nodes; together as much as `milli`.
    """

    tenant: str
    milli: Mapping[Kind, int]
    since: Instant
    until: Instant
    cpu_s: float
    billable: bool
    parts: Mapping[str, Mapping[Kind, int]] = field(default_factory=dict[str, Mapping[Kind, int]])


def utilisation(
    centre: Centre, connection: Connection, since: Instant, until: Instant
) -> tuple[Utilisation, ...]:
    """The five rates of every kind over a period, from supply and usage records.

    What still runs counts as allocated and billable up to now, but not yet as busy or idle.
    """
    now = centre.clock.now()
    held = uses(centre, connection, since, until)
    intervals = supply.between(connection, since, until, now)
    there = supplied(intervals, since, min(until, now), worked(held))
    return rates(there, held, since, until)


def worked(held: Iterable[Use]) -> Worked:
    """When each node worked for somebody."""
    spans: dict[str, list[Span]] = defaultdict(list)
    for use in held:
        for node in use.parts:
            spans[node].append(Span(use.since, use.until))
    return {node: merged(each) for node, each in spans.items()}


def uses(centre: Centre, connection: Connection, since: Instant, until: Instant) -> Sequence[Use]:
    """What was held in a period: from the usage records, and from what runs still."""
    simulated = simulated_names(centre, connection)
    found = [
        _of_record(record, simulated)
        for record in centre.ledger.usage_since(connection, since - _LONGEST)
        if record.started_at < until and record.ended_at > since
    ]
    now = centre.clock.now()
    for job in jobs.live_since(connection, 0):
        if job.state.holds_devices and job.started_at is not None and job.started_at < until:
            parts: Parts = defaultdict(Counter)
            for each in job.allocations:
                parts[each.node][Kind(CORES, each.node in simulated)] += each.cpu_milli
                for share in each.devices:
                    parts[each.node][Kind(share.priced_as, share.simulated)] += share.milli
            held = _all(parts)
            found.append(
                Use(job.tenant, held, job.started_at, now, 0.0, billable=True, parts=parts)
            )
    return found


def rates(
    there: Supplied, held: Iterable[Use], since: Instant, until: Instant
) -> tuple[Utilisation, ...]:
    """The five rates of every kind that was installed in the period."""
    allocated: dict[Kind, float] = defaultdict(float)
    sold: dict[Kind, float] = defaultdict(float)
    judged: dict[Kind, float] = defaultdict(float)
    busy: dict[Kind, float] = defaultdict(float)
    for use in held:
        whole = (use.until - use.since).total_seconds()
        inside = (min(use.until, until) - max(use.since, since)).total_seconds()
        if inside <= 0:
            continue
        for kind, milli in use.milli.items():
            seconds = inside * milli / MILLI
            allocated[kind] += seconds
            sold[kind] += seconds if use.billable else 0.0
            if kind.name == CORES and use.cpu_s:
                judged[kind] += seconds
                busy[kind] += use.cpu_s * inside / whole
    told: list[Utilisation] = []
    for kind in sorted(there.installed, key=lambda kind: (kind.simulated, kind.name)):
        quality = Quality.SIMULATED if kind.simulated else Quality.MEASURED
        available = there.available.get(kind, 0.0)
        told.append(
            Utilisation(
                kind,
                (
                    _rate(Rate.AVAILABLE, available, there.installed[kind], quality),
                    _rate(Rate.ALLOCATED, allocated[kind], available, quality),
                    _rate(Rate.SOLD, sold[kind], available, quality),
                    _busy(kind, busy[kind], judged[kind], quality),
                    Measured(Rate.EFFECTIVE, None, 0.0, None, quality, *_UNCOUNTED),
                ),
                there.unmetered.get(kind, 0.0),
            )
        )
    return tuple(told)


def _rate(rate: Rate, numerator: float, denominator: float, quality: Quality) -> Measured:
    value = numerator / denominator if denominator else None
    notes = ("", "") if denominator else ("这段时间没有可用的算力。", "Nothing was there then.")
    return Measured(rate, numerator, denominator, value, quality, *notes)


def _busy(kind: Kind, busy: float, judged: float, quality: Quality) -> Measured:
    if kind.name != CORES:
        return Measured(Rate.BUSY, None, 0.0, None, quality, *_UNREAD)
    return _rate(Rate.BUSY, busy, judged, quality)


def _of_record(record: UsageRecord, simulated: set[str]) -> Use:
    parts: Parts = defaultdict(Counter)
    nodes = record.node.split(",")
    # The shares of a gang are equal, so each of its nodes gave as much as any other.
    for node in nodes:
        parts[node][Kind(CORES, node in simulated)] += record.cpu_milli // len(nodes)
    for device in record.devices:
        where, slash, _ = device.name.partition("/")
        node = where if slash and where in nodes else nodes[0]
        parts[node][Kind(device.kind, device.simulated)] += device.milli
    return Use(
        record.tenant,
        _all(parts),
        record.started_at,
        record.ended_at,
        record.cpu_s,
        record.billable,
        parts,
    )


def _all(parts: Parts) -> Mapping[Kind, int]:
    """What all nodes together gave."""
    held: Counter[Kind] = Counter()
    for each in parts.values():
        held.update(each)
    return held
