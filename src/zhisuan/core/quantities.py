"""Physical quantities as named types, and the word that says where a number comes from.

Units follow the house: energy in watt-hours, power in watts, carbon in grams of CO2
equivalent, time in seconds, compute in core-seconds and device-milli (1000 = one device).
"""

from enum import StrEnum
from typing import NewType

Seconds = NewType("Seconds", float)
Watts = NewType("Watts", float)
WattHours = NewType("WattHours", float)
GramsCO2 = NewType("GramsCO2", float)
Megabytes = NewType("Megabytes", int)
CpuMilli = NewType("CpuMilli", int)

MILLI = 1000


class Quality(StrEnum):
    """Where a number comes from, from best to worst; written beside it down to the receipt."""

    MEASURED = "measured"
    MODELLED = "modelled"
    ASSUMED = "assumed"
    SIMULATED = "simulated"


def worst(*qualities: Quality) -> Quality:
    """The quality of a number made from several: that of its weakest part."""
    order = list(Quality)
    return max(qualities, key=order.index)
