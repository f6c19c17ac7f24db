"""The mix: what is typically asked for, by which fragmentation is told from room.

Free room is worth what the requests to come can make of it. A mix says what they are like: given
(a trace, last month), or learned from what has arrived. Memory is left out: it only says where a
request fits, never which of several nodes is better.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

from zhisuan.compute.request import DeviceRequest, ResourceRequest

Asked = tuple[int, tuple[DeviceRequest, ...]]
"""What one node of a request must give: cores in milli, and devices of one of several sorts."""

COVERAGE = 0.95
"""Share of all requests that the typical ones make up (Weng et al., USENIX ATC 2023)."""

HALF_LIFE = 16384
"""After so many arrivals one counts half."""

_CLOSE = 1e-9
_FORGOTTEN = 1e-6
_RESCALED = 2.0**64


class Typical(NamedTuple):
    """A typical request: what it asks of a node, and which share of the requests is like it."""

    cpu_milli: int
    any_of: tuple[DeviceRequest, ...]
    share: float


@dataclass(frozen=True, slots=True)
class Mix:
    """What is asked for and how often.

    Attributes:
        asked: every request that was seen, the most frequent first; the shares make up 1.
        typical: the most frequent that reach the coverage; their shares make up 1 again.
    """

    asked: tuple[Typical, ...] = ()
    typical: tuple[Typical, ...] = ()

    @classmethod
    def of(cls, requests: Iterable[ResourceRequest], coverage: float = COVERAGE) -> Self:
        """The mix of given requests; every node of a gang counts as one.

        Args:
            requests: that were made.
            coverage: share of them that the typical ones make up, 0 to 1.
        """
        counts: dict[Asked, float] = defaultdict(float)
        for request in requests:
            counts[request.cpu_milli, request.any_of] += request.nodes
        return cls.counted(counts, coverage)

    @classmethod
    def counted(cls, counts: Mapping[Asked, float], coverage: float = COVERAGE) -> Self:
        """The mix of requests that were counted; equally frequent ones stand in order of size."""
        total = sum(counts.values())
        ordered = sorted(counts.items(), key=_frequent_first)
        asked = tuple(Typical(*each, count / total) for each, count in ordered)
        return cls(asked, _covering(asked, coverage))

    @property
    def devices(self) -> bool:
        """Whether a typical request asks for devices; without, there is nothing to fragment."""
        return any(each.any_of for each in self.typical)


def _frequent_first(counted: tuple[Asked, float]) -> tuple[float, int, list[Any]]:
    (cpu_milli, any_of), count = counted
    return -count, cpu_milli, [(each.kind, each.milli, each.model) for each in any_of]


def _covering(asked: tuple[Typical, ...], coverage: float) -> tuple[Typical, ...]:
    """The first of them that together reach the coverage."""
    covered, chosen = 0.0, 0
    while chosen < len(asked) and covered < coverage - _CLOSE:
        covered += asked[chosen].share
        chosen += 1
    return tuple(each._replace(share=each.share / covered) for each in asked[:chosen])


class Arrivals:
    """A mix that is learned: each request counts when it arrives, and less and less after.

    Args:
        half_life: after so many arrivals one counts half.
        coverage: of the mix; see `Mix`.
    """

    def __init__(self, half_life: int = HALF_LIFE, coverage: float = COVERAGE) -> None:
        self._counts: dict[Asked, float] = defaultdict(float)
        self._coverage = coverage
        self._seldom = max(1, half_life // 4)
        self._growth = 2.0 ** (1.0 / half_life)
        self._weight = 1.0
        self._arrived = 0
        self._due = 1

    def learn(self, request: ResourceRequest) -> Mix | None:
        """Count a request that arrives.

        Returns:
            The mix anew, if enough has arrived for it to differ: after the first request, and each
            time their number has doubled or a quarter of the half-life has passed. None otherwise.
        """
        self._counts[request.cpu_milli, request.any_of] += self._weight * request.nodes
        # What is new counts for more, instead of all that is old for less.
        self._weight *= self._growth
        self._arrived += 1
        if self._arrived < self._due:
            return None
        self._due = min(2 * self._arrived, self._arrived + self._seldom)
        self._forget()
        return Mix.counted(self._counts, self._coverage)

    def _forget(self) -> None:
        """Drop what has long not been asked for, and keep the numbers in range."""
        least = _FORGOTTEN * sum(self._counts.values())
        scale = self._weight if self._weight > _RESCALED else 1.0
        self._weight /= scale
        kept = {asked: count / scale for asked, count in self._counts.items() if count >= least}
        self._counts = defaultdict(float, kept)
