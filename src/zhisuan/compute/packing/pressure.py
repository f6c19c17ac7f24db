"""Pressure: how much more sought after one sort of device is than the others of its kind.

Some requests name a model, others take any. Whoever takes any should leave what many name and
little is left of. Requests that may use the same sorts are a class; the demand of a class is spread
evenly over what is free of its sorts, so the pressure on a sort is the sum over the classes that
may use it of demand over free room, relative to what it would be if nobody named any model.
"""

from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from zhisuan.compute.device import DeviceKind
from zhisuan.compute.packing.layout import Wanted
from zhisuan.compute.packing.packer import Floats
from zhisuan.compute.stock import Stock

_LEAST_MILLI = 1e-9
_MOST = 99.0


class Pressure:
    """Pressure on every sort of a pool.

    Args:
        wants: what typical requests ask for.
        stock: of the pool; only its sorts are looked at.

    Attributes:
        named: whether requests of one kind differ in what they may use; if not, all pressure is 0.
    """

    def __init__(self, wants: Iterable[Wanted], stock: Stock) -> None:
        kinds = np.array([sort.kind for sort in stock.sorts], dtype=np.str_)
        demand: dict[tuple[DeviceKind, bytes], float] = defaultdict(float)
        total: dict[DeviceKind, float] = defaultdict(float)
        for want in wants:
            if want.sorts.any():
                milli = want.share * want.device.milli
                demand[want.device.kind, want.sorts.tobytes()] += milli
                total[want.device.kind] += milli
        self.named = len(demand) > len(total)
        self._classes = np.array(
            [np.frombuffer(sorts, dtype=np.bool_) for _, sorts in demand], dtype=np.float64
        ).reshape(len(demand), len(kinds))
        self._demand = np.array([milli / total[kind] for (kind, _), milli in demand.items()])
        self._asked = np.isin(kinds, list(total))
        self._alike = (kinds[:, None] == kinds).astype(np.float64)

    def of(self, free: Floats) -> Floats:
        """How much is added to a pressure of 1 on each sort.

        Args:
            free: milli of every sort, shape (sorts,).

        Returns:
            -1 to 98, shape (sorts,); 0 where nobody names a model.
        """
        each = self._demand / np.maximum(self._classes @ free, _LEAST_MILLI)
        pressure = (each @ self._classes) * (self._alike @ free)
        return np.where(self._asked, np.minimum(pressure, _MOST) - 1.0, 0.0)
