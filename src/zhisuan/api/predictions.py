"""Predictions: try a solution on new rows."""

from decimal import Decimal
from typing import Annotated, Self

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse
from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)
from sqlalchemy import Connection

from zhisuan.algorithms.answers import Interval
from zhisuan.api.door import CentreHere, Member, OnceKey, Reader, ThisId, asking, once
from zhisuan.api.models import Page
from zhisuan.compute.explain import sentence
from zhisuan.compute.job import JobReason, JobState
from zhisuan.core.money import to_yuan
from zhisuan.core.quantities import Quality
from zhisuan.data.profile import Kind
from zhisuan.services import records
from zhisuan.services.centre import Centre
from zhisuan.services.people.projects import working_in
from zhisuan.services.tasks import form
from zhisuan.services.tasks.form import Field as FormField
from zhisuan.services.tasks.predict import (
    MOST_ROWS,
    Answerer,
    Cell,
    NewRows,
    answerer,
    prediction,
    price,
    submit,
)
from zhisuan.services.tasks.tried import Tried, file_of, tried

router = APIRouter(tags=["predictions"])

_Name = Annotated[str, StringConstraints(min_length=1, max_length=1000)]
_Cell = (
    Annotated[str, StringConstraints(max_length=100_000)]
    | bool
    | int
    | Annotated[float, Field(allow_inf_nan=False)]
    | None
)


class PredictionIn(BaseModel):
    """New rows: some, column to value, or all of a dataset."""

    model_config = ConfigDict(extra="forbid")
    rows: list[dict[_Name, _Cell]] | None = Field(default=None, min_length=1, max_length=MOST_ROWS)
    """A text is read as a cell of the table was; a number is the value itself, 0.12 for 12 %."""
    dataset_id: Annotated[str, StringConstraints(max_length=80)] | None = None
    project: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = None
    """Id or name of the project that it belongs to."""

    @field_validator("rows")
    @classmethod
    def _writable(cls, rows: list[dict[str, Cell]] | None) -> list[dict[str, Cell]] | None:
        for text in (each for row in rows or [] for pair in row.items() for each in pair):
            if isinstance(text, str):
                text.encode()  # half a surrogate pair cannot be written as UTF-8
        return rows

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if (self.rows is None) == (self.dataset_id is None):
            raise ValueError("give either rows or dataset_id")
        return self


class IntervalOut(BaseModel):
    """How far off an answer may be, as rows never learned from tell."""

    share: float
    """Of those rows, the ones whose true value was no further away than `off_by`."""
    off_by: float
    rows: int
    how_zh: str
    how_en: str

    @classmethod
    def of(cls, told: Interval) -> Self:
        """From the value."""
        return cls(
            share=told.share,
            off_by=told.off_by,
            rows=told.rows,
            how_zh=told.how.zh,
            how_en=told.how.en,
        )


class PredictionOut(BaseModel):
    """A prediction: how far it is, and once it is ready, what it found."""

    prediction_id: str
    """Also the id of its job."""
    solution_id: str
    state: JobState
    reason: JobReason | None
    why_zh: str | None
    why_en: str | None
    message: str
    """What the algorithm said where it could not answer."""
    submitted_at: AwareDatetime
    started_at: AwareDatetime | None
    ended_at: AwareDatetime | None
    most_yuan: Decimal
    """It never costs more."""
    charge_yuan: Decimal | None
    energy_wh: float | None
    energy_quality: Quality | None
    asked_rows: int
    answered: bool
    """Whether the answers are there; a prediction from before a restore has none any more."""
    target: str | None
    classes: list[str]
    """In the order of their probabilities; empty where a number is predicted."""
    rows: int | None
    columns: list[str]
    first: list[list[str]]
    """The first 200 rows, cell by cell as in the file."""
    unread: dict[str, int]
    """Column to cells that could not be read and count as missing."""
    unused: list[str]
    """Columns that came and are not asked for."""
    interval: IntervalOut | None
    """Of numbers, where the solution knows it."""

    @classmethod
    def of(cls, found: Tried) -> Self:
        """From the value."""
        job, cost, energy, told = found.job, found.cost, found.energy, found.answers
        assert cost is not None  # noqa: S101  a prediction is quoted before it is queued
        return cls(
            prediction_id=job.job_id,
            solution_id=str(job.work.parameters["solution_id"]),
            state=job.state,
            reason=job.reason,
            why_zh=sentence(job.reason, "zh") if job.reason else None,
            why_en=sentence(job.reason, "en") if job.reason else None,
            message=job.message,
            submitted_at=job.submitted_at,
            started_at=job.started_at,
            ended_at=job.ended_at,
            most_yuan=to_yuan(cost.offer.quote.high),
            charge_yuan=None if cost.charge is None else to_yuan(cost.charge.amount),
            energy_wh=energy[0] if energy else None,
            energy_quality=energy[1] if energy else None,
            asked_rows=int(job.work.parameters["rows"]),
            answered=told is not None,
            target=told.target if told else None,
            classes=list(told.classes) if told else [],
            rows=told.rows if told else None,
            columns=list(told.columns) if told else [],
            first=[list(row) for row in told.first] if told else [],
            unread=told.unread if told else {},
            unused=list(told.unused) if told else [],
            interval=IntervalOut.of(told.interval) if told and told.interval else None,
        )


