"""The footprint of one attempt, and what it says of its own quality."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhisuan.core.quantities import Quality
from zhisuan.core.work import MeterReading
from zhisuan.green.factor import china
from zhisuan.green.footprint import footprint
from zhisuan.green.power import calibrated, profile_of
from zhisuan.green.pue import NOT_METERED, Pue

HOUR = MeterReading(
    wall_s=3600.0,
    cpu_s=3600.0,
    peak_memory_mb=100.0,
    machine_cpu_s=7200.0,
    machine_cores=4,
    package_wh=None,
)
PROFILE = calibrated(4, 20.0, 100.0)
BEIJING = china().of("CN-BJ")

readings = st.builds(
    MeterReading,
    wall_s=st.floats(0, 1e6),
    cpu_s=st.floats(0, 1e7),
    peak_memory_mb=st.floats(0, 1e6),
    machine_cpu_s=st.none() | st.floats(0, 1e8),
    machine_cores=st.integers(1, 512),
    package_wh=st.none() | st.floats(0, 1e6),
)


def test_a_modelled_hour_is_the_idle_share_and_the_share_of_the_work():
    foot = footprint(HOUR, 1000, PROFILE, BEIJING)
    dynamic = 80.0 * 0.5**0.7 / 2  # half the machine's busy seconds at half load
    assert foot.idle_wh == pytest.approx(5.0)  # one of four cores of 20 W
    assert foot.dynamic_wh == pytest.approx(dynamic)
    assert foot.energy_wh == foot.idle_wh + foot.dynamic_wh
    assert foot.energy_quality is Quality.MODELLED
    assert foot.energy_low_wh == pytest.approx(foot.energy_wh * 0.77)
    assert foot.energy_high_wh == pytest.approx(foot.energy_wh * 1.23)
    assert foot.carbon_g == pytest.approx(foot.energy_wh * 555.4 / 1000)


def test_a_measured_hour_divides_the_counters_energy():
    foot = footprint(replace(HOUR, package_wh=60.0), 1000, PROFILE, BEIJING)
    assert foot.energy_quality is Quality.MEASURED
    assert foot.energy_wh == pytest.approx(5.0 + 40.0 / 2)
    assert (foot.energy_low_wh, foot.energy_high_wh) == (15.0, 30.0)
    assert any("power supply are not included" in line for line in foot.explanation_en)


def test_without_a_facility_meter_overhead_is_named_and_not_counted():
    foot = footprint(HOUR, 1000, PROFILE, BEIJING, NOT_METERED)
    assert (foot.pue, foot.pue_quality, foot.facility_energy_wh) == (1.0, None, foot.energy_wh)
    assert "Facility overhead is not metered and not counted." in foot.explanation_en
    assert "机房附加能耗未计量，未计入。" in foot.explanation_zh


def test_an_operators_pue_counts_with_its_quality():
    foot = footprint(HOUR, 1000, PROFILE, BEIJING, Pue(1.3, Quality.ASSUMED))
    assert foot.facility_energy_wh == pytest.approx(1.3 * foot.energy_wh)
    assert foot.carbon_quality is Quality.ASSUMED
    assert foot.energy_quality is Quality.MODELLED


@pytest.mark.parametrize("value", [0.9, float("inf"), float("nan")])
def test_a_pue_is_at_least_one(value: float):
    with pytest.raises(ValueError, match="PUE"):
        Pue(value, Quality.ASSUMED)


def test_a_load_that_could_not_be_read_makes_the_share_an_assumption():
    foot = footprint(replace(HOUR, machine_cpu_s=None), 1000, PROFILE, BEIJING)
    assert foot.energy_quality is Quality.ASSUMED
    assert any("could not be read" in line for line in foot.explanation_en)


def test_a_simulated_device_makes_the_whole_footprint_simulated():
    foot = footprint(HOUR, 1000, PROFILE, BEIJING, devices=["sim:npu0"])
    assert foot.energy_quality is foot.carbon_quality is Quality.SIMULATED
    assert any("sim:npu0" in line for line in foot.explanation_en)


def test_a_devices_missing_energy_is_named():
    foot = footprint(HOUR, 1000, PROFILE, BEIJING, devices=["npu0"])
    assert foot.energy_quality is Quality.MODELLED
    assert any("npu0" in line and "not counted" in line for line in foot.explanation_en)


def test_the_factor_is_cited_with_region_year_and_source():
    foot = footprint(HOUR, 1000, PROFILE, BEIJING)
    assert "555.4 gCO2/kWh: Beijing, 2023" in foot.explanation_en[-1]
    assert "北京，2023 年" in foot.explanation_zh[-1]
    assert len(foot.explanation_en) == len(foot.explanation_zh)


@given(readings, st.integers(0, 512_000), st.floats(1, 3))
def test_no_job_has_more_than_its_node_and_it_lies_in_its_interval(
    reading: MeterReading, cpu_milli: int, pue: float
):
    profile = profile_of("unknown", reading.machine_cores)
    foot = footprint(reading, cpu_milli, profile, BEIJING, Pue(pue, Quality.ASSUMED))
    node_wh = profile.max_w * reading.wall_s / 3600
    most = node_wh if reading.package_wh is None else reading.package_wh
    assert 0 <= foot.energy_low_wh <= foot.energy_wh <= foot.energy_high_wh
    assert foot.energy_wh <= most * (1 + 1e-9)
    assert foot.energy_wh <= foot.facility_energy_wh
