"""What a replay tells people: its figures with names and units, and its page of charts."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from zhisuan.compute.replay.chart import COLUMNS, Chart
from zhisuan.compute.replay.experiment import Filling
from zhisuan.compute.replay.page import Figure
from zhisuan.compute.replay.timeline import Timeline, points, steps


class Label(NamedTuple):
    """How a figure is shown.

    Attributes:
        zh, en: what it is.
        unit: of the value.
        digits: after the point.
        times: the value is shown so many times as large, such as 100 for a share in percent.
    """

    zh: str
    en: str
    unit: str = ""
    digits: int = 0
    times: float = 1.0


LABELS: Mapping[str, Label] = MappingProxyType(
    {
        "jobs": Label("作业数", "Jobs"),
        "average_wait_s": Label("平均等待", "Average wait", "s", 1),
        "p99_wait_s": Label("99% 等待", "99th percentile wait", "s"),
        "average_jct_s": Label("平均完成时间", "Average completion time", "s", 1),
        "bounded_slowdown": Label("有界减速比", "Bounded slowdown", "", 2),
        "jain_fairness": Label("公平指数", "Jain's fairness between groups", "", 3),
        "utilisation": Label("利用率", "Utilisation", "%", 2, 100.0),
        "makespan_s": Label("总时长", "Makespan", "s"),
        "preemptions": Label("抢占次数", "Preemptions"),
        "lost_s": Label("抢占损失", "Work lost to preemption", "GPU·h", 1, 1 / 3600.0),
        "jobs_per_second": Label("重放速度", "Replayed, of processor time", "jobs/s"),
        "promise_coverage": Label(
            "开始落在承诺区间内", "Starts within their interval", "%", 1, 100.0
        ),
        "promise_coverage_waited": Label(
            "等待过的作业落在区间内", "Of those that waited, within", "%", 1, 100.0
        ),
        "promise_error_s": Label("预计的中位误差", "Median error of the forecast", "s"),
        "estimate_error_s": Label("按申报时间的中位误差", "Median error by owners' words", "s"),
        "promise_width_s": Label("承诺区间的中位宽度", "Median width of the interval", "s"),
        "promises_waited": Label("等待过的作业数", "Jobs that waited"),
        "unallocated_gpu_percent_at_100": Label(
            "到达 100% 时未分配", "Unallocated GPU, 100 % arrived", "%", 2
        ),
        "unallocated_gpu_percent_at_130": Label(
            "到达 130% 时未分配", "Unallocated GPU, 130 % arrived", "%", 2
        ),
        "fragmentation_percent": Label(
            "到达 80% 时碎片率", "Of free GPU of no use, 80 % arrived", "%", 2
        ),
        "placements_per_second": Label("放置速度", "Placements, of processor time", "1/s"),
        "decision_ms_p50": Label("决策中位数", "Decision, median", "ms", 3),
        "decision_ms_p99": Label("决策 99%", "Decision, 99th percentile", "ms", 3),
    }
)

_DAY_S, _HOUR_S, _MINUTE_S = 86_400.0, 3600.0, 60.0
_FEW = 2.0
_UNITS = ((_DAY_S, "d"), (_HOUR_S, "h"), (_MINUTE_S, "min"))


def figures(values: Mapping[str, float]) -> Sequence[Figure]:
    """The values as text, under their names."""
    return [_figure(name, value) for name, value in values.items()]


def _figure(name: str, value: float) -> Figure:
    label = LABELS[name]
    return Figure(name, label.zh, label.en, f"{label.times * value:,.{label.digits}f}", label.unit)


def time_charts(timeline: Timeline) -> Sequence[Chart]:
    """Utilisation, queue and waits over time."""
    used = timeline.utilisation(COLUMNS)
    waits = timeline.waits(COLUMNS)
    scale, unit = _unit(used.end - used.begin)
    wait_scale, wait_unit = _unit(waits.peak)

    def across(away: float) -> str:
        return f"{away / scale:,.4g} {unit}"

    def waited(seconds: float) -> str:
        small = 0.0 < seconds < wait_scale / _FEW
        size, sign = _unit(seconds) if small else (wait_scale, wait_unit)
        return f"{seconds / size:,.3g} {sign}"

    axis = "自首个作业到达起 since the first arrival"
    return (
        Chart("used", "利用率", "Utilisation", used, _percent, across, axis, scale, 1.0),
        Chart(
            "queue",
            "排队作业",
            "Jobs waiting",
            timeline.queue(COLUMNS),
            lambda value: f"{value:,.4g}" if value < _TENS_OF_THOUSANDS else f"{value:,.0f}",
            across,
            axis,
            scale,
        ),
        Chart(
            "waits",
            "等待时间（按到达时刻）",
            "Waits, by arrival",
            waits,
            waited,
            across,
            axis,
            scale,
            unit=wait_scale,
        ),
    )


def filling_charts(filling: Filling) -> Sequence[Chart]:
    """Allocation and decision times over what has arrived."""

    def across(away: float) -> str:
        return f"{away:,.4g} %"

    axis = "已到达的 GPU 需求 GPU demand that arrived, % of capacity"
    shares = [percent / 100.0 for percent in filling.allocated]
    arrived = [0.0, *filling.arrived]
    return (
        Chart(
            "allocated",
            "已分配 GPU",
            "GPU allocated",
            steps(arrived, [0.0, *shares], COLUMNS),
            _percent,
            across,
            axis,
            top=1.0,
            averaged=False,
        ),
        Chart(
            "decisions",
            "决策时间",
            "Time of a decision",
            points(filling.arrived, filling.decisions_ms, COLUMNS),
            lambda value: f"{value:,.3g} ms",
            across,
            axis,
        ),
    )


_TENS_OF_THOUSANDS = 10_000


def _percent(share: float) -> str:
    return f"{100.0 * share:,.3g} %"


def _unit(seconds: float) -> tuple[float, str]:
    """The largest unit of which there are a few, and its sign."""
    return next(((size, sign) for size, sign in _UNITS if seconds >= _FEW * size), (1.0, "s"))
