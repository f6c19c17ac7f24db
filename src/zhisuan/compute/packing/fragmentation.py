"""Fragmentation: the device-milli of a node that the typical requests are expected not to use.

For one typical request, what is of no use on a node is every free device-milli if it cannot run
there at all; else the free milli of the devices that are not what it asks for or have too little
left. The mean over the mix, each request by its share, is the node's fragmentation, and the
packing goes where it grows least (Weng et al., Beware of Fragmentation, USENIX ATC 2023).

It needs no walk through the requests. Which of them find enough cores hangs on the step of the
cores between two typical requests; whether a fraction fits, on one device alone; whether whole
devices do, on how many are whole. So fragmentation is a sum of looked-up numbers: one for each
device, from a table by sort, step and free milli, less one for the node, from a table by make, step
and number of whole devices.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from zhisuan.compute.packing.layout import Layout, Wanted, wanted
from zhisuan.compute.packing.mix import Mix
from zhisuan.compute.packing.packer import Floats, Ints, Packer, unlike_columns, whole_columns
from zhisuan.compute.scheduler.values import Columns
from zhisuan.compute.stock import Need, Rows, Stock
from zhisuan.core.quantities import MILLI

GRAIN = 1024.0
"""Table entries are multiples of 1/1024 milli, so that sums are exact in any order."""

_LEVELS = 1000.0 * np.log(np.arange(1, 100) / np.arange(99, 0, -1))
"""Milli less fragmented from which a score of 1 to 99 percent is reached: the published score is
the whole percents of 1 / (1 + exp(-milli / 1000)). What scores alike is a tie, and ties fall to the
lowest row; without the rounding the packing is much worse."""


class _Whole(NamedTuple):
    """What whole-device requests can use, for one group of sorts on each make of node.

    Attributes:
        worth: milli, flat of shape (makes, steps, most devices of a node + 1).
        member: whether a device is in the group, shape (nodes, columns); None if all may count.
    """

    worth: Floats
    member: NDArray[np.bool_] | None

    def among(self, whole: NDArray[np.bool_], rows: Rows) -> NDArray[np.bool_]:
        """Those of the whole devices that are in the group."""
        return whole if self.member is None else whole & self.member[rows]


class Loss:
    """What is expected to be lost on a node, looked up in tables made once for a mix.

    Args:
        stock: of the pool; only its nodes and devices are looked at.
        layout: of the pool.
        wants: what typical requests ask for.
        extra: milli added for each device, by sort and free milli, shape (sorts, 1001).
        cores: devices-milli that one core-milli of each node can serve, shape (nodes,): what is
            free beyond is lost too. None: cores are looked at by the tables alone.
    """

    def __init__(
        self,
        stock: Stock,
        layout: Layout,
        wants: Sequence[Wanted],
        extra: Floats | None = None,
        cores: Floats | None = None,
    ) -> None:
        sorts, width = len(stock.sorts), stock.device_milli.shape[1]
        self._steps = np.unique(np.array([each.cpu_milli for each in wants], dtype=np.int64))
        steps = len(self._steps) + 1
        gaps = np.zeros((sorts + 1, steps, MILLI + 1))
        gaps[:sorts] = np.arange(MILLI + 1) - _fractions(wants, self._steps, sorts)
        if extra is not None:
            gaps[:sorts] += extra[:, None, :]
        self._gaps = _grained(gaps)
        # The last place answers for -1, where there is no device.
        self._gap = np.where(stock.sort < 0, sorts, stock.sort) * (steps * (MILLI + 1))
        self._groups = tuple(_groups(wants, self._steps, stock, layout))
        self._width = width + 1
        self._node = layout.make * (steps * self._width)
        self._cores = None if cores is None else np.rint(cores * GRAIN**2) / GRAIN**2

    def of(self, rows: Rows, cpu: Ints, free: Ints) -> Floats:
        """Milli lost on nodes if so much were free there.

        Args:
            rows: the nodes, shape (rows,).
            cpu: core-milli free, shape (rows,).
            free: milli of each device free, shape (rows, columns).
        """
        step = self._steps.searchsorted(cpu, side="right")
        lost: Floats = self._gaps.take(self._at(rows, step) + free).sum(axis=1)
        whole = free == MILLI
        for group in self._groups:
            count: Rows = group.among(whole, rows).sum(axis=1)
            lost = lost - group.worth.take(self._pile(rows, step) + count)
        return self._and_stranded(lost, rows, cpu, free.sum(axis=1))

    def after(self, stock: Stock, rows: Rows, need: Need) -> Floats:
        """Milli lost once the need is served, for each device that could give a fraction.

        Returns:
            Shape (rows, columns) for a fraction, infinite where a device has no room; else
            (rows, 1), the first whole devices being taken.
        """
        cpu = stock.cpu_milli[rows] - need.cpu_milli
        free = stock.device_milli[rows]
        if need.wanted is None:
            return self.of(rows, cpu, free)[:, None]
        able = stock.wanted_milli(rows, need.wanted)
        if need.milli < MILLI:
            each = self._after_fraction(rows, cpu, free, need.milli)
            return np.where(able >= need.milli, each, np.inf)
        whole = able == MILLI
        taken = whole & (whole.cumsum(axis=1) <= need.milli // MILLI)
        return self.of(rows, cpu, np.where(taken, 0, free))[:, None]

    def least_growth(self, stock: Stock, rows: Rows, need: Need) -> Floats:
        """The least of `growth` on each of the rows, shape (rows,)."""
        # A pool without devices has no columns, and no rows here either if one is wanted.
        return self.growth(stock, rows, need).min(axis=1, initial=np.inf)

    def growth(self, stock: Stock, rows: Rows, need: Need) -> Floats:
        """Milli that are lost more, or less, once the need is served, as `after`."""
        now = self.of(rows, stock.cpu_milli[rows], stock.device_milli[rows])
        return self.after(stock, rows, need) - now[:, None]

    def _after_fraction(self, rows: Rows, cpu: Ints, free: Ints, milli: int) -> Floats:
        """Milli lost if each device in turn gave so many; of no meaning where it has fewer."""
        step = self._steps.searchsorted(cpu, side="right")
        at = self._at(rows, step) + free
        gaps = self._gaps.take(at)
        change: Floats = self._gaps.take(at - milli, mode="clip") - gaps
        lost: Floats = gaps.sum(axis=1)
        whole = free == MILLI
        for group in self._groups:
            counted = group.among(whole, rows)
            count: Rows = counted.sum(axis=1)
            place = self._pile(rows, step) + count
            worth = group.worth.take(place)
            # One fewer is looked up for a node that has none too, where nothing is counted.
            fewer = group.worth.take(place - 1, mode="clip")
            change = change + counted * (worth - fewer)[:, None]
            lost = lost - worth
        return change + self._and_stranded(lost, rows, cpu, free.sum(axis=1) - milli)[:, None]

    def _at(self, rows: Rows, step: NDArray[np.intp]) -> NDArray[np.intp]:
        """Where the table of gaps begins for each device."""
        return self._gap[rows] + (step * (MILLI + 1))[:, None]

    def _pile(self, rows: Rows, step: NDArray[np.intp]) -> NDArray[np.intp]:
        """Where the tables of whole devices begin for each node."""
        return self._node[rows] + step * self._width

    def _and_stranded(self, lost: Floats, rows: Rows, cpu: Ints, free: Ints) -> Floats:
        if self._cores is None:
            return lost
        return lost + np.maximum(0.0, free - cpu * self._cores[rows])


@dataclass(frozen=True, slots=True)
class Fragmentation(Packer):
    """Where fragmentation grows least, by the published score."""

    loss: Loss

    @classmethod
    def among(cls, stock: Stock, layout: Layout, mix: Mix) -> Self:
        """For the nodes of a pool, by a mix of requests."""
        return cls(Loss(stock, layout, wanted(mix.typical, stock)))

    def rank(self, stock: Stock, rows: Rows, need: Need) -> Floats:
        """The score of the best device, its sign turned."""
        return -_score(self.loss.least_growth(stock, rows, need)).astype(np.float64)

    def columns(self, stock: Stock, row: int, need: Need) -> Columns | None:
        """The first device with the best score."""
        if need.wanted is None or need.milli >= MILLI:
            return whole_columns(stock, row, need)
        choices = unlike_columns(stock, row, need)
        if len(choices) > 1:
            scores = _score(self.loss.growth(stock, np.array([row]), need)[0]).tolist()
            choices = [max(choices, key=scores.__getitem__)]
        return ((choices[0], need.milli),) if choices else None


def _score(growth: Floats) -> NDArray[np.intp]:
    """Percent, the higher the less is lost."""
    return _LEVELS.searchsorted(-growth, side="right")


def _fractions(wants: Iterable[Wanted], steps: Ints, sorts: int) -> Floats:
    """Milli of one device that fractional requests can use, shape (sorts, steps, 1001)."""
    share = np.zeros((sorts, len(steps) + 1, MILLI + 1))
    for want in wants:
        if want.device.milli < MILLI:
            share[want.sorts, steps.searchsorted(want.cpu_milli) + 1, want.device.milli] += (
                want.share
            )
    return share.cumsum(axis=1).cumsum(axis=2) * np.arange(MILLI + 1.0)


def _wholes(wants: Iterable[Wanted], steps: Ints, width: int) -> Mapping[bytes, Floats]:
    """Milli of whole devices that whole-device requests can use, by the sorts they may take.

    Each of shape (steps, most devices of a node + 1).
    """
    shares: dict[bytes, Floats] = {}
    for want in wants:
        count = want.device.milli // MILLI
        if 1 <= count <= width and want.sorts.any():
            share = shares.setdefault(want.sorts.tobytes(), np.zeros((len(steps) + 1, width + 1)))
            share[steps.searchsorted(want.cpu_milli) + 1, count] += want.share
    milli = np.arange(0.0, MILLI * width + 1.0, MILLI)
    return {each: share.cumsum(axis=0).cumsum(axis=1) * milli for each, share in shares.items()}


def _groups(wants: Iterable[Wanted], steps: Ints, stock: Stock, layout: Layout) -> Iterable[_Whole]:
    """Tables for whole devices.

    On a make of node, requests that would take the same of its sorts count the same whole devices:
    one group. Nodes of one sort have one group, mixed ones may have more.
    """
    makes, width = len(layout.counts), stock.device_milli.shape[1]
    tables: list[Floats] = []
    members: list[NDArray[np.bool_]] = []
    wholes = _wholes(wants, steps, width)
    for make, has in enumerate(layout.counts > 0):
        slots: dict[bytes, int] = {}
        for would, worth in wholes.items():
            sorts = np.frombuffer(would, dtype=np.bool_) & has
            if not sorts.any():
                continue
            slot = slots.setdefault(sorts.tobytes(), len(slots))
            if slot == len(tables):
                tables.append(np.zeros((makes, len(steps) + 1, width + 1)))
                members.append(np.zeros((makes, len(has) + 1), dtype=np.bool_))
            tables[slot][make] += worth
            members[slot][make, :-1] = sorts
    mixed = bool(((layout.counts > 0).sum(axis=1) > 1).any())
    for table, member in zip(tables, members, strict=True):
        inside = member[layout.make[:, None], stock.sort] if mixed else None
        yield _Whole(_grained(table), inside)


def _grained(table: Floats) -> Floats:
    """The table, flat, of whole grains."""
    return np.rint(table.reshape(-1) * GRAIN) / GRAIN
