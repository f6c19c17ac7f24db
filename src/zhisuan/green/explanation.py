"""How a footprint came about, line by line, in Chinese and English: what is in it, what is not."""

from collections.abc import Iterator, Sequence

from zhisuan.core.work import MeterReading
from zhisuan.green.factor import Factor
from zhisuan.green.power import PowerProfile
from zhisuan.green.pue import Pue

_Line = tuple[str, str]


def explain(
    reading: MeterReading,
    profile: PowerProfile,
    factor: Factor,
    pue: Pue,
    devices: Sequence[str],
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The lines in Chinese and the same lines in English."""
    lines = tuple(_lines(reading, profile, factor, pue, devices))
    return tuple(chinese for chinese, _ in lines), tuple(english for _, english in lines)


def _lines(
    reading: MeterReading,
    profile: PowerProfile,
    factor: Factor,
    pue: Pue,
    devices: Sequence[str],
) -> Iterator[_Line]:
    yield _modelled(profile) if reading.package_wh is None else _measured(reading.package_wh)
    yield (
        "不含内存、主板、风扇和电源损耗：读数止于处理器封装。",
        "Memory, board, fans and power supply are not included: it ends at the package.",
    )
    if reading.machine_cpu_s is None:
        yield (
            "未能读取整机负载，假定没有其他程序运行。",
            "The machine's load could not be read; it is assumed that nothing else ran.",
        )
    if devices:
        names = ", ".join(devices)
        yield (
            f"加速卡（{names}）没有电能读数，未计入。",
            f"The accelerators ({names}) have no energy reading and are not counted.",
        )
    yield _facility(pue)
    grams, year, source = factor.g_per_kwh, factor.year, factor.source
    yield (
        f"排放因子 {grams} gCO2/kWh：{factor.name_zh}，{year} 年（{source}）。",
        f"Emission factor {grams} gCO2/kWh: {factor.name_en}, {year} ({source}).",
    )


def _modelled(profile: PowerProfile) -> _Line:
    idle, full, error = profile.idle_w, profile.max_w, profile.error_pct
    points_zh = f"{profile.name}，空载 {idle:.1f} W，满载 {full:.1f} W，误差约 ±{error:.0f}%"
    points_en = f"{profile.name}: {idle:.1f} W idle, {full:.1f} W full, about ±{error:.0f}%"
    return (
        f"处理器功率由两点模型估算（{points_zh}）。",
        f"Processor power is modelled from two points ({points_en}).",
    )


def _measured(package_wh: float) -> _Line:
    return (
        f"处理器封装电能由 RAPL 计数器实测：整机 {package_wh:.4f} Wh。",
        f"The processors' own counters (RAPL) measured {package_wh:.4f} Wh, whole machine.",
    )


def _facility(pue: Pue) -> _Line:
    if pue.quality is None:
        return (
            "机房附加能耗未计量，未计入。",
            "Facility overhead is not metered and not counted.",
        )
    quality = pue.quality.value
    return f"机房 PUE {pue.value:.2f}（{quality}）。", f"Facility PUE {pue.value:.2f} ({quality})."
