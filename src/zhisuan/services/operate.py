"""Operate: the one loop that moves jobs, from the queue to their settlement.

Each turn looks at what the engine says, ends and settles what has ended, plans, writes all of
it in one transaction and only then acts on the engine. A crash between the two is healed by
the next turn: launching is idempotent, a settled job is settled once, a job that is STARTING but
unknown to its engine is launched again, and one that is to make room is told so again.
"""

import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

import structlog

from zhisuan.access import records as access
from zhisuan.algorithms.environment import EnvironmentState
from zhisuan.compute import records as jobs
from zhisuan.compute.explain import IDLING, sentences, told
from zhisuan.compute.job import Job, JobEvent, JobReason, JobState, Leave
from zhisuan.compute.reclaim import Step
from zhisuan.compute.scheduler.values import Eviction, Waiting, WaitingReason
from zhisuan.compute.supply import records as supply
from zhisuan.core.clock import Instant
from zhisuan.core.errors import CentreError
from zhisuan.core.quantities import Seconds
from zhisuan.ledger.accounts.ladder import Stage
from zhisuan.services import records
from zhisuan.services.centre import Centre
from zhisuan.services.news import News
from zhisuan.services.pool.cutoff import cut_off, review
from zhisuan.services.pool.floor import Floor
from zhisuan.services.pool.foresight import REMEMBERED, Foresight
from zhisuan.services.pool.idle import IdleWatch
from zhisuan.services.pool.launch import GRACE, spec
from zhisuan.services.pool.nodes import present
from zhisuan.services.pool.turn import Turn
from zhisuan.services.tasks.wrap import Wrapper

log = structlog.get_logger()

_SWEEP_S = 1.0
_GATHER_S = 0.02
_FEW = 4
_TIDY_EVERY_S = 60.0
_FORETELL_EVERY_S = 2.0
_FORETELL_SHARE = 20.0
"""Of the loop's time, foretelling takes no more than one part in so many."""


