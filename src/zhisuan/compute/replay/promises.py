"""How good the centre's promises are, measured on a replay.

Beside the replay stands somebody who, at every arrival that must wait, says when it will start
(`scheduler.forecast`) and between which instants (`compute.promise`), and who looks later how it
came. He knows what the scheduler knows: predicted run times, never the real ones. The same
forecast by the owners' limits is the baseline.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TypeVar

from zhisuan.compute.policy import Policy
from zhisuan.compute.promise import Promises
from zhisuan.compute.replay.predictor import Predictor
from zhisuan.compute.replay.simulate import Finished, Replay
from zhisuan.compute.room import Room
from zhisuan.compute.scheduler.forecast import forecast
from zhisuan.compute.scheduler.queue import Queue, Running
from zhisuan.compute.scheduler.values import NEVER, Outlook, QueuedJob

R = TypeVar("R", bound=Room)

_ROUNDING_S = 0.5
"""An instant this near to an interval lies in it: traces tell whole seconds."""


@dataclass(slots=True)
class Told:
    """What one job was told at its arrival, and how it came.

    Attributes:
        arrived_at: the instant of the promise.
        expected_at: the forecast; `NEVER` if there was none.
        by_limits_at: the forecast if every job ran to its limit.
        earliest, latest: the interval.
        started_at: the real start; `NEVER` while it waits.
    """

    arrived_at: float
    expected_at: float
    by_limits_at: float
    earliest: float
    latest: float
    started_at: float = NEVER

    @property
    def waited(self) -> bool:
        """Whether it did not start at once."""
        return self.started_at > self.arrived_at

    @property
    def kept(self) -> bool:
        """Whether the start lay in the interval."""
        return self.earliest - _ROUNDING_S <= self.started_at <= self.latest + _ROUNDING_S


class PromiseWatch:
    """Makes a promise at arrivals and remembers what came of it.

    Args:
        policy: what `plan` is told.
        outlook: the same.
        every: only each so-many-th arrival is told anything, to save time.

    Attributes:
        told: of every arrival looked at whose start is known, in order of starts.
        promises: what was learned.
    """

    def __init__(self, policy: Policy, outlook: Outlook | None = None, every: int = 1) -> None:
        self._policy = policy
        self._outlook = outlook or Outlook()
        self._every = every
        self._seen = 0
        self._last = -1
        self._left = 0
        self._open: dict[str, Told] = {}
        self.told: list[Told] = []
        self.promises = Promises()

    def look(self, now: float, pool: Room, queue: Queue, running: Running) -> None:
        """Look at what waits after a plan was carried out; to be called at every instant."""
        if queue.left != self._left:
            self._left = queue.left
            self._close(now, queue)
        if queue.arrivals != self._seen:
            came = queue.came(self._seen)
            self._seen = queue.arrivals
            new = [each for each in came or queue if each.sequence > self._last]
            self._welcome(now, new, pool, queue, running)

    def _close(self, now: float, queue: Queue) -> None:
        """What no longer waits has started."""
        for job_id in [each for each in self._open if each not in queue]:
            told = self._open.pop(job_id)
            told.started_at = now
            self.told.append(told)
            if told.expected_at < NEVER:
                wait_s = told.started_at - told.arrived_at
                self.promises.learn(told.expected_at - told.arrived_at, wait_s)

    def _welcome(
        self, now: float, new: Sequence[QueuedJob], pool: Room, queue: Queue, running: Running
    ) -> None:
        """Promise what can be promised to those who arrive now; one forecast serves them all."""
        self._last = max([self._last, *(each.sequence for each in new)])
        asked = [each.job_id for each in new if each.sequence % self._every == 0]
        waiting = [job_id for job_id in asked if job_id in queue]
        began = len(asked) - len(waiting)
        self.told += [Told(now, now, now, now, now, now) for _ in range(began)]
        if not waiting:
            return
        views = [
            forecast(
                now, pool, queue, running, self._policy, self._outlook, waiting, by_limits=limits
            )
            for limits in (False, True)
        ]
        for job_id in waiting:
            expected, by_limits = (view.get(job_id, NEVER) for view in views)
            low, high = self.promises.interval(expected - now) if expected < NEVER else (NEVER,) * 2
            self._open[job_id] = Told(now, expected, by_limits, now + low, now + high)


class PromisedReplay(Replay[R]):
    """A replay under watch.

    Args:
        pool, policy, predictor, finished, watch, outlook: as of `Replay`.
        every: only each so-many-th arrival is told anything.

    Attributes:
        promised: what was promised, and what came of it.
    """

    def __init__(
        self,
        pool: R,
        policy: Policy,
        predictor: Predictor,
        finished: Callable[[Finished], None],
        *,
        watch: Callable[[float, int, int], None] | None = None,
        outlook: Outlook | None = None,
        every: int = 1,
    ) -> None:
        super().__init__(pool, policy, predictor, finished, watch=self._look, outlook=outlook)
        self.promised = PromiseWatch(policy, outlook, every)
        self._also = watch

    def _look(self, now: float, held: int, waiting: int) -> None:
        self.promised.look(now, self._pool, self._queue, self._running)
        if self._also is not None:
            self._also(now, held, waiting)


def figures(told: Iterable[Told]) -> Mapping[str, float | None]:
    """How good the promises were, by the names a report gives them.

    Args:
        told: any part of `PromiseWatch.told`.

    Returns:
        `promise_coverage`: share of starts in their intervals; who starts at once is told so.
        `promise_coverage_waited`: the same of those who waited. `promise_error_s` and
        `estimate_error_s`: median distance of the start from the forecast, and from the one by
        limits, of those who waited; the two differ only if the predictor learns.
        `promise_width_s`: their median interval; `promises_waited`: how many they are. None
        where there is nobody to tell of.
    """
    every = list(told)
    waited = [each for each in every if each.waited]
    return {
        "promise_coverage": _share(every),
        "promise_coverage_waited": _share(waited),
        "promise_error_s": _median([abs(each.expected_at - each.started_at) for each in waited]),
        "estimate_error_s": _median([abs(each.by_limits_at - each.started_at) for each in waited]),
        "promise_width_s": _median([each.latest - each.earliest for each in waited]),
        "promises_waited": float(len(waited)),
    }


def _share(told: Sequence[Told]) -> float | None:
    return sum(each.kept for each in told) / len(told) if told else None


def _median(values: Sequence[float]) -> float | None:
    return median(values) if values else None
