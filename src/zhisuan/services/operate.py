"""Operate: the one loop that moves jobs, from the queue to their settlement.

Each turn looks at what the engine says, ends and settles what has ended, plans, writes all of
it in one transaction and only then acts on the engine. A crash between the two is healed by
the next turn: launching is idempotent, a settled job is settled once, and a job that is
STARTING but unknown to its engine is launched again.
"""

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import structlog
from sqlalchemy import Connection

from zhisuan.access import records as access
from zhisuan.algorithms.environment import EnvironmentState
from zhisuan.compute import records as jobs
from zhisuan.compute.allocation import Allocation
from zhisuan.compute.engines.engine import EngineState, Phase
from zhisuan.compute.explain import sentence
from zhisuan.compute.job import Job, JobEvent, JobReason, JobState, move
from zhisuan.compute.pool import Pool
from zhisuan.compute.scheduler import (
    Outlook,
    Plan,
    QueuedJob,
    RunningJob,
    Waiting,
    WaitingReason,
    plan,
)
from zhisuan.core.clock import Instant
from zhisuan.core.errors import CentreError
from zhisuan.core.quantities import Seconds
from zhisuan.core.work import LaunchSpec
from zhisuan.green import records as footprints
from zhisuan.green.records import JobFootprint
from zhisuan.ledger.book import Settlement
from zhisuan.runner.folder import AttemptFolder
from zhisuan.services import records
from zhisuan.services.centre import Centre
from zhisuan.services.events import Event
from zhisuan.services.settle import event_of, outcome_of, summary_of, usage_of, usage_of_lost
from zhisuan.services.wrap import Wrapper, new_solution

log = structlog.get_logger()

_SWEEP_S = 1.0
_GATHER_S = 0.02
_FEW = 4
_TIDY_EVERY_S = 60.0
_GRACE = Seconds(5.0)


@dataclass(slots=True)
class _Turn:
    """What one turn decided, to be written together."""

    at: Instant
    moved: dict[str, Job] = field(default_factory=dict[str, Job])
    events: list[Event] = field(default_factory=list[Event])
    settlements: list[Settlement] = field(default_factory=list[Settlement])
    feet: list[JobFootprint] = field(default_factory=list[JobFootprint])
    solutions: list[records.Solution] = field(default_factory=list[records.Solution])
    releases: list[str] = field(default_factory=list[str])
    lost: list[Job] = field(default_factory=list[Job])
    launches: list[Job] = field(default_factory=list[Job])


