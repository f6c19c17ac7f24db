"""A node: one machine of the pool, with its cores, memory and devices."""

from dataclasses import dataclass
from enum import StrEnum

from zhisuan.compute.device import Device


class NodeState(StrEnum):
    """Whether new work may come: a draining node only finishes what it has."""

    READY = "ready"
    DRAINING = "draining"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Node:
    """One machine.

    Attributes:
        name: unique in the pool.
        cores: indices of the logical cores the centre may use.
        memory_mb: memory the centre may grant.
        devices: its accelerators, in a fixed order.
        rack: fault domain, empty if unknown.
        simulated: the whole node is declared, not real.
    """

    name: str
    cores: tuple[int, ...]
    memory_mb: int
    devices: tuple[Device, ...] = ()
    rack: str = ""
    state: NodeState = NodeState.READY
    simulated: bool = False

    @property
    def cpu_milli(self) -> int:
        """All its cores, 1000 a core."""
        return 1000 * len(self.cores)
