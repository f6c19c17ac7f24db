"""One definition for every number: whole, in both languages, and where numbers point to exists."""

import re
from pathlib import Path

import pytest

from zhisuan.algorithms.catalogue import PRESETS
from zhisuan.api.app import create_app
from zhisuan.api.defined import EXTENSION
from zhisuan.compute.replay.report import LABELS
from zhisuan.services.monitoring.definition import definitions
from zhisuan.services.monitoring.utilisation import Rate

KNOWN = definitions()
NAMES = [name for each in KNOWN.values() for name in (each.code, *each.also)]
UTILISATION = Path(__file__).parents[4] / "docs/explanation/utilisation.md"


def pointed_at(part):
    """Every code that a piece of the OpenAPI document points at."""
    if isinstance(part, dict):
        for key, value in part.items():
            if key == EXTENSION:
                yield value
            else:
                yield from pointed_at(value)
    elif isinstance(part, list):
        for each in part:
            yield from pointed_at(each)


@pytest.mark.parametrize("each", KNOWN.values(), ids=KNOWN)
def test_it_is_whole_in_both_languages(each):
    for words in (each.name, each.definition, each.unit, each.source, each.quality):
        assert words.zh
        assert words.en
    assert bool(each.formula.zh) is bool(each.formula.en)
    assert not re.search("[一-鿿]", each.definition.en + each.formula.en + each.source.en)
    assert set(each.related) <= set(KNOWN) - {each.code}


def test_no_word_means_two_numbers():
    assert len(NAMES) == len(set(NAMES))


def test_every_number_of_the_api_that_points_at_a_definition_finds_it():
    codes = set(pointed_at(create_app(None).openapi()))
    assert codes <= set(KNOWN)
    assert {"charge", "quote", "so_far", "energy", "available"} <= codes


def test_the_five_rates_are_defined_as_their_page_says():
    page = UTILISATION.read_text("utf-8")
    for rate in Rate:
        each = KNOWN[rate]
        assert f"| {rate} | {each.name.en} {each.name.zh} | {each.formula.en} |" in page


def test_every_measure_of_a_result_has_words():
    metrics = PRESETS / "tables/program/tables/metrics.py"
    told = set(re.findall(r'^        "(\w+)": float', metrics.read_text("utf-8"), re.MULTILINE))
    told |= set(re.findall(r'return "(\w+)" if classes else "(\w+)"', metrics.read_text())[0])
    assert {"rmse", "log_loss", "mae", "accuracy"} <= told
    assert told <= set(NAMES)


def test_the_figures_of_a_replay_have_words():
    counted = {"jobs", "preemptions", "promises_waited"}
    counted |= {"jobs_per_second", "placements_per_second"}
    told = {name for name in LABELS if name not in counted and not name.startswith("decision_ms")}
    told -= {name for name in told if name.startswith("unallocated_gpu_percent")}
    assert told <= set(NAMES)
