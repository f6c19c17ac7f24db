"""A bench for trying engines: orders jobs of `program/engine_law.py` and waits for their ends."""

import os
import sys
import time
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from shutil import rmtree
from typing import Any

from zhisuan.compute.engines.engine import Engine, EngineState, Phase
from zhisuan.core.quantities import Seconds
from zhisuan.core.work import LaunchSpec
from zhisuan.runner.folder import AttemptFolder
from zhisuan.runner.process import look

PROGRAM = Path(__file__).parent / "program"
OVER = frozenset({Phase.ENDED, Phase.LOST})

_PATIENCE_S = 60.0


@dataclass
class EngineBench:
    """An open engine on a folder of its own.

    Attributes:
        isolated: whether orders ask for a runner of their own.
    """

    engine: Engine
    folder: Path
    isolated: bool

    def order(
        self,
        function: str,
        job: str = "job_1",
        attempt: int = 1,
        **changes: Any,  # noqa: ANN401  any field of the order
    ) -> LaunchSpec:
        """An order for one function of the program, in this bench's folder."""
        spec = order(self.folder, function, job, attempt, isolated=self.isolated)
        return replace(spec, **changes)

    def attempt(self, spec: LaunchSpec) -> AttemptFolder:
        """The folder of an order."""
        return AttemptFolder(spec.folder)

    def state(self, job: str = "job_1") -> EngineState:
        """The state of one job."""
        return self.engine.states([job])[job]

    def run(self, spec: LaunchSpec) -> EngineState:
        """Launch and wait for the end."""
        self.engine.launch(spec)
        return self.until(OVER, spec.job_id)

    def until(self, phases: Iterable[Phase], job: str = "job_1") -> EngineState:
        """Wait until the job is in one of the phases."""
        wanted = frozenset(phases)
        self.wait_for(lambda: self.state(job).phase in wanted)
        return self.state(job)

    def until_asleep(self, spec: LaunchSpec) -> None:
        """Wait until the job's own code says that it got to its long sleep."""
        self.wait_for((self.attempt(spec).output / "asleep").exists)

    def wait_for(self, condition: Callable[[], bool]) -> None:
        """Let the engine work until the condition holds.

        Raises:
            TimeoutError: it does not come to hold.
        """
        deadline = time.monotonic() + _PATIENCE_S
        while not condition():
            if time.monotonic() > deadline:
                raise TimeoutError(f"still not after {_PATIENCE_S:g} s: {condition}")
            self.engine.wait(Seconds(0.02))


def order(
    folder: Path, function: str, job: str = "job_1", attempt: int = 1, *, isolated: bool
) -> LaunchSpec:
    """An order for one function of the program, on one core."""
    return LaunchSpec(
        job_id=job,
        attempt=attempt,
        folder=str(folder / "jobs" / job / str(attempt)),
        environment="standard-library",
        interpreter=(sys.executable, "-I", "-S"),
        entry=f"engine_law:{function}",
        program=(str(PROGRAM),),
        cores=(min(os.sched_getaffinity(0)),),
        memory_mb=512,
        time_limit_s=120.0,
        grace_s=0.5,
        isolated=isolated,
    )


@contextmanager
def bench(engine: Engine, folder: Path, *, isolated: bool) -> Generator[EngineBench]:
    """A bench whose folder vanishes at the end, and with it every runner."""
    ready = EngineBench(engine, folder, isolated)
    try:
        yield ready
    finally:
        ready.engine.close()
        _remove(folder)


def _remove(folder: Path) -> None:
    """Remove a folder in which a runner that ends may still write or remove something.

    Raises:
        OSError: it cannot be removed for as long as we have patience.
    """
    deadline = time.monotonic() + _PATIENCE_S
    while folder.exists():
        try:
            rmtree(folder)
        except OSError:
            if time.monotonic() > deadline:
                raise


def gone(pid: int) -> bool:
    """Whether no such process runs."""
    process = look(pid)
    return process is None or process.ended
