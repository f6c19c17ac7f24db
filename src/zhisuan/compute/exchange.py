"""The exchange table: what one kind of device is worth in another, measured by the centre's runs.

The same work (one algorithm, one like question) ran on unlike devices; the ratio of its run
times is their relative speed. Unlike works are compared only through devices they share: in a
model `log run = work - speed of the device`, the speed of a kind is the mean over works that ran
on it and on others (two-way layout; Searle, Linear Models, 1971, ch. 7), found by alternating.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from math import exp, log
from typing import Any, TypeVar

K = TypeVar("K", bound=Hashable)

_ROUNDS = 50
_CLOSE = 1e-9
_LEAST_S = 1e-3


class Exchange:
    """Run times by algorithm, work and kind of device."""

    def __init__(self) -> None:
        self._runs: dict[str, dict[tuple[Hashable, str], list[float]]] = defaultdict(dict)

    def learn(self, algorithm: str, work: Hashable, kind: str, run_s: float) -> None:
        """A job ended well.

        Args:
            algorithm: whose throughput it is.
            work: what tells like questions from unlike ones.
            kind: of device, as the tariff prices it; empty for cores alone.
            run_s: seconds it ran.
        """
        seen = self._runs[algorithm].setdefault((work, kind), [0.0, 0.0])
        seen[0] += 1.0
        seen[1] += log(max(run_s, _LEAST_S))

    def speeds(self, algorithm: str) -> Mapping[str, float]:
        """Relative speed of every kind the algorithm ran on, the slowest being 1.

        Kinds that share no work with the others cannot be compared and are left out; empty if
        there is nothing to compare.
        """
        runs = self._runs.get(algorithm, {})
        cells = [
            (work, kind, count, total / count) for (work, kind), (count, total) in runs.items()
        ]
        compared = _compared(cells)
        if len(compared) < 2:  # noqa: PLR2004  one alone compares with nothing
            return {}
        speed = _fit([cell for cell in cells if cell[1] in compared], compared)
        slowest = min(speed.values())
        return {kind: exp(value - slowest) for kind, value in sorted(speed.items())}

    def to_json(self) -> list[list[Any]]:
        """As JSON values; the works' keys must be texts."""
        return [
            [algorithm, work, kind, count, total]
            for algorithm, runs in self._runs.items()
            for (work, kind), (count, total) in runs.items()
        ]

    @classmethod
    def from_json(cls, rows: Iterable[Sequence[Any]]) -> "Exchange":
        """The table written by `to_json`."""
        table = cls()
        for algorithm, work, kind, count, total in rows:
            table._runs[algorithm][work, kind] = [count, total]
        return table


Cell = tuple[Hashable, str, float, float]
"""Work, kind, number of runs, mean logarithm of their seconds."""


def _compared(cells: Sequence[Cell]) -> frozenset[str]:
    """The largest set of kinds that are linked by works they share."""
    kinds_of: dict[Hashable, set[str]] = defaultdict(set)
    for work, kind, _, _ in cells:
        kinds_of[work].add(kind)
    groups: list[set[str]] = []
    for kinds in kinds_of.values():
        linked = [group for group in groups if group & kinds]
        groups = [group for group in groups if not group & kinds]
        groups.append(kinds.union(*linked))
    if not groups:
        return frozenset()
    return frozenset(max(groups, key=lambda group: (len(group), sorted(group))))


def _fit(cells: Sequence[Cell], kinds: Iterable[str]) -> dict[str, float]:
    """Speed of each kind, in logarithms, by least squares weighted with the number of runs."""
    speed = dict.fromkeys(kinds, 0.0)
    for _ in range(_ROUNDS):
        size = _means((work, count, seconds + speed[kind]) for work, kind, count, seconds in cells)
        new = _means((kind, count, size[work] - seconds) for work, kind, count, seconds in cells)
        moved = max(abs(new[kind] - speed[kind]) for kind in speed)
        speed = new
        if moved < _CLOSE:
            break
    return speed


def _means(values: Iterable[tuple[K, float, float]]) -> dict[K, float]:
    """Weighted mean by key."""
    sums: dict[K, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for key, weight, value in values:
        sums[key][0] += weight
        sums[key][1] += weight * value
    return {key: total / weight for key, (weight, total) in sums.items()}
