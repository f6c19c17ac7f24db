"""The page stands alone, and says in words what it shows in pictures."""

import re
from xml.etree import ElementTree as ET

import pytest

from zhisuan.compute.count import Count
from zhisuan.compute.replay.cases import GpuPolicy, gpu_case
from zhisuan.compute.replay.chart import Chart, drawn
from zhisuan.compute.replay.page import Page, page
from zhisuan.compute.replay.report import LABELS, figures, time_charts
from zhisuan.compute.replay.run import Run
from zhisuan.compute.replay.timeline import Timeline, points
from zhisuan.compute.replay.trace import Trace, TraceJob
from zhisuan.compute.request import ResourceRequest

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def made():
    jobs = [
        TraceJob(f"j{number}", "t", 7200.0 * number, 9000.0, 9000.0, ResourceRequest(2000))
        for number in range(30)
    ]
    timeline = Timeline(2000)
    run = Run(Trace("a <trace>", jobs), gpu_case(GpuPolicy.FCFS), timeline)
    run.through(Count(2000), lambda _: None)
    values = {"jobs": run.measures.jobs, "utilisation": run.measures.utilisation(2)}
    told = Page("a <trace>", "fcfs", "beware", figures(values), time_charts(timeline))
    return page(told), told


def test_it_asks_for_nothing_outside_and_needs_no_script(made):
    text, _ = made
    assert "default-src 'none'" in text
    assert not re.search(r"<script|<link|<img|@import|url\(|https?://", text)


def test_it_knows_light_and_dark_and_both_languages(made):
    text, _ = made
    assert "prefers-color-scheme:dark" in text
    assert "利用率" in text
    assert "Utilisation" in text


def test_names_of_files_are_only_text(made):
    text, _ = made
    assert "a &lt;trace&gt;" in text
    assert "a <trace>" not in text


def test_every_chart_has_a_title_a_description_and_a_row_of_figures(made):
    text, told = made
    for chart in told.charts:
        svg = ET.fromstring(drawn(chart))  # noqa: S314  our own
        title, described = svg.find("title"), svg.find("desc")
        assert svg.get("aria-labelledby") == f"{title.get('id')} {described.get('id')}"
        assert chart.told(chart.columns.peak) in described.text
        assert text.count(chart.mean) >= 2


def test_every_figure_stands_there_with_its_unit_and_key(made):
    text, told = made
    assert "beware" in text
    for figure in told.figures:
        assert f"<code>{figure.name}</code>" in text
        assert figure.value in text


def test_all_points_lie_on_the_canvas(made):
    _, told = made
    for chart in told.charts:
        svg = ET.fromstring(drawn(chart))  # noqa: S314  our own
        _, _, width, height = map(float, svg.get("viewBox").split())
        for line in (*svg.iter("polyline"), *svg.iter("polygon")):
            for point in line.get("points").split():
                x, y = map(float, point.split(","))
                assert 0 <= x <= width
                assert 0 <= y <= height


def test_a_line_breaks_where_nothing_is_known():
    columns = points([0, 1, 9, 10], [1, 2, 3, 4], 10)
    chart = Chart("c", "图", "Chart", columns, str, str, "x")
    assert drawn(chart).count("<polyline") == 2


def test_a_chart_of_nothing_but_noughts_is_a_chart():
    columns = points([0.0, 5.0], [0.0, 0.0], 4)
    assert "<svg" in drawn(Chart("c", "图", "Chart", columns, str, str, "x"))


def test_figures_are_told_with_their_digits_and_units():
    (wait,) = figures({"average_wait_s": 20160.84})
    assert (wait.value, wait.unit) == ("20,160.8", "s")
    (used,) = figures({"utilisation": 0.8245})
    assert (used.value, used.unit) == ("82.45", "%")
    assert all(label.zh and label.en for label in LABELS.values())
