"""What one plan leaves for the next, so that only what has changed since is looked at again.

With or without it, the same jobs start.
"""

from dataclasses import dataclass
from typing import Generic, TypeVar

from zhisuan.compute.policy import Backfill, Policy
from zhisuan.compute.room import Claim, Room
from zhisuan.compute.scheduler.backfill import Pass
from zhisuan.compute.scheduler.queue import Queue, Running
from zhisuan.compute.scheduler.values import QueuedJob

R = TypeVar("R", bound=Room)

_NONE = Backfill.NONE


@dataclass(slots=True)
class Memo(Generic[R]):
    """Where a plan left off, valid while nothing is given back in between.

    It belongs to one caller who carries out every plan.

    Attributes:
        claim: the room kept for the first blocked job; None if none had to be.
        freed: how often the pool had been given something back.
        left, arrivals: how many had left and joined the queue, those who started included.
        revised: how often something had become known of running jobs.
    """

    claim: Claim[R] | None = None
    freed: int = 0
    left: int = 0
    arrivals: int = 0
    revised: int = 0

    def forget(self) -> None:
        """Something else has changed, such as when a running job is expected to end."""
        self.claim = None
        self.freed = -1

    def walk(
        self, now: float, pool: R, queue: Queue, running: Running, policy: Policy, *, explain: bool
    ) -> Pass[R] | None:
        """Walk the queue, or only who came since the last plan.

        Args:
            now: the instant.
            pool: what is free.
            queue: the jobs that wait.
            running: what holds the rest of the pool.
            policy: a steady one.
            explain: starts are promised.

        Returns:
            The walk; None if nobody can have room.
        """
        freed, left, revised = pool.freed, queue.left, running.revised
        fresh: list[QueuedJob] | None = None
        if freed == self.freed and left == self.left and revised == self.revised:
            fresh = self._fresh(now, queue)
        else:
            self.freed, self.left, self.revised = freed, left, revised
        self.arrivals = queue.arrivals
        claim = None if fresh is None else self.claim
        able: list[QueuedJob] | None = None
        if not explain and (fresh is not None or policy.backfill is not _NONE):
            able = pool.sieve(queue.in_turn if fresh is None else fresh)
            if not able:
                self.claim = claim
                return None
        walk = Pass(now, pool, running, policy.packing)
        walk.promising = explain
        if claim is None or fresh is None:
            walk.walk(queue.in_turn, policy.backfill, able)
        else:
            walk.resume(claim, fresh if able is None else able)
        self.claim = claim = walk.claim
        if walk.starts:
            self.left = left + len(walk.starts)
            if claim is not None and not _lasts(walk, claim):
                self.forget()
        return walk

    def _fresh(self, now: float, queue: Queue) -> list[QueuedJob] | None:
        """The jobs that came since, if they are all there is to look at; None if all must be.

        What has no room gets none while nothing is given back, and who waits for another's sake
        waits on while the first blocked job stays the first.
        """
        came = queue.came(self.arrivals)
        if came is not None and len(came) > 1:
            came.sort(key=queue.key)
        claim = self.claim
        if claim is None or came is None:
            return came
        if now >= claim.at:
            return None
        first = bool(came) and queue.in_turn[0] is not claim.job
        return None if first and queue.key(came[0]) < queue.key(claim.job) else came


def _lasts(walk: Pass[R], claim: Claim[R]) -> bool:
    """Whether the next plan would keep the same room for the blocked job, as long as it is blocked.

    It may not if somebody started where that room would rather be by then, or ends at the very
    instant, since what ends then counts only as far as it is needed.
    """
    if walk.shifted:
        return False
    now, at = walk.now, claim.at
    return at not in [now + (start.job.limit_s or start.job.run_s) for start in walk.starts]
