"""Slices: what a gap of a device is worth when fractions are what is asked for.

If the demanded slices were cut from as few devices as possible, the price of a slice is its share
of a device in the dual of that problem: the cutting stock problem, solved by generating patterns
(Gilmore & Gomory, Operations Research 9(6), 1961). A gap is worth what the dearest slices that fit
into it cost. Above half a device everything costs about the same, since no second one fits beside:
so a slice of 460 is worth half a device, and a gap of 480 wastes little while one of 440 wastes
much.
"""

from collections.abc import Sequence

import numpy as np

from zhisuan.compute.packing.packer import Floats
from zhisuan.core.quantities import MILLI

_CLOSE = 1e-9
_TIE = 1e-12
_MOST_PATTERNS = 500


def prices(sizes: Sequence[int], counts: Sequence[float]) -> Floats:
    """Price of each size of slice, in devices.

    Args:
        sizes: 1 to 999 milli, all different, the largest first.
        counts: how much each is asked for, above 0.

    Returns:
        0 to 1 each; no pattern that fits a device costs more than one device.
    """
    patterns = np.diag([float(MILLI // size) for size in sizes])
    asked = np.asarray(counts, dtype=np.float64)
    price = np.zeros(len(sizes))
    for _ in range(_MOST_PATTERNS):
        inverse = np.linalg.inv(patterns)
        price = inverse.sum(axis=0)
        price[price <= _CLOSE] = 0.0
        best = worth(sizes, price)
        if best[MILLI] <= 1.0 + _CLOSE:
            break
        pattern = _pattern(sizes, price, best)
        used, change = inverse @ asked, inverse @ pattern
        ratio = np.full(len(sizes), np.inf)
        np.divide(used, change, out=ratio, where=change > _CLOSE)
        patterns[:, ratio.argmin()] = pattern
    return price


def worth(sizes: Sequence[int], price: Floats) -> Floats:
    """The most that slices cost which fit into a gap together: an unbounded knapsack.

    Returns:
        By milli of the gap, shape (1001,), never falling.
    """
    best = np.zeros(MILLI + 1)
    for size, cost in zip(sizes, price.tolist(), strict=True):
        # One more, then two more, then four: any number of the slice is a sum of these.
        while size <= MILLI:
            np.maximum(best[size:], best[:-size] + cost, out=best[size:])
            size, cost = 2 * size, 2 * cost  # noqa: PLW2901  so many at once
    return best


def _pattern(sizes: Sequence[int], price: Floats, best: Floats) -> Floats:
    """How many of each slice make up the dearest pattern of a device."""
    pattern = np.zeros(len(sizes))
    gap = MILLI
    while best[gap] > _TIE:
        gap = int(np.searchsorted(best, float(best[gap]) - _TIE))
        place = next(
            place
            for place, size in enumerate(sizes)
            if size <= gap and best[gap - size] + price[place] >= best[gap] - _CLOSE
        )
        pattern[place] += 1
        gap -= sizes[place]
    return pattern
