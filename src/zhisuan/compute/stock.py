"""What is free, as arrays: one row a node, one column a device of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from zhisuan.compute.device import Device, DeviceKind
from zhisuan.compute.node import Node, NodeState
from zhisuan.compute.request import DeviceRequest, ResourceRequest
from zhisuan.core.quantities import MILLI

Rows = NDArray[np.intp]


class Need(NamedTuple):
    """What one node must have for one alternative of a request."""

    cpu_milli: int
    memory_mb: int
    wanted: DeviceRequest | None = None

    @property
    def milli(self) -> int:
        """Device-milli, 0 if no device is wanted."""
        return 0 if self.wanted is None else self.wanted.milli


def needs(request: ResourceRequest) -> tuple[Need, ...]:
    """The alternatives of a request, in its order of preference."""
    if not request.any_of:
        return (Need(request.cpu_milli, request.memory_mb),)
    return tuple(Need(request.cpu_milli, request.memory_mb, each) for each in request.any_of)


@dataclass(slots=True)
class Stock:
    """Free cores, memory and device shares.

    Attributes:
        nodes: what the rows are.
        cpu_milli: shape (nodes,), 1000 a core.
        memory_mb: shape (nodes,).
        device_milli: shape (nodes, most devices of a node); 0 where there is no device.
        open: whether new work may start, shape (nodes,).
        plain: whether work without devices may start: not on a node that does not exist, which
            has nothing to run on; only asking for its devices tries it out.
        sort: which of `sorts` each device is, -1 where there is none, shape of `device_milli`.
        sorts: one device of every kind and model.
    """

    nodes: tuple[Node, ...]
    cpu_milli: NDArray[np.int64]
    memory_mb: NDArray[np.int64]
    device_milli: NDArray[np.int64]
    open: NDArray[np.bool_]
    plain: NDArray[np.bool_]
    sort: NDArray[np.intp]
    sorts: tuple[Device, ...]
    _admitting: dict[DeviceRequest, NDArray[np.bool_]] = field(
        default_factory=dict[DeviceRequest, NDArray[np.bool_]]
    )
    _sort_milli: NDArray[np.int64] | None = None

    @classmethod
    def idle(cls, nodes: Sequence[Node]) -> Self:
        """Everything is free."""
        width = max((len(node.devices) for node in nodes), default=0)
        sort = np.full((len(nodes), width), -1, dtype=np.intp)
        sorts: dict[tuple[DeviceKind, str], int] = {}
        examples: list[Device] = []
        for row, node in enumerate(nodes):
            for column, device in enumerate(node.devices):
                place = sorts.setdefault((device.kind, device.model), len(sorts))
                if place == len(examples):
                    examples.append(device)
                sort[row, column] = place
        milli = np.where(sort >= 0, MILLI, 0).astype(np.int64)
        return cls(
            tuple(nodes),
            np.array([node.cpu_milli for node in nodes], dtype=np.int64),
            np.array([node.memory_mb for node in nodes], dtype=np.int64),
            milli,
            np.array([node.state is NodeState.READY for node in nodes], dtype=np.bool_),
            np.array([not node.simulated for node in nodes], dtype=np.bool_),
            sort,
            tuple(examples),
        )

    @property
    def sort_milli(self) -> NDArray[np.int64]:
        """Free milli of all devices of every sort, shape (sorts,); counted when first asked for."""
        if self._sort_milli is None:
            # The first place is for -1, where there is no device.
            free = np.bincount(
                self.sort.ravel() + 1, self.device_milli.ravel(), len(self.sorts) + 1
            )
            self._sort_milli = free[1:].astype(np.int64)
        return self._sort_milli

    def copy(self) -> "Stock":
        """An independent copy."""
        return Stock(
            self.nodes,
            self.cpu_milli.copy(),
            self.memory_mb.copy(),
            self.device_milli.copy(),
            self.open,
            self.plain,
            self.sort,
            self.sorts,
            self._admitting,
            None if self._sort_milli is None else self._sort_milli.copy(),
        )

    def lesser(self, other: "Stock") -> "Stock":
        """What is free in both."""
        return Stock(
            self.nodes,
            np.minimum(self.cpu_milli, other.cpu_milli),
            np.minimum(self.memory_mb, other.memory_mb),
            np.minimum(self.device_milli, other.device_milli),
            self.open & other.open,
            self.plain,
            self.sort,
            self.sorts,
            self._admitting,
        )

    def fitting(self, rows: Rows | slice, need: Need) -> NDArray[np.bool_]:
        """Which of the rows have room for the need, shape (rows,)."""
        fits = self.open[rows] & (self.cpu_milli[rows] >= need.cpu_milli)
        fits &= self.memory_mb[rows] >= need.memory_mb
        if need.wanted is None:
            return fits & self.plain[rows]
        free = self.wanted_milli(rows, need.wanted)
        return fits & ((free >= min(need.milli, MILLI)).sum(axis=1) >= max(1, need.milli // MILLI))

    def fits(self, row: int, need: Need) -> bool:
        """Whether one row has room."""
        return bool(self.fitting(np.array([row]), need)[0])

    def total(self, need: Need, nodes: int) -> bool:
        """Whether all nodes together that may be used have enough, no matter how it is spread."""
        rows = np.flatnonzero(self.open if need.wanted is not None else self.open & self.plain)
        return bool(
            self.cpu_milli[rows].sum() >= nodes * need.cpu_milli
            and self.memory_mb[rows].sum() >= nodes * need.memory_mb
            and (
                need.wanted is None
                or self.wanted_milli(rows, need.wanted).sum() >= nodes * need.milli
            )
        )

    def wanted_milli(self, rows: Rows | slice, wanted: DeviceRequest) -> NDArray[np.int64]:
        """Free milli of the devices that would do, 0 of all others, shape (rows, devices)."""
        return self.device_milli[rows] * self._admits(wanted)[rows]

    def _admits(self, wanted: DeviceRequest) -> NDArray[np.bool_]:
        mask = self._admitting.get(wanted)
        if mask is None:
            # The last place answers for -1, where there is no device.
            admitted = [wanted.admits(device) for device in self.sorts] + [False]
            mask = np.array(admitted, dtype=np.bool_)[self.sort]
            self._admitting[wanted] = mask
        return mask
