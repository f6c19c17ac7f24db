"""The course of a probe: stages of given seconds, of which each attempt does what is left."""

import json
import time
from collections.abc import Callable, Mapping

from zhisuan.runner.checkpoint import Checkpoint, fingerprint
from zhisuan.runner.context import JobContext, Stopped

_PIECE = "course"
_FORMAT = 1
_KEEP_EVERY_S = 1.0  # the most that a machine's death can cost


class Course:
    """What is behind us, over all attempts.

    Args:
        context: of the job.
        total_s: seconds of all stages together.
        parameters: what the stages depend on; a course of others is not gone on with.
    """

    def __init__(
        self, context: JobContext, total_s: float, parameters: Mapping[str, float]
    ) -> None:
        self._context = context
        self._total_s = total_s
        self._checkpoint = Checkpoint(
            context.checkpoint, fingerprint("probe", _FORMAT, dict(parameters))
        )
        self._spent: dict[str, float] = {}
        self._made: dict[str, float] = {}
        self._kept_at = time.monotonic()
        found = self._checkpoint.find(_PIECE) if total_s else None
        if found is not None:
            self._spent, self._made = json.loads(found)

    def run(self, stage: str, seconds: float, step: Callable[[], float]) -> float:
        """Repeat a step until the stage has had its seconds.

        Returns:
            What a second of it made, as the steps tell it; 0 for a stage of no seconds.

        Raises:
            Stopped: the job was asked to, and what is behind us is kept.
        """
        if self._spent.setdefault(stage, 0.0) < seconds:
            self._tell(stage)
        while self._spent[stage] < seconds:
            started = time.perf_counter()
            self._made[stage] = self._made.get(stage, 0.0) + step()
            self._spent[stage] += time.perf_counter() - started
            self._look_up(stage)
        return self._made.get(stage, 0.0) / (self._spent[stage] or 1.0)

    def _look_up(self, stage: str) -> None:
        stopping = self._context.should_stop()
        if stopping or time.monotonic() - self._kept_at >= _KEEP_EVERY_S:
            self._checkpoint.keep(_PIECE, json.dumps([self._spent, self._made]).encode())
            self._kept_at = time.monotonic()
            self._tell(stage)
        if stopping:
            raise Stopped

    def _tell(self, stage: str) -> None:
        self._context.progress(stage, sum(self._spent.values()) / self._total_s)
