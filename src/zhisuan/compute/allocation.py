"""An allocation: what a job holds of which node, down to core indices and device shares."""

from dataclasses import asdict, dataclass
from typing import Any, Self

from zhisuan.compute.device import DeviceKind


@dataclass(frozen=True, slots=True)
class DeviceShare:
    """A share of one device.

    Attributes:
        device: its name.
        milli: the share, 1000 = all of it.
        kind: of the device.
        priced_as: the name under which a tariff prices it, such as `npu-64g`.
        simulated: the device does not exist.
    """

    device: str
    milli: int
    kind: DeviceKind
    priced_as: str
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class Allocation:
    """One node's part of what a job holds.

    Attributes:
        node: its name.
        cpu_milli: share of cores, 1000 a core.
        memory_mb: memory granted.
        cores: the core indices it runs on; a share below a core has one core, not alone.
        devices: shares of devices.
        simulated: the node does not exist; the work itself ran on this machine.
    """

    node: str
    cpu_milli: int
    memory_mb: int
    cores: tuple[int, ...] = ()
    devices: tuple[DeviceShare, ...] = ()
    simulated: bool = False

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """The allocation written by `to_json`."""
        return cls(
            values["node"],
            values["cpu_milli"],
            values["memory_mb"],
            tuple(values["cores"]),
            tuple(
                DeviceShare(
                    each["device"],
                    each["milli"],
                    DeviceKind(each["kind"]),
                    each["priced_as"],
                    each["simulated"],
                )
                for each in values["devices"]
            ),
            values["simulated"],
        )
