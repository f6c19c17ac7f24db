"""A packer: one packing at work in one pool.

It ranks the nodes that have room for a need and says which devices of the chosen node are taken.
Ranks are kept by the pool and made anew only for nodes that changed, so `rank` looks at nothing
but the node itself; what hangs on the whole pool is added at every decision by `settle`.
"""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from zhisuan.compute.scheduler.values import Columns
from zhisuan.compute.stock import Need, Rows, Stock
from zhisuan.core.quantities import MILLI

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Packer(Protocol):
    """Where a need goes; of equal ranks the lowest row is taken."""

    def rank(self, stock: Stock, rows: Rows, need: Need) -> Floats:
        """How little each of the rows suits the need.

        Args:
            stock: what is free.
            rows: that have the cores and devices, shape (rows,).
            need: of one node; its memory makes no difference.

        Returns:
            The lowest goes first, shape (rows,), finite.
        """
        ...

    def settle(self, stock: Stock, ranks: Floats, need: Need) -> Floats:  # noqa: ARG002  by default
        """The ranks of all rows with what changes at every placement; infinite ones stay so."""
        return ranks

    def columns(self, stock: Stock, row: int, need: Need) -> Columns | None:
        """Which devices of a node serve the need: the fullest that has room, then the first.

        Returns:
            Device columns and the milli of each; empty if none is wanted; None if it does not fit.
        """
        if need.wanted is None or need.milli >= MILLI:
            return whole_columns(stock, row, need)
        free = free_columns(stock, row, need)
        return ((min(free)[1], need.milli),) if free else None


def whole_columns(stock: Stock, row: int, need: Need) -> Columns | None:
    """The first whole devices of a node that serve the need; see `Packer.columns`."""
    if need.wanted is None:
        return ()
    count = need.milli // MILLI
    whole = [column for milli, column in free_columns(stock, row, need) if milli == MILLI]
    return tuple((column, MILLI) for column in whole[:count]) if len(whole) >= count else None


def unlike_columns(stock: Stock, row: int, need: Need) -> list[int]:
    """Devices that could give the need its fraction, the first of those that are all the same."""
    first: dict[tuple[int, int], int] = {}
    for milli, column in free_columns(stock, row, need):
        first.setdefault((int(stock.sort[row, column]), milli), column)
    return list(first.values())


def free_columns(stock: Stock, row: int, need: Need) -> list[tuple[int, int]]:
    """Free milli and column of every device of a node that has room for the need's share of one."""
    if need.wanted is None:
        return []
    free = stock.wanted_milli(np.array([row]), need.wanted)[0].tolist()
    least = min(need.milli, MILLI)
    return [(milli, column) for column, milli in enumerate(free) if milli >= least]
