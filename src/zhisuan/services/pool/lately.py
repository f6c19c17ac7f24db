"""Lately: how the last day of the centre was, in a few numbers."""

from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from zhisuan.compute import records as jobs
from zhisuan.compute.job import JobState
from zhisuan.core.clock import Instant
from zhisuan.core.money import MicroYuan
from zhisuan.services.centre import Centre

_DAY = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Lately:
    """How the last 24 hours were.

    Attributes:
        since: their beginning.
        started: jobs that started, of which the median wait is told; None if none did.
        ended, failed: jobs that ended in any way, and those of them that did not succeed by a
            fault; a job that somebody stopped did not fail.
        charged_today: to all tenants since midnight in the time zone of the price list.
    """

    since: Instant
    started: int
    median_wait_s: float | None
    ended: int
    failed: int
    charged_today: MicroYuan


def lately(centre: Centre, connection: Connection) -> Lately:
    """How the last 24 hours were, by the records."""
    now = centre.clock.now()
    midnight = now.astimezone(ZoneInfo(centre.ledger.zone)).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    waits = jobs.waits_since(connection, now - _DAY)
    ends = jobs.ends_since(connection, now - _DAY)
    return Lately(
        since=now - _DAY,
        started=len(waits),
        median_wait_s=median(waits) if waits else None,
        ended=sum(ends.values()),
        failed=ends.get(JobState.FAILED, 0),
        charged_today=centre.ledger.charged_since(connection, midnight),
    )
