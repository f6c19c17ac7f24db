"""The pool file: nodes and devices an operator declares, in TOML.

::

    [[node]]
    name = "sim-1"
    cores = 64
    memory_mb = 262144
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

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from zhisuan.compute.device import Device, DeviceKind
from zhisuan.compute.node import Node
from zhisuan.core.errors import WrongInput


class DeclaredDevice(BaseModel):
    """One line of like devices."""

    model_config = ConfigDict(extra="forbid")
    kind: DeviceKind
    vendor: str
    model: str
    memory_mb: int = Field(gt=0)
    count: int = Field(default=1, gt=0, le=1024)


class DeclaredNode(BaseModel):
    """One machine that is only declared."""

    model_config = ConfigDict(extra="forbid")
    name: str = Field(min_length=1)
    cores: int = Field(gt=0)
    memory_mb: int = Field(gt=0)
    rack: str = ""
    simulated: bool
    device: list[DeclaredDevice] = Field(default_factory=list[DeclaredDevice])


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
    if not path.exists():
        return (here,)
    try:
        declared = PoolFile.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, ValidationError, UnicodeDecodeError) as error:
        first = str(error).splitlines()[0]
        raise WrongInput(
            f"{path} is not a pool file: {first}.", hint="See docs/reference/pool-file.md."
        ) from error
    names = [here.name, *(node.name for node in declared.node)]
    if len(set(names)) < len(names):
        raise WrongInput(f"{path} names a node twice.", hint="Give every node its own name.")
    for node in declared.node:
        if not node.simulated:
            raise WrongInput(
                f"{path} declares node {node.name} without `simulated = true`.",
                hint="A file can only declare simulated nodes; real ones are found by the centre.",
            )
    mine = replace(here, devices=(*here.devices, *_devices(declared.device)))
    return (mine, *(_node(node) for node in declared.node))


def _node(declared: DeclaredNode) -> Node:
    return Node(
        declared.name,
        tuple(range(declared.cores)),
        declared.memory_mb,
        _devices(declared.device),
        declared.rack,
        simulated=True,
    )


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
