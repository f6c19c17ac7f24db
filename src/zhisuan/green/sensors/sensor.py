"""A sensor: a counter of the watt-hours a node has used.

Two readings bracket a span and their difference is its energy; a sensor that only estimates
says so by its quality.
"""

from typing import Protocol

from zhisuan.core.quantities import Quality, WattHours


class Sensor(Protocol):
    """Counts the energy of this machine's processors."""

    @property
    def name(self) -> str:
        """What it is, for a person."""
        ...

    @property
    def quality(self) -> Quality:
        """Whether it measures or models."""
        ...

    def read(self) -> WattHours:
        """Watt-hours since the sensor was made; never decreases.

        Raises:
            Unavailable: the machine no longer lets it be read.
        """
        ...
