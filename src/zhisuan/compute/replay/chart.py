"""One chart as inline SVG: a band from lowest to highest, a line of means, peak and mean marked.

Nothing in it asks for anything outside, and colours come from the page, light or dark.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape
from math import floor, isnan, log10

import numpy as np

from zhisuan.compute.replay.timeline import Columns, Floats

COLUMNS = 480
"""Stretches a chart is drawn in: two pixels each on a common screen."""

_WIDTH, _HEIGHT = 1040.0, 232.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 64.0, 16.0, 26.0, 30.0
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_PARTS_ACROSS, _PARTS_UP = 9, 4
_LABEL_WIDTH = 190.0


@dataclass(frozen=True, slots=True)
class Chart:
    """What is drawn.

    Attributes:
        name: unique on the page, a word.
        zh, en: what it shows.
        columns: the values.
        told: a value as text, with its unit.
        across: a place on the horizontal axis as text.
        axis: what the horizontal axis is, in both languages.
        scale: horizontal units of one tick unit, such as 86,400 for seconds in days.
        top: the highest value there can be, or None if there is no such bound.
        unit: vertical units of one tick unit, such as 3,600 for seconds in hours.
        averaged: whether the mean over everything says anything.
    """

    name: str
    zh: str
    en: str
    columns: Columns
    told: Callable[[float], str]
    across: Callable[[float], str]
    axis: str
    scale: float = 1.0
    top: float | None = None
    unit: float = 1.0
    averaged: bool = True

    @property
    def mean(self) -> str:
        """The mean as text, a dash if it says nothing."""
        return self.told(self.columns.mean) if self.averaged else "–"


def drawn(chart: Chart) -> str:
    """The chart as an `<svg>` element, with a title and a description for who cannot see it."""
    frame = _Frame(chart)
    columns = chart.columns
    said = (
        f"{chart.en}: mean {chart.mean}, "
        f"peak {chart.told(columns.peak)} at {chart.across(columns.peak_at - columns.begin)}."
    )
    labelled = f'aria-labelledby="{chart.name}-title {chart.name}-said"'
    return "\n".join(
        [
            f'<svg viewBox="0 0 {_WIDTH:g} {_HEIGHT:g}" role="img" {labelled}>',
            f'<title id="{chart.name}-title">{escape(chart.zh)} {escape(chart.en)}</title>',
            f'<desc id="{chart.name}-said">{escape(said)}</desc>',
            *frame.grid(),
            *frame.bands(),
            *frame.marks(),
            "</svg>",
        ]
    )


class _Frame:
    """Where values lie on the canvas."""

    def __init__(self, chart: Chart) -> None:
        self._chart = chart
        columns = chart.columns
        self._span = columns.end - columns.begin
        highest = chart.top if chart.top is not None else columns.peak
        self._rungs = _ticks(max(highest, 1e-9) / chart.unit, _PARTS_UP)
        self._top = max(self._rungs[-1] * chart.unit, highest)

    def grid(self) -> Iterator[str]:
        """Lines and their numbers."""
        chart = self._chart
        for rung in self._rungs:
            value = rung * chart.unit
            y = self._y(value)
            yield f'<line class="grid" x1="{_LEFT:g}" x2="{_WIDTH - _RIGHT:g}" y1="{y}" y2="{y}"/>'
            yield f'<text class="axis" x="{_LEFT - 8:g}" y="{y + 4:g}" text-anchor="end">'
            yield f"{escape(chart.told(value))}</text>"
        foot = _HEIGHT - _BOTTOM
        for tick in _ticks(self._span / chart.scale, _PARTS_ACROSS):
            away = tick * chart.scale
            if away > self._span:
                continue
            x = self._x(chart.columns.begin + away)
            yield f'<line class="tick" x1="{x}" x2="{x}" y1="{foot:g}" y2="{foot + 4:g}"/>'
            yield f'<text class="axis" x="{x}" y="{foot + 18:g}" text-anchor="middle">'
            yield f"{escape(chart.across(away))}</text>"

    def bands(self) -> Iterator[str]:
        """The band and the line of means, one for each unbroken stretch."""
        columns = self._chart.columns
        for begin, end in _unbroken(columns.middle):
            places = range(begin, end)
            high = [self._point(place, columns.high[place]) for place in places]
            low = [self._point(place, columns.low[place]) for place in reversed(places)]
            yield f'<polygon class="band" points="{" ".join(high + low)}"/>'
            middle = [self._point(place, columns.middle[place]) for place in places]
            yield f'<polyline class="line" points="{" ".join(middle)}"/>'

    def marks(self) -> Iterator[str]:
        """The overall mean, and the peak with its value."""
        chart, columns = self._chart, self._chart.columns
        x, top = self._x(columns.peak_at), self._y(columns.peak)
        right = x < _WIDTH - _RIGHT - _LABEL_WIDTH
        if chart.averaged:
            y = self._y(columns.mean)
            yield f'<line class="mean" x1="{_LEFT:g}" x2="{_WIDTH - _RIGHT:g}" y1="{y}" y2="{y}"/>'
        yield f'<circle class="peak" cx="{x}" cy="{top}" r="4"/>'
        yield f'<text class="mark" x="{x + 9 if right else x - 9:g}" y="{max(top - 8, 14.0):g}"'
        yield f' text-anchor="{"start" if right else "end"}">'
        yield f"峰值 peak {escape(chart.told(columns.peak))}</text>"

    def _point(self, place: int, value: float) -> str:
        width = (_WIDTH - _LEFT - _RIGHT) / len(self._chart.columns.middle)
        return f"{_LEFT + width * (place + 0.5):.1f},{self._y(value)}"

    def _x(self, at: float) -> float:
        share = (at - self._chart.columns.begin) / self._span
        return round(_LEFT + share * (_WIDTH - _LEFT - _RIGHT), 1)

    def _y(self, value: float) -> float:
        return round(_HEIGHT - _BOTTOM - value / self._top * (_HEIGHT - _TOP - _BOTTOM), 1)


def _ticks(end: float, parts: int) -> list[float]:
    """Round values from 0 to the first at or beyond the end, about so many steps."""
    size = 10.0 ** floor(log10(end / parts))
    step = next(each * size for each in _STEPS if each * size * parts >= end * (1 - 1e-9))
    count = int(-(-end // step))
    return [round(step * place, 10) for place in range(count + 1)]


def _unbroken(values: Floats) -> Iterator[tuple[int, int]]:
    """Stretches without NaN, as first place and one beyond the last."""
    known = np.array([not isnan(value) for value in values], dtype=np.int8)
    changes = np.diff(np.concatenate(([0], known, [0])))
    begins, ends = np.flatnonzero(changes == 1), np.flatnonzero(changes == -1)
    yield from zip(begins.tolist(), ends.tolist(), strict=True)
