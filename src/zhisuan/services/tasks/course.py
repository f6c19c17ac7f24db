"""The course of a task's work: what its algorithm told over all attempts, as the points of a curve.

The attempts' folders keep every word, so the course is the same right after a restart of the
centre, after the work went on elsewhere, and long after its end.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from zhisuan.algorithms.catalogue import Catalogue
from zhisuan.compute.job import Job, JobEvent, JobState
from zhisuan.core.clock import Instant, parse_instant
from zhisuan.core.errors import NotFound
from zhisuan.runner.folder import AttemptFolder
from zhisuan.services.centre import Centre
from zhisuan.services.tasks.task import EffortOffer

MOST_POINTS = 500

_OVER = (JobEvent.SUCCEEDED, JobEvent.FAILED, JobEvent.LOST, JobEvent.PREEMPTED, JobEvent.STOPPED)


@dataclass(frozen=True, slots=True)
class Stage:
    """What is being done, as a code for programs and a sentence for people."""

    code: str
    zh: str
    en: str


WAITING = Stage("waiting", "正在排队", "Waiting for its turn")
STARTING = Stage("starting", "正在准备开始", "Getting ready to start")
WORKING = Stage("working", "正在计算", "At work")
WRAPPING = Stage("wrapping", "正在打包成果", "Packing your result")
DONE = Stage("done", "成果已备好", "Your result is ready")
ENDED = Stage("ended", "没有算完", "It ended without a result")


@dataclass(frozen=True, slots=True)
class Point:
    """One thing the algorithm told.

    Attributes:
        seconds: of work by then, over all attempts; waiting is not counted.
        fraction: of the whole, 0 to 1.
        best_score: the best found so far, by the course's metric; None before the first.
        eta_s: seconds it still expected then, None if it did not say.
        metric: what the score is measured by, empty if it did not say.
    """

    at: Instant
    seconds: float
    stage: str
    fraction: float
    best_score: float | None
    eta_s: float | None = None
    metric: str = ""
    higher_is_better: bool | None = None


def points_of(centre: Centre, job: Job) -> list[Point]:
    """Everything that was told of a job, in order; of very many points an even choice."""
    told = [
        replace(point, seconds=before + (point.at - began).total_seconds())
        for attempt, began, before in _attempts(job)
        for _, said in AttemptFolder(centre.attempt_folder(job.job_id, attempt)).events()
        if (point := _point(said)) is not None
    ]
    return thinned([replace(each, seconds=max(0.0, each.seconds)) for each in told])


def thinned(points: Sequence[Point], most: int = MOST_POINTS) -> list[Point]:
    """At most so many of the points, the first and the last among them."""
    if len(points) <= most:
        return list(points)
    step = (len(points) - 1) / (most - 1)
    return [points[round(number * step)] for number in range(most)]


def last_point(centre: Centre, job: Job) -> Point | None:
    """What was told last; None before the first word of the newest attempt that said any."""
    for attempt in range(job.attempt, 0, -1):
        said = AttemptFolder(centre.attempt_folder(job.job_id, attempt)).last_event()
        point = None if said is None else _point(said)
        if point is not None:
            return point
    return None


def stage_words(catalogue: Catalogue, algorithm: str, code: str) -> Stage:
    """A stage as the algorithm's card explains it; plain words where it does not."""
    try:
        words = catalogue.get(algorithm).card.stages.get(code)
    except NotFound:
        words = None
    return replace(WORKING, code=code) if words is None else Stage(code, words.zh, words.en)


def expected_s(job: Job, offer: EffortOffer | None, last: Point | None, now: Instant) -> float:
    """Seconds that the running work is still expected to take: its own word, or the quote's."""
    if last is not None and last.eta_s is not None:
        return max(0.0, last.eta_s - (now - last.at).total_seconds())
    high = job.work.time_limit_s if offer is None else offer.seconds_high
    if job.state is not JobState.RUNNING or job.started_at is None:
        return high
    return max(0.0, high - (now - job.started_at).total_seconds())


def _attempts(job: Job) -> Iterator[tuple[int, Instant, float]]:
    """Each attempt's number, its start, and the seconds of work before it."""
    number, began, before = 0, None, 0.0
    for at, event in job.moves():
        if event is JobEvent.PLACED:
            number, began = number + 1, at
            yield number, at, before
        elif event in _OVER and began is not None:
            before += (at - began).total_seconds()
            began = None


def _point(said: Mapping[str, Any]) -> Point | None:
    """A word of an algorithm; None if it is not what `progress` writes."""
    try:
        return Point(
            at=parse_instant(said["at"]),
            seconds=0.0,
            stage=str(said["stage"])[:40],
            fraction=float(said["fraction"]),
            best_score=_number(said.get("best_score")),
            eta_s=_number(said.get("eta_s")),
            metric=str(said.get("metric") or "")[:40],
            higher_is_better=_truth(said.get("higher_is_better")),
        )
    except (KeyError, TypeError, ValueError):
        return None


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)


def _truth(value: object) -> bool | None:
    return value if isinstance(value, bool) else None
