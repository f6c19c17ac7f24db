"""A replay as one HTML page that stands alone: no script, no font, no request to anywhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files

from zhisuan.compute.replay.chart import Chart, drawn

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of the result.

    Attributes:
        name: its key in the JSON document.
        zh, en: what it is.
        value: as text.
        unit: of the value, empty if it has none.
    """

    name: str
    zh: str
    en: str
    value: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """What is told.

    Attributes:
        title: which trace.
        told: under which policy, on which pool.
        caution: what must be known to read the figures right, empty if nothing.
        figures: the numbers, the four that matter most first.
        charts: from top to bottom.
    """

    title: str
    told: str
    caution: str
    figures: Sequence[Figure]
    charts: Sequence[Chart]


_FOREMOST = 4


def page(told: Page) -> str:
    """The whole document, as HTML."""
    style = (files("zhisuan.compute.replay") / "page.css").read_text("utf-8")
    caution = f'<p class="caution">{escape(told.caution)}</p>' if told.caution else ""
    tiles = "".join(_tile(each) for each in told.figures[:_FOREMOST])
    charts = "\n".join(_section(each) for each in told.charts)
    return f"""<!DOCTYPE html>
<html lang="zh">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<title>{escape(told.title)} · 重放 Replay · 智算 zhisuan</title><style>{style}</style></head>
<body><main>
<header><p class="mark">智算 zhisuan · 重放 replay</p>
<h1>{escape(told.title)}</h1><p class="lead">{escape(told.told)}</p>{caution}</header>
<div class="tiles">{tiles}</div>
{charts}
<section><h2>数据 <span lang="en">Figures</span></h2>
<div class="wide"><table><thead><tr><th scope="col">指标 Figure</th>
<th scope="col" class="number">值 Value</th><th scope="col">单位 Unit</th>
<th scope="col">名称 Key</th></tr></thead>
<tbody>{"".join(_row(each) for each in told.figures)}</tbody></table></div>
<div class="wide"><table><thead><tr><th scope="col">曲线 Curve</th>
<th scope="col" class="number">平均 Mean</th><th scope="col" class="number">峰值 Peak</th>
<th scope="col">峰值出现于 Peak at</th></tr></thead>
<tbody>{"".join(_curve(each) for each in told.charts)}</tbody></table></div></section>
<footer>模拟结果 · <span lang="en">Simulated, not measured on a running centre.</span></footer>
</main></body></html>
"""


def _tile(figure: Figure) -> str:
    unit = f" <small>{escape(figure.unit)}</small>" if figure.unit else ""
    return (
        f'<div class="tile"><b>{escape(figure.value)}{unit}</b>'
        f'<span>{escape(figure.zh)}</span> <span lang="en">{escape(figure.en)}</span></div>'
    )


def _section(chart: Chart) -> str:
    mean = f'<i class="mean"></i>总平均 overall mean {escape(chart.mean)}' if chart.averaged else ""
    return (
        f'<section><h2>{escape(chart.zh)} <span lang="en">{escape(chart.en)}</span></h2>\n'
        f'{drawn(chart)}<p class="legend"><i class="line"></i>每段平均 mean'
        f'<i class="band"></i>每段最低至最高 lowest to highest'
        f"{mean}"
        f'<span class="across">{escape(chart.axis)}</span></p></section>'
    )


def _row(figure: Figure) -> str:
    return (
        f'<tr><th scope="row">{escape(figure.zh)} <span lang="en">{escape(figure.en)}</span></th>'
        f'<td class="number">{escape(figure.value)}</td><td>{escape(figure.unit)}</td>'
        f"<td><code>{escape(figure.name)}</code></td></tr>"
    )


def _curve(chart: Chart) -> str:
    columns = chart.columns
    return (
        f'<tr><th scope="row">{escape(chart.zh)} <span lang="en">{escape(chart.en)}</span></th>'
        f'<td class="number">{escape(chart.mean)}</td>'
        f'<td class="number">{escape(chart.told(columns.peak))}</td>'
        f"<td>{escape(chart.across(columns.peak_at - columns.begin))}</td></tr>"
    )
