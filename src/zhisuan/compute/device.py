"""A device: one accelerator of a node, as the pool counts it.

The processor itself is not a device: cores and memory are counted on the node. A device that
does not exist declares itself `simulated`; it can be scheduled and priced, is labelled so
everywhere, and never counts in a public total.
"""

from dataclasses import dataclass
from enum import StrEnum


class DeviceKind(StrEnum):
    """What kind of accelerator it is."""

    GPU = "gpu"
    NPU = "npu"
    FPGA = "fpga"
    ASIC = "asic"


@dataclass(frozen=True, slots=True)
class Device:
    """One accelerator.

    Attributes:
        name: unique on its node, such as `npu0`.
        kind: GPU, NPU, FPGA or ASIC.
        vendor, model: as their maker writes them.
        memory_mb: on the device, megabytes of 2**20 bytes.
        simulated: it does not exist; everything made with it says so.
    """

    name: str
    kind: DeviceKind
    vendor: str
    model: str
    memory_mb: int
    simulated: bool = False

    @property
    def priced_as(self) -> str:
        """What a tariff prices it as: kind and memory, such as `npu-64g`."""
        return f"{self.kind}-{round(self.memory_mb / 1024)}g"
