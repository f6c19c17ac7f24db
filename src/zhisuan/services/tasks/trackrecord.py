"""The track record of an algorithm: what its runs at this centre took, cost and were worth.

Quartiles over the newest runs. They are told only where there are enough of them that nobody's
own work can be read from them.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from zhisuan.algorithms.package import Card
from zhisuan.compute import records as jobs
from zhisuan.compute.job import JobState
from zhisuan.core.money import MICRO
from zhisuan.core.quantities import Quality, worst
from zhisuan.services import records
from zhisuan.services.centre import Centre

MOST_RUNS = 500
FEWEST_RUNS = 5
"""Of fewer runs no figures are told."""

_MOST_JUDGED = 100


@dataclass(frozen=True, slots=True)
class Quartiles:
    """A quarter, a half and three quarters of the runs lie at or below these."""

    low: float
    middle: float
    high: float


@dataclass(frozen=True, slots=True)
class TrackRecord:
    """What came of the newest runs.

    Attributes:
        runs: that ended, at most `MOST_RUNS`.
        success_share: of those that nobody stopped, how many ended well.
        usable_share: of the results, how many were clearly better than the naive answer.
        of_baseline: the score as a share of the naive answer's, where lower is better.
        yuan, seconds, wh: of runs that ended well.
        wh_quality: where the watt-hours come from.
    """

    runs: int
    success_share: float | None
    usable_share: float | None
    of_baseline: Quartiles | None
    yuan: Quartiles | None
    seconds: Quartiles | None
    wh: Quartiles | None
    wh_quality: Quality | None


def track_record(centre: Centre, connection: Connection, card: Card) -> TrackRecord:
    """The record of one algorithm; of one that answers questions, its answers alone."""
    ends = jobs.ends_of(connection, card.name, tasks=bool(card.tasks), limit=MOST_RUNS)
    well = [job_id for job_id, state in ends if state is JobState.SUCCEEDED]
    failed = sum(state is JobState.FAILED for _, state in ends)
    charged = centre.ledger.charged(connection, well)
    usage = centre.ledger.usage_of_many(connection, well)
    used = [each for each in usage.values() if each]
    results = list(records.summaries_of(connection, well[:_MOST_JUDGED]))
    qualities = [record.energy_quality for attempts in used for record in attempts]
    return TrackRecord(
        runs=len(ends),
        success_share=_share(len(well), len(well) + failed),
        usable_share=_share(sum(bool(each.get("usable", True)) for each in results), len(results)),
        of_baseline=quartiles(_of_baseline(results)),
        yuan=quartiles(amount / MICRO for amount in charged.values()),
        seconds=quartiles(sum(each.wall_s for each in attempts) for attempts in used),
        wh=quartiles(sum(each.energy_wh for each in attempts) for attempts in used),
        wh_quality=worst(*qualities) if qualities else None,
    )


def quartiles(values: Iterable[float]) -> Quartiles | None:
    """The quartiles, each one of the values; None of too few.

    >>> quartiles(range(1, 10))
    Quartiles(low=3, middle=5, high=7)
    """
    ordered = sorted(values)
    if len(ordered) < FEWEST_RUNS:
        return None
    low, middle, high = (
        ordered[math.ceil(share * len(ordered)) - 1] for share in (0.25, 0.5, 0.75)
    )
    return Quartiles(low, middle, high)


def _share(some: int, every: int) -> float | None:
    return some / every if every >= FEWEST_RUNS else None


def _of_baseline(results: Sequence[Mapping[str, Any]]) -> list[float]:
    return [
        each["score"] / each["baseline_score"]
        for each in results
        if each.get("higher_is_better") is False and each.get("baseline_score")
    ]
