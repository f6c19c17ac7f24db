import subprocess
import sys
import zipfile
from pathlib import Path

from zhisuan.compute.engines.bundle import runner_bundle


def test_the_bundle_is_made_once_and_named_by_its_content(tmp_path: Path) -> None:
    first = runner_bundle(tmp_path)
    made = first.stat().st_mtime_ns
    assert runner_bundle(tmp_path) == first
    assert first.stat().st_mtime_ns == made
    assert [path.name for path in tmp_path.iterdir()] == [first.name]
    (tmp_path / "other").mkdir()
    again = runner_bundle(tmp_path / "other")
    assert again.name == first.name
    assert again.read_bytes() == first.read_bytes()


def test_the_bundle_holds_the_runner_and_nothing_of_the_centre(tmp_path: Path) -> None:
    names = zipfile.ZipFile(runner_bundle(tmp_path)).namelist()
    packages = {name.split("/")[1] for name in names if name.startswith("zhisuan/")}
    assert packages == {"__init__.py", "__init__.pyc", "core", "runner"}


def test_the_bundle_runs_without_any_installed_package(tmp_path: Path) -> None:
    command = [sys.executable, "-I", "-S", str(runner_bundle(tmp_path))]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    assert answer.returncode == 2
    assert "usage" in answer.stderr
