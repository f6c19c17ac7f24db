"""Idle reclaim by rule: warn, shrink, suspend, release. Pure: readings in, the next step out.

What a job uses is its processor seconds over a window, as a share of the cores it was granted. A
reading that tells nothing counts as work, so that the rule errs on the tenant's side.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from zhisuan.core.clock import Instant
from zhisuan.core.quantities import MILLI

_LONGEST_WINDOW_S = 60.0
_HOUR_S = 3600.0


class Step(StrEnum):
    """What is done about an idle job, each harder than the one before."""

    WARN = "warn"
    SHRINK = "shrink"
    SUSPEND = "suspend"
    RELEASE = "release"


@dataclass(frozen=True, slots=True)
class IdleRule:
    """When an idle job is asked to give back what it holds.

    Attributes:
        below: share of the granted cores, 0 to 1, below which a job is idle.
        warn_after_s: seconds of idling until its tenant is told.
        shrink_after_s: until an elastic gang goes on with its fewest nodes.
        suspend_after_s: until it leaves the pool with its checkpoint and waits for its tenant.
        release_after_s: until it is ended; for a job that cannot be suspended, while it runs.
        exempt: tenants that the rule never touches.
    """

    below: float = 0.2
    warn_after_s: float = 600.0
    shrink_after_s: float = 1200.0
    suspend_after_s: float = 1800.0
    release_after_s: float = 7 * 86400.0
    exempt: frozenset[str] = frozenset()

    @property
    def window_s(self) -> float:
        """Seconds over which use is averaged: a short pause is no idling."""
        return min(_LONGEST_WINDOW_S, self.warn_after_s / 2)


@dataclass(frozen=True, slots=True)
class Sample:
    """A meter reading while a job runs.

    Attributes:
        at: seconds of any one clock.
        cpu_s: processor seconds of all the job's processes so far.
    """

    at: float
    cpu_s: float


@dataclass(frozen=True, slots=True)
class Watched:
    """What is known of one attempt's use.

    Attributes:
        window: the reading with which the present window began.
        idle_since: the beginning of the first window of an unbroken idle row, None if it works.
    """

    window: Sample
    idle_since: float | None = None


def watch(known: Watched, sample: Sample, cores: float, rule: IdleRule) -> Watched:
    """What is known after one more reading.

    Args:
        known: before.
        sample: now.
        cores: granted.
        rule: how long a window is, and below which use a job is idle.
    """
    span_s = sample.at - known.window.at
    used_s = sample.cpu_s - known.window.cpu_s
    if span_s < rule.window_s:
        return known
    # The total falls when a process of the job ends: then nobody knows what was used.
    idle = 0 <= used_s < rule.below * cores * span_s
    begun = known.window.at if known.idle_since is None else known.idle_since
    return Watched(sample, begun if idle else None)


@dataclass(frozen=True, slots=True)
class Idler:
    """A job that idles, as the rule sees it.

    Attributes:
        idle_s: for how long.
        warned: its tenant has been told.
        wide: it is an elastic gang with more nodes than its fewest.
        resumes: its algorithm goes on from a checkpoint.
        suspended: it has left the pool already.
    """

    tenant: str
    idle_s: float
    warned: bool = False
    wide: bool = False
    resumes: bool = False
    suspended: bool = False


def step(idler: Idler, rule: IdleRule) -> Step | None:
    """What is due now, None if nothing is.

    Nothing happens without a warning before it. What would lose the job's work is skipped: only
    an algorithm that resumes is shrunk or suspended.
    """
    if idler.tenant in rule.exempt:
        return None
    if not (idler.warned or idler.suspended):
        return Step.WARN if idler.idle_s >= rule.warn_after_s else None
    movable = idler.resumes and not idler.suspended
    if movable and idler.wide and idler.idle_s >= rule.shrink_after_s:
        return Step.SHRINK
    if movable and idler.idle_s >= rule.suspend_after_s:
        return Step.SUSPEND
    return Step.RELEASE if idler.idle_s >= rule.release_after_s else None


@dataclass(frozen=True, slots=True)
class GivenBack:
    """What the rule took from an idle job, and for how long at most it would have held it.

    Attributes:
        until: when its own time limit would have ended it; earlier once it came back or ended.
        cpu_milli: cores, 1000 each.
        device_milli: devices that exist, 1000 each.
        simulated_milli: devices that do not.
    """

    job_id: str
    step: Step
    at: Instant
    until: Instant
    cpu_milli: int
    device_milli: int
    simulated_milli: int


@dataclass(frozen=True, slots=True)
class Reclaimed:
    """What idle reclaim has saved so far; a simulated device never counts as one that exists."""

    core_hours: float = 0.0
    device_hours: float = 0.0
    simulated_device_hours: float = 0.0


def reclaimed(given: Iterable[GivenBack], now: Instant) -> Reclaimed:
    """The sum of what was given back until now."""
    total = Reclaimed()
    for each in given:
        hours = max(0.0, (min(each.until, now) - each.at).total_seconds()) / _HOUR_S / MILLI
        total = replace(
            total,
            core_hours=total.core_hours + each.cpu_milli * hours,
            device_hours=total.device_hours + each.device_milli * hours,
            simulated_device_hours=total.simulated_device_hours + each.simulated_milli * hours,
        )
    return total
