"""The catalogue's shelves, and the record of an algorithm from its own runs."""

import re
from pathlib import Path

import pytest
from asking import answer, asked, dataset

from zhisuan.algorithms.catalogue import PRESETS, Catalogue
from zhisuan.algorithms.package import read_package
from zhisuan.core.money import MICRO
from zhisuan.core.work import EndReason
from zhisuan.services.tasks.shelves import Shelf, shelves, typical
from zhisuan.services.tasks.trackrecord import FEWEST_RUNS, Quartiles, quartiles, track_record

CHIPS = re.compile(r"\b(GPU|NPU|FPGA|ASIC|CPU|core|device|910B|Ascend)\b", re.IGNORECASE)


@pytest.fixture
def shop(workshop):
    """A workshop whose catalogue has the presets."""
    workshop.centre.catalogue = Catalogue.presets()
    return workshop


def test_three_shelves_have_items_that_can_be_ordered_and_no_tool_of_the_centre(shop):
    found = shelves(shop.centre)
    assert {each.shelf for each in found} == set(Shelf)
    assert "probe" not in [each.item for each in found]
    assert "tables" in [each.item for each in found]
    for each in found:
        texts = (each.title_zh, each.title_en, each.about_zh, each.about_en, each.terms_zh)
        assert all((*texts, each.terms_en, each.availability_zh, each.order, each.version))
        assert each.prices
        assert all(price.low <= price.high and price.unit_zh for price in each.prices)


def test_compute_is_told_without_chips(shop):
    compute = [each for each in shelves(shop.centre) if each.shelf is Shelf.COMPUTE]
    assert {each.simulated for each in compute} == {True, False}
    for each in compute:
        said = (each.title_en, each.about_en, each.terms_en, each.availability_en, each.order_en)
        assert not [text for text in said if CHIPS.search(text)]


def test_compute_in_use_is_not_called_free(shop):
    def boards():
        return [each.available for each in shelves(shop.centre) if each.title_en.startswith("Acc")]

    assert boards() == [True]
    for _ in range(2):
        shop.submit()
    shop.turn()
    shop.submit(asked={"any_of": shop.any_device})
    shop.turn()
    assert boards() == [False]


def test_a_typical_table_has_a_price_for_every_effort(shop):
    tables = read_package(PRESETS / "tables")
    quotes = typical(shop.centre, tables)
    assert list(quotes) == list(tables.card.efforts)
    highs = [quote.high for quote in quotes.values()]
    assert highs == sorted(highs)


def test_an_algorithm_without_enough_runs_tells_no_figures(workshop):
    told = record(workshop)
    assert (told.runs, told.success_share, told.yuan, told.wh) == (0, None, None, None)


def test_the_record_is_counted_from_the_runs_that_ended(workshop):
    of = dataset(workshop)
    amounts = []
    for number in range(FEWEST_RUNS + 2):
        task = asked(workshop, of)
        workshop.turn()
        answer(workshop, task.job_id, usable=number > 0, higher_is_better=False, score=number + 1)
        workshop.end(task.job_id, wall_s=100.0 * (number + 1))
        workshop.turn(100.0 * (number + 1))
        amounts.append(workshop.charge(task.job_id).amount / MICRO)
    task = asked(workshop, of)
    workshop.turn()
    workshop.end(task.job_id, EndReason.PROGRAM_ERROR, 1)
    workshop.turn()
    told = record(workshop)
    assert told.runs == 8
    assert told.success_share == 7 / 8
    assert told.usable_share == 6 / 7
    assert told.seconds == Quartiles(200.0, 400.0, 600.0)
    assert told.of_baseline == Quartiles(2 / 8, 4 / 8, 6 / 8)
    assert told.yuan == quartiles(amounts)
    assert told.wh.low <= told.wh.middle <= told.wh.high
    assert told.wh_quality


def record(workshop):
    card = workshop.centre.catalogue.get("probe").card
    with workshop.centre.database.read() as connection:
        return track_record(workshop.centre, connection, card)


def test_every_file_and_stage_of_the_tables_program_has_words():
    card = read_package(PRESETS / "tables").card
    program = Path(PRESETS / "tables/program/tables/run.py").read_text("utf-8")
    assert set(re.findall(r'tell\(\s*job, memory, "(\w+)"', program)) == set(card.stages)
