"""The laws of an algorithm, as a test class: subclass it, name your package and a trial.

class TestMine(AlgorithmContract):
    def algorithm(self):
        return read_package(Path("my-algorithm"))

    def trial(self, folder):
        return Trial(interpreter=("my-environment/bin/python", "-I"), parameters={"rows": 100})
"""

import random
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from zhisuan.algorithms.package import Algorithm
from zhisuan.core.work import EndReason, FinalRecord, MeterReading
from zhisuan.testing.algorithm_bench import AlgorithmBench, Trial, algorithm_bench, differences

_MOMENTS = (0.4, 0.7)  # of a whole run's time, between which it is stopped
_REPEATED = 0.5  # the most that may be done again of what the stopped attempt had done
_LOOKS = 3  # at how much is repeated, since a busy machine may make one look worse than it is
_BACKWARD = 0.02  # how much of the whole may be told again
_TRIES = 6


class AlgorithmContract:
    """What every algorithm obeys.

    Attributes:
        tolerance: by which numbers of two solutions may differ.
        ignored: keys of the solution that tell of the run, not of the answer.
        seed: of the moments at which the job is stopped.
    """

    tolerance = 1e-9
    ignored: frozenset[str] = frozenset()
    seed = 20260301

    def algorithm(self) -> Algorithm:
        """Your package."""
        raise NotImplementedError

    def trial(self, folder: Path) -> Trial:
        """A job that takes seconds and always has the same answer; files may go to the folder."""
        raise NotImplementedError

    def test_what_is_left_alone_answers(self, tmp_path: Path) -> None:
        with algorithm_bench(tmp_path / "data", self.algorithm(), self.trial(tmp_path)) as ready:
            final = ready.run("whole")
            assert final.reason is EndReason.SUCCEEDED, final.message
            assert isinstance(ready.solution("whole"), dict)
            fractions = ready.fractions("whole", 1)
            assert fractions == sorted(fractions)

    def test_stopped_and_resumed_it_answers_the_same_and_repeats_little(
        self, tmp_path: Path
    ) -> None:
        """Asked to stop at a random moment, it ends by itself within its grace, and goes on."""
        with self._resuming(tmp_path) as ready:
            whole = ready.run("whole")
            repeated: list[float] = []
            while not repeated or (min(repeated) > _REPEATED and len(repeated) < _LOOKS):
                job, first = self._stopped(ready, whole, f"look-{len(repeated)}")
                assert first.exit_code == 0, "it ended by itself"
                second = self._resumed(ready, job)
                reached, resumed = ready.fractions(job, 1), ready.fractions(job, 2)
                assert reached, "it tells how far it is"
                assert resumed[0] >= reached[-1] - _BACKWARD, "its progress goes on"
                repeated.append(_repeated(whole.meter, first.meter, second.meter))
            assert min(repeated) <= _REPEATED, "it does most of its work again"

    def test_a_spoilt_checkpoint_costs_time_and_nothing_else(self, tmp_path: Path) -> None:
        with self._resuming(tmp_path) as ready:
            whole = ready.run("whole")
            job, _ = self._stopped(ready, whole, "spoilt")
            kept = ready.folder(job, 1).checkpoint
            pieces = sorted(each for each in kept.rglob("*") if each.is_file())
            assert pieces, "it kept something"
            for number, piece in enumerate(pieces):
                content = piece.read_bytes()
                half = content[: len(content) // 2]
                piece.write_bytes(bytes(reversed(content)) if number % 2 else half)
            self._resumed(ready, job)

    @contextmanager
    def _resuming(self, tmp_path: Path) -> Generator[AlgorithmBench]:
        algorithm = self.algorithm()
        if not algorithm.card.resumes:
            pytest.skip("its card does not say that it resumes")
        with algorithm_bench(tmp_path / "data", algorithm, self.trial(tmp_path)) as ready:
            yield ready

    def _resumed(self, ready: AlgorithmBench, job: str) -> FinalRecord:
        """How the second attempt ended, which answers as the whole run did."""
        second = ready.run(job, 2)
        assert second.reason is EndReason.SUCCEEDED, second.message
        whole, resumed = ready.solution("whole"), ready.solution(job, 2)
        assert differences(whole, resumed, self.tolerance, self.ignored) == []
        return second

    def _stopped(
        self, ready: AlgorithmBench, whole: FinalRecord, name: str
    ) -> tuple[str, FinalRecord]:
        """A job that was stopped before it was done, and how its first attempt ended."""
        moment_s = random.Random(f"{self.seed} {name}").uniform(*_MOMENTS) * whole.meter.wall_s
        for number in range(_TRIES):
            job = f"{name}-{number}"
            first = ready.stop(job, 0.8**number * moment_s)
            if first.reason is EndReason.STOPPED:
                return job, first
            assert first.reason is EndReason.SUCCEEDED, first.message
        raise AssertionError("it is always done before it can be stopped; make the trial longer")


def _repeated(whole: MeterReading, first: MeterReading, second: MeterReading) -> float:
    """The share of the first attempt that the second did again.

    By processor time or by the clock, whichever is less: work that is measured out in the one
    takes more or less of the other when the machine is busy.
    """
    cpu = (first.cpu_s + second.cpu_s - whole.cpu_s) / first.cpu_s
    wall = (first.wall_s + second.wall_s - whole.wall_s) / first.wall_s
    return min(cpu, wall)
