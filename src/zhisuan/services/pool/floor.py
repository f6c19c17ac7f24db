"""The floor: the live jobs as the loop knows them, in step with the scheduler's books."""

from collections.abc import Iterable
from dataclasses import replace

from zhisuan.compute.allocation import Allocation
from zhisuan.compute.explain import sentences
from zhisuan.compute.job import Job, JobEvent, JobReason, Leave, move
from zhisuan.compute.node import Node, NodeState
from zhisuan.core.clock import Instant
from zhisuan.services.centre import Centre
from zhisuan.services.pool.dispatch import Dispatch
from zhisuan.services.pool.foresight import Foresight
from zhisuan.services.pool.nodes import on_a_lost_node
from zhisuan.services.pool.past import past_use
from zhisuan.services.pool.turn import Turn


class Floor:
    """Live jobs, moved and marked.

    Args:
        centre: whose nodes and rules hold.
        foresight: what is expected of jobs.

    Attributes:
        live: every job that has not ended, in the order of submission.
        dispatch: what waits and what runs, as `plan` wants it.
        seen: sequence of the newest job taken up.
    """

    def __init__(self, centre: Centre, foresight: Foresight) -> None:
        self._centre = centre
        self._foresight = foresight
        self.live: dict[str, Job] = {}
        self.seen = 0
        now = centre.clock.now()
        used = past_use(centre, now)
        self.dispatch = Dispatch(centre.nodes, centre.rules, used, now, foresight)

    def take_up(self, fresh: Iterable[Job], now: Instant) -> None:
        """New jobs, or those of an earlier process."""
        for job in fresh:
            self.live[job.job_id] = job
            self.dispatch.follow(job, now)
            self.seen = job.sequence

    def meet(self, nodes: tuple[Node, ...], now: Instant) -> None:
        """The nodes are as the operator wants them; the books are made anew if that changed."""
        if nodes == self._centre.nodes:
            return
        self._centre.nodes = nodes
        used = self.dispatch.used(now)
        self.dispatch = Dispatch(nodes, self._centre.rules, used, now, self._foresight)
        for job in self.live.values():
            self.dispatch.follow(job, now)

    def clear_lost_nodes(self, turn: Turn) -> None:
        """Whoever holds a part of a node that is down must go at once."""
        if any(node.state is NodeState.DOWN for node in self._centre.nodes):
            for job in list(self.live.values()):
                if job.state.holds_devices and on_a_lost_node(job, self._centre.nodes):
                    self.leave(turn, job, Leave.NODE_DOWN)

    def leave(self, turn: Turn, job: Job, cause: Leave) -> None:
        """Note that a job is to make room; only the loss of its node changes an earlier note."""
        if job.leave_for is cause or (job.leave_for and cause is not Leave.NODE_DOWN):
            return
        self.mark(turn, replace(job, leave_for=cause))
        self.dispatch.leave(job.job_id)
        turn.tell(job, "job.leaving", {"cause": cause, **sentences(cause)})

    def mark(self, turn: Turn, job: Job) -> None:
        """Keep a job that changed without moving."""
        self.live[job.job_id] = job
        turn.moved[job.job_id] = job

    def move(
        self,
        turn: Turn,
        job: Job,
        event: JobEvent,
        *,
        reason: JobReason | None = None,
        message: str = "",
        allocations: tuple[Allocation, ...] = (),
        kept_s: float = 0.0,
    ) -> Job:
        """Move a job and tell its tenant; see `compute.job.move`."""
        moved = move(
            job,
            event,
            turn.at,
            reason=reason,
            message=message,
            allocations=allocations,
            kept_s=kept_s,
        )
        self.mark(turn, moved)
        self.dispatch.follow(moved, turn.at)
        if moved.state.ended:
            self._foresight.learn(moved)
            self._foresight.gone(job.job_id)
        elif event is JobEvent.PLACED:
            self._foresight.started(job.job_id, turn.at.timestamp())
        facts: dict[str, object] = {"task_id": job.task_id, "reason": reason, "message": message}
        said = {name: value for name, value in facts.items() if value}
        turn.tell(job, f"job.{moved.state}", {**said, **(sentences(reason) if reason else {})})
        return moved

    def forget(self, turn: Turn) -> None:
        """Let go of the jobs that the turn ended, once that is written."""
        for job in turn.moved.values():
            if job.state.ended:
                self.live.pop(job.job_id, None)
