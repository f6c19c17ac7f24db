"""Idle: watches what running jobs use, and carries out what `compute.reclaim` decides.

The reading is the runner's heartbeat: processor seconds of the job's processes. A job with
devices that exist is not judged, since nobody reads their use yet; a simulated device cannot be
used, so there the processor tells.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from zhisuan.compute.job import Job, JobReason, JobState
from zhisuan.compute.reclaim import GivenBack, Idler, IdleRule, Sample, Step, Watched, step, watch
from zhisuan.core.clock import Instant, parse_instant
from zhisuan.core.quantities import MILLI
from zhisuan.runner.folder import AttemptFolder
from zhisuan.services.centre import Centre


class IdleWatch:
    """What is known of the running jobs' use.

    Args:
        centre: whose attempts' folders are read.
        rule: when a job is idle, and what is done about it.
    """

    def __init__(self, centre: Centre, rule: IdleRule) -> None:
        self._centre = centre
        self._rule = rule
        self._watched: dict[tuple[str, int], Watched] = {}

    def look(self, jobs: Iterable[Job], now: Instant) -> list[tuple[Job, Step | None]]:
        """Jobs about which something is to be done.

        Returns:
            The job with `idle_since` as it is now, and the step that is due: None where a job
            that was warned works again.
        """
        found: list[tuple[Job, Step | None]] = []
        watched: dict[tuple[str, int], Watched] = {}
        for job in jobs:
            known = self._known(job)
            if known is not None:
                watched[job.job_id, job.attempt] = known
            since = _since(job, known)
            if since is None and job.idle_since is not None:
                found.append((replace(job, idle_since=None), None))
            elif since is not None:
                due = step(self._idler(job, since, now), self._rule)
                if due is not None:
                    found.append((replace(job, idle_since=since), due))
        self._watched = watched
        return found

    def _known(self, job: Job) -> Watched | None:
        """What is known of a job's use, after one more reading."""
        if job.state is not JobState.RUNNING or _has_real_devices(job):
            return None
        beat = AttemptFolder(self._centre.attempt_folder(job.job_id, job.attempt)).heartbeat()
        if beat is None:
            return None
        sample = Sample(parse_instant(beat.at).timestamp(), beat.cpu_s)
        known = self._watched.get((job.job_id, job.attempt))
        if known is None:
            return Watched(sample, job.idle_since.timestamp() if job.idle_since else None)
        # One process stands for the whole gang, so it is judged by one node's cores.
        cores = job.allocations[0].cpu_milli / MILLI
        return watch(known, sample, cores, self._rule)

    def _idler(self, job: Job, since: Instant, now: Instant) -> Idler:
        return Idler(
            tenant=job.tenant,
            idle_s=(now - since).total_seconds(),
            warned=job.idle_since is not None,
            wide=len(job.allocations) > job.request.nodes,
            resumes=self._centre.catalogue.get(job.work.algorithm).card.resumes,
            suspended=job.suspended,
        )


def given_back(job: Job, step: Step, at: Instant) -> GivenBack:
    """What a job gives back that the rule took off the pool, still with what it held."""
    started = job.started_at or at
    left = max(timedelta(0), started + timedelta(seconds=job.time_left_s) - at)
    part = 1.0
    if step is Step.SHRINK:
        part = 1 - job.request.nodes / len(job.allocations)
    shares = [share for each in job.allocations for share in each.devices]
    real, simulated = (
        sum(share.milli for share in shares if share.simulated is made_up)
        for made_up in (False, True)
    )
    return GivenBack(
        job.job_id,
        step,
        at,
        at + left,
        round(part * sum(each.cpu_milli for each in job.allocations)),
        round(part * real),
        round(part * simulated),
    )


STEPS = {
    JobReason.SHRUNK: Step.SHRINK,
    JobReason.SUSPENDED: Step.SUSPEND,
    JobReason.BY_IDLE_RULE: Step.RELEASE,
}
"""Which step has been carried out, by why a job left what it held."""


def _since(job: Job, known: Watched | None) -> Instant | None:
    """Since when a job idles; a suspended one idles on, one of which nothing is read does not."""
    if job.suspended:
        return job.idle_since
    if known is None or known.idle_since is None:
        return None
    return datetime.fromtimestamp(known.idle_since, UTC)


def _has_real_devices(job: Job) -> bool:
    return any(not share.simulated for each in job.allocations for share in each.devices)
