"""Packings that look at what is free and at nothing else."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from zhisuan.compute.packing.packer import Floats, Ints, Packer, free_columns, whole_columns
from zhisuan.compute.scheduler.values import Columns
from zhisuan.compute.stock import Need, Rows, Stock
from zhisuan.core.quantities import MILLI

_PERCENT = 100
_PRIME = 1_000_003


class FirstFit(Packer):
    """The lowest row that has room."""

    def rank(self, stock: Stock, rows: Rows, need: Need) -> Floats:  # noqa: ARG002  all are equal
        """All are equal."""
        return np.zeros(len(rows))


@dataclass(frozen=True, slots=True)
class BestFit(Packer):
    """Least room left: what is small is used up first.

    The room left is the mean of two shares, of the cores and of the device-milli that the largest
    node has. It is told in whole percent, so that near equals are ties and fall to the lowest row;
    this is the best fit of the simulator published with Weng et al., USENIX ATC 2023.

    Attributes:
        cpu_milli, device_milli: most of any node, 1 or more.
    """

    cpu_milli: int
    device_milli: int

    @classmethod
    def among(cls, stock: Stock) -> Self:
        """For the nodes of a pool."""
        return cls(
            max((node.cpu_milli for node in stock.nodes), default=0) or 1,
            MILLI * max((len(node.devices) for node in stock.nodes), default=0) or 1,
        )

    def rank(self, stock: Stock, rows: Rows, need: Need) -> Floats:
        """Percent of room left, less a hundred."""
        cores = stock.cpu_milli[rows] - need.cpu_milli
        devices = stock.device_milli[rows].sum(axis=1) - need.milli
        both = 2 * self.cpu_milli * self.device_milli
        left = cores * self.device_milli + devices * self.cpu_milli
        return -((_PERCENT * (both - left)) // both).astype(np.float64)


@dataclass(frozen=True, slots=True)
class Spread(Packer):
    """Most room left: the opposite of best fit."""

    best: BestFit

    def rank(self, stock: Stock, rows: Rows, need: Need) -> Floats:
        """The opposite of best fit."""
        return -self.best.rank(stock, rows, need)


_SHARED = 100
_STARTED = 50
_IDLE = 33
"""Points, of a hundred, of devices in use, of idle ones on a node in use, and on an idle node."""


class UsedFirst(Packer):
    """Devices in use before idle ones, nodes in use before idle ones.

    A fraction goes to a device in use, the fuller the better, told in tenths of a device; else an
    idle device of a node in use is taken; else one of an idle node, the fewer devices it has the
    better. Whole devices go the same way; of nodes in use all are equal to them. So is every node
    to who asks for cores alone. These are the points of the packing by devices in the simulator
    published with Weng et al., USENIX ATC 2023.
    """

    def rank(self, stock: Stock, rows: Rows, need: Need) -> Floats:
        """Points, negative."""
        if need.wanted is None:
            return np.zeros(len(rows))
        idle_devices = (stock.device_milli[rows] == MILLI).sum(axis=1)
        idle_node = idle_devices == (stock.sort[rows] >= 0).sum(axis=1)
        free = stock.wanted_milli(rows, need.wanted)
        fitting = np.where(free >= min(need.milli, MILLI), free, MILLI)
        least: Ints = fitting.min(axis=1, initial=MILLI)
        shared = np.maximum(_SHARED - least // (MILLI // 10), _STARTED)
        started = max(_STARTED - max(1, need.milli // MILLI), _IDLE)
        idle = np.maximum(_IDLE - idle_devices, idle_devices)
        points: Ints = np.where(idle_node, idle, np.where(least < MILLI, shared, started))
        return -points.astype(np.float64)


class Random(Packer):
    """Any node, any device, every one as likely: what a policy should be better than.

    The lot is drawn from all that is free, by SplitMix64 (Steele, Lea & Flood, OOPSLA 2014): the
    same stock draws the same lot, and any placement changes it.
    """

    def rank(self, stock: Stock, rows: Rows, need: Need) -> Floats:  # noqa: ARG002  all are equal
        """All are equal until the lot is drawn."""
        return np.zeros(len(rows))

    def settle(self, stock: Stock, ranks: Floats, need: Need) -> Floats:  # noqa: ARG002  the same
        """The lot of every row that has room."""
        return ranks + (_lots(stock, len(ranks)) >> np.uint64(11)).astype(np.float64)

    def columns(self, stock: Stock, row: int, need: Need) -> Columns | None:
        """Any device that has room."""
        if need.wanted is None or need.milli >= MILLI:
            return whole_columns(stock, row, need)
        free = free_columns(stock, row, need)
        if not free:
            return None
        lot = int(_lots(stock, row + 1)[row])
        return ((free[lot % len(free)][1], need.milli),)


def _lots(stock: Stock, count: int) -> NDArray[np.uint64]:
    """One number below 2**64 for each of the first rows."""
    seed = 0
    for free in (stock.cpu_milli, stock.memory_mb, stock.device_milli):
        seed = (seed * _PRIME + int(free.sum())) % 2**64
    lots = np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    lots += np.array(seed, dtype=np.uint64)
    lots = (lots ^ (lots >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    lots = (lots ^ (lots >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return lots ^ (lots >> np.uint64(31))
