"""The laws of an algorithm catch those who break them."""

import sys
from pathlib import Path

import pytest

from zhisuan.algorithms.catalogue import PRESETS
from zhisuan.algorithms.package import Algorithm, read_package
from zhisuan.testing.algorithm_bench import Trial, differences
from zhisuan.testing.algorithm_contract import AlgorithmContract

# Adds up the numbers to 30, at its leisure; each way to break the law is one value of `sin`.
COUNTS = """
import json, time
from zhisuan.runner.context import Stopped

def main(job):
    sin, kept, number, total = job.parameters["sin"], job.checkpoint / "total", 0, 0
    if kept.exists() and sin != "restarts":
        number, total = json.loads(kept.read_text())
    while number < 30:
        until = time.process_time() + 0.02
        while time.process_time() < until:
            pass
        number += 1
        total += number
        job.progress("count", number / 30)
        if job.should_stop():
            kept.write_text(json.dumps([number, total if sin != "forgets" else 0]))
            if sin == "resists":
                time.sleep(60)
            raise Stopped
    (job.output / "solution.json").write_text(json.dumps({"total": total}))
"""


class Counts(AlgorithmContract):
    def __init__(self, folder: Path, sin: str, *, resumes: bool = True) -> None:
        self.folder, self.sin = folder, sin
        card = (PRESETS / "probe/algorithm.toml").read_text("utf-8")
        card = card.replace("probe.run:main", "counts:main").replace("probe.run", "json")
        card = card.replace("resumes = true", f"resumes = {str(resumes).lower()}")
        folder.mkdir()
        (folder / "program").mkdir()
        (folder / "program/counts.py").write_text(COUNTS, "utf-8")
        (folder / "algorithm.toml").write_text(card, "utf-8")
        (folder / "requirements.txt").touch()

    def algorithm(self) -> Algorithm:
        return read_package(self.folder)

    def trial(self, folder: Path) -> Trial:
        del folder
        return Trial((sys.executable, "-I", "-S"), {"sin": self.sin}, grace_s=1.0)


def test_an_honest_one_passes(tmp_path: Path) -> None:
    honest = Counts(tmp_path / "package", "none")
    honest.test_stopped_and_resumed_it_answers_the_same_and_repeats_little(tmp_path)


@pytest.mark.parametrize("sin", ["restarts", "resists", "forgets"])
def test_one_that_only_says_that_it_resumes_is_found_out(tmp_path: Path, sin: str) -> None:
    liar = Counts(tmp_path / "package", sin)
    with pytest.raises(AssertionError):
        liar.test_stopped_and_resumed_it_answers_the_same_and_repeats_little(tmp_path)


def test_one_that_trusts_a_torn_checkpoint_is_found_out(tmp_path: Path) -> None:
    trusting = Counts(tmp_path / "package", "none")
    with pytest.raises(AssertionError, match="JSONDecodeError"):
        trusting.test_a_spoilt_checkpoint_costs_time_and_nothing_else(tmp_path)


def test_one_that_does_not_say_so_is_not_asked_to(tmp_path: Path) -> None:
    plain = Counts(tmp_path / "package", "none", resumes=False)
    with pytest.raises(pytest.skip.Exception):
        plain.test_a_spoilt_checkpoint_costs_time_and_nothing_else(tmp_path)


@pytest.mark.parametrize(
    ("other", "places"),
    [
        ({"a": [1, 2.0], "took": 7}, []),
        ({"a": [1, 2.0000001], "took": 7}, []),
        ({"a": [1, 2.1], "took": 7}, ["/a/1: 2.0 and 2.1"]),
        ({"a": [1], "took": 7}, ["/a: 2 and 1", "/a/1: 2.0 and None"]),
        ({"took": 3}, [": 1 and 0", "/a: 2 and None", "/a/0: 1 and None", "/a/1: 2.0 and None"]),
    ],
)
def test_differences_are_told_by_their_place(other: object, places: list[str]) -> None:
    assert differences({"a": [1, 2.0], "took": 3}, other, 1e-6, frozenset({"took"})) == places
