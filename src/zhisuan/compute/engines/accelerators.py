"""Accelerators of this machine: seen on the PCI bus, told by their makers' own libraries.

A look into `/sys` costs nothing and says whether there is anything to ask about. Only then is an
environment with gpustack-runtime made, which speaks to nine makers' libraries, and asked in a
process of its own: a vendor's library that crashes takes nobody with it.
"""

import json
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from zhisuan.compute.device import Device, DeviceKind
from zhisuan.core.errors import CentreError, Unavailable

LOCK = Path(__file__).with_name("accelerators.txt")
"""The requirements of the environment that is asked."""

_BUS = Path("/sys/bus/pci/devices")
_TIMEOUT_S = 60.0
# Base classes of the PCI code list: display controllers and processing accelerators.
_CLASSES = ("0x03", "0x12")
# PCI vendor numbers, as the makers' own drivers and gpustack-runtime look for them.
_VENDORS: Mapping[str, str] = {
    "0x1002": "AMD",
    "0x10de": "NVIDIA",
    "0x19e5": "Ascend",
    "0x1d94": "Hygon",
    "0x1ded": "T-Head",
    "0x1e3e": "Iluvatar",
    "0x1ed5": "Moore Threads",
    "0x9999": "MetaX",
    "0xcabc": "Cambricon",
}
# gpustack-runtime's word for the maker: our kind, and the maker's runtime, which names devices.
_MAKERS: Mapping[str, tuple[DeviceKind, str]] = {
    "amd": (DeviceKind.GPU, "rocm"),
    "ascend": (DeviceKind.NPU, "cann"),
    "cambricon": (DeviceKind.NPU, "neuware"),
    "hygon": (DeviceKind.GPU, "dtk"),
    "iluvatar": (DeviceKind.GPU, "corex"),
    "metax": (DeviceKind.GPU, "maca"),
    "mthreads": (DeviceKind.GPU, "musa"),
    "nvidia": (DeviceKind.GPU, "cuda"),
    "thead": (DeviceKind.GPU, "hggc"),
}
_QUESTION = """
import json
from gpustack_runtime.detector import detect_devices
print(json.dumps([
    {"maker": str(d.manufacturer), "index": d.index, "model": d.name, "memory_mb": d.memory}
    for d in detect_devices(fast=False, usage=False)
]))
"""


@dataclass(frozen=True, slots=True)
class Found:
    """What there is, and what was seen but cannot be used, one sentence each."""

    devices: tuple[Device, ...] = ()
    notes: tuple[str, ...] = ()


def find(make: Callable[[Path], Sequence[str]], bus: Path = _BUS) -> Found:
    """The accelerators of this machine.

    Args:
        make: makes the environment of a lock and returns its interpreter; called only where
            an accelerator is seen.
        bus: the kernel's folder of PCI devices.
    """
    makers = seen(bus)
    if not makers:
        return Found()
    try:
        devices = ask(make(LOCK))
    except CentreError as error:
        return Found(
            notes=tuple(f"{maker} was seen, not used: {error.message}" for maker in makers)
        )
    silent = () if devices else makers
    return Found(
        devices,
        tuple(f"{maker} was seen, not used: its driver tells of no device." for maker in silent),
    )


def seen(bus: Path = _BUS) -> tuple[str, ...]:
    """Makers of the accelerators on the bus with how many there are, such as `2 Ascend`."""
    counts: dict[str, int] = {}
    for device in sorted(bus.glob("*")):
        try:
            vendor = (device / "vendor").read_text().strip().lower()
            kind = (device / "class").read_text().strip().lower()
        except OSError:
            continue
        if vendor in _VENDORS and kind.startswith(_CLASSES):
            name = _VENDORS[vendor]
            counts[name] = counts.get(name, 0) + 1
    return tuple(f"{count} {name}" for name, count in counts.items())


def ask(interpreter: Sequence[str]) -> tuple[Device, ...]:
    """What the makers' libraries tell, through the environment of `LOCK`.

    Raises:
        Unavailable: no usable answer came.
    """
    try:
        answer = subprocess.run(  # noqa: S603  our own question in our own environment
            [*interpreter, "-c", _QUESTION],
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_S,
            check=True,
        )
        told = json.loads(answer.stdout)
        return tuple(_device(one) for one in told if one["maker"] in _MAKERS)
    except (OSError, subprocess.SubprocessError, ValueError, KeyError) as error:
        raise Unavailable(
            f"the device runtime gave no answer ({type(error).__name__}).",
            hint="Check the accelerator's driver.",
        ) from error


def _device(told: Mapping[str, str | int]) -> Device:
    maker = str(told["maker"])
    kind, runtime = _MAKERS[maker]
    return Device(
        name=f"{runtime}{told['index']}",
        kind=kind,
        vendor=maker,
        model=str(told["model"]),
        memory_mb=int(told["memory_mb"]),
    )
