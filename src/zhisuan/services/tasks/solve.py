"""Solve: a question asked of a dataset becomes a task with offers, an accepted offer a job."""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from zhisuan.algorithms.package import Algorithm
from zhisuan.compute import records as jobs
from zhisuan.compute.job import Job, Work
from zhisuan.core.errors import Conflict
from zhisuan.core.identifiers import new_id
from zhisuan.core.task import Effort, TaskKind
from zhisuan.data.dataset import Dataset
from zhisuan.data.findings import Finding
from zhisuan.ledger.tariff import PriceClass
from zhisuan.services import records
from zhisuan.services.centre import Centre
from zhisuan.services.events import Event
from zhisuan.services.pool import run
from zhisuan.services.pool.admit import admit
from zhisuan.services.tasks.question import Question, pose
from zhisuan.services.tasks.task import EffortOffer, Task


@dataclass(frozen=True, slots=True)
class PosedQuestion:
    """A question that fits its data, and who can answer it; not yet a task."""

    dataset: Dataset
    question: Question
    algorithm: Algorithm
    warnings: tuple[Mapping[str, Any], ...]


def ask(
    centre: Centre,
    tenant: str,
    dataset_id: str,
    target: str | None = None,
    kind: TaskKind | None = None,
) -> PosedQuestion:
    """Look at the data and pose the question; nothing is written.

    Raises:
        NotFound: the tenant has no such dataset.
        QuestionError: the data cannot answer it, or does not say what is asked.
    """
    dataset = centre.shelf.get(tenant, dataset_id)
    question = pose(dataset.profile.columns, dataset.profile.rows, target, kind)
    leaks = [leak.finding for leak in centre.shelf.leaks(dataset, question.target)]
    warnings = tuple(warning(finding) for finding in (*dataset.profile.all_findings(), *leaks))
    return PosedQuestion(dataset, question, centre.catalogue.answering(question.kind), warnings)


def warning(finding: Finding) -> Mapping[str, Any]:
    """A finding as JSON values, with its sentences."""
    return {
        "code": finding.code,
        "column": finding.column,
        "parameters": dict(finding.parameters),
        "zh": finding.text("zh"),
        "en": finding.text("en"),
    }


def offer(centre: Centre, connection: Connection, posed: PosedQuestion) -> Task:
    """Make the task: a quote for every effort, open for as long as the tariff says."""
    now = centre.clock.now()
    tenant = posed.dataset.tenant
    task_id = new_id("tsk")
    offers = tuple(_offer(centre, connection, posed, task_id, effort) for effort in Effort)
    task = Task(
        task_id=task_id,
        tenant=tenant,
        dataset_id=posed.dataset.id,
        question=posed.question,
        algorithm=posed.algorithm.name,
        version=posed.algorithm.card.version,
        offers=offers,
        warnings=posed.warnings,
        created_at=now,
        expires_at=now + centre.ledger.tariff.quote_valid,
    )
    records.add_task(connection, task)
    facts = {"dataset_id": task.dataset_id, "target": posed.question.target}
    records.append_events(connection, [Event(tenant, "task.offered", task_id, facts, now)])
    return task


def accept(
    centre: Centre,
    connection: Connection,
    tenant: str,
    task_id: str,
    effort: Effort,
    project: str | None = None,
) -> Job:
    """Start answering: hold the offer's price and queue the job. Wake the engine afterwards.

    Accepting the same effort again gives the same job.

    Raises:
        Conflict: the task was accepted with another effort.
        QuoteExpired, InsufficientBalance, Unsatisfiable: see `run.queue` and `admit`.
    """
    task = records.task(connection, tenant, task_id)
    if task.job_id is not None:
        if task.effort is not effort:
            raise Conflict(
                f"The task {task_id} was accepted with the effort {task.effort} already.",
                hint="Ask the question again to answer it with another effort.",
            )
        return jobs.get(connection, task.job_id, tenant)
    dataset = centre.shelf.get(tenant, task.dataset_id)
    algorithm = centre.catalogue.get(task.algorithm)
    need = algorithm.need(
        effort, dataset.profile.rows, len(dataset.profile.columns), len(centre.here.cores)
    )
    request = run.request_for(need)
    admit(centre, tenant, request)
    profile = centre.objects.put([dataset.profile.to_json().encode()])
    work = Work(
        algorithm=algorithm.name,
        version=algorithm.card.version,
        parameters={
            "task": task.question.kind,
            "target": task.question.target,
            "effort": effort,
            "seed": zlib.crc32(dataset.sha256.encode()),
            "cpu_budget_s": algorithm.card.efforts[effort],
            "dataset": dataset.name,
        },
        inputs={"table": dataset.table_sha256, "profile": profile},
        time_limit_s=run.limit_for(need),
    )
    offer = centre.ledger.get_quote(connection, tenant, task.offer(effort).quote_id)
    job = run.queue(
        centre, connection, tenant, work, request, offer, task_id=task_id, project=project
    )
    records.accept_task(connection, task_id, effort, job.job_id)
    return job


def _offer(
    centre: Centre,
    connection: Connection,
    posed: PosedQuestion,
    task_id: str,
    effort: Effort,
) -> EffortOffer:
    profile = posed.dataset.profile
    terms = run.terms_of(connection, posed.dataset.tenant, PriceClass.STANDARD)
    need = posed.algorithm.need(effort, profile.rows, len(profile.columns), len(centre.here.cores))
    made = centre.ledger.store_quote(
        connection,
        posed.dataset.tenant,
        run.price(centre, run.request_for(need), need, terms),
        {"task_id": task_id, "effort": effort.value},
    )
    quote = made.quote
    return EffortOffer(
        effort=effort,
        quote_id=made.quote_id,
        money_low=quote.low,
        money_high=quote.high,
        seconds_low=float(quote.wall_s[0]),
        seconds_high=float(quote.wall_s[1]),
        energy_low_wh=float(quote.energy_wh[0]),
        energy_high_wh=float(quote.energy_wh[1]),
    )