class Operator:
    """Runs the loop in a thread of its own; the single writer of job state.

    Args:
        centre: what it operates.
        wrapper: makes ended work ready to be taken away.
    """

    def __init__(self, centre: Centre, wrapper: Wrapper) -> None:
        self._centre = centre
        self._wrapper = wrapper
        self._live: dict[str, Job] = {}
        self._seen = 0
        self._stopping: set[str] = set()
        self._told: dict[str, int] = {}
        self._refused: dict[str, CentreError] = {}
        self._tidied = 0.0
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="operator", daemon=True)

    def start(self) -> None:
        """Begin; jobs of an earlier process are taken up again."""
        self._thread.start()

    def close(self) -> None:
        """Stop turning; what runs goes on running."""
        self._closing.set()
        self._centre.engine.wake()
        if self._thread.is_alive():
            self._thread.join()
        self._tidied = 0.0
        self._tidy()

    def _run(self) -> None:
        changed: Sequence[str] | None = None
        swept = 0.0
        while not self._closing.is_set():
            try:
                if changed is None:
                    swept = time.monotonic()
                self.turn(changed)
                turned = time.monotonic()
                news = set(self._centre.engine.wait(Seconds(_SWEEP_S)))
                # With few jobs the news is taken up at once; in a rush it is gathered, so that many
                # jobs share one turn and one commit.
                rest = _GATHER_S - (time.monotonic() - turned)
                if len(self._live) > _FEW and rest > 0 and not self._closing.wait(rest):
                    news.update(self._centre.engine.wait(Seconds(0.0)))
                changed = sorted(news)
                if time.monotonic() - swept >= _SWEEP_S:
                    changed = None
                    self._tidy()
            except Exception:
                # Whatever it was, the database holds the truth: forget and take it up again.
                log.exception("turn_failed")
                self._live.clear()
                self._seen = 0
                self._stopping.clear()
                changed = None
                self._closing.wait(_SWEEP_S)

    def _tidy(self) -> None:
        """Now and then, sign the ledger's heads, so that a cut tail shows, and drop old events."""
        now = time.monotonic()
        if now - self._tidied < _TIDY_EVERY_S:
            return
        self._tidied = now
        centre = self._centre
        before = centre.clock.now() - centre.keep_events
        with centre.database.write() as connection:
            centre.ledger.checkpoint(connection, centre.secret)
            records.forget_events(connection, before)
            access.forget_answers(connection, before)

    def turn(self, changed: Sequence[str] | None = None) -> None:
        """One look and what follows from it.

        Args:
            changed: jobs worth asking the engine about; None asks about all.
        """
        centre = self._centre
        with centre.database.read() as connection:
            fresh = jobs.live_since(connection, self._seen)
            stops = jobs.stops(connection)
        for job in fresh:
            self._live[job.job_id] = job
            self._seen = job.sequence
        turn = _Turn(centre.clock.now())
        self._look(turn, stops, changed)
        planned = self._plan(turn)
        self._tell_waiting(turn, planned)
        self._write(turn)
        self._act(turn, stops)
        centre.waiting = planned.reasons

    def _look(
        self, turn: _Turn, stops: Mapping[str, JobReason], changed: Sequence[str] | None
    ) -> None:
        """Move every job about which there is news."""
        holding = [job for job in self._live.values() if job.state.holds_devices]
        if changed is not None:
            worth = set(changed)
            holding = [job for job in holding if job.job_id in worth]
        states = self._centre.engine.states([job.job_id for job in holding])
        for job in holding:
            self._take_in(turn, job, states[job.job_id], stops.get(job.job_id))
        for job_id, by in stops.items():
            job = self._live.get(job_id)
            if job is not None and job.state is JobState.QUEUED:
                self._move(turn, job, JobEvent.STOPPED, reason=by)
                turn.releases.append(job_id)
        for job_id, error in self._refused.items():
            job = self._live.get(job_id)
            if job is not None and job.state in (JobState.QUEUED, JobState.STARTING):
                self._fail_unstarted(turn, job, error)
        self._refused.clear()

    def _take_in(
        self, turn: _Turn, job: Job, state: EngineState, stop_by: JobReason | None
    ) -> None:
        """One job, as its engine sees it."""
        if state.attempt != job.attempt or state.phase is Phase.ABSENT:
            turn.launches.append(job)
        elif state.phase is Phase.ENDED and state.final is not None:
            event, reason = event_of(state.final, stop_by)
            self._tell_progress(turn, job)
            ended = self._move(turn, job, event, reason=reason, message=state.final.message)
            usage, foot = usage_of(self._centre, ended, state.final)
            summary = summary_of(self._centre.attempt_folder(job.job_id, job.attempt))
            outcome = outcome_of(ended, summary)
            turn.settlements.append(Settlement(job.job_id, [usage], outcome))
            turn.feet.append(JobFootprint(job.job_id, job.attempt, foot))
            if ended.state is JobState.SUCCEEDED and job.task_id is not None:
                turn.solutions.append(new_solution(self._centre, ended, summary))
        elif state.phase is Phase.LOST:
            again = self._move(turn, job, JobEvent.LOST, reason=JobReason.NODE_LOST)
            if again.state.ended:
                usage = usage_of_lost(self._centre, job)
                turn.settlements.append(Settlement(job.job_id, [usage], outcome_of(again, {})))
            else:
                turn.lost.append(job)
        elif state.phase is Phase.RUNNING:
            if job.state is JobState.STARTING:
                self._move(turn, job, JobEvent.BEGAN)
            self._tell_progress(turn, job)

    def _fail_unstarted(self, turn: _Turn, job: Job, error: CentreError) -> None:
        """A job that could not even be started costs nothing."""
        reason = (
            JobReason.DISK_FULL if error.code == "disk_full" else JobReason.ENVIRONMENT_UNAVAILABLE
        )
        message = f"{error.message} {error.hint}".strip()
        self._move(turn, job, JobEvent.FAILED, reason=reason, message=message)
        turn.releases.append(job.job_id)

    def _plan(self, turn: _Turn) -> Plan:
        """Decide who starts, on what the pool will have after this turn's ends."""
        centre = self._centre
        queued, preparing = self._split_queue()
        running = [
            RunningJob(job.job_id, job.tenant, job.allocations, job.priority, job.started_at)
            for job in self._live.values()
            if job.state.holds_devices
        ]
        pool = Pool.idle(centre.nodes)
        for job in running:
            for allocation in job.allocations:
                pool.take(allocation)
        planned = plan(turn.at, pool, queued, running, centre.policy, Outlook())
        for start in planned.starts:
            job = self._live[start.job_id]
            placed = self._move(turn, job, JobEvent.PLACED, allocations=start.allocations)
            turn.launches.append(placed)
        waits = {job.job_id: Waiting(WaitingReason.PREPARING, 0) for job in preparing}
        return Plan(planned.starts, reasons={**planned.reasons, **waits})

    def _tell_waiting(self, turn: _Turn, planned: Plan) -> None:
        """Say why a job waits, whenever the reason changes."""
        before = self._centre.waiting
        for job_id, waiting in planned.reasons.items():
            if job_id not in before or before[job_id].reason is not waiting.reason:
                facts = {
                    "reason": waiting.reason,
                    "ahead": waiting.ahead,
                    "why_zh": sentence(waiting.reason, "zh"),
                    "why_en": sentence(waiting.reason, "en"),
                }
                tenant = self._live[job_id].tenant
                turn.events.append(Event(tenant, "job.waiting", job_id, facts, turn.at))

    def _split_queue(self) -> tuple[list[QueuedJob], list[Job]]:
        """Jobs that could start, and those whose environment is still being made."""
        centre = self._centre
        ready: list[QueuedJob] = []
        preparing: list[Job] = []
        states: dict[str, EnvironmentState] = {}
        for job in self._live.values():
            if job.state is not JobState.QUEUED:
                continue
            name = job.work.algorithm
            if name not in states:
                states[name] = centre.environments.prepare(centre.catalogue.get(name).lock)
            state = states[name]
            if state.error is not None:
                self._refused[job.job_id] = state.error
                centre.engine.wake()
            elif state.ready:
                ready.append(
                    QueuedJob(
                        job.job_id,
                        job.tenant,
                        job.sequence,
                        job.request,
                        job.priority,
                        job.submitted_at,
                        job.work.time_limit_s,
                    )
                )
            else:
                preparing.append(job)
        return ready, preparing

    def _write(self, turn: _Turn) -> None:
        """All of the turn or nothing of it."""
        if not (turn.moved or turn.events or turn.settlements):
            return
        centre = self._centre
        with centre.database.write() as connection:
            if turn.lost:
                usage = [usage_of_lost(centre, job) for job in turn.lost]
                centre.ledger.record_usage(connection, usage)
            if turn.settlements:
                centre.ledger.settle_many(connection, turn.settlements)
            footprints.add(connection, turn.feet)
            for job_id in turn.releases:
                centre.ledger.release(connection, job_id)
            for solution in turn.solutions:
                records.add_solution(connection, solution)
            jobs.save(connection, list(turn.moved.values()))
            records.append_events(connection, turn.events)
        centre.news.ring()

    def _act(self, turn: _Turn, stops: Mapping[str, JobReason]) -> None:
        """Tell the engine, now that the database remembers."""
        for job in turn.launches:
            try:
                self._centre.engine.launch(self._spec(job))
            except CentreError as error:
                log.warning("launch_refused", job_id=job.job_id, error=error.message)
                self._refused[job.job_id] = error
                self._centre.engine.wake()
        for job_id in stops:
            job = self._live.get(job_id)
            if job is not None and job.state.holds_devices and job_id not in self._stopping:
                self._stopping.add(job_id)
                self._centre.engine.stop(job_id, _GRACE)
        for job in turn.moved.values():
            if job.state.ended:
                self._live.pop(job.job_id, None)
                self._stopping.discard(job.job_id)
                self._told.pop(job.job_id, None)
        if turn.solutions:
            self._wrapper.take(solution.solution_id for solution in turn.solutions)

    def _spec(self, job: Job) -> LaunchSpec:
        """The order for one attempt."""
        centre = self._centre
        algorithm = centre.catalogue.get(job.work.algorithm)
        environment = centre.environments.made(algorithm.lock)
        allocation = job.allocations[0]
        return LaunchSpec(
            job_id=job.job_id,
            attempt=job.attempt,
            folder=str(centre.attempt_folder(job.job_id, job.attempt)),
            environment=environment.key,
            interpreter=environment.interpreter,
            entry=algorithm.card.entry,
            program=(str(algorithm.program),),
            preload=algorithm.card.preload,
            parameters=job.work.parameters,
            inputs={
                name: str(centre.objects.path(digest)) for name, digest in job.work.inputs.items()
            },
            cores=allocation.cores if allocation.node == centre.here.name else (),
            cpu_milli=allocation.cpu_milli,
            memory_mb=allocation.memory_mb,
            time_limit_s=job.work.time_limit_s,
            grace_s=_GRACE,
            devices=tuple(share.device for share in allocation.devices),
            isolated=job.work.isolated,
        )

    def _move(
        self,
        turn: _Turn,
        job: Job,
        event: JobEvent,
        *,
        reason: JobReason | None = None,
        message: str = "",
        allocations: tuple[Allocation, ...] = (),
    ) -> Job:
        moved = move(job, event, turn.at, reason=reason, message=message, allocations=allocations)
        self._live[job.job_id] = moved
        turn.moved[job.job_id] = moved
        facts = {"task_id": job.task_id, "reason": reason, "message": message}
        told = {name: value for name, value in facts.items() if value}
        turn.events.append(Event(job.tenant, f"job.{moved.state}", job.job_id, told, turn.at))
        return moved

    def _tell_progress(self, turn: _Turn, job: Job) -> None:
        """Pass on what the algorithm said of its progress since the last look."""
        folder = AttemptFolder(self._centre.attempt_folder(job.job_id, job.attempt))
        for offset, said in folder.events(self._told.get(job.job_id, 0)):
            self._told[job.job_id] = offset
            facts = {**said, "task_id": job.task_id}
            turn.events.append(Event(job.tenant, "job.progress", job.job_id, facts, turn.at))


def holding(connection: Connection) -> list[Allocation]:
    """What live jobs hold."""
    return [
        allocation
        for job in jobs.live_since(connection, 0)
        if job.state.holds_devices
        for allocation in job.allocations
    ]
