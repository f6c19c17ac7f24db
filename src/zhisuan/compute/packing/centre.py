"""Our own packing: fragmentation, and three things it does not see.

A need goes where the sum of these grows least:

- fragmentation, as in `fragmentation`;
- waste: what of a gap the best mix of slices cannot use (`slices`), eight times over. Fragmentation
  asks which requests still fit, one at a time; waste asks what fits together in the end. A gap that
  holds more than its size lets expect wastes less than nothing;
- stranding: free milli of devices beyond what the node's free cores can serve at the cores per
  device that are typically asked for;
- pressure: the need's milli on devices that others name and little is left of (`pressure`), twice.

What differs by less than 10 milli is a tie, and ties fall to the lowest row: the order of nodes
fills them one after the other. The four constants were chosen on one shuffle of fourteen workloads
made from the Alibaba GPU trace of 2023 (Weng et al., USENIX ATC 2023) and confirmed on others; the
weight of waste is flat from 6 to 16, the tie from 5 to 10, the weight of pressure from 2 to 4.
"""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from zhisuan.compute.device import DeviceKind
from zhisuan.compute.packing.fragmentation import GRAIN, Loss
from zhisuan.compute.packing.layout import Layout, Wanted, wanted
from zhisuan.compute.packing.mix import Mix
from zhisuan.compute.packing.packer import Floats, Packer, unlike_columns, whole_columns
from zhisuan.compute.packing.pressure import Pressure
from zhisuan.compute.packing.slices import prices, worth
from zhisuan.compute.request import DeviceRequest
from zhisuan.compute.scheduler.values import Columns
from zhisuan.compute.stock import Need, Rows, Stock
from zhisuan.core.quantities import MILLI

_WASTE = 8.0
_PRESSURE = 2.0
_TIE_MILLI = 10.0

_RAREST_SLICE = 0.002
_MOST_SLICES = 24
"""Sizes of slice that are priced, and the share of all requests below which they are not."""


class Centre(Packer):
    """Where the loss grows least, and least is taken of what others need.

    Args:
        stock: of the pool; only its nodes and devices are looked at.
        layout: of the pool.
        mix: what is typically asked for; somebody must ask for devices.
    """

    def __init__(self, stock: Stock, layout: Layout, mix: Mix) -> None:
        wants = wanted(mix.typical, stock)
        wastes = {kind: _WASTE * waste(mix, kind) for kind in {sort.kind for sort in stock.sorts}}
        extra = np.array([wastes[sort.kind] for sort in stock.sorts]).reshape(-1, MILLI + 1)
        self._loss = Loss(stock, layout, wants, extra, 1.0 / _cores_asked(wants, layout))
        self._pressure = Pressure(wants, stock)
        self._layout = layout
        self._takes: dict[DeviceRequest, Floats] = {}

    def rank(self, stock: Stock, rows: Rows, need: Need) -> Floats:
        """Milli by which the loss grows."""
        return self._loss.least_growth(stock, rows, need)

    def settle(self, stock: Stock, ranks: Floats, need: Need) -> Floats:
        """With the pressure on what is taken, in steps of a tie."""
        if need.wanted is not None and self._pressure.named:
            added = self._pressure.of(stock.sort_milli.astype(np.float64))
            price = np.rint(added * GRAIN**2) / GRAIN**2 * (_PRESSURE * need.milli)
            ranks = ranks + (self._taken(stock, need.wanted) @ price)[self._layout.make]
        return np.ceil(ranks / _TIE_MILLI)

    def columns(self, stock: Stock, row: int, need: Need) -> Columns | None:
        """The device with which least is lost."""
        if need.wanted is None or need.milli >= MILLI:
            return whole_columns(stock, row, need)
        choices = unlike_columns(stock, row, need)
        if len(choices) > 1:
            lost = self._loss.after(stock, np.array([row]), need)[0].tolist()
            choices = [min(choices, key=lost.__getitem__)]
        return ((choices[0], need.milli),) if choices else None

    def _taken(self, stock: Stock, device: DeviceRequest) -> Floats:
        """Of the devices of a make that would do, the share of each sort; shape of the counts."""
        taken = self._takes.get(device)
        if taken is None:
            able = self._layout.counts * [device.admits(sort) for sort in stock.sorts]
            taken = able / np.maximum(1, able.sum(axis=1, keepdims=True))
            self._takes[device] = taken
        return taken


def waste(mix: Mix, kind: DeviceKind) -> Floats:
    """Milli of a gap that the best mix of slices cannot use, negative if it uses more than most.

    Returns:
        By milli of the gap, shape (1001,); nothing of a whole device is wasted.
    """
    asked: dict[int, float] = defaultdict(float)
    for each in mix.asked:
        for device in each.any_of:
            if device.kind == kind and device.milli < MILLI:
                asked[device.milli] += each.share
    often = [size for size in asked if asked[size] >= _RAREST_SLICE]
    often.sort(key=lambda size: (-asked[size], size))
    sizes = sorted(often[:_MOST_SLICES], reverse=True)
    used = worth(sizes, prices(sizes, [asked[size] for size in sizes]))
    used[MILLI] = 1.0
    return np.arange(MILLI + 1.0) - MILLI * np.minimum(used, 1.0)


def _cores_asked(wants: Sequence[Wanted], layout: Layout) -> Floats:
    """Core-milli that are typically asked for with a device-milli of each node, shape (nodes,)."""
    cores = sum(want.share * want.cpu_milli for want in wants)
    milli = sum(want.share * want.device.milli for want in wants)
    of_sort = np.zeros((2, layout.counts.shape[1]))
    for want in wants:
        of_sort[0] += want.sorts * (want.share * want.cpu_milli)
        of_sort[1] += want.sorts * (want.share * want.device.milli)
    each = np.full(layout.counts.shape[1], cores / milli)
    np.divide(of_sort[0], of_sort[1], out=each, where=of_sort[1] > 0)
    devices = layout.counts.sum(axis=1)
    mean = (layout.counts @ each + (devices == 0)) / np.maximum(1, devices)
    return mean[layout.make]
