"""An interval of supply: one node in one state for a span of time.

Spans for which the centre did not run lie between the intervals of a node: they are gaps that
show, and never counted as available.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

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


@dataclass(frozen=True, slots=True)
class Supplied:
    """Unit-seconds over a period, by kind: core-seconds or device-seconds.

    Attributes:
        installed: of all nodes while they belonged to the pool, whatever their state.
        available: while the centre ran and the node answered.
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


def supplied(intervals: Iterable[Interval], since: Instant, until: Instant) -> Supplied:
    """What there was over a period.

    A node belongs to the pool from its first interval to its last; what lies between two of its
    intervals is a gap, of the size that the node had before.

    Args:
        intervals: those that touch the period, and for each node the ones beside it, if any.
        since: the period's beginning.
        until: its end.
    """
    installed: dict[Kind, float] = defaultdict(float)
    available: dict[Kind, float] = defaultdict(float)
    unmetered: dict[Kind, float] = defaultdict(float)
    for stretch, metered in stretches(intervals):
        each = stretch.within(since, until)
        _add(installed, each)
        if not metered:
            _add(unmetered, each)
        elif each.available:
            _add(available, each)
    return Supplied(installed, available, unmetered)


def stretches(intervals: Iterable[Interval]) -> Iterator[tuple[Interval, bool]]:
    """The intervals and the gaps between them, and whether the centre ran then."""
    for node in _by_node(intervals):
        yield from ((each, True) for each in node)
        for before, after in pairwise(node):
            yield replace(before, since=before.until, until=after.since), False


def _by_node(intervals: Iterable[Interval]) -> Iterator[Sequence[Interval]]:
    nodes: dict[str, list[Interval]] = {}
    for each in sorted(intervals, key=lambda interval: interval.since):
        nodes.setdefault(each.node, []).append(each)
    yield from nodes.values()


def _add(total: dict[Kind, float], interval: Interval) -> None:
    for kind, milli in interval.capacity.items():
        total[kind] += interval.seconds * milli / MILLI
