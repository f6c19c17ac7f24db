"""The probe's course, on a clock that only its own steps move."""

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from zhisuan.algorithms.catalogue import PRESETS
from zhisuan.core.work import LaunchSpec
from zhisuan.runner.context import JobContext, Stopped

STAGES = {"rest": 4.0, "measure": 6.0}
STEP_S = 0.25


class Job(JobContext):
    """A job that is asked to stop after so many steps."""

    def __init__(self, folder: Path, attempt: int, steps: int) -> None:
        super().__init__(LaunchSpec("job_1", attempt, str(folder / str(attempt)), "", (), "m:f"))
        self.output.mkdir(parents=True)
        self.checkpoint.mkdir(exist_ok=True)
        self.left = steps
        self.told: list[tuple[str, float]] = []

    def should_stop(self) -> bool:
        self.left -= 1
        return self.left < 0

    def progress(self, stage: str, fraction: float, **facts: object) -> None:
        del facts
        self.told.append((stage, fraction))


@pytest.fixture
def clock() -> list[float]:
    return [0.0]


@pytest.fixture
def course(monkeypatch: pytest.MonkeyPatch, clock: list[float]) -> Iterator[ModuleType]:
    monkeypatch.syspath_prepend(str(PRESETS / "probe/program"))
    from probe import course as module  # noqa: PLC0415  its path was added above

    now = SimpleNamespace(perf_counter=lambda: clock[0], monotonic=lambda: clock[0])
    monkeypatch.setattr(module, "time", now)
    yield module
    for name in ("probe", "probe.course"):
        sys.modules.pop(name)


def walk(
    course: ModuleType, clock: list[float], job: Job, stages: dict[str, float]
) -> dict[str, float]:
    def step() -> float:
        clock[0] += STEP_S
        return 2.0

    walked = course.Course(job, sum(stages.values()), stages)
    return {stage: walked.run(stage, seconds, step) for stage, seconds in stages.items()}


def test_attempts_that_are_stopped_share_one_course(
    course: ModuleType, clock: list[float], tmp_path: Path
) -> None:
    told: list[float] = []
    for attempt, steps in enumerate([7, 16, 10], 1):
        job = Job(tmp_path, attempt, steps)
        with pytest.raises(Stopped):
            walk(course, clock, job, STAGES)
        told += [fraction for _, fraction in job.told]
    last = Job(tmp_path, 4, 1000)
    rates = walk(course, clock, last, STAGES)
    assert clock == [sum(STAGES.values())], "not one step was made twice"
    assert rates == {"rest": 2.0 / STEP_S, "measure": 2.0 / STEP_S}
    told += [fraction for _, fraction in last.told]
    assert told == sorted(told)
    assert last.told[0][0] == "measure", "the rest is over"


def test_a_death_without_warning_costs_a_second_at_most(
    course: ModuleType, clock: list[float], tmp_path: Path
) -> None:
    class Killed(BaseException): ...

    class Mortal(Job):
        def should_stop(self) -> bool:
            if super().should_stop():
                raise Killed
            return False

    with pytest.raises(Killed):
        walk(course, clock, Mortal(tmp_path, 1, 22), STAGES)
    walk(course, clock, Job(tmp_path, 2, 1000), STAGES)
    assert sum(STAGES.values()) <= clock[0] <= sum(STAGES.values()) + 1.0 + STEP_S


def test_another_course_is_walked_from_its_beginning(
    course: ModuleType, clock: list[float], tmp_path: Path
) -> None:
    with pytest.raises(Stopped):
        walk(course, clock, Job(tmp_path, 1, 8), STAGES)
    clock[0] = 0.0
    other = {**STAGES, "rest": 5.0}
    walk(course, clock, Job(tmp_path, 2, 1000), other)
    assert clock == [sum(other.values())]


def test_a_course_of_no_seconds_asks_nothing_and_keeps_nothing(
    course: ModuleType, clock: list[float], tmp_path: Path
) -> None:
    job = Job(tmp_path, 1, 0)
    assert walk(course, clock, job, {"rest": 0.0}) == {"rest": 0.0}
    assert job.told == []
    assert list(job.checkpoint.iterdir()) == []
