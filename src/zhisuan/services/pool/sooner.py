"""Sooner: what would start a waiting job earlier, tried out on books made for the question."""

from sqlalchemy import Connection

from zhisuan.compute import records as jobs
from zhisuan.compute.job import Job, JobState
from zhisuan.compute.scheduler.sooner import Sooner
from zhisuan.core.errors import Conflict
from zhisuan.services.centre import Centre
from zhisuan.services.pool.dispatch import Dispatch
from zhisuan.services.pool.foresight import REMEMBERED, Foresight
from zhisuan.services.pool.past import past_use
from zhisuan.services.pool.run import PRIORITIES

_MOST_WAITING = 2000


def would_start_sooner(centre: Centre, connection: Connection, job: Job) -> tuple[Sooner, ...]:
    """Ways to ask for the job's work that would start it clearly sooner, the soonest first.

    Raises:
        Conflict: the job does not wait for its turn, or too many wait to try it out.
    """
    if job.state is not JobState.QUEUED or job.suspended:
        raise Conflict(
            f"The job {job.job_id} is {'suspended' if job.suspended else job.state}.",
            hint="Only a job that waits for its turn could start sooner.",
        )
    now = centre.clock.now()
    foresight = Foresight(None, jobs.last_ended(connection, REMEMBERED))
    books = Dispatch(centre.nodes, centre.rules, past_use(centre, now), now, foresight)
    live = [each for each in jobs.live_since(connection, 0) if not each.suspended]
    if len(live) > _MOST_WAITING:
        raise Conflict(
            f"More than {_MOST_WAITING} jobs are in the centre; that is too many to try it out.",
            hint="Ask again when the queue is shorter.",
        )
    for each in live:
        books.follow(each, now)
        if each.state is JobState.QUEUED:
            books.ready(each)
    return books.sooner(job.job_id, now, classes=PRIORITIES.values())
