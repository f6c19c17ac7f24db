"""The runner without any engine: as another machine's scheduler starts it."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from zhisuan.compute.engines.bundle import runner_bundle
from zhisuan.core.work import EndReason, LaunchSpec
from zhisuan.runner.folder import AttemptFolder
from zhisuan.runner.process import alive
from zhisuan.testing.engine_bench import order

Start = Callable[[LaunchSpec], subprocess.Popen[bytes]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    started: list[subprocess.Popen[bytes]] = []

    def run(spec: LaunchSpec) -> subprocess.Popen[bytes]:
        AttemptFolder(spec.folder).order(spec)
        command = [*spec.interpreter, str(runner_bundle(tmp_path)), "run", spec.folder]
        started.append(subprocess.Popen(command))
        return started[-1]

    yield run
    for process in started:
        process.kill()
        process.wait()


def wait_for(path: Path, runner: subprocess.Popen[bytes]) -> None:
    while not path.exists():
        assert runner.poll() is None, "the runner ended too early"
        os.sched_yield()


def test_it_runs_one_job_and_says_so_by_its_exit(tmp_path: Path, start: Start) -> None:
    spec = order(tmp_path, "answer", isolated=True)
    assert start(spec).wait() == 0
    final = AttemptFolder(spec.folder).final()
    assert final is not None
    assert final.reason is EndReason.SUCCEEDED


def test_of_two_runners_on_one_folder_one_runs(tmp_path: Path, start: Start) -> None:
    spec = order(tmp_path, "answer", isolated=True)
    runners = [start(spec) for _ in range(4)]
    assert sorted(runner.wait() for runner in runners) == [0, 1, 1, 1]
    assert (AttemptFolder(spec.folder).checkpoint / "runs").read_text() == "1\n"


def test_a_request_in_the_folder_stops_the_job(tmp_path: Path, start: Start) -> None:
    spec = order(tmp_path, "sleep", isolated=True)
    folder, runner = AttemptFolder(spec.folder), start(spec)
    wait_for(folder.output / "asleep", runner)
    folder.request_stop(10.0)
    assert runner.wait() == 0
    final = folder.final()
    assert final is not None
    assert final.reason is EndReason.STOPPED


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_job_never_outlives_its_runner(
    tmp_path: Path, start: Start, number: signal.Signals
) -> None:
    spec = order(tmp_path, "resist", isolated=True)
    folder, runner = AttemptFolder(spec.folder), start(spec)
    wait_for(folder.output / "asleep", runner)
    wait_for(folder.path / "heartbeat.json", runner)
    heartbeat = folder.heartbeat()
    assert heartbeat is not None
    runner.send_signal(number)
    runner.wait()
    while alive(heartbeat.job):
        os.sched_yield()
    assert folder.final() is None


def test_a_folder_without_an_order_is_refused(tmp_path: Path) -> None:
    command = [sys.executable, "-I", "-S", str(runner_bundle(tmp_path)), "run", str(tmp_path)]
    assert subprocess.run(command, check=False).returncode == 1
