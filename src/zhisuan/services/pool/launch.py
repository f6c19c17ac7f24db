"""Launch: the order for one attempt, made of the job, its algorithm and what it was granted."""

from pathlib import Path

from zhisuan.algorithms.package import Card
from zhisuan.compute.job import OWN, Job, Work
from zhisuan.core.errors import Unavailable
from zhisuan.core.quantities import Seconds
from zhisuan.core.work import LaunchSpec
from zhisuan.services.centre import Centre

GRACE = Seconds(5.0)
"""What a job has to end well when somebody stops it, or its time is over."""


def spec(centre: Centre, job: Job) -> LaunchSpec:
    """The order for one attempt.

    One process stands for a whole gang: its nodes are simulated, all but this machine at most.

    Raises:
        EnvironmentUnavailable: the algorithm's environment has not been made.
        Unavailable: it is to answer new rows, and its algorithm no longer does.
    """
    algorithm = centre.catalogue.get(job.work.algorithm)
    entry, preload = _entry(algorithm.card, job.work)
    environment = centre.environments.made(algorithm.lock)
    here = next((each for each in job.allocations if each.node == centre.here.name), None)
    first = here or job.allocations[0]
    return LaunchSpec(
        job_id=job.job_id,
        attempt=job.attempt,
        folder=str(centre.attempt_folder(job.job_id, job.attempt)),
        environment=environment.key,
        interpreter=environment.interpreter,
        entry=entry,
        program=(str(algorithm.program),),
        preload=preload,
        parameters=job.work.parameters,
        inputs={name: str(_place(centre, job, kept)) for name, kept in job.work.inputs.items()},
        cores=here.cores if here else (),
        cpu_milli=first.cpu_milli,
        memory_mb=first.memory_mb,
        time_limit_s=job.time_left_s,
        grace_s=GRACE,
        devices=tuple(share.device for share in first.devices),
        isolated=job.work.isolated,
    )


def _entry(card: Card, work: Work) -> tuple[str, tuple[str, ...]]:
    """What is called, and what a warm runner imports before."""
    if not work.predicts:
        return card.entry, card.preload
    if card.predict is None:
        raise Unavailable(
            f"The algorithm {card.name} {card.version} answers no new rows.",
            hint="Take the solution away; its own program predicts.",
        )
    return card.predict.entry, card.predict.preload


def _place(centre: Centre, job: Job, kept: str) -> Path:
    if kept.startswith(OWN):
        return centre.job_folder(job.job_id) / kept.removeprefix(OWN)
    return centre.objects.path(kept)
