"""Sensors: counters that never go back, one that measures and one that models."""

from collections.abc import Callable
from pathlib import Path

import pytest

from zhisuan.core.errors import Unavailable
from zhisuan.core.quantities import Quality
from zhisuan.green.power import calibrated
from zhisuan.green.sensors.discovery import best_sensor
from zhisuan.green.sensors.model import ModelSensor
from zhisuan.green.sensors.rapl import RaplSensor
from zhisuan.green.sensors.sensor import Sensor

PROFILE = calibrated(2, 10.0, 50.0)
RANGE_UJ = 7_200_000_000  # 2 Wh


@pytest.fixture
def powercap(tmp_path: Path) -> Path:
    """Two packages, one of them with a core domain inside, and the platform's own domain."""
    for name, label in (
        ("intel-rapl:0", "package-0"),
        ("intel-rapl:0:0", "core"),
        ("intel-rapl:1", "package-1"),
        ("intel-rapl:2", "psys"),
    ):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "name").write_text(f"{label}\n")
        (folder / "energy_uj").write_text("3600000000\n")
        (folder / "max_energy_range_uj").write_text(f"{RANGE_UJ}\n")
    return tmp_path


def count(powercap: Path, package: int, microjoules: int) -> None:
    (powercap / f"intel-rapl:{package}" / "energy_uj").write_text(f"{microjoules}\n")


def test_rapl_sums_its_packages_and_nothing_inside_them(powercap: Path):
    sensor = RaplSensor(powercap)
    assert sensor.read() == 0.0
    count(powercap, 0, 5_400_000_000)
    count(powercap, 1, 3_960_000_000)
    assert sensor.read() == pytest.approx(0.5 + 0.1)


def test_a_wrapped_counter_goes_on(powercap: Path):
    sensor = RaplSensor(powercap)
    count(powercap, 0, 1_800_000_000)
    assert sensor.read() == pytest.approx(1.5)
    assert sensor.read() == pytest.approx(1.5)


def test_a_counter_that_may_not_be_read_says_how_to_open_it(powercap: Path):
    (powercap / "intel-rapl:1" / "energy_uj").unlink()
    (powercap / "intel-rapl:1" / "energy_uj").mkdir()
    with pytest.raises(Unavailable) as caught:
        RaplSensor(powercap)
    assert "chmod a+r" in caught.value.hint


def test_the_model_adds_idle_and_busy_spans():
    moments = iter([0.0, 3600.0, 7200.0, 7200.0])
    busy = iter([0.0, 0.0, 7200.0, 7200.0])
    sensor = ModelSensor(PROFILE, clock=lambda: next(moments), busy=lambda: next(busy))
    assert [sensor.read() for _ in range(3)] == pytest.approx([10.0, 60.0, 60.0])


def test_the_best_sensor_measures_where_it_can_and_says_why_where_it_cannot(
    powercap: Path, tmp_path: Path
):
    measuring, reason = best_sensor(PROFILE, powercap)
    assert (measuring.quality, reason) == (Quality.MEASURED, "")
    modelling, reason = best_sensor(PROFILE, tmp_path / "absent")
    assert modelling.quality is Quality.MODELLED
    assert "no RAPL energy counter" in reason


@pytest.mark.parametrize("make", [RaplSensor, lambda _: ModelSensor(PROFILE)])
def test_every_sensor_counts_up_and_tells_its_quality(
    make: Callable[[Path], Sensor], powercap: Path
):
    sensor = make(powercap)
    readings = [sensor.read() for _ in range(3)]
    assert readings == sorted(readings)
    assert sensor.name
    assert sensor.quality in Quality
