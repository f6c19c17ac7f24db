import json
import sys
from pathlib import Path

import pytest

from zhisuan.algorithms.package import Algorithm, read_package
from zhisuan.compute.engines.local import LocalEngine
from zhisuan.core.work import EndReason, FinalRecord, LaunchSpec
from zhisuan.testing.engine_bench import OVER, bench

PRESETS = Path(sys.modules[read_package.__module__].__file__ or "").parent / "presets"


@pytest.fixture
def probe() -> Algorithm:
    return read_package(PRESETS / "probe")


def run(
    folder: Path, probe: Algorithm, parameters: dict[str, object]
) -> tuple[FinalRecord, dict[str, object]]:
    folder.mkdir(exist_ok=True)
    spec = LaunchSpec(
        job_id="job_1",
        attempt=1,
        folder=str(folder / "jobs" / "job_1" / "1"),
        environment="standard-library",
        interpreter=(sys.executable, "-I", "-S"),
        entry=probe.card.entry,
        program=(str(probe.program),),
        preload=probe.card.preload,
        parameters=parameters,
        memory_mb=128,
        time_limit_s=1.0,
        grace_s=0.1,
    )
    with bench(LocalEngine(folder), folder, isolated=False) as ready:
        ready.engine.launch(spec)
        final = ready.until(OVER).final
        solution = ready.attempt(spec).output / "solution.json"
        answer = json.loads(solution.read_text()) if solution.exists() else {}
    assert final is not None
    return final, answer


def test_without_measuring_it_only_writes_its_result(tmp_path: Path, probe: Algorithm) -> None:
    final, answer = run(tmp_path / "data", probe, {})
    assert final.reason is EndReason.SUCCEEDED
    assert set(answer) == {"cores", "seconds"}


def test_it_measures_three_speeds(tmp_path: Path, probe: Algorithm) -> None:
    final, answer = run(tmp_path / "data", probe, {"seconds": 0.15, "size": 1})
    assert final.reason is EndReason.SUCCEEDED
    speeds = [answer[name] for name in ("integer_mops", "float_mops", "memory_mb_s")]
    assert all(isinstance(speed, float) and speed > 0 for speed in speeds)
    assert final.meter.cpu_s > 0.03


@pytest.mark.parametrize(
    ("fail", "reason"),
    [
        ("exit", EndReason.PROGRAM_ERROR),
        ("error", EndReason.PROGRAM_ERROR),
        ("memory", EndReason.OUT_OF_MEMORY),
        ("wrong_input", EndReason.WRONG_INPUT),
        ("sleep", EndReason.OVER_TIME),
        ("something else", EndReason.WRONG_INPUT),
    ],
)
def test_it_fails_as_it_is_told(
    tmp_path: Path, probe: Algorithm, fail: str, reason: EndReason
) -> None:
    assert run(tmp_path / "data", probe, {"fail": fail})[0].reason is reason


@pytest.mark.parametrize("parameters", [{"seconds": -1}, {"seconds": 1e9}, {"size": 0}])
def test_senseless_parameters_are_wrong_input(
    tmp_path: Path, probe: Algorithm, parameters: dict[str, object]
) -> None:
    assert run(tmp_path / "data", probe, parameters)[0].reason is EndReason.WRONG_INPUT
