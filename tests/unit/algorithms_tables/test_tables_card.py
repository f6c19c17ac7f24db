import re
from pathlib import Path

import pytest

from zhisuan.algorithms.package import read_package
from zhisuan.core.task import Effort, TaskKind


def test_the_card_answers_both_questions_and_every_effort(package_folder: Path) -> None:
    card = read_package(package_folder).card
    assert set(card.tasks) == {TaskKind.CLASSIFICATION, TaskKind.REGRESSION}
    assert set(card.efforts) == set(Effort)


@pytest.mark.parametrize("effort", list(Effort))
@pytest.mark.parametrize("rows", [20, 1_000, 300_000])
def test_a_quote_has_its_low_end_below_its_high_end(
    package_folder: Path, effort: Effort, rows: int
) -> None:
    need = read_package(package_folder).need(effort, rows, 20, 2)
    assert 0 < need.cpu_s[0] < need.cpu_s[1]
    assert 0 < need.wall_s[0] < need.wall_s[1]


def test_the_lock_is_hashed_small_and_names_no_registry(package_folder: Path) -> None:
    lock = (package_folder / "requirements.txt").read_text("utf-8")
    pinned = re.findall(r"^[a-z0-9-]+==\S+", lock, re.MULTILINE)
    assert 10 < len(pinned) <= 60
    assert lock.count("--hash=sha256:") >= len(pinned)
    assert "://" not in lock
