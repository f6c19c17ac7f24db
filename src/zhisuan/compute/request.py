"""What a job asks of the pool: cores, memory and, if it likes, one of several device kinds."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any, Self

from zhisuan.compute.device import Device, DeviceKind
from zhisuan.core.quantities import MILLI


@dataclass(frozen=True, slots=True)
class DeviceRequest:
    """Devices of one kind.

    Attributes:
        kind: of accelerator.
        milli: 1000 a device. Below 1000 it is a fraction of one; above, whole devices only.
        model: only this model, or one of several with `|` between them; any if empty.
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
        if device.kind != self.kind:
            return False
        return not self.model or device.model in self.model.split("|")


class Together(StrEnum):
    """How close the nodes of a gang must be."""

    ANYWHERE = "anywhere"
    RACK_PREFERRED = "rack_preferred"
    RACK_REQUIRED = "rack_required"


@dataclass(frozen=True, slots=True)
class ResourceRequest:
    """What one job needs, on each of its nodes.

    Attributes:
        cpu_milli: 1000 a core.
        memory_mb: resident memory.
        any_of: device requests in order of preference; the first that fits is granted.
            Empty: no device.
        nodes: size of the gang; all start together or none.
        most_nodes: an elastic gang takes up to so many if they are free and nobody else waits;
            0 is `nodes`.
        together: how close its nodes must be.
        device_milli: the most it may take of devices on one node, 0 if it asks for none.
        size: milli of devices over the whole gang, or of cores if it asks for none.
    """

    cpu_milli: int = 1000
    memory_mb: int = 1024
    any_of: tuple[DeviceRequest, ...] = ()
    nodes: int = 1
    most_nodes: int = 0
    together: Together = Together.ANYWHERE
    device_milli: int = field(init=False, repr=False, compare=False, default=0)
    size: int = field(init=False, repr=False, compare=False, default=0)
    _hash: int = field(init=False, repr=False, compare=False, default=0)

    def __post_init__(self) -> None:
        """Refuse what has no meaning.

        Raises:
            ValueError: a quantity is not positive.
        """
        if self.cpu_milli <= 0 or self.memory_mb <= 0 or self.nodes <= 0:
            raise ValueError("a request needs a positive share of cores, memory and nodes")
        if self.most_nodes and self.most_nodes < self.nodes:
            raise ValueError("an elastic gang cannot have fewer nodes at most than at least")
        values = (self.cpu_milli, self.memory_mb, self.any_of, self.nodes, self.most_nodes)
        # Kept, since a scheduler looks them up far more often than a request is made.
        most = max((wanted.milli for wanted in self.any_of), default=0)
        object.__setattr__(self, "device_milli", most)
        object.__setattr__(self, "size", self.nodes * (most or self.cpu_milli))
        object.__setattr__(self, "_hash", hash((values, self.together)))

    def __hash__(self) -> int:
        """Of what it asks for."""
        return self._hash

    def fastest_first(self, speeds: Mapping[str, float]) -> Self:
        """The same request, its kinds of device by speed.

        Kinds without a speed keep their places, and so does the order asked for among kinds that
        are equally fast.

        Args:
            speeds: relative speed by kind, above 0.
        """
        known = [wanted for wanted in self.any_of if wanted.kind in speeds]
        ranked = iter(sorted(known, key=lambda wanted: -speeds[wanted.kind]))
        return replace(
            self,
            any_of=tuple(next(ranked) if each.kind in speeds else each for each in self.any_of),
        )

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        values = asdict(self)
        for derived in ("_hash", "device_milli", "size"):
            del values[derived]
        return values

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """The request written by `to_json`."""
        devices = tuple(
            DeviceRequest(DeviceKind(each["kind"]), each["milli"], each["model"])
            for each in values["any_of"]
        )
        return cls(
            values["cpu_milli"],
            values["memory_mb"],
            devices,
            values["nodes"],
            values.get("most_nodes", 0),
            Together(values.get("together", Together.ANYWHERE)),
        )
