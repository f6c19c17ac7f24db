"""Pictures as SVG and plain HTML: no script, no font, no colour that is not in the style sheet."""

import math
from collections.abc import Sequence
from typing import Any

from tables.report.words import both, number, percent, short, svg_both

SIDE, LEFT, TOP, RIGHT, BOTTOM = 340, 52, 14, 22, 44


def bars(items: Sequence[tuple[str, float, str]]) -> str:
    """Horizontal bars: label (markup), share of the longest bar 0 to 1, value as text."""
    rows = "".join(
        f'<div class="bar"><span class="bar-label">{label}</span><span class="bar-track">'
        f'<span class="bar-fill" style="width:{max(share, 0.004) * 100:.1f}%"></span></span>'
        f'<span class="bar-value">{value}</span></div>'
        for label, share, value in items
    )
    return f'<div class="bars">{rows}</div>'


def versus(ours: float, naive: float, ours_text: str, naive_text: str) -> str:
    """Two bars: this model against the naive answer."""
    longest = max(ours, naive) or 1.0
    return bars([
        (both("这个模型", "this model"), ours / longest, ours_text),
        (both("朴素基线", "naive guess"), naive / longest, naive_text),
    ]).replace('class="bars"', 'class="bars versus"')  # fmt: skip


def scatter(points: Sequence[Sequence[float]]) -> str:
    """Actual (across) against predicted (up); on the line is right."""
    values = [value for point in points for value in point]
    low, high = min(values), max(values)
    frame = _Frame((low, high), (low, high))
    dots = "".join(
        f'<circle class="dot" cx="{frame.x(a):.1f}" cy="{frame.y(p):.1f}" r="3.2"/>'
        for a, p in points
    )
    line = (
        f'<line class="ideal" x1="{frame.x(low):.1f}" y1="{frame.y(low):.1f}" '
        f'x2="{frame.x(high):.1f}" y2="{frame.y(high):.1f}"/>'
    )
    return frame.svg(line + dots, ("实际值", "actual"), ("预测值", "predicted"))


def calibration(parts: Sequence[dict[str, Any]]) -> str:
    """Probability said (across) against how often it came true (up)."""
    frame = _Frame((0, 1), (0, 1), as_percent=True)
    most = max(part["rows"] for part in parts)
    path = " ".join(f"{frame.x(p['said']):.1f},{frame.y(p['true']):.1f}" for p in parts)
    dots = "".join(
        f'<circle class="dot solid" cx="{frame.x(p["said"]):.1f}" cy="{frame.y(p["true"]):.1f}" '
        f'r="{3 + 3 * (p["rows"] / most) ** 0.5:.1f}"/>'
        for p in parts
    )
    line = (
        f'<line class="ideal" x1="{frame.x(0)}" y1="{frame.y(0)}" '
        f'x2="{frame.x(1)}" y2="{frame.y(1)}"/><polyline class="curve" points="{path}"/>'
    )
    return frame.svg(line + dots, ("模型说的概率", "probability said"), ("实际发生", "came true"))


def effect(bins: Sequence[dict[str, Any]], *, as_percent: bool) -> str:
    """Mean of the target (bars) and of the predictions (dots) along one column."""
    values = [b[key] for b in bins for key in ("actual", "predicted")]
    low, high = min(0.0, *values), max(values)
    frame = _Frame(
        (0, len(bins)),
        (low, high),
        width=360,
        height=250,
        as_percent=as_percent,
        ticks=3,
        bottom=70,
    )
    step = frame.x(1) - frame.x(0)
    shapes = []
    for place, part in enumerate(bins):
        middle = frame.x(place + 0.5)
        top, zero = frame.y(part["actual"]), frame.y(max(low, 0.0))
        shapes.append(
            f'<rect class="column" x="{middle - step * 0.32:.1f}" y="{min(top, zero):.1f}" '
            f'width="{step * 0.64:.1f}" height="{abs(zero - top):.1f}" rx="2"/>'
            f'<circle class="dot solid" cx="{middle:.1f}" cy="{frame.y(part["predicted"]):.1f}" '
            'r="4"/>'
        )
        label, place_up = short(part["label"], 16), frame.height - frame.bottom + 16
        shapes.append(
            f'<text class="tick" x="{middle:.1f}" y="{place_up}" text-anchor="end" '
            f'transform="rotate(-24 {middle:.1f} {place_up})">{label}</text>'
        )
    return frame.svg("".join(shapes), None, None)


