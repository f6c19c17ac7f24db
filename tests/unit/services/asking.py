"""Tasks for a workshop: asked of a dataset, answered by the probe."""

import json
from pathlib import Path

from zhisuan.algorithms.package import Need
from zhisuan.compute.job import Work
from zhisuan.compute.request import ResourceRequest
from zhisuan.core.clock import format_instant
from zhisuan.core.identifiers import new_id
from zhisuan.core.task import Effort, TaskKind
from zhisuan.ledger.tariff import PriceClass
from zhisuan.runner.folder import AttemptFolder
from zhisuan.services import records
from zhisuan.services.pool import run
from zhisuan.services.tasks.question import Question
from zhisuan.services.tasks.task import EffortOffer, Task
from zhisuan.services.tasks.taskview import views

TABLE = "a,b,y\n" + "".join(f"{n},{n % 7},{n % 2}\n" for n in range(40))
REQUEST = ResourceRequest(1000, 1024)


def dataset(workshop, name="shop", text=TABLE):
    """A dataset of the workshop's tenant."""
    return workshop.centre.shelf.add(workshop.tenant, name, [text.encode()])


def asked(workshop, of, *, accept=True):
    """A task, and by default the job that answers it."""
    centre, tenant = workshop.centre, workshop.tenant
    need = Need(1, (1.0, 100.0), (1.0, 100.0), 1024)
    with centre.database.write() as connection:
        terms = run.terms_of(connection, tenant, PriceClass.STANDARD)
        price = run.price(centre, REQUEST, need, terms)
        offer = centre.ledger.store_quote(connection, tenant, price)
        quote = offer.quote
        offered = EffortOffer(
            Effort.FAST, offer.quote_id, quote.low, quote.high, 1.0, 100.0, 0.1, 0.2
        )
        now = workshop.clock.now()
        task = Task(
            task_id=new_id("tsk"),
            tenant=tenant,
            dataset_id=of.id,
            question=Question("y", TaskKind.CLASSIFICATION, False, "由您指定。", "You chose it."),
            algorithm="probe",
            version="1.2.0",
            offers=(offered,),
            warnings=(),
            created_at=now,
            expires_at=now,
        )
        records.add_task(connection, task)
        if accept:
            work = Work("probe", "1.2.0", {}, {}, 3600.0)
            job = run.queue(centre, connection, tenant, work, REQUEST, offer, task_id=task.task_id)
            records.accept_task(connection, task.task_id, Effort.FAST, job.job_id)
    return kept(workshop, task.task_id)


def kept(workshop, task_id):
    """The task as the database has it."""
    with workshop.centre.database.read() as connection:
        return records.task(connection, workshop.tenant, task_id)


def seen(workshop, *tasks):
    """The tasks as their tenant sees them."""
    with workshop.centre.database.read() as connection:
        return views(workshop.centre, connection, list(tasks))


def folder_of(workshop, job_id, attempt=None):
    """The folder of a job's newest attempt."""
    number = attempt or workshop.job(job_id).attempt
    found = AttemptFolder(workshop.centre.attempt_folder(job_id, number))
    found.output.mkdir(parents=True, exist_ok=True)
    return found


def tell(workshop, job_id, stage, fraction, **facts):
    """The algorithm says how far it is."""
    at = format_instant(workshop.clock.now())
    folder = folder_of(workshop, job_id)
    folder.tell({"at": at, "stage": stage, "fraction": fraction, **facts})


def answer(workshop, job_id, **summary):
    """The algorithm writes its result."""
    found: Path = folder_of(workshop, job_id).output / "solution.json"
    found.write_text(json.dumps({"metric": "rmse", "score": 2.0, "baseline_score": 8.0} | summary))
