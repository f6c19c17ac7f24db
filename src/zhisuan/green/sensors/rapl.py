"""RAPL: the processors' own energy counters, as Linux shows them under powercap.

Each package domain counts microjoules and starts anew at its range. It covers the package,
not the wall: memory, board, fans and power supply come on top. Since Linux 5.10 only root may
read it unless the operator widens the file mode.
"""

from pathlib import Path

from zhisuan.core.errors import Unavailable
from zhisuan.core.quantities import Quality, WattHours

POWERCAP = Path("/sys/class/powercap")
_MICROJOULES_PER_WH = 3.6e9


class RaplSensor:
    """Sums the package domains of this machine.

    Args:
        root: the powercap folder.

    Raises:
        Unavailable: there is no package domain, or it may not be read.
    """

    name = "RAPL"
    quality = Quality.MEASURED

    def __init__(self, root: Path = POWERCAP) -> None:
        self._domains = [
            path.parent
            for path in sorted(root.glob("intel-rapl:*/name"))
            if path.read_text().startswith("package")
        ]
        if not self._domains:
            raise Unavailable(
                "This machine shows no RAPL energy counter.",
                hint="Virtual machines usually hide it; energy is then modelled.",
            )
        self._last = [self._count(domain) for domain in self._domains]
        self._ranges = [
            int((domain / "max_energy_range_uj").read_text()) for domain in self._domains
        ]
        self._total_uj = 0

    def read(self) -> WattHours:
        """Watt-hours of all packages since the sensor was made.

        It must be read more often than a counter wraps (about an hour at 60 W).
        """
        for place, domain in enumerate(self._domains):
            count = self._count(domain)
            gained = count - self._last[place]
            self._total_uj += gained if gained >= 0 else gained + self._ranges[place]
            self._last[place] = count
        return WattHours(self._total_uj / _MICROJOULES_PER_WH)

    @staticmethod
    def _count(domain: Path) -> int:
        try:
            return int((domain / "energy_uj").read_text())
        except OSError as error:
            raise Unavailable(
                f"The RAPL counter {domain.name} may not be read: {error.strerror}.",
                hint=f"As root: chmod a+r {domain / 'energy_uj'}.",
            ) from error
