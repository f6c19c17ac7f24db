"""One giving out of the pool anew, job by job: who has his room, and who starts on it now."""

from dataclasses import dataclass, field
from typing import Generic, TypeVar

from zhisuan.compute.policy import Policy
from zhisuan.compute.request import ResourceRequest
from zhisuan.compute.room import Release, Room
from zhisuan.compute.scheduler.gate import Gate
from zhisuan.compute.scheduler.quota import Sums, within
from zhisuan.compute.scheduler.values import QueuedJob, RunningJob, Start

R = TypeVar("R", bound=Room)
Job = QueuedJob | RunningJob


@dataclass(slots=True)
class Round(Generic[R]):
    """The pool as it is given out anew, job by job.

    Attributes:
        room: what is left of all that may be given out.
        free: what is free without displacing anybody.
        gate: what holds single jobs back; None if nothing does.
        chosen: who holds the pool from now on, or as soon as others have gone.
        kept: what is left beside the room that an overdue job waits for.
        stay: what tenants hold by those who stay and those who are chosen.
        joined: tenants of whom somebody who waited is chosen.
    """

    room: R
    free: R
    policy: Policy
    gate: Gate | None
    starts: list[Start] = field(default_factory=list[Start])
    chosen: set[str] = field(default_factory=set[str])
    full: set[ResourceRequest] = field(default_factory=set[ResourceRequest])
    kept: R | None = None
    stay: Sums = field(default_factory=Sums)
    joined: set[str] = field(default_factory=set[str])

    def beyond(self, job: Job) -> bool:
        """Whether its tenant has its quota without it.

        What runs stays so, though a quota has been cut, until another of the tenant takes over.
        """
        policy = self.policy
        if not policy.limits:
            return False
        if policy.gates and isinstance(job, RunningJob) and job.tenant not in self.joined:
            return False
        return not within(policy.quota(job.tenant), self.stay[job.tenant], job)

    def serve(self, job: Job) -> None:
        """Give a job its room, if there is any left."""
        if isinstance(job, RunningJob):
            if self.room.fits(job.places, job.request):
                self.room.take(job.places, job.request)
                self._choose(job)
        elif job.request not in self.full and (self.gate is None or not self.gate.hour(job)):
            self._place(job)

    def keep(self, job: Job, releases: list[Release]) -> None:
        """If the job has no room yet, let nobody else start on what it waits for."""
        if self.kept is not None or job.job_id in self.chosen or isinstance(job, RunningJob):
            return
        found = self.room.keep(job.request, releases, self.policy.packing)
        if found is not None:
            _, _, self.kept = found
            self.free = self.free.meet(self.kept)

    def _place(self, job: QueuedJob) -> None:
        packing = self.policy.packing
        places = self.free.find(job.request, packing, self.room) if self._now(job) else None
        if places is not None:
            self.free.take(places, job.request)
            self.starts.append(Start(job, places))
            if self.gate is not None:
                self.gate.started(job)
        else:
            places = self.room.find(job.request, packing, self.kept)
            if places is None:
                self.full.add(job.request)
                return
        self.room.take(places, job.request)
        if self.kept is not None:
            self.kept.take(places, job.request)
        self.joined.add(job.tenant)
        self._choose(job)

    def _now(self, job: QueuedJob) -> bool:
        """Whether the quota allows it beside those who have still to go."""
        return self.gate is None or not self.policy.gates or self.gate.owed(job)

    def _choose(self, job: Job) -> None:
        self.chosen.add(job.job_id)
        if self.policy.limits:
            self.stay.add(job)
