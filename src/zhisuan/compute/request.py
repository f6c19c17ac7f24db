"""What a job asks of the pool: cores, memory and, if it likes, one of several device kinds."""

from dataclasses import asdict, dataclass
from typing import Any, Self

from zhisuan.compute.device import Device, DeviceKind
from zhisuan.core.quantities import MILLI


@dataclass(frozen=True, slots=True)
class DeviceRequest:
    """Devices of one kind.

    Attributes:
        kind: of accelerator.
        milli: 1000 a device. Below 1000 it is a fraction of one; above, whole devices only.
        model: only this model, or any if empty.
    """

    kind: DeviceKind
    milli: int
    model: str = ""

    def __post_init__(self) -> None:
        """Refuse what has no meaning.

        Raises:
            ValueError: not positive, or more than one device but not whole ones.
        """
        if self.milli <= 0 or (self.milli > MILLI and self.milli % MILLI):
            raise ValueError(
                f"{self.milli} device-milli is neither a fraction of one device nor whole devices"
            )

    def admits(self, device: Device) -> bool:
        """Whether the device is of the kind and model asked for."""
        return device.kind == self.kind and self.model in ("", device.model)


@dataclass(frozen=True, slots=True)
class ResourceRequest:
    """What one job needs, on each of its nodes.

    Attributes:
        cpu_milli: 1000 a core.
        memory_mb: resident memory.
        any_of: device requests in order of preference; the first that fits is granted.
            Empty: no device.
        nodes: size of the gang; all start together or none.
    """

    cpu_milli: int = 1000
    memory_mb: int = 1024
    any_of: tuple[DeviceRequest, ...] = ()
    nodes: int = 1

    def __post_init__(self) -> None:
        """Refuse what has no meaning.

        Raises:
            ValueError: a quantity is not positive.
        """
        if self.cpu_milli <= 0 or self.memory_mb <= 0 or self.nodes <= 0:
            raise ValueError("a request needs a positive share of cores, memory and nodes")

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """The request written by `to_json`."""
        devices = tuple(
            DeviceRequest(DeviceKind(each["kind"]), each["milli"], each["model"])
            for each in values["any_of"]
        )
        return cls(values["cpu_milli"], values["memory_mb"], devices, values["nodes"])
