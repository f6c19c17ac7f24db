"""From places to allocations and back: which cores and which named devices a start is given."""

from collections.abc import Iterable, Sequence

from zhisuan.compute.allocation import Allocation, DeviceShare
from zhisuan.compute.node import Node
from zhisuan.compute.request import ResourceRequest
from zhisuan.compute.scheduler.values import Places
from zhisuan.core.quantities import MILLI


class Cores:
    """How much of each core is taken, so that whole cores are granted alone where possible.

    Args:
        nodes: the rows of the pool.
    """

    def __init__(self, nodes: Sequence[Node]) -> None:
        self._taken = {node.name: dict.fromkeys(node.cores, 0) for node in nodes}

    def grant(self, node: str, cpu_milli: int) -> tuple[int, ...]:
        """The emptiest cores, as many as the share needs, lowest index first on a tie."""
        needed = max(1, -(-cpu_milli // MILLI))
        taken = self._taken[node]
        chosen = tuple(sorted(sorted(taken, key=lambda core: (taken[core], core))[:needed]))
        self.count(node, chosen, cpu_milli)
        return chosen

    def count(self, node: str, cores: Sequence[int], cpu_milli: int) -> None:
        """Count a share of cores as taken, or as free again if negative."""
        taken = self._taken.get(node, {})  # it may have left the pool
        for core in cores:
            if core in taken:
                taken[core] += cpu_milli // len(cores)


def allocations(
    nodes: Sequence[Node], places: Places, request: ResourceRequest, cores: Cores
) -> tuple[Allocation, ...]:
    """What a start is given on each node of its gang."""
    return tuple(
        Allocation(
            nodes[row].name,
            request.cpu_milli,
            request.memory_mb,
            cores.grant(nodes[row].name, request.cpu_milli),
            tuple(_share(nodes[row], column, milli) for column, milli in columns),
            nodes[row].simulated,
        )
        for row, columns in places
    )


def _share(node: Node, column: int, milli: int) -> DeviceShare:
    device = node.devices[column]
    return DeviceShare(device.name, milli, device.kind, device.priced_as, device.simulated)


def places(nodes: Sequence[Node], held: Iterable[Allocation]) -> Places:
    """Where allocations sit; one on a node that has left the pool sits nowhere."""
    rows = {node.name: row for row, node in enumerate(nodes)}
    return tuple(
        (rows[each.node], _columns(nodes[rows[each.node]], each))
        for each in held
        if each.node in rows
    )


def _columns(node: Node, allocation: Allocation) -> tuple[tuple[int, int], ...]:
    columns = {device.name: column for column, device in enumerate(node.devices)}
    return tuple(
        (columns[share.device], share.milli)
        for share in allocation.devices
        if share.device in columns
    )
