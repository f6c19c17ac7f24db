"""The footprint of a job: its share of a node's energy, the facility's overhead, the carbon.

Energy is the node's, divided as `split` says; carbon is location-based (GHG Protocol Scope 2).
What is not metered is named and not counted, never guessed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from zhisuan.core.quantities import GramsCO2, Quality, Seconds, WattHours, worst
from zhisuan.core.work import MeterReading
from zhisuan.green.explanation import explain
from zhisuan.green.factor import Factor
from zhisuan.green.power import PowerProfile
from zhisuan.green.pue import NOT_METERED, Pue
from zhisuan.green.split import Share, split_energy


@dataclass(frozen=True, slots=True)
class Footprint:
    """Energy and carbon of one attempt of a job.

    Attributes:
        energy_wh: IT energy: `idle_wh + dynamic_wh`.
        energy_low_wh, energy_high_wh: the interval in which it is expected.
        facility_energy_wh: with the facility's overhead, as far as that is metered.
        energy_quality: `assumed` where the rest of the machine's load could not be read.
        carbon_quality: that of the weakest of energy, PUE and factor.
        explanation_zh, explanation_en: how the numbers came about, line by line.
    """

    energy_wh: WattHours
    energy_quality: Quality
    energy_low_wh: WattHours
    energy_high_wh: WattHours
    idle_wh: WattHours
    dynamic_wh: WattHours
    facility_energy_wh: WattHours
    pue: float
    pue_quality: Quality | None
    carbon_g: GramsCO2
    carbon_quality: Quality
    factor: Factor
    explanation_zh: tuple[str, ...]
    explanation_en: tuple[str, ...]


def footprint(
    reading: MeterReading,
    cpu_milli: int,
    profile: PowerProfile,
    factor: Factor,
    pue: Pue = NOT_METERED,
    devices: Sequence[str] = (),
) -> Footprint:
    """The footprint of one attempt.

    Args:
        reading: what its runner read.
        cpu_milli: the share of the node it reserved, 1000 = one core.
        profile: of the node it ran on.
        factor: of the grid it drew from.
        pue: of the facility; without a meter its overhead is not counted.
        devices: names of the accelerators it had; simulated ones start with `sim:`.
    """
    busy_s = max(reading.machine_cpu_s or 0.0, reading.cpu_s)
    capacity_s = reading.wall_s * reading.machine_cores
    load = busy_s / capacity_s if capacity_s else 0.0
    hours = reading.wall_s / 3600
    measured = reading.package_wh
    total_wh = profile.power(load) * hours if measured is None else measured
    share = Share(cpu_milli, Seconds(reading.cpu_s))
    split = split_energy(total_wh, profile.idle_w * hours, busy_s, reading.machine_cores, [share])
    energy = WattHours(split.idle_wh[0] + split.dynamic_wh[0])
    low, high = _interval(reading, share, profile, energy, busy_s)
    quality = worst(
        Quality.MODELLED if measured is None else Quality.MEASURED,
        Quality.ASSUMED if reading.machine_cpu_s is None else Quality.MEASURED,
        Quality.SIMULATED if any(map(_is_simulated, devices)) else Quality.MEASURED,
    )
    facility = WattHours(energy * pue.value)
    chinese, english = explain(reading, profile, factor, pue, devices)
    return Footprint(
        energy_wh=energy,
        energy_quality=quality,
        energy_low_wh=low,
        energy_high_wh=high,
        idle_wh=split.idle_wh[0],
        dynamic_wh=split.dynamic_wh[0],
        facility_energy_wh=facility,
        pue=pue.value,
        pue_quality=pue.quality,
        carbon_g=factor.carbon(facility),
        carbon_quality=worst(quality, factor.quality, pue.quality or Quality.MEASURED),
        factor=factor,
        explanation_zh=chinese,
        explanation_en=english,
    )


def _is_simulated(device: str) -> bool:
    """Whether a device of this name does not exist."""
    return device.startswith("sim:")


def _interval(
    reading: MeterReading, share: Share, profile: PowerProfile, energy: WattHours, busy_s: float
) -> tuple[WattHours, WattHours]:
    """Modelled: the profile's error. Measured: all of it shared by time, or all by reservation."""
    if reading.package_wh is None:
        error = profile.error_pct / 100
        return WattHours(max(energy * (1 - error), 0.0)), WattHours(energy * (1 + error))
    by_time = reading.package_wh * (share.cpu_s / busy_s if busy_s else 0.0)
    reserved = max(reading.machine_cores * 1000, share.cpu_milli)
    by_reservation = reading.package_wh * share.cpu_milli / reserved
    return (
        WattHours(min(by_time, by_reservation, energy)),
        WattHours(max(by_time, by_reservation, energy)),
    )
