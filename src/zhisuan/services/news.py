"""News: what an engine says of a job becomes its next move, its metering and its settlement."""

from collections.abc import Sequence

from zhisuan.compute.engines.engine import EngineState, Phase
from zhisuan.compute.job import Job, JobEvent, JobReason, JobState
from zhisuan.core.errors import CentreError
from zhisuan.core.work import FinalRecord
from zhisuan.green.records import JobFootprint
from zhisuan.ledger.book import Settlement
from zhisuan.ledger.tariff import Outcome
from zhisuan.ledger.usage import UsageRecord
from zhisuan.runner.folder import AttemptFolder
from zhisuan.services.centre import Centre
from zhisuan.services.pool.floor import Floor
from zhisuan.services.pool.idle import STEPS, given_back
from zhisuan.services.pool.settle import (
    event_of,
    keeps,
    outcome_of,
    summary_of,
    usage_of,
    usage_of_lost,
)
from zhisuan.services.pool.turn import Turn
from zhisuan.services.tasks.wrap import new_solution


class News:
    """Takes in what happened to jobs.

    Args:
        centre: whose jobs they are.
        floor: where they are moved.
    """

    def __init__(self, centre: Centre, floor: Floor) -> None:
        self._centre = centre
        self._floor = floor
        self._told: dict[str, tuple[int, int]] = {}  # job to attempt and offset of its events

    def take_in(self, turn: Turn, job: Job, state: EngineState, stop_by: JobReason | None) -> None:
        """One job that holds a part of the pool, as its engine sees it."""
        if state.attempt != job.attempt or state.phase is Phase.ABSENT:
            turn.launches.append(job)
        elif state.phase is Phase.ENDED and state.final is not None:
            self._ended(turn, job, state.final, stop_by)
        elif state.phase is Phase.LOST:
            self._lost(turn, job)
        elif state.phase is Phase.RUNNING:
            if job.state is JobState.STARTING:
                self._floor.move(turn, job, JobEvent.BEGAN)
            self._tell_progress(turn, job)

    def stopped(self, turn: Turn, job: Job, by: JobReason) -> None:
        """A job that waits was stopped; what earlier attempts kept is charged."""
        ended = self._floor.move(turn, job, JobEvent.STOPPED, reason=by)
        turn.end_unstarted(job, outcome_of(ended, {}))

    def refused(self, turn: Turn, job: Job, error: CentreError) -> None:
        """An attempt that could not even be started costs nothing, and its job ends."""
        reason = (
            JobReason.DISK_FULL if error.code == "disk_full" else JobReason.ENVIRONMENT_UNAVAILABLE
        )
        message = f"{error.message} {error.hint}".strip()
        ended = self._floor.move(turn, job, JobEvent.FAILED, reason=reason, message=message)
        turn.end_unstarted(job, outcome_of(ended, {}))

    def resumed(self, turn: Turn, job: Job) -> None:
        """A suspended job is wanted again."""
        self._floor.move(turn, job, JobEvent.RESUMED)
        turn.returned.append(job.job_id)

    def forget(self, turn: Turn) -> None:
        """Let go of what is known of the jobs that the turn ended."""
        for job in turn.moved.values():
            if job.state.ended:
                self._told.pop(job.job_id, None)

    def _ended(self, turn: Turn, job: Job, final: FinalRecord, stop_by: JobReason | None) -> None:
        self._tell_progress(turn, job)
        event, reason = event_of(final, stop_by, job.leave_for)
        if event is JobEvent.LOST:
            self._lost(turn, job)
        elif event is JobEvent.PREEMPTED and reason is not None:
            self._made_room(turn, job, final, reason)
        else:
            self._over(turn, job, final, event, reason)

    def _lost(self, turn: Turn, job: Job) -> None:
        usage = usage_of_lost(job, turn.at)
        again = self._floor.move(turn, job, JobEvent.LOST, reason=JobReason.NODE_LOST)
        if again.state.ended:
            turn.settlements.append(self._settlement(job, [usage], outcome_of(again, {})))
        else:
            turn.usage.append(usage)

    def _made_room(self, turn: Turn, job: Job, final: FinalRecord, reason: JobReason) -> None:
        """The attempt is over and its job goes on, later or smaller."""
        resumes = self._centre.catalogue.get(job.work.algorithm).card.resumes
        kept = keeps(final, resumes=resumes)
        usage, foot = usage_of(self._centre, job, final, reason, billable=kept)
        turn.usage.append(usage)
        turn.feet.append(JobFootprint(job.job_id, job.attempt, foot))
        kept_s = final.meter.wall_s if kept else 0.0
        self._floor.move(turn, job, JobEvent.PREEMPTED, reason=reason, kept_s=kept_s)
        self._count_given_back(turn, job, reason)

    def _over(
        self,
        turn: Turn,
        job: Job,
        final: FinalRecord,
        event: JobEvent,
        reason: JobReason | None,
    ) -> None:
        ended = self._floor.move(turn, job, event, reason=reason, message=final.message)
        usage, foot = usage_of(self._centre, ended, final)
        summary = summary_of(self._centre.attempt_folder(job.job_id, job.attempt))
        outcome = outcome_of(ended, summary)
        turn.settlements.append(self._settlement(job, [usage], outcome))
        turn.feet.append(JobFootprint(job.job_id, job.attempt, foot))
        if ended.state is JobState.SUCCEEDED and job.task_id is not None:
            turn.solutions.append(new_solution(self._centre, ended, summary))
        self._count_given_back(turn, job, reason)

    def _settlement(self, job: Job, usage: Sequence[UsageRecord], outcome: Outcome) -> Settlement:
        provider = self._centre.catalogue.get(job.work.algorithm).card.provider
        return Settlement(job.job_id, usage, outcome, provider)

    def _count_given_back(self, turn: Turn, job: Job, reason: JobReason | None) -> None:
        step = STEPS.get(reason) if reason else None
        if step is not None:
            turn.given_back.append(given_back(job, step, turn.at))

    def _tell_progress(self, turn: Turn, job: Job) -> None:
        """Pass on what the algorithm said of its progress since the last look."""
        folder = AttemptFolder(self._centre.attempt_folder(job.job_id, job.attempt))
        attempt, offset = self._told.get(job.job_id, (job.attempt, 0))
        for after, said in folder.events(offset if attempt == job.attempt else 0):
            self._told[job.job_id] = (job.attempt, after)
            turn.tell(job, "job.progress", {**said, "task_id": job.task_id})
