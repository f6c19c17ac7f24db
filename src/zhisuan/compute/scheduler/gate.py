"""Who may not start yet, whatever is free: quotas, earliest starts, better hours ahead."""

from zhisuan.compute.policy import Policy
from zhisuan.compute.scheduler.delay import better_start
from zhisuan.compute.scheduler.queue import Running
from zhisuan.compute.scheduler.quota import Sums, within
from zhisuan.compute.scheduler.values import NEVER, Outlook, QueuedJob, WaitingReason


class Gate:
    """What holds single jobs back, while others pass.

    Args:
        now: the instant of the plan.
        running: what tenants hold.
        policy: quotas, and whether they may be exceeded by borrowing.
        outlook: cost ahead.

    Attributes:
        again_at: the first hour that somebody who was asked about waits for.
    """

    def __init__(self, now: float, running: Running, policy: Policy, outlook: Outlook) -> None:
        self.again_at = NEVER
        self._now = now
        self._running = running
        self._policy = policy
        self._outlook = outlook
        self._started = Sums()

    def holds(self, job: QueuedJob) -> WaitingReason | None:
        """Why the job may not start now, or None."""
        reason = self.hour(job)
        if reason is not WaitingReason.NOT_BEFORE and self._policy.gates and not self.owed(job):
            return WaitingReason.QUOTA
        return reason

    def hour(self, job: QueuedJob) -> WaitingReason | None:
        """Whether it waits for an hour of its own."""
        if job.not_before > self._now:
            self.again_at = min(self.again_at, job.not_before)
            return WaitingReason.NOT_BEFORE
        if job.green:
            at = better_start(self._now, job, self._outlook)
            if at > self._now:
                self.again_at = min(self.again_at, at)
                return WaitingReason.HELD_FOR_GREEN
        return None

    def started(self, job: QueuedJob) -> None:
        """Count a job that this plan starts against its tenant."""
        self._started.add(job)

    def owed(self, job: QueuedJob) -> bool:
        """Whether the job stays within its tenant's quota."""
        held = self._running.held(job.tenant)
        began = self._started[job.tenant]
        sums = [more + some for more, some in zip(held, began, strict=True)]
        return within(self._policy.quota(job.tenant), sums, job)
