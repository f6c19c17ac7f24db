"""What this machine has: cores, memory, and what may be used of them.

A container or a service may use less than the machine holds, so the scheduler's affinity and
the control groups' limits (cgroups v2 and v1, the whole path up) count, not the hardware alone.
"""

import os
import platform
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path

import psutil

from zhisuan.compute.device import Device
from zhisuan.compute.node import Node
from zhisuan.core.quantities import MILLI

_CGROUPS = Path("/sys/fs/cgroup")
_OWN_CGROUP = Path("/proc/self/cgroup")
_CPUINFO = Path("/proc/cpuinfo")


def this_machine(devices: tuple[Device, ...] = ()) -> Node:
    """This machine, with the accelerators that its runtime told of.

    A processor quota below the number of cores leaves only as many cores as it pays for, so that
    a job that is granted a core gets a whole one.
    """
    cores = sorted(os.sched_getaffinity(0))
    quota = cpu_quota_milli()
    paid = len(cores) if quota is None else max(1, quota // MILLI)
    memory = psutil.virtual_memory().total
    limit = memory_limit_bytes()
    return Node(
        name=socket.gethostname(),
        cores=tuple(cores[:paid]),
        memory_mb=min(memory, limit or memory) >> 20,
        devices=devices,
    )


def labels() -> Mapping[str, str]:
    """What kind of machine this is."""
    return {"cpu_model": _cpu_model(), "architecture": platform.machine()}


def cpu_quota_milli(root: Path = _CGROUPS, own: Path = _OWN_CGROUP) -> int | None:
    """The tightest processor quota of our control groups, 1000 = one core; None without one."""
    quotas: list[int] = []
    for folder in _groups(root, own, "cpu"):
        words = _words(folder / "cpu.max") or [
            *_words(folder / "cpu.cfs_quota_us"),
            *_words(folder / "cpu.cfs_period_us"),
        ]
        if len(words) == 2 and words[0].isdigit():  # noqa: PLR2004  quota and period
            quotas.append(int(words[0]) * MILLI // int(words[1]))
    return min(quotas, default=None)


def memory_limit_bytes(root: Path = _CGROUPS, own: Path = _OWN_CGROUP) -> int | None:
    """The tightest memory limit of our control groups, bytes; None without one."""
    limits = [
        int(words[0])
        for folder in _groups(root, own, "memory")
        for name in ("memory.max", "memory.limit_in_bytes")
        if (words := _words(folder / name)) and words[0].isdigit()
    ]
    return min(limits, default=None)


def _groups(root: Path, own: Path, controller: str) -> Iterator[Path]:
    """Our control group's folder and all above it, in both versions' layouts."""
    try:
        lines = own.read_text().splitlines()
    except OSError:
        return
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if controllers and controller not in controllers.split(","):
            continue
        top = root / controller if controllers else root
        group = top / path.lstrip("/")
        yield from (folder for folder in (group, *group.parents) if folder.is_relative_to(top))


def _words(path: Path) -> list[str]:
    try:
        return path.read_text().split()
    except OSError:
        return []


def _cpu_model() -> str:
    try:
        for line in _CPUINFO.read_text().splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                return value.strip()
    except OSError:
        pass
    return platform.processor() or "unknown"
