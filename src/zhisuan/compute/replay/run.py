"""A trace, a pool and a case, run from the first arrival to the last end."""

import gc
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from time import process_time

from zhisuan.compute.replay.cases import Case
from zhisuan.compute.replay.measures import Measures
from zhisuan.compute.replay.promises import PromisedReplay, figures
from zhisuan.compute.replay.simulate import Finished, Replay
from zhisuan.compute.replay.timeline import Timeline
from zhisuan.compute.replay.trace import Trace
from zhisuan.compute.room import Room
from zhisuan.core.errors import Unsatisfiable
from zhisuan.core.quantities import MILLI


class Run:
    """One replay and what came of it.

    Args:
        trace: what is replayed.
        case: under what.
        timeline: what is to remember when things happened, if that is to be drawn.
        promise: promise every arrival a start, and keep how that came out; takes much longer.

    Attributes:
        measures: what came of it.
        seconds: processor time that the replay itself took, whoever else kept the machine busy;
            to measure what came of it is not counted.
        promised: figures of the promises, empty without them.
    """

    def __init__(
        self, trace: Trace, case: Case, timeline: Timeline | None = None, *, promise: bool = False
    ) -> None:
        self.measures = Measures()
        self.seconds = 0.0
        self.promised: Mapping[str, float | None] = {}
        self._promise = promise
        self._trace = trace
        self._case = case
        self._timeline = timeline

    def through(self, pool: Room, told: Callable[[float], None]) -> None:
        """Replay to the end.

        Args:
            pool: idle.
            told: progress, 0 to 1.

        Raises:
            Unsatisfiable: a job asks for more than the whole pool.
        """
        jobs = self._trace.jobs
        _check(self._trace, pool)
        ended: list[Finished] = []
        replay = self._replay(pool, ended)
        with _uncollected():
            begun = process_time()
            for count in replay.run(jobs):
                self.seconds += process_time() - begun
                self._measure(ended)
                told(count / len(jobs))
                begun = process_time()
            self.seconds += process_time() - begun
        self._measure(ended)
        if isinstance(replay, PromisedReplay):
            self.promised = figures(replay.promised.told)

    def _replay(self, pool: Room, ended: list[Finished]) -> Replay[Room]:
        case, watch = self._case, None if self._timeline is None else self._timeline.watch
        if self._promise:
            return PromisedReplay(pool, case.policy, case.predictor, ended.append, watch=watch)
        return Replay(
            pool, case.policy, case.predictor, ended.append, watch=watch, tick_s=case.tick_s
        )

    def _measure(self, ended: list[Finished]) -> None:
        for job in ended:
            self.measures.add(job)
            if self._timeline is not None:
                self._timeline.finished(job)
        ended.clear()

    @property
    def jobs_per_second(self) -> float:
        """Jobs replayed in a second of processor time."""
        return self.measures.jobs / max(1e-9, self.seconds)


@contextmanager
def _uncollected() -> Generator[None]:
    """A replay makes no rings of objects: to look for them would only take time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _check(trace: Trace, pool: Room) -> None:
    """Refuse a pool in which a job of the trace would wait for ever."""
    asked = {job.request for job in trace.jobs}
    never = {request for request in asked if not pool.admits(request)}
    if never:
        count = sum(job.request in never for job in trace.jobs)
        widest = max(request.size for request in never) // MILLI
        raise Unsatisfiable(
            f"{count:,} of the {len(trace.jobs):,} jobs would never start: "
            f"the widest asks for {widest:,}, more than the pool can give it.",
            hint=f"Take a pool of {widest:,} or more, or larger nodes.",
        )
