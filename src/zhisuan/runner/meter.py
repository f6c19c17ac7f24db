"""The meter: what the machine did over a span, read from its own counters.

Busy core-seconds come from `/proc/stat`. Energy comes from the CPU packages' running-average
power limit counters (Linux powercap, `intel-rapl:*`, AMD included); their `dram` and `core` zones
are left out, because the first is not the package and the second lies inside it. A machine
without such counters, as most virtual ones are, reads None: nothing is guessed here.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_POWERCAP = Path("/sys/class/powercap")
_STAT = Path("/proc/stat")
_MICROJOULES_PER_WH = 3.6e9
_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Counts:
    """Running totals; only differences mean something.

    Attributes:
        cpu_s: busy seconds of all cores since boot, None if unreadable.
        package_wh: watt-hours of all CPU packages since the meter was made, None without counters.
    """

    cpu_s: float | None
    package_wh: float | None

    def since(self, earlier: "Counts") -> "Counts":
        """What was added after `earlier`."""
        return Counts(
            _difference(self.cpu_s, earlier.cpu_s), _difference(self.package_wh, earlier.package_wh)
        )


class Meter:
    """Adds up the machine's counters over their wraps.

    Read it more often than a counter can wrap: 2**18 J at 300 W is 14 minutes.
    """

    def __init__(self, powercap: Path = _POWERCAP, stat: Path = _STAT) -> None:
        self._stat = stat
        self._zones = _packages(powercap)
        self._total_uj = 0

    def read(self) -> Counts:
        """The totals now."""
        self._total_uj += sum(zone.gained() for zone in self._zones)
        energy = self._total_uj / _MICROJOULES_PER_WH if self._zones else None
        return Counts(busy_seconds(self._stat), energy)


class _Zone:
    """One package's energy counter, microjoules, wrapping at its stated range."""

    def __init__(self, folder: Path) -> None:
        self._counter = folder / "energy_uj"
        self._range = int((folder / "max_energy_range_uj").read_text())
        self._last = int(self._counter.read_text())

    def gained(self) -> int:
        now = int(self._counter.read_text())
        gained = now - self._last
        self._last = now
        return gained if gained >= 0 else gained + self._range


def busy_seconds(stat: Path = _STAT) -> float | None:
    """Seconds all cores spent on anything but idling and waiting for disks (proc(5)).

    Guest time is within user time already; stolen time was another machine's.
    """
    try:
        with stat.open() as file:
            user, nice, system, _idle, _iowait, irq, softirq, *_ = map(
                int, file.readline().split()[1:]
            )
    except (OSError, ValueError):
        return None
    return (user + nice + system + irq + softirq) / _TICKS_PER_SECOND


def _packages(powercap: Path) -> Sequence[_Zone]:
    zones: list[_Zone] = []
    for folder in sorted(powercap.glob("intel-rapl:*")):
        try:
            if (folder / "name").read_text().startswith("package"):
                zones.append(_Zone(folder))
        except (OSError, ValueError):
            continue  # readable by root alone on most kernels since CVE-2020-8694
    return zones


def _difference(now: float | None, earlier: float | None) -> float | None:
    return None if now is None or earlier is None else now - earlier
