"""An interval of supply: one node in one state for a span of time.

Spans for which the centre did not run lie between the intervals of a node: they are gaps that
show. Only what worked for somebody then, as its runners metered, was available all the same: who
counts what was used may not leave out where it was used.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

from zhisuan.compute.node import Node, NodeState
from zhisuan.core.clock import Instant
from zhisuan.core.quantities import MILLI

CORES = "cores"
"""What cores are called among the kinds of supply; devices are called as the tariff prices them."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What is supplied, real and simulated apart.

    Attributes:
        name: `cores`, or a kind of device such as `npu-64g`.
        simulated: it does not exist and counts in no public total.
    """

    name: str
    simulated: bool


@dataclass(frozen=True, slots=True)
class Interval:
    """One node as it was from `since` to `until`.

    Attributes:
        capacity: milli of each kind; 1000 = one core or one device. Empty from the instant at
            which the node was taken out of the pool.
    """

    node: str
    state: NodeState
    capacity: Mapping[Kind, int]
    since: Instant
    until: Instant

    @property
    def seconds(self) -> float:
        """How long it is, 0 or more."""
        return max(0.0, (self.until - self.since).total_seconds())

    @property
    def available(self) -> bool:
        """Whether the node answered; one that is drained still works for what it has."""
        return self.state is not NodeState.DOWN

    def within(self, since: Instant, until: Instant) -> "Interval":
        """The part inside a period; it may be empty."""
        return replace(self, since=max(self.since, since), until=min(self.until, until))


class Span(NamedTuple):
    """From when to when."""

    since: Instant
    until: Instant


Worked = Mapping[str, Sequence[Span]]
"""When each node worked for somebody: spans in order that do not touch, by the node's name."""


@dataclass(frozen=True, slots=True)
class Supplied:
    """Unit-seconds over a period, by kind: core-seconds or device-seconds.

    Attributes:
        installed: of all nodes while they belonged to the pool, whatever their state.
        available: while the centre ran and the node answered, or the node worked.
        unmetered: while the centre did not run; part of installed, not of available.
    """

    installed: Mapping[Kind, float]
    available: Mapping[Kind, float]
    unmetered: Mapping[Kind, float]


def capacity(node: Node) -> Mapping[Kind, int]:
    """What a node has, in milli, by kind."""
    found = Counter({Kind(CORES, node.simulated): node.cpu_milli})
    for device in node.devices:
        found[Kind(device.priced_as, node.simulated or device.simulated)] += MILLI
    return dict(found)


def merged(spans: Iterable[Span]) -> Sequence[Span]:
    """The same times as spans in order that do not touch."""
    found: list[Span] = []
    for span in sorted(spans):
        if found and span.since <= found[-1].until:
            found[-1] = Span(found[-1].since, max(found[-1].until, span.until))
        elif span.until > span.since:
            found.append(span)
    return found


def supplied(
    intervals: Iterable[Interval], since: Instant, until: Instant, worked: Worked | None = None
) -> Supplied:
    """What there was over a period.

    A node belongs to the pool from its first interval to its last; what lies between two of its
    intervals is a gap, of the size that the node had before.

    Args:
        intervals: those that touch the period, and for each node the ones beside it, if any.
        since: the period's beginning.
        until: its end.
        worked: when nodes worked, where that counts as available whatever else is known.
    """
    installed: dict[Kind, float] = defaultdict(float)
    available: dict[Kind, float] = defaultdict(float)
    unmetered: dict[Kind, float] = defaultdict(float)
    for stretch, metered in stretches(intervals, worked):
        each = stretch.within(since, until)
        _add(installed, each)
        if not metered:
            _add(unmetered, each)
        elif each.available:
            _add(available, each)
    return Supplied(installed, available, unmetered)


def stretches(
    intervals: Iterable[Interval], worked: Worked | None = None
) -> Iterator[tuple[Interval, bool]]:
    """The intervals and the gaps between them, and whether each was metered.

    Where a node worked it was ready, and its runner metered it.
    """
    for node in _by_node(intervals):
        spans = (worked or {}).get(node[0].node, ())
        for each in node:
            yield from ((each, True),) if each.available else _parted(each, spans, metered=True)
        for before, after in pairwise(node):
            gap = replace(before, since=before.until, until=after.since)
            yield from _parted(gap, spans, metered=False)


def _parted(
    stretch: Interval, worked: Sequence[Span], *, metered: bool
) -> Iterator[tuple[Interval, bool]]:
    """A stretch in which a node was not known to be available, parted where it worked."""
    at = stretch.since
    for span in worked[bisect_right(worked, at, key=lambda span: span.until) :]:
        if span.since >= stretch.until:
            break
        begin, end = max(span.since, at), min(span.until, stretch.until)
        yield replace(stretch, since=at, until=begin), metered
        yield replace(stretch, state=NodeState.READY, since=begin, until=end), True
        at = end
    yield replace(stretch, since=at), metered


def _by_node(intervals: Iterable[Interval]) -> Iterator[Sequence[Interval]]:
    nodes: dict[str, list[Interval]] = {}
    for each in sorted(intervals, key=lambda interval: interval.since):
        nodes.setdefault(each.node, []).append(each)
    yield from nodes.values()


def _add(total: dict[Kind, float], interval: Interval) -> None:
    for kind, milli in interval.capacity.items():
        total[kind] += interval.seconds * milli / MILLI