class Operator:
    """Runs the loop in a thread of its own; the single writer of job state.

    Args:
        centre: what it operates.
        wrapper: makes ended work ready to be taken away.
    """

    def __init__(self, centre: Centre, wrapper: Wrapper) -> None:
        self._centre = centre
        self._wrapper = wrapper
        with centre.database.read() as connection:
            ended = jobs.last_ended(connection, REMEMBERED)
        self._foresight = centre.foresight = Foresight(centre.folder, ended)
        self._floor = Floor(centre, self._foresight)
        self._news = News(centre, self._floor)
        self._foretold = 0.0
        self._idle = IdleWatch(centre, centre.rules.idle) if centre.rules.idle else None
        self._asked: dict[str, tuple[int, Seconds]] = {}  # job to attempt and grace it was told
        self._refused: dict[str, CentreError] = {}
        self._dry: Mapping[str, Stage] = {}
        self._tidied = 0.0
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="operator", daemon=True)

    def start(self) -> None:
        """Begin; jobs of an earlier process are taken up again."""
        centre = self._centre
        with centre.database.write() as connection:
            nodes = present(centre, connection)
            supply.begin(connection, nodes, centre.clock.now())
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
                if len(self._floor.live) > _FEW and rest > 0 and not self._closing.wait(rest):
                    news.update(self._centre.engine.wait(Seconds(0.0)))
                changed = sorted(news)
                if time.monotonic() - swept >= _SWEEP_S:
                    changed = None
                    self._tidy()
            except Exception:
                # Whatever it was, the database holds the truth: forget and take it up again.
                log.exception("turn_failed")
                self._floor = Floor(self._centre, self._foresight)
                self._news = News(self._centre, self._floor)
                self._asked.clear()
                changed = None
                self._closing.wait(_SWEEP_S)

    def _tidy(self) -> None:
        """Now and then note that the pool is still there, sign the heads, look at accounts."""
        now = time.monotonic()
        if now - self._tidied < _TIDY_EVERY_S:
            return
        self._tidied = now
        centre = self._centre
        before = centre.clock.now() - centre.keep_events
        with centre.database.write() as connection:
            supply.go_on(connection, centre.clock.now())
            review(centre, connection)
            centre.ledger.checkpoint(connection, centre.secret)
            records.forget_events(connection, before)
            access.forget_answers(connection, before)
            access.forget_sessions(connection, centre.clock.now())
            access.forget_tickets(connection, centre.clock.now())
        self._foresight.keep()

    def turn(self, changed: Sequence[str] | None = None) -> None:
        """One look and what follows from it.

        Args:
            changed: jobs worth asking the engine about; None asks about all.
        """
        centre, floor = self._centre, self._floor
        suspended = any(job.suspended for job in floor.live.values())
        with centre.database.read() as connection:
            fresh = jobs.live_since(connection, floor.seen)
            stops = jobs.stops(connection)
            nodes = present(centre, connection)
            resumed = jobs.resumed(connection) if suspended or fresh else []
            if changed is None or fresh:
                self._dry = centre.ledger.accounts.dry(connection)
        turn = Turn(centre.clock.now())
        floor.meet(nodes, turn.at)
        floor.take_up(fresh, turn.at)
        self._look(turn, stops, changed)
        self._resume(turn, resumed)
        floor.clear_lost_nodes(turn)
        if changed is None and self._idle is not None:
            self._reclaim(turn, self._idle, stops)
        cut_off(centre, floor, turn, self._dry, stops)
        waits = self._plan(turn)
        self._tell_waiting(turn, waits)
        turn.write(centre)
        self._act(turn, stops)
        centre.waiting = waits
        self._foretell(turn)

    def _look(
        self, turn: Turn, stops: Mapping[str, JobReason], changed: Sequence[str] | None
    ) -> None:
        """Move every job about which there is news."""
        live = self._floor.live
        holding = [job for job in live.values() if job.state.holds_devices]
        if changed is not None:
            worth = set(changed)
            holding = [job for job in holding if job.job_id in worth]
        states = self._centre.engine.states([job.job_id for job in holding])
        for job in holding:
            self._news.take_in(turn, job, states[job.job_id], stops.get(job.job_id))
        for job_id, by in stops.items():
            job = live.get(job_id)
            if job is not None and job.state is JobState.QUEUED:
                self._news.stopped(turn, job, by)
        for job_id, error in self._refused.items():
            job = live.get(job_id)
            if job is not None and job.state in (JobState.QUEUED, JobState.STARTING):
                self._news.refused(turn, job, error)
        self._refused.clear()

    def _resume(self, turn: Turn, resumed: Iterable[str]) -> None:
        """Let suspended jobs queue again whose tenants want them."""
        for job_id in resumed:
            job = self._floor.live.get(job_id)
            if job is not None and job.suspended:
                self._news.resumed(turn, job)

    def _reclaim(self, turn: Turn, idle: IdleWatch, stops: Mapping[str, JobReason]) -> None:
        """Ask idle jobs for what they hold, as the rule says."""
        judged = [
            job
            for job in self._floor.live.values()
            if job.job_id not in stops and (job.suspended or job.leave_for is None)
        ]
        for job, step in idle.look(judged, turn.at):
            self._floor.mark(turn, job)
            if step is Step.SHRINK:
                self._floor.leave(turn, job, Leave.SHRINK)
            elif step is Step.SUSPEND:
                self._floor.leave(turn, job, Leave.IDLE)
            elif step is Step.RELEASE:
                turn.stops[job.job_id] = JobReason.BY_IDLE_RULE
            elif step is Step.WARN:
                turn.tell(job, "job.idle", told(IDLING))

    def _plan(self, turn: Turn) -> Mapping[str, Waiting]:
        """Decide who starts, on what the pool has after this turn's ends; why others wait."""
        held_back = self._line_up()
        planned, granted = self._floor.dispatch.plan(turn.at)
        for job_id, allocations in granted.items():
            job = self._floor.live[job_id]
            placed = self._floor.move(turn, job, JobEvent.PLACED, allocations=allocations)
            turn.launches.append(placed)
        self._evict(turn, planned.evictions)
        waits = {job_id: Waiting(reason, 0) for job_id, reason in held_back.items()}
        return {**planned.reasons, **waits}

    def _foretell(self, turn: Turn) -> None:
        """Promise waiting jobs a start, now and then, on a small share of the loop's time."""
        began = time.monotonic()
        if not self._floor.dispatch.waits:
            self._centre.promised = {}
        elif began >= self._foretold:
            starts = self._floor.dispatch.forecast(turn.at)
            told = self._foresight.intervals(turn.at.timestamp(), starts)
            self._centre.promised = {
                job_id: (_instant(low), _instant(high)) for job_id, (low, high) in told.items()
            }
            took = time.monotonic() - began
            self._foretold = began + max(_FORETELL_EVERY_S, _FORETELL_SHARE * took)

    def _evict(self, turn: Turn, evictions: Iterable[Eviction]) -> None:
        """Tell those to make room whom the plan wants gone."""
        for eviction in evictions:
            job = self._floor.live[eviction.job.job_id]
            self._floor.leave(turn, job, Leave(eviction.cause))

    def _tell_waiting(self, turn: Turn, waits: Mapping[str, Waiting]) -> None:
        """Say why a job waits, whenever the reason changes."""
        before = self._centre.waiting
        for job_id, waiting in waits.items():
            if job_id not in before or before[job_id].reason is not waiting.reason:
                facts: dict[str, object] = {"reason": waiting.reason, "ahead": waiting.ahead}
                job = self._floor.live[job_id]
                turn.tell(job, "job.waiting", facts | sentences(waiting.reason))

    def _line_up(self) -> Mapping[str, WaitingReason]:
        """Let jobs be planned whose environment is made; why the others are not."""
        centre = self._centre
        held_back: dict[str, WaitingReason] = {}
        states: dict[str, EnvironmentState] = {}
        for job in self._floor.live.values():
            if job.state is not JobState.QUEUED:
                continue
            if job.suspended:
                held_back[job.job_id] = WaitingReason.SUSPENDED
                continue
            if job.tenant in self._dry:
                self._floor.dispatch.hold_back(job.job_id)
                held_back[job.job_id] = WaitingReason.UNPAID
                continue
            name = job.work.algorithm
            if name not in states:
                states[name] = centre.environments.prepare(centre.catalogue.get(name).lock)
            state = states[name]
            if state.error is not None:
                self._refused[job.job_id] = state.error
                centre.engine.wake()
            elif state.ready:
                self._floor.dispatch.ready(job)
            else:
                held_back[job.job_id] = WaitingReason.PREPARING
        return held_back

    def _act(self, turn: Turn, stops: Mapping[str, JobReason]) -> None:
        """Tell the engine, now that the database remembers."""
        for job in turn.launches:
            try:
                self._centre.engine.launch(spec(self._centre, job))
            except CentreError as error:
                log.warning("launch_refused", job_id=job.job_id, error=error.message)
                self._refused[job.job_id] = error
                self._centre.engine.wake()
        for job in self._floor.live.values():
            grace = self._grace(job, stopped=job.job_id in stops)
            if grace is not None and job.state.holds_devices:
                self._floor.dispatch.leave(job.job_id)
                self._ask_to_go(job, grace)
        self._floor.forget(turn)
        self._news.forget(turn)
        for job in turn.moved.values():
            if job.state.ended:
                self._asked.pop(job.job_id, None)
        if turn.stops:
            self._centre.engine.wake()
        if turn.solutions:
            self._wrapper.take(solution.solution_id for solution in turn.solutions)

    def _grace(self, job: Job, *, stopped: bool) -> Seconds | None:
        """What a job has to end well that is to go; None if it may stay."""
        if job.leave_for is Leave.NODE_DOWN:
            return Seconds(0.0)
        if stopped:
            return GRACE
        return None if job.leave_for is None else self._centre.rules.grace_s

    def _ask_to_go(self, job: Job, grace: Seconds) -> None:
        """Ask an attempt to end, once; again only if it has less time than it was told."""
        attempt, told_grace = self._asked.get(job.job_id, (0, grace))
        if attempt == job.attempt and told_grace <= grace:
            return
        self._asked[job.job_id] = (job.attempt, grace)
        self._centre.engine.stop(job.job_id, grace)


def _instant(at: float) -> Instant:
    return datetime.fromtimestamp(at, UTC)
