"""How the devices of a pool are spread over its nodes, and what a typical request may use."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from zhisuan.compute.packing.mix import Typical
from zhisuan.compute.request import DeviceRequest
from zhisuan.compute.stock import Stock
from zhisuan.core.quantities import MILLI


@dataclass(frozen=True, slots=True)
class Layout:
    """Makes of node: nodes with equally many devices of every sort are of one make.

    Attributes:
        make: of every node, shape (nodes,).
        counts: devices of every sort on a node of each make, shape (makes, sorts).
    """

    make: NDArray[np.intp]
    counts: NDArray[np.int64]

    @classmethod
    def of(cls, stock: Stock) -> Self:
        """That of a pool."""
        sorts = np.arange(len(stock.sorts))
        each = (stock.sort[:, :, None] == sorts).sum(axis=1)
        counts, make = np.unique(each, axis=0, return_inverse=True)
        return cls(make.reshape(-1), counts)


class Wanted(NamedTuple):
    """One alternative of a typical request, as a pool sees it.

    Attributes:
        cpu_milli: cores it needs beside.
        device: what it asks for.
        sorts: which sorts of device would do and are not spoken for by an alternative before it,
            shape (sorts,).
        share: of all typical requests.
    """

    cpu_milli: int
    device: DeviceRequest
    sorts: NDArray[np.bool_]
    share: float


def wanted(typical: Iterable[Typical], stock: Stock) -> tuple[Wanted, ...]:
    """All alternatives of typical requests, each for the sorts it is the first to admit."""
    admitted: dict[DeviceRequest, NDArray[np.bool_]] = {}
    wants: list[Wanted] = []
    for each in typical:
        left = np.ones(len(stock.sorts), dtype=np.bool_)
        for device in each.any_of:
            like = replace(device, milli=MILLI)
            if like not in admitted:
                able = [device.admits(sort) for sort in stock.sorts]
                admitted[like] = np.array(able, dtype=np.bool_)
            sorts = left & admitted[like]
            left &= ~sorts
            wants.append(Wanted(each.cpu_milli, device, sorts, each.share))
    return tuple(wants)
