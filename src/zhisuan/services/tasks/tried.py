"""Tried: a prediction as its tenant sees it, what it cost and used, and what it answered."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from zhisuan.algorithms.answers import TABLE, Answers, read_answers
from zhisuan.compute.job import Job, JobState
from zhisuan.core.errors import Conflict, NotFound
from zhisuan.core.quantities import Quality, worst
from zhisuan.green import records as footprints
from zhisuan.services.centre import Centre
from zhisuan.services.tasks.cost import Cost, cost_of


@dataclass(frozen=True, slots=True)
class Tried:
    """One prediction.

    Attributes:
        energy: watt-hours of all its attempts, and where they come from; None before the first
            has ended.
        answers: None until it has succeeded, and when its folder is gone.
    """

    job: Job
    cost: Cost | None
    energy: tuple[float, Quality] | None
    answers: Answers | None


def tried(centre: Centre, connection: Connection, job: Job) -> Tried:
    """A prediction with all that is known of it."""
    answers = read_answers(_output(centre, job)) if job.state is JobState.SUCCEEDED else None
    cost = cost_of(centre, connection, job)
    return Tried(job, cost, _energy(connection, job.job_id), answers)


def file_of(centre: Centre, job: Job) -> Path:
    """The file of all its answers.

    Raises:
        Conflict: there is none yet.
        NotFound: there is none any more.
    """
    if job.state is not JobState.SUCCEEDED:
        raise Conflict(
            f"The prediction {job.job_id} is {job.state}.",
            hint="Its answers are there when it has succeeded.",
        )
    path = _output(centre, job) / TABLE
    if not path.is_file():
        raise NotFound(
            f"The answers of {job.job_id} are no longer kept.", hint="Ask the solution again."
        )
    return path


def _output(centre: Centre, job: Job) -> Path:
    return centre.attempt_folder(job.job_id, job.attempt) / "output"


def _energy(connection: Connection, job_id: str) -> tuple[float, Quality] | None:
    feet = footprints.of_job(connection, job_id)
    if not feet:
        return None
    quality = worst(*(Quality(foot["energy_quality"]) for foot in feet))
    return sum(foot["energy_wh"] for foot in feet), quality
