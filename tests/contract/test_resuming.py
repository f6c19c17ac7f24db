"""Presets and guide under the laws of an algorithm: started, stopped, resumed by real runners."""

import re
import sys
from pathlib import Path

import pytest

from zhisuan.algorithms.catalogue import PRESETS
from zhisuan.algorithms.environment import Environments
from zhisuan.algorithms.package import Algorithm, read_package
from zhisuan.data.intake import take_in
from zhisuan.data.limits import DEFAULT, silent
from zhisuan.testing.algorithm_bench import Trial
from zhisuan.testing.algorithm_contract import AlgorithmContract

ROOT = Path(__file__).parents[2]


class TestProbe(AlgorithmContract):
    ignored = frozenset({"integer_mops", "float_mops", "memory_mb_s"})

    def algorithm(self) -> Algorithm:
        return read_package(PRESETS / "probe")

    def trial(self, folder: Path) -> Trial:
        del folder
        return Trial((sys.executable, "-I", "-S"), {"rest": 0.3, "seconds": 1.5, "size": 1})


class TestGuide(AlgorithmContract):
    """The program that the guide shows."""

    @pytest.fixture(autouse=True)
    def package(self, tmp_path: Path) -> None:
        page = (ROOT / "docs/how-to/write-an-algorithm.md").read_text("utf-8")
        cards, programs = (
            re.findall(rf"^```{language}\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
            for language in ("toml", "python")
        )
        self.folder = tmp_path / "primes"
        (self.folder / "program/rows").mkdir(parents=True)
        (self.folder / "program/rows/__init__.py").touch()
        (self.folder / "program/rows/run.py").write_text(programs[1], "utf-8")
        (self.folder / "requirements.txt").touch()
        (self.folder / "algorithm.toml").write_text(cards[1] + cards[0], "utf-8")

    def algorithm(self) -> Algorithm:
        return read_package(self.folder)

    def trial(self, folder: Path) -> Trial:
        del folder
        return Trial((sys.executable, "-I", "-S"), {"below": 400_000})


@pytest.mark.slow
@pytest.mark.environment
class TestTables(AlgorithmContract):
    ignored = frozenset({"cpu_seconds", "sample_difference"})

    @pytest.fixture(autouse=True)
    def environment(self, pytestconfig: pytest.Config) -> None:
        self.environments = Environments(pytestconfig.cache.mkdir("environments"))

    def algorithm(self) -> Algorithm:
        return read_package(PRESETS / "tables")

    def trial(self, folder: Path) -> Trial:
        made = self.environments.make(self.algorithm().lock)
        scratch = folder / "scratch"
        scratch.mkdir()
        file = folder / "table.csv"
        rows = [f"{n % 7},{n % 11},{n * 37 % 101},{(n % 7) * (n % 11) + n % 3}" for n in range(400)]
        file.write_text("\n".join(["a,b,c,y", *rows]), "utf-8")
        table, profile = take_in(file, scratch, DEFAULT, silent)
        (folder / "profile.json").write_text(profile.to_json(), "utf-8")
        return Trial(
            made.interpreter,
            # A budget that never runs out, since where it cuts depends on the machine's mood.
            {"task": "regression", "target": "y", "effort": "fast", "cpu_budget_s": 1000},
            {"table": table, "profile": folder / "profile.json"},
            memory_mb=2048,
        )
