"""Retrace: whether the scheduler, asked again, decides as it did.

The moves of past jobs, as their stories tell them, are carried out once more on idle books, with
the code that carried them out first; before every turn in which a job started, the scheduler is
asked anew. Equal inputs give equal plans, so the only starts that may differ are those of turns
that saw less or more than the stories tell: a job submitted in the very moment of a turn, or one
whose environment was not ready.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from zhisuan.compute.job import Job, JobEvent, JobState, move
from zhisuan.compute.node import Node, NodeState
from zhisuan.compute.policyfile import Rules
from zhisuan.core.clock import Instant
from zhisuan.services.pool.dispatch import Dispatch
from zhisuan.services.pool.foresight import Foresight


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far the plans agree.

    Attributes:
        turns: at which jobs started.
        starts: of all jobs, with those that were evicted and started again.
        agreed: starts that the scheduler decides again, at the same turn.
    """

    turns: int
    starts: int
    agreed: int

    @property
    def share(self) -> float:
        """Of the starts, 0 to 1; 1 of none."""
        return self.agreed / self.starts if self.starts else 1.0


_MOMENT = timedelta(seconds=0.1)
"""A turn may not have seen a job whose submission was being written just then."""

_Move = tuple[str, JobEvent]
"""Of which job, and what happened to it."""

NodeChange = tuple[Instant, str, NodeState]
"""When an operator made what of which node."""


def retrace(
    jobs: Sequence[Job], nodes: Sequence[Node], rules: Rules, changes: Sequence[NodeChange] = ()
) -> Agreement:
    """Ask the scheduler again at every turn of the past in which a job started.

    Args:
        jobs: that ended, all there were in that time.
        nodes: of the pool, all ready, as they were.
        rules: that held.
        changes: of nodes, in order of time.
    """
    if not jobs:
        return Agreement(0, 0, 0)
    books = _Books(nodes, rules, jobs, Foresight(None))
    waiting_changes = list(changes)
    coming = sorted(jobs, key=lambda job: job.sequence)
    agreed = starts = turns = 0
    for at, moves in _turns(jobs):
        while waiting_changes and waiting_changes[0][0] <= at:
            books.change(*waiting_changes.pop(0))
        seen = {job_id for job_id, _ in moves}
        for job in [job for job in coming if job.job_id in seen or at - job.submitted_at > _MOMENT]:
            coming.remove(job)
            books.queue(job, at)
        before, placed, after = _around_the_plan(moves)
        for job_id, event in before:
            books.move(job_id, event, at)
        if placed:
            decided = books.decide(placed, at)
            turns += 1
            starts += len(placed)
            agreed += len(decided.intersection(placed))
        for job_id, event in after:
            books.move(job_id, event, at)
    return Agreement(turns, starts, agreed)


def _turns(jobs: Sequence[Job]) -> list[tuple[Instant, list[_Move]]]:
    """The moves of all jobs by the instant of their turn, in order."""
    turns: dict[Instant, list[_Move]] = defaultdict(list)
    for job in jobs:
        for at, event in job.moves():
            turns[at].append((job.job_id, event))
    return sorted(turns.items())


def _around_the_plan(moves: Sequence[_Move]) -> tuple[list[_Move], list[str], list[_Move]]:
    """What a turn knew when it planned, what it started, and what became of that at once."""
    placed = [job_id for job_id, event in moves if event is JobEvent.PLACED]
    before: list[_Move] = []
    after: list[_Move] = []
    started: set[str] = set()
    for job_id, event in moves:
        if event is JobEvent.PLACED:
            started.add(job_id)
        else:
            (after if job_id in started else before).append((job_id, event))
    return before, placed, after


class _Books:
    """The jobs and the scheduler's books, as they were at one instant after the other."""

    def __init__(
        self, nodes: Sequence[Node], rules: Rules, jobs: Sequence[Job], foresight: Foresight
    ) -> None:
        self._nodes = tuple(nodes)
        self._rules = rules
        self._last = {job.job_id: job for job in jobs}
        self._now: dict[str, Job] = {}
        self._foresight = foresight
        self._dispatch = Dispatch(nodes, rules, {}, jobs[0].submitted_at, foresight)

    def queue(self, job: Job, at: Instant) -> None:
        """A job as it was when it was submitted."""
        fresh = replace(
            job,
            state=JobState.QUEUED,
            attempt=0,
            reason=None,
            allocations=(),
            started_at=None,
            ended_at=None,
            story=(),
            leave_for=None,
            lost=0,
            attained=0.0,
            behind_s=0.0,
        )
        self._keep(fresh, at)

    def move(self, job_id: str, event: JobEvent, at: Instant) -> None:
        """A job moved; what a preempted attempt had done is kept, as far as time tells."""
        job = self._now[job_id]
        ran_s = (at - job.started_at).total_seconds() if job.started_at else 0.0
        kept_s = ran_s if event is JobEvent.PREEMPTED else 0.0
        self._keep(move(job, event, at, kept_s=kept_s), at)

    def decide(self, placed: Sequence[str], at: Instant) -> set[str]:
        """What the scheduler starts now; then what really started is carried out."""
        _, granted = self._dispatch.plan(at)
        for job_id in placed:
            given = granted.get(job_id) or self._last[job_id].allocations
            self._keep(move(self._now[job_id], JobEvent.PLACED, at, allocations=given), at)
        return set(granted)

    def change(self, at: Instant, name: str, state: NodeState) -> None:
        """An operator changed a node, so the books are made anew."""
        self._nodes = tuple(
            replace(node, state=state) if node.name == name else node for node in self._nodes
        )
        self._dispatch = Dispatch(
            self._nodes, self._rules, self._dispatch.used(at), at, self._foresight
        )
        for job in self._now.values():
            self._follow(job, at)

    def _keep(self, job: Job, at: Instant) -> None:
        self._now[job.job_id] = job
        self._follow(job, at)

    def _follow(self, job: Job, at: Instant) -> None:
        self._dispatch.follow(job, at)
        if job.state.ended:
            self._foresight.learn(job)
        if job.state is JobState.QUEUED and not job.suspended:
            self._dispatch.ready(job)