def confusion(counts: Sequence[Sequence[int]], classes: Sequence[str]) -> str:
    """True classes down, said classes across; the darker the more of that class's rows."""
    head = "".join(f"<th>{short(name, 12)}</th>" for name in classes)
    rows = []
    for name, line in zip(classes, counts, strict=True):
        total = sum(line) or 1
        cells = "".join(
            f'<td class="{"hit" if said == name else "miss"}" style="--share:{count / total:.3f}">'
            f"{count}<small>{percent(count / total)}</small></td>"
            for said, count in zip(classes, line, strict=True)
        )
        rows.append(f"<tr><th>{short(name, 18)}</th>{cells}</tr>")
    corner = both("实际 ↓　判断 →", "actual ↓  said →")
    return (
        '<div class="scroll"><table class="confusion">'
        f'<tr><th class="corner">{corner}</th>{head}</tr>{"".join(rows)}</table></div>'
    )


class _Frame:
    """Axes: from values to places in the picture."""

    def __init__(
        self,
        across: tuple[float, float],
        up: tuple[float, float],
        *,
        width: int = SIDE,
        height: int = SIDE,
        as_percent: bool = False,
        ticks: int = 4,
        bottom: int = BOTTOM,
    ) -> None:
        self.across, self.up = across, up
        self.bottom = bottom
        self.width, self.height = width, height
        self.as_percent, self.ticks = as_percent, ticks

    def x(self, value: float) -> float:
        return LEFT + (self.width - LEFT - RIGHT) * self._part(value, self.across)

    def y(self, value: float) -> float:
        return (
            self.height
            - self.bottom
            - (self.height - TOP - self.bottom) * self._part(value, self.up)
        )

    @staticmethod
    def _part(value: float, span: tuple[float, float]) -> float:
        return (value - span[0]) / (span[1] - span[0]) if span[1] > span[0] else 0.5

    def svg(self, shapes: str, across: tuple[str, str] | None, up: tuple[str, str] | None) -> str:
        """The picture; without titles the ticks across are the caller's."""
        end = self.width - RIGHT
        marks = [
            f'<line class="grid" x1="{LEFT}" y1="{self.y(value):.1f}" x2="{end}" '
            f'y2="{self.y(value):.1f}"/><text class="tick" x="{LEFT - 7}" '
            f'y="{self.y(value) + 4:.1f}" text-anchor="end">{self._text(value)}</text>'
            for value in round_ticks(*self.up, self.ticks)
        ]
        if across and up:
            low = self.height - self.bottom
            marks += [
                f'<text class="tick" x="{self.x(value):.1f}" y="{low + 17}" text-anchor="middle">'
                f"{self._text(value)}</text>"
                for value in round_ticks(*self.across, self.ticks)
            ]
            middle, side = f'text-anchor="middle" x="{(LEFT + end) / 2}"', (TOP + low) / 2
            marks.append(svg_both(*across, f'class="axis" {middle} y="{self.height - 8}"'))
            turned = f'text-anchor="middle" transform="translate(12 {side}) rotate(-90)"'
            marks.append(svg_both(*up, f'class="axis" {turned}'))
        return (
            f'<svg viewBox="0 0 {self.width} {self.height}" role="img" class="plot">'
            f"{''.join(marks)}{shapes}</svg>"
        )

    def _text(self, value: float) -> str:
        return f"{value:.0%}" if self.as_percent else number(value)


def round_ticks(low: float, high: float, about: int) -> list[float]:
    """Round numbers within the span, about so many.

    >>> round_ticks(4.1, 79.3, 4)
    [20.0, 40.0, 60.0]
    """
    if not high > low:
        return [low]
    rough = (high - low) / about
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= rough * 0.999)
    first = math.ceil(low / step - 1e-9)
    return [n * step for n in range(first, math.floor(high / step + 1e-9) + 1)]
