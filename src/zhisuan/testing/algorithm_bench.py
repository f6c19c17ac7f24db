"""A bench for trying algorithms: runs one job of a package, stops it, and lets it go on."""

import json
import math
import os
import time
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from zhisuan.algorithms.package import Algorithm
from zhisuan.compute.engines.local import LocalEngine
from zhisuan.core.quantities import Seconds
from zhisuan.core.work import FinalRecord, LaunchSpec
from zhisuan.runner.folder import AttemptFolder
from zhisuan.testing.engine_bench import EngineBench, bench

Json = dict[str, object]

_TIME_LIMIT_S = 250.0


@dataclass(frozen=True, slots=True)
class Trial:
    """A job with which an algorithm is tried.

    Attributes:
        interpreter: the command that starts Python in the algorithm's environment.
        parameters, inputs: as the algorithm's entry is given them.
        memory_mb: granted.
        grace_s: seconds between asking it to stop and ending it.
    """

    interpreter: tuple[str, ...]
    parameters: Mapping[str, Any] = field(default_factory=dict[str, Any])
    inputs: Mapping[str, Path] = field(default_factory=dict[str, Path])
    memory_mb: int = 1024
    grace_s: float = 5.0


@dataclass(frozen=True, slots=True)
class AlgorithmBench:
    """An engine of this machine with one package and one trial."""

    ready: EngineBench
    algorithm: Algorithm
    trial: Trial

    def run(self, job: str, attempt: int = 1) -> FinalRecord:
        """One attempt, left alone."""
        return _ended(self.ready, self._order(job, attempt))

    def stop(self, job: str, after_s: float) -> FinalRecord:
        """The first attempt, asked to stop some seconds after its start."""
        spec = self._order(job, 1)
        self.ready.engine.launch(spec)
        self.ready.wait_for(lambda: self.folder(job, 1).heartbeat() is not None)
        moment = time.monotonic() + after_s
        self.ready.wait_for(lambda: time.monotonic() >= moment)
        self.ready.engine.stop(job, Seconds(self.trial.grace_s))
        return _ended(self.ready, spec)

    def folder(self, job: str, attempt: int) -> AttemptFolder:
        """Where an attempt stands."""
        return AttemptFolder(self.ready.folder / "jobs" / job / str(attempt))

    def solution(self, job: str, attempt: int = 1) -> Any:  # noqa: ANN401  any JSON
        """What an attempt wrote into `solution.json`."""
        return json.loads((self.folder(job, attempt).output / "solution.json").read_text("utf-8"))

    def fractions(self, job: str, attempt: int) -> list[float]:
        """How far the attempt told that it was, in order."""
        return [event["fraction"] for _, event in self.folder(job, attempt).events()]

    def _order(self, job: str, attempt: int) -> LaunchSpec:
        cores = sorted(os.sched_getaffinity(0))[: self.algorithm.card.profile.most_cores]
        return LaunchSpec(
            job_id=job,
            attempt=attempt,
            folder=str(self.folder(job, attempt).path),
            environment="trial",
            interpreter=self.trial.interpreter,
            entry=self.algorithm.card.entry,
            program=(str(self.algorithm.program),),
            preload=self.algorithm.card.preload,
            parameters=self.trial.parameters,
            inputs={name: str(path) for name, path in self.trial.inputs.items()},
            cores=tuple(cores),
            memory_mb=self.trial.memory_mb,
            time_limit_s=_TIME_LIMIT_S,
            grace_s=self.trial.grace_s,
        )


@contextmanager
def algorithm_bench(folder: Path, algorithm: Algorithm, trial: Trial) -> Generator[AlgorithmBench]:
    """A bench in a folder that vanishes at the end, and with it every runner."""
    folder.mkdir()
    with bench(LocalEngine(folder), folder, isolated=False) as ready:
        yield AlgorithmBench(ready, algorithm, trial)


def differences(one: object, other: object, tolerance: float, ignored: frozenset[str]) -> list[str]:
    """Places where two JSON values differ.

    Args:
        one: a value.
        other: the value it is compared with.
        tolerance: of numbers, relative, and absolute below 1.
        ignored: keys that are not looked at, wherever they stand.

    >>> differences({"a": [1, 2], "t": 1}, {"a": [1, 3], "t": 2}, 1e-9, frozenset("t"))
    ['/a/1: 2 and 3']
    """
    left, right = dict(_leaves(one, ignored)), dict(_leaves(other, ignored))
    return [
        f"{place}: {left.get(place)} and {right.get(place)}"
        for place in sorted(left.keys() | right.keys())
        if not (place in left and place in right and _same(left[place], right[place], tolerance))
    ]


def _leaves(
    value: object, ignored: frozenset[str], place: str = ""
) -> Iterator[tuple[str, object]]:
    """Each place of a JSON value with what stands there; a folder of places tells its size."""
    if isinstance(value, dict):
        inside = {key: each for key, each in cast("Json", value).items() if key not in ignored}
    elif isinstance(value, list):
        inside = {str(key): each for key, each in enumerate(cast("list[object]", value))}
    else:
        yield place, value
        return
    yield place, len(inside)
    for key, each in inside.items():
        yield from _leaves(each, ignored, f"{place}/{key}")


def _same(one: object, other: object, tolerance: float) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=tolerance, abs_tol=tolerance)
    return one == other


def _ended(ready: EngineBench, spec: LaunchSpec) -> FinalRecord:
    """The end of an attempt, launched if that has not been done.

    Raises:
        AssertionError: its runner was lost.
    """
    final = ready.run(spec).final
    assert final is not None, ready.attempt(spec).log.read_text("utf-8")
    return final
