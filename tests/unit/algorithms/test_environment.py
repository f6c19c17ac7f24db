import hashlib
import subprocess
import threading
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from zhisuan.algorithms.environment import Environments, environment_key
from zhisuan.core.errors import EnvironmentUnavailable

METADATA = "Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
WHEEL = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def make_wheel(folder: Path, name: str, version: str) -> str:
    """A package of one module; its line for a lock."""
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}-{version}-py3-none-any.whl"
    info = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr(f"{name}.py", f"VERSION = {version!r}\n")
        wheel.writestr(f"{info}/METADATA", METADATA.format(name=name, version=version))
        wheel.writestr(f"{info}/WHEEL", WHEEL)
        wheel.writestr(f"{info}/RECORD", f"{name}.py,,\n{info}/METADATA,,\n{info}/WHEEL,,\n")
    return f"{name}=={version} --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    return tmp_path / "wheels"


@pytest.fixture
def lock(tmp_path: Path, wheels: Path) -> Path:
    path = tmp_path / "requirements.txt"
    path.write_text("# locked\n" + make_wheel(wheels, "tinywheel", "1.0"))
    return path


@pytest.fixture
def environments(tmp_path: Path, wheels: Path) -> Environments:
    return Environments(tmp_path / "environments", wheels)


def leftovers(tmp_path: Path) -> list[str]:
    names = [path.name for path in (tmp_path / "environments").iterdir()]
    return [name for name in names if not name.endswith(".lock")]


def test_an_environment_has_what_was_locked_and_nothing_of_ours(
    environments: Environments, lock: Path, tmp_path: Path
) -> None:
    told: list[str] = []
    made = environments.make(lock, lambda stage, _detail: told.append(stage))
    script = (
        "import importlib.util, sys, tinywheel;"
        "print(tinywheel.VERSION, sys.prefix, importlib.util.find_spec('zhisuan'))"
    )
    answer = subprocess.run(
        [*made.interpreter, "-c", script], capture_output=True, text=True, check=True
    )
    place = tmp_path / "environments" / made.key
    assert answer.stdout.split() == ["1.0", str(place), "None"]
    assert list(place.rglob("tinywheel*.pyc")), "compiled beforehand"
    assert {"resolving", "installing", "compiling"} <= set(told)
    assert leftovers(tmp_path) == [made.key]


def test_a_made_environment_is_used_again(environments: Environments, lock: Path) -> None:
    made = environments.make(lock)
    stamp = Path(made.interpreter[0]).lstat().st_mtime_ns
    assert environments.make(lock) == environments.made(lock) == made
    assert Path(made.interpreter[0]).lstat().st_mtime_ns == stamp
    assert environments.prepare(lock).ready


def test_another_lock_is_another_environment(lock: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.txt"
    other.write_text(lock.read_text() + "\n")
    assert environment_key(other) != environment_key(lock)
    copy = tmp_path / "copy.txt"
    copy.write_bytes(lock.read_bytes())
    assert environment_key(copy) == environment_key(lock)


def test_a_lock_without_requirements_needs_no_environment(
    environments: Environments, tmp_path: Path
) -> None:
    lock = tmp_path / "empty.txt"
    lock.write_text("# the standard library is enough\n\n")
    assert environments.prepare(lock).ready
    interpreter = environments.make(lock).interpreter
    script = "import importlib.util; print(importlib.util.find_spec('pydantic'))"
    answer = subprocess.run(
        [*interpreter, "-c", script], capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "None", "the centre's own packages are out of reach"
    assert leftovers(tmp_path) == []


def test_a_package_that_was_changed_is_refused_and_nothing_stays(
    environments: Environments, lock: Path, wheels: Path, tmp_path: Path
) -> None:
    wheel = next(wheels.iterdir())
    with zipfile.ZipFile(wheel, "a") as file:
        file.writestr("evil.py", "")
    with pytest.raises(EnvironmentUnavailable, match="not the one that was locked"):
        environments.make(lock)
    assert leftovers(tmp_path) == []
    with pytest.raises(EnvironmentUnavailable, match="has not been made"):
        environments.made(lock)


def test_a_package_that_is_not_offered_is_named(
    environments: Environments, lock: Path, tmp_path: Path
) -> None:
    lock.write_text(f"absentwheel==2.0 --hash=sha256:{'0' * 64}\n")
    with pytest.raises(EnvironmentUnavailable, match=r"absentwheel==2\.0 is not offered"):
        environments.make(lock)
    assert leftovers(tmp_path) == []


def test_two_makers_make_one(lock: Path, tmp_path: Path, wheels: Path) -> None:
    makers = [Environments(tmp_path / "environments", wheels) for _ in range(2)]
    with ThreadPoolExecutor(2) as threads:
        first, second = threads.map(lambda maker: maker.make(lock), makers)
    assert first == second
    assert leftovers(tmp_path) == [first.key]


def test_what_a_dead_maker_left_is_swept(lock: Path, tmp_path: Path, wheels: Path) -> None:
    stale = tmp_path / "environments" / f".making-{environment_key(lock)}-abc"
    (stale / "environment" / "bin").mkdir(parents=True)
    environments = Environments(tmp_path / "environments", wheels)
    assert not stale.exists()
    assert not environments.prepare(lock).ready
    wait_for_makers()


def test_preparing_never_waits_and_tells_an_error_once(
    environments: Environments, lock: Path
) -> None:
    good = lock.read_text()
    lock.write_text(f"absentwheel==2.0 --hash=sha256:{'0' * 64}\n")
    assert environments.prepare(lock).error is None
    wait_for_makers()
    state = environments.prepare(lock)
    assert state.stage == "failed"
    assert isinstance(state.error, EnvironmentUnavailable)
    assert environments.prepare(lock).error is None, "asked again, it tries again"
    wait_for_makers()
    lock.write_text(good)
    environments.prepare(lock)
    wait_for_makers()
    assert environments.prepare(lock).ready


def wait_for_makers() -> None:
    for thread in threading.enumerate():
        if thread.name.startswith("make-"):
            thread.join()
