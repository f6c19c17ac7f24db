"""What tenants may hold, what they are owed, and what they have borrowed."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from zhisuan.compute.policy import Policy, Quota
from zhisuan.compute.scheduler.queue import Running, amounts
from zhisuan.compute.scheduler.values import QueuedJob, RunningJob


def within(quota: Quota, held: Sequence[int], job: QueuedJob | RunningJob) -> bool:
    """Whether a tenant that holds so much stays within its quota with one job more."""
    limits = (quota.cpu_milli, quota.memory_mb, quota.device_milli)
    asked = amounts(job)
    return all(
        limit is None or now + more <= limit
        for now, more, limit in zip(held, asked, limits, strict=True)
    )


class Sums:
    """What each tenant holds, added up job by job."""

    def __init__(self) -> None:
        self._held: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])

    def __getitem__(self, tenant: str) -> Sequence[int]:
        return self._held[tenant]

    def add(self, job: QueuedJob | RunningJob) -> None:
        """One job more."""
        sums = self._held[job.tenant]
        for place, amount in enumerate(amounts(job)):
            sums[place] += amount

    def admit(self, job: QueuedJob | RunningJob, policy: Policy) -> bool:
        """Add the job if its tenant stays within its quota."""
        owed = within(policy.quota(job.tenant), self._held[job.tenant], job)
        if owed:
            self.add(job)
        return owed


def owed_first(jobs: Iterable[QueuedJob], running: Running, policy: Policy) -> list[QueuedJob]:
    """The jobs that stay within their tenants' quotas, then those that would borrow.

    Otherwise whoever borrows would take the room that is reclaimed for others.
    """
    sums = Sums()
    for job in running:
        if not job.leaving:
            sums.add(job)
    owed: list[QueuedJob] = []
    beyond: list[QueuedJob] = []
    for job in jobs:
        (owed if sums.admit(job, policy) else beyond).append(job)
    return owed + beyond


def borrowers(running: Running, policy: Policy) -> frozenset[str]:
    """The jobs that run on what their tenants borrowed: the last to start beyond each quota."""
    sums = Sums()
    ordered = sorted(running, key=lambda each: (each.started_at, each.sequence))
    return frozenset(each.job_id for each in ordered if not sums.admit(each, policy))
