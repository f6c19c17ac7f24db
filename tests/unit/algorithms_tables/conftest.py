"""Pure parts of the algorithm are imported; what needs its libraries runs in its environment."""

import csv
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from zhisuan.algorithms.environment import Environments
from zhisuan.data.intake import take_in
from zhisuan.data.limits import DEFAULT, silent

SOURCE = Path(__file__).resolve().parents[3] / "src"
PACKAGE = SOURCE / "zhisuan/algorithms/presets/tables"
sys.path.insert(0, str(PACKAGE / "program"))

Solve = Callable[..., dict[str, Any]]


@pytest.fixture(scope="session")
def package_folder() -> Path:
    return PACKAGE


@pytest.fixture(scope="session")
def interpreter(pytestconfig: pytest.Config) -> tuple[str, ...]:
    """Python in the algorithm's own environment, kept from one test run to the next."""
    folder = pytestconfig.cache.mkdir("environments")
    return Environments(folder).make(PACKAGE / "requirements.txt").interpreter


@pytest.fixture(scope="session")
def in_environment(interpreter: tuple[str, ...]) -> Callable[..., dict[str, Any]]:
    """Run a program of this folder in the environment; it prints one JSON object at the end."""

    def start(program: str, *arguments: object) -> dict[str, Any]:
        done = subprocess.run(
            [*interpreter, Path(__file__).with_name(program), PACKAGE / "program", SOURCE,
             *map(str, arguments)],
            env={**os.environ, "OMP_NUM_THREADS": "2", "OMP_WAIT_POLICY": "PASSIVE"},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads(done.stdout.strip().splitlines()[-1])

    return start


@pytest.fixture
def solve(in_environment: Callable[..., dict[str, Any]], tmp_path: Path) -> Solve:
    """Bring rows as a CSV through the centre's reading and run the algorithm on them.

    Answers `{"refused": …}` or the solution with its `folder`.
    """

    def run(
        header: Sequence[str], rows: Sequence[Sequence[object]], *, encoding: str = "utf-8",
        **parameters: Any,
    ) -> dict[str, Any]:  # fmt: skip
        file = tmp_path / "table.csv"
        with file.open("w", encoding=encoding, newline="") as out:
            csv.writer(out).writerows([header, *rows])
        scratch = tmp_path / "scratch"
        scratch.mkdir()
        table, profile = take_in(file, scratch, DEFAULT, silent)
        (tmp_path / "profile.json").write_text(profile.to_json(), "utf-8")
        order = {
            "folder": str(tmp_path / "attempt"),
            "parameters": {"effort": "fast", "seed": 0, "cpu_budget_s": 4, **parameters},
            "inputs": {"table": str(table), "profile": str(tmp_path / "profile.json")},
        }
        (tmp_path / "order.json").write_text(json.dumps(order), "utf-8")
        return in_environment("run_once.py", tmp_path / "order.json")

    return run
