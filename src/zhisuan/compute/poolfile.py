"""The pool file: nodes and devices an operator declares, in TOML.

::

    [[node]]
    name = "sim"
    count = 4
    cores = 64
    memory_mb = 262144
    rack = "r1"
    simulated = true
    [[node.device]]
    kind = "npu"
    vendor = "Ascend"
    model = "910B"
    memory_mb = 65536
    count = 8

`[[device]]` at the top level adds simulated devices to this machine. What does not exist must
say `simulated = true`: the file cannot invent real hardware.
"""

import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from zhisuan.compute.device import Device, DeviceKind
from zhisuan.compute.node import Node
from zhisuan.core.errors import WrongInput

_MOST_MB = 100_000_000
_Label = Annotated[str, StringConstraints(max_length=80, pattern=r"^[^\x00-\x1f\x7f]*$")]


class DeclaredDevice(BaseModel):
    """One line of like devices."""

    model_config = ConfigDict(extra="forbid")
    kind: DeviceKind
    vendor: _Label
    model: _Label
    memory_mb: int = Field(gt=0, le=_MOST_MB)
    count: int = Field(default=1, gt=0, le=1024)


class DeclaredNode(BaseModel):
    """One machine that is only declared, or several alike, numbered from 1."""

    model_config = ConfigDict(extra="forbid")
    name: str = Field(pattern=r"^\w[\w.-]*$", max_length=60)
    count: int = Field(default=1, gt=0, le=10_000)
    cores: int = Field(gt=0, le=4096)
    memory_mb: int = Field(gt=0, le=_MOST_MB)
    rack: _Label = ""
    simulated: bool
    device: list[DeclaredDevice] = Field(default_factory=list[DeclaredDevice], max_length=64)

    def nodes(self) -> tuple[Node, ...]:
        """The machines of this line; their devices are the same value, told once."""
        alone = [""] if self.count == 1 else [f"-{n}" for n in range(1, self.count + 1)]
        devices, cores = _devices(self.device), tuple(range(self.cores))
        return tuple(
            Node(f"{self.name}{number}", cores, self.memory_mb, devices, self.rack, simulated=True)
            for number in alone
        )


class PoolFile(BaseModel):
    """The whole file."""

    model_config = ConfigDict(extra="forbid")
    device: list[DeclaredDevice] = Field(default_factory=list[DeclaredDevice])
    node: list[DeclaredNode] = Field(default_factory=list[DeclaredNode])


def read_pool(path: Path, here: Node) -> tuple[Node, ...]:
    """This machine and what the file adds to it; only this machine if there is no file.

    Raises:
        WrongInput: the file is no pool file, or declares hardware without `simulated = true`.
    """
    return parse_pool(path.read_bytes(), str(path), here) if path.exists() else (here,)


def parse_pool(written: bytes, name: str, here: Node) -> tuple[Node, ...]:
    """The nodes as a pool file writes them, this machine first.

    Raises:
        WrongInput: as for `read_pool`; `name` is what the sentence calls the file.
    """
    try:
        declared = PoolFile.model_validate(tomllib.loads(written.decode("utf-8")))
    except (tomllib.TOMLDecodeError, ValidationError, UnicodeDecodeError) as error:
        raise WrongInput(
            f"{name} is not a pool file: {_first(error)}.", hint="See docs/reference/pool-file.md."
        ) from error
    mine = replace(here, devices=(*here.devices, *_devices(declared.device)))
    nodes = (mine, *(node for line in declared.node for node in line.nodes()))
    if len({node.name for node in nodes}) < len(nodes):
        raise WrongInput(f"{name} names a node twice.", hint="Give every node its own name.")
    for node in declared.node:
        if not node.simulated:
            raise WrongInput(
                f"{name} declares node {node.name} without `simulated = true`.",
                hint="A file can only declare simulated nodes; real ones are found by the centre.",
            )
    return nodes


def _first(error: ValueError) -> str:
    """The first thing that is wrong."""
    if not isinstance(error, ValidationError):
        return str(error)
    wrong = error.errors()[0]
    return f"{'.'.join(str(part) for part in wrong['loc'])}: {wrong['msg']}"


def _devices(lines: list[DeclaredDevice]) -> tuple[Device, ...]:
    devices: list[Device] = []
    for line in lines:
        first = sum(device.kind == line.kind for device in devices)
        devices += [
            Device(
                f"sim:{line.kind}{first + number}",
                line.kind,
                line.vendor,
                line.model,
                line.memory_mb,
                simulated=True,
            )
            for number in range(line.count)
        ]
    return tuple(devices)
