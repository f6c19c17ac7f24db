"""The cost of a job: what it was quoted, what it costs so far, what it cost in the end."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from zhisuan.compute.job import Job
from zhisuan.core.clock import Instant
from zhisuan.core.money import MicroYuan
from zhisuan.ledger.charge import Charge
from zhisuan.ledger.quote import Offer
from zhisuan.ledger.usage import UsageRecord
from zhisuan.services.centre import Centre
from zhisuan.services.pool.settle import usage_so_far


@dataclass(frozen=True, slots=True)
class Cost:
    """The three numbers of a job.

    Attributes:
        offer: what was accepted before.
        so_far: what it costs up to `at` if it ended well now; None once it has ended.
        at: now.
        charge: the bill; None until then.
    """

    offer: Offer
    so_far: MicroYuan | None
    at: Instant
    charge: Charge | None


def cost_of(centre: Centre, connection: Connection, job: Job) -> Cost | None:
    """What a job costs, as far as it is known; None for one that was never quoted."""
    if job.quote_id is None:
        return None
    ledger, now = centre.ledger, centre.clock.now()
    offer = ledger.get_quote(connection, job.tenant, job.quote_id)
    charge = ledger.charge_of(connection, job.job_id)
    running = None if job.state.ended else ledger.so_far(connection, job.job_id, _now(job, now))
    return Cost(offer, running.amount if running else None, now, charge)


def so_far(centre: Centre, connection: Connection, jobs: Iterable[Job]) -> Mapping[str, MicroYuan]:
    """What the jobs cost up to now that have not ended, by job."""
    now = centre.clock.now()
    running = {job.job_id: _now(job, now) for job in jobs if not job.state.ended}
    told = centre.ledger.so_far_many(connection, running)
    return {job_id: each.amount for job_id, each in told.items()}


def _now(job: Job, now: Instant) -> list[UsageRecord]:
    """The attempt that goes on, as if it ended now."""
    if not job.state.holds_devices or job.started_at is None:
        return []
    return [usage_so_far(job, job.started_at, now)]
