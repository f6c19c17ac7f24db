import sys
from pathlib import Path

import pytest

from zhisuan.compute.device import Device, DeviceKind
from zhisuan.compute.engines.accelerators import LOCK, Found, ask, find, seen
from zhisuan.core.errors import EnvironmentUnavailable, Unavailable

# What gpustack-runtime's own `detect_devices` gives, as far as we read it.
RUNTIME = """
from dataclasses import dataclass
from enum import Enum

class Maker(str, Enum):
    ASCEND = "ascend"
    NVIDIA = "nvidia"
    UNKNOWN = "unknown"

    def __str__(self):
        return self.value

@dataclass
class Device:
    manufacturer: Maker
    index: int
    name: str
    memory: int

def detect_devices(fast, usage):
    assert not fast and not usage
    return [
        Device(Maker.ASCEND, 0, "910B3", 65536),
        Device(Maker.ASCEND, 1, "910B3", 65536),
        Device(Maker.NVIDIA, 0, "A10", 23028),
        Device(Maker.UNKNOWN, 0, "?", 0),
    ]
"""


def plug(bus: Path, address: str, vendor: str, kind: str) -> None:
    folder = bus / address
    folder.mkdir(parents=True)
    (folder / "vendor").write_text(vendor + "\n")
    (folder / "class").write_text(kind + "\n")


@pytest.fixture
def bus(tmp_path: Path) -> Path:
    bus = tmp_path / "bus"
    plug(bus, "0000:00:00.0", "0x8086", "0x060000")
    plug(bus, "0000:00:02.0", "0x8086", "0x030000")
    plug(bus, "0000:01:00.0", "0x19e5", "0x120000")
    plug(bus, "0000:02:00.0", "0x19E5", "0x120000")
    plug(bus, "0000:03:00.0", "0x10de", "0x030200")
    plug(bus, "0000:03:00.1", "0x10de", "0x040300")
    return bus


@pytest.fixture
def interpreter(tmp_path: Path) -> tuple[str, ...]:
    package = tmp_path / "site" / "gpustack_runtime"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "detector.py").write_text(RUNTIME)
    return ("/usr/bin/env", f"PYTHONPATH={package.parent}", sys.executable)


def test_only_accelerators_of_known_makers_are_seen(bus: Path, tmp_path: Path) -> None:
    assert seen(bus) == ("2 Ascend", "1 NVIDIA")
    assert seen(tmp_path / "absent") == ()


def test_no_environment_is_made_where_nothing_is_seen(tmp_path: Path) -> None:
    def make(_lock: Path) -> tuple[str, ...]:
        pytest.fail("nothing to ask about")

    assert find(make, tmp_path) == Found()


def test_devices_are_named_by_their_makers_runtime(interpreter: tuple[str, ...]) -> None:
    assert ask(interpreter) == (
        Device("cann0", DeviceKind.NPU, "ascend", "910B3", 65536),
        Device("cann1", DeviceKind.NPU, "ascend", "910B3", 65536),
        Device("cuda0", DeviceKind.GPU, "nvidia", "A10", 23028),
    )


def test_the_locked_environment_is_the_one_that_is_asked(
    bus: Path, interpreter: tuple[str, ...]
) -> None:
    locks: list[Path] = []

    def make(lock: Path) -> tuple[str, ...]:
        locks.append(lock)
        return interpreter

    assert len(find(make, bus).devices) == 3
    assert locks == [LOCK]
    assert "gpustack-runtime==" in LOCK.read_text()


@pytest.mark.parametrize("answer", ["false", "echo nonsense", "echo '[{}]'"])
def test_no_usable_answer_is_an_error(answer: str) -> None:
    with pytest.raises(Unavailable, match="gave no answer"):
        ask(("/bin/sh", "-c", answer))


def test_what_cannot_be_asked_is_noted_and_never_fatal(bus: Path) -> None:
    def make(_lock: Path) -> tuple[str, ...]:
        raise EnvironmentUnavailable("The package registry cannot be reached.")

    found = find(make, bus)
    assert found.devices == ()
    assert found.notes[0] == "2 Ascend was seen, not used: The package registry cannot be reached."
    silent = find(lambda _lock: ("/bin/sh", "-c", "echo '[]'"), bus)
    assert silent.devices == ()
    assert len(silent.notes) == 2
