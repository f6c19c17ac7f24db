"""Predict: a solution is asked about new rows, and a job like any other answers.

What cannot be answered is refused here, before anything is held or queued.
"""

import difflib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from zhisuan.algorithms.package import Algorithm, Need, Predictor
from zhisuan.compute import records as jobs
from zhisuan.compute.job import OWN, SOLUTION, Job, Work
from zhisuan.core.errors import Conflict, NotFound, WrongInput
from zhisuan.data.dataset import Dataset
from zhisuan.ledger.quote import Quote
from zhisuan.ledger.tariff import PriceClass
from zhisuan.services.centre import Centre
from zhisuan.services.pool import run
from zhisuan.services.pool.admit import admit
from zhisuan.services.solution import Solution
from zhisuan.store.objects import disk_errors

MOST_ROWS = 1_000
"""Rows in one request; more come as a dataset."""

Cell = str | int | float | bool | None
Row = Mapping[str, Cell]

_ROWS = "rows.json"


@dataclass(frozen=True, slots=True)
class Answerer:
    """A solution that can be asked, and who answers.

    Attributes:
        algorithm: as the catalogue has it now.
        predictor: its way to answer.
        archive: SHA-256 of the solution's zip.
        columns: the names of what it reads; empty where the solution does not say.
    """

    solution: Solution
    algorithm: Algorithm
    predictor: Predictor
    archive: str
    columns: tuple[str, ...]


def answerer(centre: Centre, connection: Connection, solution: Solution) -> Answerer:
    """Who answers new rows by this solution.

    Raises:
        Conflict: nobody does; says why.
    """
    made_by = jobs.get(connection, solution.job_id).work
    if solution.archive is None:
        raise Conflict("The solution is still being wrapped.", hint="Try again in a second.")
    if not solution.summary.get("usable", True):
        raise Conflict(
            "The solution has no usable model, so it cannot be tried.",
            hint="Its report says why. Bring more or other data, and ask the question again.",
        )
    if not centre.objects.has(solution.archive):
        raise Conflict(
            "The files of this solution are no longer kept.", hint="Ask its question again."
        )
    try:
        algorithm = centre.catalogue.get(made_by.algorithm)
    except NotFound as error:
        raise Conflict(f"{error.message} It made the solution.", hint=_TAKE) from error
    predictor = algorithm.card.predict
    if predictor is None:
        raise Conflict(f"The algorithm {algorithm.name} answers no new rows here.", hint=_TAKE)
    if not predictor.opens(made_by.version):
        raise Conflict(
            f"The solution was made by {algorithm.name} {made_by.version}; new rows are "
            f"answered by solutions of {predictor.since} or later.",
            hint=f"Ask the question again, which makes a new one. {_TAKE}",
        )
    columns = tuple(str(each["name"]) for each in solution.summary.get("columns", ()))
    return Answerer(solution, algorithm, predictor, solution.archive, columns)


_TAKE = "Taken away as a zip, it predicts on your own computer."


@dataclass(frozen=True, slots=True)
class NewRows:
    """What a solution is asked about: rows as they were sent, or a table that was brought."""

    rows: tuple[Row, ...] = ()
    dataset: Dataset | None = None

    @property
    def count(self) -> int:
        """How many."""
        return len(self.rows) if self.dataset is None else self.dataset.rows

    @property
    def names(self) -> Sequence[str]:
        """The columns that come."""
        if self.dataset is not None:
            return [column.name for column in self.dataset.profile.columns]
        return list(dict.fromkeys(name for row in self.rows for name in row))


def check(who: Answerer, new: NewRows) -> None:
    """Whether the rows have what the solution needs; other columns do no harm.

    Raises:
        WrongInput: a column is missing; names it, and what may have been meant.
    """
    missing = [name for name in who.columns if name not in new.names]
    if not missing:
        return
    shown = ", ".join(f"“{name}”" for name in missing[:5]) + (" …" if len(missing) > 5 else "")  # noqa: PLR2004  enough to see
    near = difflib.get_close_matches(missing[0], new.names, 1, 0.5)
    raise WrongInput(
        f"The rows lack these columns that the solution needs: {shown}.",
        hint=f"Is “{near[0]}” “{missing[0]}”?" if near else "A cell may be empty, a column not.",
    )


def price(
    centre: Centre, connection: Connection, who: Answerer, *, rows: int, columns: int
) -> tuple[Need, Quote]:
    """What so many rows are expected to need, and to cost."""
    need = who.predictor.profile.need(0.0, rows * columns / 1e6, len(centre.here.cores))
    terms = run.terms_of(connection, who.solution.tenant, PriceClass.STANDARD)
    return need, run.price(centre, run.request_for(need), need, terms)


def submit(
    centre: Centre,
    connection: Connection,
    who: Answerer,
    new: NewRows,
    project: str | None = None,
) -> Job:
    """Ask: the price is held and the job queued. Wake the engine after the commit.

    Raises:
        WrongInput: the rows lack a column.
        InsufficientBalance, Unsatisfiable: see `run.queue` and `admit`.
    """
    check(who, new)
    need, quote = price(centre, connection, who, rows=new.count, columns=len(new.names))
    request = run.request_for(need)
    tenant = who.solution.tenant
    admit(centre, tenant, request)
    solution_id = who.solution.solution_id
    subject = {"solution_id": solution_id}
    offer = centre.ledger.store_quote(connection, tenant, quote, subject)
    work = Work(
        algorithm=who.algorithm.name,
        version=who.algorithm.card.version,
        parameters={"solution_id": solution_id, "rows": new.count},
        inputs={SOLUTION: who.archive, **_inputs(centre, new.dataset)},
        time_limit_s=run.limit_for(need),
    )
    job = run.queue(centre, connection, tenant, work, request, offer, project=project)
    if new.dataset is None:
        _keep(centre, job, new.rows)
    return job


def prediction(connection: Connection, tenant: str, prediction_id: str) -> Job:
    """The job of a prediction.

    Raises:
        NotFound: there is none, or it is another tenant's.
    """
    found = jobs.some(connection, [prediction_id]).get(prediction_id)
    if found is None or found.tenant != tenant or not found.work.predicts:
        raise NotFound(
            f"There is no prediction {prediction_id}.", hint="Ask a solution about new rows."
        )
    return found


def _inputs(centre: Centre, dataset: Dataset | None) -> Mapping[str, str]:
    if dataset is None:
        return {"rows": f"{OWN}{_ROWS}"}
    profile = centre.objects.put([dataset.profile.to_json().encode()])
    return {"table": dataset.table_sha256, "profile": profile, "original": dataset.sha256}


def _keep(centre: Centre, job: Job, rows: Sequence[Row]) -> None:
    """Rows that were typed in lie in the job's own folder, and go with it."""
    folder = centre.job_folder(job.job_id)
    with disk_errors():
        folder.mkdir(parents=True, mode=0o700)
        text = json.dumps(rows, ensure_ascii=False, allow_nan=False)
        (folder / _ROWS).write_text(text, encoding="utf-8")
