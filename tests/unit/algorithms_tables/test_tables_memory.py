"""A search that is stopped and goes on, beside one that is left alone."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.environment


@pytest.fixture(scope="module")
def told(in_environment: Callable[..., dict[str, Any]], tmp_path_factory) -> dict[str, Any]:
    folder: Path = tmp_path_factory.mktemp("memory")
    return in_environment("resume_search.py", folder)


@pytest.mark.parametrize("way", ["again", "torn"])
def test_a_stopped_search_ends_with_the_very_model_of_an_undisturbed_one(told, way: str) -> None:
    alone, resumed = told["alone"], told[way]
    assert resumed["attempts"] > 3
    assert len(alone["tried"]) == 6
    for what in ("tried", "scores", "answers", "failed", "model"):
        assert resumed[what] == alone[what], what


def test_a_stop_costs_the_fits_in_hand_and_no_finished_one(told) -> None:
    most_lost = 2 * (told["again"]["attempts"] - 1)  # two cores, so two fits in hand
    assert told["whole"] <= told["again"]["fits"] <= told["whole"] + most_lost


def test_what_earlier_attempts_used_is_counted_unless_its_part_is_torn(told) -> None:
    used = told["again"]["used"]
    assert used == sorted(used)
    assert told["torn"]["used"][1] < used[1]


def test_the_memory_of_another_question_is_not_read(told) -> None:
    assert told["foreign"] == [0, {}]