class FieldOut(BaseModel):
    """One column of a new row."""

    name: str
    kind: Kind
    required: bool
    """Never empty in the data learned from; an empty cell is answered, but as a guess."""
    choices: list[str]
    """The most frequent values of a category, or of yes and no."""
    other_choices: bool
    low: float | str | None
    high: float | str | None
    examples: list[str | None]
    """Of rows never learned from: the first of every column are one row, and so on."""
    weight: float

    @classmethod
    def of(cls, field: FormField) -> Self:
        """From the value."""
        return cls(
            name=field.name,
            kind=field.kind,
            required=field.required,
            choices=list(field.choices),
            other_choices=field.other_choices,
            low=field.low,
            high=field.high,
            examples=list(field.examples),
            weight=field.weight,
        )


class FormOut(Page[FieldOut]):
    """The columns of a new row, all on one page, and what answering one costs."""

    target: str | None
    most_yuan: Decimal
    """Of one row, at today's prices."""


@router.post(
    "/v1/solutions/{solution_id}/predictions", status_code=201, response_model=PredictionOut
)
def predict_with(
    request: Request,
    solution_id: ThisId,
    body: PredictionIn,
    centre: CentreHere,
    caller: Member,
    key: OnceKey = None,
) -> Response:
    """Answer new rows with a solution; priced and run like any job."""

    def make(connection: Connection) -> PredictionOut:
        project = working_in(connection, caller.tenant, body.project, caller.project)
        who = _answerer(centre, connection, caller.tenant, solution_id)
        dataset = centre.shelf.get(caller.tenant, body.dataset_id) if body.dataset_id else None
        job = submit(centre, connection, who, NewRows(tuple(body.rows or ()), dataset), project)
        return PredictionOut.of(tried(centre, connection, job))

    response = once(centre, caller, key, asking(request, body), make)
    centre.engine.wake()
    return response


@router.get("/v1/predictions/{prediction_id}")
def show_prediction(prediction_id: ThisId, centre: CentreHere, caller: Reader) -> PredictionOut:
    """One prediction: how far it is, and what it answered."""
    with centre.database.read() as connection:
        job = prediction(connection, caller.tenant, prediction_id)
        return PredictionOut.of(tried(centre, connection, job))


@router.get(
    "/v1/predictions/{prediction_id}/file",
    response_class=FileResponse,
    responses={200: {"content": {"text/csv": {}}}},
)
def take_predictions(prediction_id: ThisId, centre: CentreHere, caller: Reader) -> FileResponse:
    """Every answer, as CSV."""
    with centre.database.read() as connection:
        job = prediction(connection, caller.tenant, prediction_id)
    return FileResponse(
        file_of(centre, job),
        media_type="text/csv; charset=utf-8",
        filename=f"{prediction_id}.csv",
    )


@router.get("/v1/solutions/{solution_id}/form")
def see_form(solution_id: ThisId, centre: CentreHere, caller: Reader) -> FormOut:
    """What a new row consists of, the weightiest column first, with example rows."""
    with centre.database.read() as connection:
        who = _answerer(centre, connection, caller.tenant, solution_id)
        fields = form.form(centre, connection, who)
        _, quote = price(centre, connection, who, rows=1, columns=len(fields))
    return FormOut(
        items=[FieldOut.of(each) for each in fields],
        next=None,
        target=who.solution.summary.get("target"),
        most_yuan=to_yuan(quote.high),
    )


def _answerer(centre: Centre, connection: Connection, tenant: str, solution_id: str) -> Answerer:
    return answerer(centre, connection, records.solution(connection, tenant, solution_id))
