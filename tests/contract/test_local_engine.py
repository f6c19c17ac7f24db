import os
from dataclasses import replace
from pathlib import Path

import pytest

from zhisuan.compute.engines.engine import Engine, Phase
from zhisuan.compute.engines.local import LocalEngine
from zhisuan.core.errors import EnvironmentUnavailable
from zhisuan.core.quantities import Seconds
from zhisuan.core.work import EndReason
from zhisuan.runner.process import alive
from zhisuan.testing.engine_bench import OVER, EngineBench
from zhisuan.testing.engine_contract import EngineContract


class TestWarm(EngineContract):
    def open_engine(self, folder: Path) -> Engine:
        return LocalEngine(folder)

    def test_one_runner_serves_all_jobs_of_a_kind(self, tmp_path: Path) -> None:
        with self.bench(tmp_path) as ready:
            owners = [owner_after(ready, "answer", f"job_{number}") for number in range(3)]
        assert len(set(owners)) == 1

    def test_another_number_of_threads_is_another_runner(self, tmp_path: Path) -> None:
        if len(os.sched_getaffinity(0)) == 1:
            pytest.skip("needs two cores")
        with self.bench(tmp_path) as ready:
            one = owner_after(ready, "answer", "job_1")
            both = tuple(sorted(os.sched_getaffinity(0))[:2])
            spec = ready.order("describe", "job_2", cores=both)
            ready.run(spec)
            two = ready.attempt(spec).owner()
            facts = (ready.attempt(spec).output / "facts.json").read_text()
        assert one != two
        assert '"OMP_NUM_THREADS": "2"' in facts

    def test_the_next_engine_uses_the_runner_that_it_finds(self, tmp_path: Path) -> None:
        with self.bench(tmp_path) as ready:
            first = owner_after(ready, "answer", "job_1")
            ready.engine.close()
            ready.engine = self.open_engine(ready.folder)
            assert owner_after(ready, "answer", "job_2") == first

    def test_a_runner_that_dies_while_importing_is_replaced_by_a_cold_one(
        self, tmp_path: Path
    ) -> None:
        (tmp_path / "crashing_import.py").write_text("import os\nos._exit(9)\n")
        with self.bench(tmp_path) as ready:
            spec = ready.order("answer")
            program = (*spec.program, str(tmp_path))
            final = ready.run(replace(spec, program=program, preload=("crashing_import",))).final
        assert final is not None
        assert final.reason is EndReason.SUCCEEDED

    def test_an_import_that_fails_is_left_to_the_job(self, tmp_path: Path) -> None:
        with self.bench(tmp_path) as ready:
            final = ready.run(ready.order("answer", preload=("no_such_module",))).final
            [log] = (ready.folder / "runners").glob("*.log")
            assert "no_such_module" in log.read_text()
        assert final is not None
        assert final.reason is EndReason.SUCCEEDED

    def test_runner_and_jobs_end_when_the_data_folder_vanishes(self, tmp_path: Path) -> None:
        with self.bench(tmp_path) as ready:
            spec = ready.order("sleep")
            ready.engine.launch(spec)
            ready.until_asleep(spec)
            ready.wait_for(lambda: ready.attempt(spec).heartbeat() is not None)
            owner, heartbeat = ready.attempt(spec).owner(), ready.attempt(spec).heartbeat()
            assert owner is not None
            assert heartbeat is not None
            ready.folder.rename(tmp_path / "elsewhere")
            ready.wait_for(lambda: not alive(owner) and not alive(heartbeat.job))
            ready.folder.mkdir()


class TestCold(EngineContract):
    isolated = True

    def open_engine(self, folder: Path) -> Engine:
        return LocalEngine(folder)

    def test_every_job_has_a_runner_of_its_own(self, tmp_path: Path) -> None:
        with self.bench(tmp_path) as ready:
            owners = [owner_after(ready, "answer", f"job_{number}") for number in range(3)]
        assert len(set(owners)) == 3


@pytest.mark.parametrize("isolated", [False, True])
def test_an_environment_that_is_not_there_is_told_at_launch(
    tmp_path: Path, *, isolated: bool
) -> None:
    engine = LocalEngine(tmp_path)
    ready = EngineBench(engine, tmp_path, isolated)
    with pytest.raises(EnvironmentUnavailable, match="no-such-python"):
        engine.launch(ready.order("answer", interpreter=("/no-such-python",)))
    assert ready.state().phase is Phase.ABSENT
    engine.stop("job_1", Seconds(0.0))
    final = ready.until(OVER).final
    assert final is not None
    assert final.reason is EndReason.STOPPED
    engine.close()


def owner_after(ready: EngineBench, function: str, job: str) -> str | None:
    spec = ready.order(function, job)
    ready.run(spec)
    return ready.attempt(spec).owner()
