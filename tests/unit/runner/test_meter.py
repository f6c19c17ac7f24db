from pathlib import Path

import pytest

from zhisuan.runner.meter import Counts, Meter, busy_seconds


def write_zone(folder: Path, name: str, energy_uj: int, *, most: int = 1_000_000) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "name").write_text(name + "\n")
    (folder / "max_energy_range_uj").write_text(f"{most}\n")
    (folder / "energy_uj").write_text(f"{energy_uj}\n")


@pytest.fixture
def stat(tmp_path: Path) -> Path:
    path = tmp_path / "stat"
    path.write_text("cpu  200 100 300 9999 9999 40 60 5000 7 8\ncpu0 1 2 3 4\n")
    return path


def test_busy_is_everything_but_idling_waiting_and_what_others_stole(stat: Path) -> None:
    assert busy_seconds(stat) == pytest.approx(700 / 100)


def test_an_unreadable_counter_is_none_and_not_zero(tmp_path: Path) -> None:
    (tmp_path / "stat").write_text("nonsense\n")
    assert busy_seconds(tmp_path / "stat") is None
    assert busy_seconds(tmp_path / "absent") is None


def test_a_machine_without_counters_reads_no_energy(tmp_path: Path, stat: Path) -> None:
    meter = Meter(tmp_path / "powercap", stat)
    assert meter.read() == Counts(7.0, None)
    assert meter.read().since(meter.read()) == Counts(0.0, None)


def test_packages_are_added_and_their_inner_zones_are_not(tmp_path: Path, stat: Path) -> None:
    caps = tmp_path / "powercap"
    for name, zone in (("package-0", "intel-rapl:0"), ("package-1", "intel-rapl:1")):
        write_zone(caps / zone, name, 0, most=10**10)
    for name, zone in (("dram", "intel-rapl:0:0"), ("psys", "intel-rapl:2")):
        write_zone(caps / zone, name, 0, most=10**10)
    meter = Meter(caps, stat)
    before = meter.read()
    for zone in ("intel-rapl:0", "intel-rapl:1", "intel-rapl:0:0", "intel-rapl:2"):
        (caps / zone / "energy_uj").write_text("3600000000\n")
    assert meter.read().since(before).package_wh == pytest.approx(2.0)


def test_a_counter_that_wraps_loses_nothing(tmp_path: Path, stat: Path) -> None:
    zone = tmp_path / "powercap" / "intel-rapl:0"
    write_zone(zone, "package-0", 900_000)
    meter = Meter(tmp_path / "powercap", stat)
    before = meter.read()
    for value in (100_000, 800_000, 50_000):
        (zone / "energy_uj").write_text(str(value))
        meter.read()
    gained = meter.read().since(before).package_wh
    assert gained == pytest.approx((200_000 + 700_000 + 250_000) / 3.6e9)
