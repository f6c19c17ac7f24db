"""The pool: what every node has and what is free, one row a node.

Rows follow the order of `nodes`, and device columns the order of each node's devices; ties in
placement fall to the lower row, so equal inputs always give equal plans.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from zhisuan.compute.allocation import Allocation
from zhisuan.compute.node import Node, NodeState
from zhisuan.compute.request import ResourceRequest
from zhisuan.core.quantities import MILLI


@dataclass(slots=True)
class Pool:
    """Nodes and what is free on them.

    Attributes:
        nodes: in their fixed order.
        cpu_milli: free, shape (nodes,), 1000 a core.
        memory_mb: free, shape (nodes,).
        device_milli: free, shape (nodes, most devices of a node); 0 where there is no device.
        open: whether new work may start, shape (nodes,).
    """

    nodes: tuple[Node, ...]
    cpu_milli: NDArray[np.int64]
    memory_mb: NDArray[np.int64]
    device_milli: NDArray[np.int64]
    open: NDArray[np.bool_]

    @classmethod
    def idle(cls, nodes: Iterable[Node]) -> Self:
        """The pool with nothing running."""
        ordered = tuple(nodes)
        width = max((len(node.devices) for node in ordered), default=0)
        devices = np.zeros((len(ordered), width), dtype=np.int64)
        for row, node in enumerate(ordered):
            devices[row, : len(node.devices)] = MILLI
        return cls(
            ordered,
            np.array([node.cpu_milli for node in ordered], dtype=np.int64),
            np.array([node.memory_mb for node in ordered], dtype=np.int64),
            devices,
            np.array([node.state is NodeState.READY for node in ordered], dtype=np.bool_),
        )

    def copy(self) -> "Pool":
        """An independent copy that a plan may spend from."""
        return Pool(
            self.nodes,
            self.cpu_milli.copy(),
            self.memory_mb.copy(),
            self.device_milli.copy(),
            self.open.copy(),
        )

    def row(self, node: str) -> int:
        """The row of a node.

        Raises:
            KeyError: the pool has no such node.
        """
        for row, each in enumerate(self.nodes):
            if each.name == node:
                return row
        raise KeyError(node)

    def has(self, node: str) -> bool:
        """Whether the node belongs to the pool; one may have left while its jobs still run."""
        return any(each.name == node for each in self.nodes)

    def take(self, allocation: Allocation) -> None:
        """Count an allocation as used; what has left the pool is not counted.

        Raises:
            ValueError: it is more than is free: the books are wrong.
        """
        if not self.has(allocation.node):
            return
        self._apply(allocation, -1)
        row = self.row(allocation.node)
        if (
            self.cpu_milli[row] < 0
            or self.memory_mb[row] < 0
            or self.device_milli[row].min(initial=0) < 0
        ):
            self._apply(allocation, 1)
            raise ValueError(f"{allocation} is more than is free on {allocation.node}")

    def give_back(self, allocation: Allocation) -> None:
        """Count an allocation as free again."""
        if self.has(allocation.node):
            self._apply(allocation, 1)

    def admits(self, request: ResourceRequest) -> bool:
        """Whether the idle pool, every node open, could ever run this."""
        whole = Pool.idle(self.nodes)
        fitting = [row for row in range(len(whole.nodes)) if whole.fits(row, request) is not None]
        return len(fitting) >= request.nodes

    def fits(self, row: int, request: ResourceRequest) -> tuple[tuple[int, int], ...] | None:
        """Device columns and shares that would serve the request on this row.

        Returns:
            `(column, milli)` pairs, empty if no device is asked for; None if it does not fit.
        """
        if self.nodes[row].simulated and not request.any_of:
            return None  # there is nothing to run on; only asking for its devices tries it out
        if self.cpu_milli[row] < request.cpu_milli or self.memory_mb[row] < request.memory_mb:
            return None
        if not request.any_of:
            return ()
        free = self.device_milli[row]
        for wanted in request.any_of:
            columns = [
                column
                for column, device in enumerate(self.nodes[row].devices)
                if wanted.admits(device) and free[column] >= min(wanted.milli, MILLI)
            ]
            if wanted.milli < MILLI:
                if columns:
                    # Best fit: the fullest device that still has room, then the first.
                    return (
                        (min(columns, key=lambda column: (free[column], column)), wanted.milli),
                    )
            elif len(columns) >= wanted.milli // MILLI:
                return tuple((column, MILLI) for column in columns[: wanted.milli // MILLI])
        return None

    def _apply(self, allocation: Allocation, sign: int) -> None:
        row = self.row(allocation.node)
        self.cpu_milli[row] += sign * allocation.cpu_milli
        self.memory_mb[row] += sign * allocation.memory_mb
        names = [device.name for device in self.nodes[row].devices]
        for share in allocation.devices:
            if share.device in names:
                self.device_milli[row, names.index(share.device)] += sign * share.milli
