"""Cutting off: what accounts that ran dry mean for their tenants' work."""

from collections.abc import Collection, Mapping

from sqlalchemy import Connection

from zhisuan.compute.job import JobReason, Leave
from zhisuan.ledger.accounts.ladder import SENTENCES, Stage
from zhisuan.services import records
from zhisuan.services.centre import Centre
from zhisuan.services.events import Event
from zhisuan.services.pool.floor import Floor
from zhisuan.services.pool.turn import Turn


def review(centre: Centre, connection: Connection) -> None:
    """Look at every account that runs low, and tell the tenants of those that moved."""
    now = centre.clock.now()
    events: list[Event] = []
    for step in centre.ledger.accounts.review(connection):
        chinese, english = SENTENCES[step.now.stage]
        facts = {"stage": step.now.stage, "before": step.before, "zh": chinese, "en": english}
        events.append(Event(step.tenant, f"account.{step.now.stage}", step.tenant, facts, now))
    records.append_events(connection, events)


def cut_off(
    centre: Centre,
    floor: Floor,
    turn: Turn,
    dry: Mapping[str, Stage],
    asked: Collection[str],
) -> None:
    """Pause the work of those who have been dry for long, and end that of the stopped.

    Only an algorithm that resumes is paused; any other goes on to its end, or is ended.

    Args:
        centre: whose algorithms they are.
        floor: the live jobs.
        turn: what is decided.
        dry: tenants that are paused or stopped.
        asked: jobs that were asked to end before.
    """
    for job in [each for each in floor.live.values() if each.tenant in dry]:
        if job.job_id in asked:
            continue
        resumes = centre.catalogue.get(job.work.algorithm).card.resumes
        if dry[job.tenant] is Stage.STOPPED:
            turn.stops[job.job_id] = JobReason.BY_UNPAID
        elif resumes and job.state.holds_devices and job.leave_for is None:
            floor.leave(turn, job, Leave.UNPAID)
