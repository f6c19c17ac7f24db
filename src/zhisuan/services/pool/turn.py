"""A turn: what one look at the jobs decided, written all together or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from zhisuan.compute import records as jobs
from zhisuan.compute.job import Job, JobReason, JobState
from zhisuan.compute.reclaim import GivenBack
from zhisuan.core.clock import Instant
from zhisuan.green import records as footprints
from zhisuan.green.records import JobFootprint
from zhisuan.ledger.book import Settlement
from zhisuan.ledger.tariff import Outcome
from zhisuan.ledger.usage import UsageRecord
from zhisuan.services import records
from zhisuan.services.centre import Centre
from zhisuan.services.events import Event
from zhisuan.services.solution import Solution


@dataclass(slots=True)
class Turn:
    """What one turn decided.

    Attributes:
        at: its instant.
        moved: jobs that are to be kept as they are now, by id.
        usage: of attempts that are over while their job goes on.
        settlements: of jobs that are over.
        releases: jobs that ended before anything was used.
        stops: jobs that the centre itself wants ended, and why.
        returned: jobs that came back from what idle reclaim made of them, or ended.
        launches: what the engine is told to begin, once all this is written.
    """

    at: Instant
    moved: dict[str, Job] = field(default_factory=dict[str, Job])
    events: list[Event] = field(default_factory=list[Event])
    usage: list[UsageRecord] = field(default_factory=list[UsageRecord])
    settlements: list[Settlement] = field(default_factory=list[Settlement])
    feet: list[JobFootprint] = field(default_factory=list[JobFootprint])
    solutions: list[Solution] = field(default_factory=list[Solution])
    releases: list[str] = field(default_factory=list[str])
    stops: dict[str, JobReason] = field(default_factory=dict[str, JobReason])
    given_back: list[GivenBack] = field(default_factory=list[GivenBack])
    returned: list[str] = field(default_factory=list[str])
    launches: list[Job] = field(default_factory=list[Job])

    def tell(self, job: Job, kind: str, facts: dict[str, object]) -> None:
        """Add an event of a job to the feed."""
        self.events.append(Event(job.tenant, kind, job.job_id, facts, self.at))

    def end_unstarted(self, job: Job, outcome: Outcome) -> None:
        """A job ended that runs nothing now: earlier attempts are charged, or the hold released.

        Args:
            job: as it was before its end.
            outcome: how it ended, as far as the price is concerned.
        """
        over = job.attempt - (job.state is JobState.STARTING)
        if over:
            self.settlements.append(Settlement(job.job_id, [], outcome))
        else:
            self.releases.append(job.job_id)

    def write(self, centre: Centre) -> bool:
        """All of the turn or nothing of it; says whether there was anything."""
        if not (self.moved or self.events or self.stops):
            return False
        with centre.database.write() as connection:
            if self.usage:
                centre.ledger.record_usage(connection, self.usage)
            if self.settlements:
                centre.ledger.settle_many(connection, self.settlements)
            footprints.add(connection, self.feet)
            for job_id in self.releases:
                centre.ledger.release(connection, job_id)
            for solution in self.solutions:
                records.add_solution(connection, solution)
            jobs.save(connection, list(self.moved.values()))
            for job_id, by in self.stops.items():
                jobs.ask_stop(connection, job_id, by)
            jobs.close_given_back(connection, self._back(), self.at)
            jobs.add_given_back(connection, self.given_back)
            records.append_events(connection, self.events)
        centre.news.ring()
        return True

    def _back(self) -> Sequence[str]:
        ended = [job.job_id for job in self.moved.values() if job.state.ended]
        return [*self.returned, *ended]
