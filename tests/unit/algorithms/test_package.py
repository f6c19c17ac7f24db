from pathlib import Path

import pytest

from zhisuan.algorithms.catalogue import PRESETS
from zhisuan.algorithms.package import read_package
from zhisuan.core.errors import WrongInput


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A package whose card is the probe's, without the line about resuming."""
    card = (PRESETS / "probe/algorithm.toml").read_text("utf-8")
    (tmp_path / "algorithm.toml").write_text(card.replace("resumes = true\n", ""), "utf-8")
    (tmp_path / "requirements.txt").touch()
    (tmp_path / "program").mkdir()
    return tmp_path


def test_what_says_nothing_of_resuming_does_not(folder: Path) -> None:
    assert not read_package(folder).card.resumes


def test_resuming_is_a_yes_or_no(folder: Path) -> None:
    card = (folder / "algorithm.toml").read_text("utf-8")
    (folder / "algorithm.toml").write_text(f"resumes = true\n{card}", "utf-8")
    assert read_package(folder).card.resumes
    (folder / "algorithm.toml").write_text(f"resumes = 'perhaps'\n{card}", "utf-8")
    with pytest.raises(WrongInput, match="resumes"):
        read_package(folder)


@pytest.mark.parametrize("name", ["probe", "tables"])
def test_the_presets_resume(name: str) -> None:
    assert read_package(PRESETS / name).card.resumes
