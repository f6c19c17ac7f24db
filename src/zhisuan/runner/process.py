"""Processes as the kernel tells of them: identity, family, memory.

A pid alone names nothing for long, because the kernel gives it out again; a process is named
here by pid, start time and boot, as `812-44021-9f0c6e1b`. Read from `/proc` (proc(5)).
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")

_PAGE_MB = os.sysconf("SC_PAGE_SIZE") / 2**20
_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
_ZOMBIES = frozenset("ZXx")


@dataclass(frozen=True, slots=True)
class Process:
    """One process at one instant.

    Attributes:
        session: pid of the session's leader.
        started: clock ticks since boot.
        cpu_s: user and system seconds so far, its own alone.
        memory_mb: resident set, megabytes of 2**20 bytes, shared pages included.
        ended: a zombie that nobody has waited for yet.
    """

    pid: int
    session: int
    started: int
    cpu_s: float
    memory_mb: float
    ended: bool


def look(pid: int) -> Process | None:
    """The process, or None when it is gone."""
    try:
        text = (PROC / str(pid) / "stat").read_text()
    except OSError:
        return None
    # The name, field 2, may hold spaces and brackets; field 3 follows the last bracket.
    fields = text[text.rindex(")") + 2 :].split()
    return Process(
        pid=pid,
        session=int(fields[3]),
        started=int(fields[19]),
        cpu_s=(int(fields[11]) + int(fields[12])) / _TICKS_PER_SECOND,
        memory_mb=int(fields[21]) * _PAGE_MB,
        ended=fields[0] in _ZOMBIES,
    )


def children(pid: int) -> list[int]:
    """Pids of the direct children, zombies included."""
    found: list[int] = []
    try:
        for task in (PROC / str(pid) / "task").iterdir():
            found += map(int, (task / "children").read_text().split())
    except OSError:
        pass  # the process or one of its threads ended while we read
    return found


def family(pid: int) -> Iterator[Process]:
    """The process and all its descendants that are alive."""
    process = look(pid)
    if process is not None and not process.ended:
        yield process
        for child in children(pid):
            yield from family(child)


def proportional_mb(pid: int) -> float | None:
    """Memory with each shared page divided among its users (PSS), None when unreadable."""
    try:
        text = (PROC / str(pid) / "smaps_rollup").read_text()
    except OSError:
        return None
    for line in text.splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return None


def identity(pid: int) -> str | None:
    """The name of a living process that no later process will have."""
    process = look(pid)
    if process is None or process.ended:
        return None
    return f"{pid}-{process.started}-{_boot()}"


def alive(name: str) -> bool:
    """Whether the process of this identity, perhaps followed by a mark, still runs."""
    pid, *rest = name.split("-")[:3]
    return pid.isdigit() and identity(int(pid)) == "-".join((pid, *rest))


def everyone() -> Iterator[Process]:
    """Every process that can be seen."""
    for entry in PROC.iterdir():
        if entry.name.isdigit() and (process := look(int(entry.name))) is not None:
            yield process


def _boot() -> str:
    return (PROC / "sys/kernel/random/boot_id").read_text()[:8]
