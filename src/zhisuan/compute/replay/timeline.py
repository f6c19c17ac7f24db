"""What happened when: use of the pool, length of the queue and waits, as columns of a picture.

Everything is kept while a replay runs, in eight bytes a number, and thinned only when drawn: a
column tells the lowest, mean and highest value of its stretch, so that no peak is lost.
"""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from zhisuan.compute.replay.measures import wait_s
from zhisuan.compute.replay.simulate import Finished

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Columns:
    """Stretches of equal length, each shape (columns,); NaN where nothing is known.

    Attributes:
        begin, end: of the whole, on the horizontal axis.
        mean: over everything, not the mean of the columns.
        peak, peak_at: the highest value, and where.
    """

    begin: float
    end: float
    low: Floats
    middle: Floats
    high: Floats
    mean: float
    peak: float
    peak_at: float


def steps(at: Sequence[float], values: Sequence[float], count: int) -> Columns:
    """Columns of a quantity that stays the same until it changes; means are over time.

    Args:
        at: instants of change, ascending, at least one.
        values: from each instant on; the last holds for no time.
        count: columns, 1 or more.
    """
    where = np.asarray(at, dtype=np.float64)
    value = np.asarray(values, dtype=np.float64)
    edges = _edges(where, count)
    sums = np.concatenate(([0.0], np.cumsum(value[:-1] * np.diff(where))))
    middle = np.diff(np.interp(edges, where, sums)) / np.diff(edges)
    first = np.maximum(0, np.searchsorted(where, edges[:-1], side="right") - 1)
    last = np.maximum(first + 1, np.searchsorted(where, edges[1:], side="left"))
    stretches = [value[begin:end] for begin, end in zip(first, last, strict=True)]
    low = np.array([each.min() for each in stretches])
    high = np.array([each.max() for each in stretches])
    length = where[-1] - where[0]
    mean = float(sums[-1] / length) if length else float(value[0])
    return _columns(edges, low, middle, high, mean, where, value)


def points(
    at: Sequence[float],
    values: Sequence[float],
    count: int,
    span: tuple[float, float] | None = None,
) -> Columns:
    """Columns of single events; means are over events, and a stretch without any is NaN.

    Args:
        at: of each event, in any order, at least one.
        values: of each event.
        count: columns, 1 or more.
        span: where the first column begins and the last ends, around all events; None is from the
            first event to the last.
    """
    order = np.argsort(np.asarray(at, dtype=np.float64), kind="stable")
    where = np.asarray(at, dtype=np.float64)[order]
    value = np.asarray(values, dtype=np.float64)[order]
    edges = _edges(where if span is None else np.array(span), count)
    places = np.searchsorted(where, edges, side="left")
    places[-1] = len(where)
    told = np.full((3, count), np.nan)
    for column, (begin, end) in enumerate(pairwise(places.tolist())):
        if end > begin:
            each = value[begin:end]
            told[:, column] = each.min(), each.mean(), each.max()
    return _columns(edges, told[0], told[1], told[2], float(value.mean()), where, value)


def _edges(where: Floats, count: int) -> Floats:
    """Bounds of so many equal stretches, the whole at least one unit long."""
    first, last = float(where[0]), float(where[-1])
    return np.linspace(first, max(last, first + 1.0), count + 1, dtype=np.float64)


def _columns(
    edges: Floats,
    low: Floats,
    middle: Floats,
    high: Floats,
    mean: float,
    where: Floats,
    value: Floats,
) -> Columns:
    top = int(value.argmax())
    begin, end = float(edges[0]), float(edges[-1])
    return Columns(begin, end, low, middle, high, mean, float(value[top]), float(where[top]))


class Timeline:
    """What a replay is asked to remember: `watch` and `finished` are its two listeners.

    Args:
        capacity: milli of the whole pool.
    """

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._at = array("d")
        self._held = array("d")
        self._waiting = array("d")
        self._arrived = array("d")
        self._waits = array("d")

    def watch(self, now: float, held: int, waiting: int) -> None:
        """From this instant on so many milli are in use and so many jobs wait."""
        self._at.append(now)
        self._held.append(held / self._capacity)
        self._waiting.append(waiting)

    def finished(self, job: Finished) -> None:
        """A job ended."""
        self._arrived.append(job.job.arrival_s)
        self._waits.append(wait_s(job))

    def utilisation(self, count: int) -> Columns:
        """Share of the pool in use, 0 to 1; work that will be lost included."""
        return steps(self._at, self._held, count)

    def queue(self, count: int) -> Columns:
        """How many jobs wait."""
        return steps(self._at, self._waiting, count)

    def waits(self, count: int) -> Columns:
        """Seconds that jobs waited, at the instants of their arrival."""
        return points(self._arrived, self._waits, count, (self._at[0], self._at[-1]))
