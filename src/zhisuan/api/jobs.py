"""Jobs: run an algorithm, see how it stands, read its log, stop it, take it up again."""

import codecs
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, Self

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import PlainTextResponse
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    StringConstraints,
    field_validator,
    model_validator,
)
from sqlalchemy import Connection

from zhisuan.access import records as access
from zhisuan.access.permission import Permission, may
from zhisuan.access.tenant import Caller
from zhisuan.api.door import (
    After,
    At,
    CentreHere,
    JobReader,
    Limit,
    Member,
    OnceKey,
    RecordReader,
    ThisId,
    Whose,
    asking,
    once,
    place,
    subject,
    whose,
)
from zhisuan.api.models import JobMoneyOut, JobOut, Page
from zhisuan.api.receipt_models import MoneyOut, ReceiptOut
from zhisuan.compute import records
from zhisuan.compute.device import DeviceKind
from zhisuan.compute.job import Job, JobReason, JobState, Times
from zhisuan.compute.request import DeviceRequest, ResourceRequest, Together
from zhisuan.compute.scheduler.sooner import Change, Sooner, sentences
from zhisuan.core.money import from_yuan
from zhisuan.ledger.tariff import PriceClass
from zhisuan.runner.folder import AttemptFolder
from zhisuan.services.money.follow import follow
from zhisuan.services.people.projects import working_in
from zhisuan.services.pool.run import Order, resume, stop, submit
from zhisuan.services.pool.sooner import would_start_sooner
from zhisuan.services.tasks.cost import cost_of
from zhisuan.services.tasks.receipt import compose

router = APIRouter(tags=["jobs"])

_Node = Annotated[
    str | None,
    Query(max_length=80, description="That hold something of this node, or held it at last."),
]
_Word = Annotated[
    str | None,
    Query(
        min_length=1,
        max_length=80,
        description="Part of an id, a project or an algorithm; the newest 20,000 are looked at.",
    ),
]
_LOG_BLOCK = 1 << 20


class DeviceIn(BaseModel):
    """Devices of one kind; 1000 is one, below is a share of one."""

    model_config = ConfigDict(extra="forbid")
    kind: DeviceKind
    milli: int = Field(default=1000, gt=0, le=1_000_000)
    model: Annotated[str, StringConstraints(max_length=80)] = ""
    """Only this model, or one of several with `|` between them."""

    @field_validator("milli")
    @classmethod
    def _whole_or_a_share(cls, milli: int) -> int:
        if milli > 1000 and milli % 1000:  # noqa: PLR2004  one device
            raise ValueError("more than one device must be whole devices, a multiple of 1000")
        return milli


class JobIn(BaseModel):
    """A job: an algorithm of the catalogue with its parameters and what it may use.

    What it asks for is for each of its `nodes`: a gang starts on all of them together or not at
    all. Its times are instants; none of them is a promise of more than that.
    """

    model_config = ConfigDict(extra="forbid")
    algorithm: Annotated[str, StringConstraints(min_length=1, max_length=80)]
    parameters: dict[str, JsonValue] = Field(default_factory=dict[str, JsonValue])
    cpu_milli: int = Field(default=1000, gt=0, le=10_000_000)
    memory_mb: int = Field(default=1024, gt=0, le=100_000_000)
    any_of: list[DeviceIn] = Field(default_factory=list[DeviceIn], max_length=16)
    nodes: int = Field(default=1, ge=1, le=4096)
    most_nodes: int = Field(default=0, ge=0, le=4096)
    """An elastic gang takes up to so many if nobody else waits; 0 is `nodes`."""
    together: Together = Together.ANYWHERE
    time_limit_s: float = Field(default=600.0, gt=0, le=30 * 86400)
    price_class: PriceClass = PriceClass.STANDARD
    isolated: bool = False
    most_yuan: Decimal | None = Field(default=None, ge=0, le=10**9, decimal_places=6)
    not_before: At | None = None
    start_by: At | None = None
    finish_by: At | None = None
    green: bool = False
    """It may wait for a better hour, as long as it finishes by `finish_by`."""
    project: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = None
    """Id or name of the project that the work belongs to."""

    @field_validator("parameters")
    @classmethod
    def _kept_as_they_are(cls, parameters: dict[str, JsonValue]) -> dict[str, JsonValue]:
        # Half a surrogate pair cannot be written as UTF-8, nor NaN as JSON.
        json.dumps(parameters, ensure_ascii=False, allow_nan=False).encode()
        return parameters

    @model_validator(mode="after")
    def _a_gang_that_can_be(self) -> Self:
        if self.most_nodes and self.most_nodes < self.nodes:
            raise ValueError("most_nodes is less than nodes")
        return self

    def order(self) -> Order:
        """As the value the use case takes."""
        devices = tuple(DeviceRequest(each.kind, each.milli, each.model) for each in self.any_of)
        return Order(
            self.algorithm,
            self.parameters,
            ResourceRequest(
                self.cpu_milli,
                self.memory_mb,
                devices,
                self.nodes,
                self.most_nodes,
                self.together,
            ),
            self.price_class,
            self.time_limit_s,
            None if self.most_yuan is None else from_yuan(self.most_yuan),
            self.isolated,
            Times(self.not_before, self.start_by, self.finish_by, self.green),
        )


@router.post("/v1/jobs", status_code=201, response_model=JobOut)
def submit_job(
    request: Request, body: JobIn, centre: CentreHere, caller: Member, key: OnceKey = None
) -> Response:
    """Run an algorithm; the price of its whole time limit is held until it ends."""

    def make(connection: Connection) -> JobOut:
        project = working_in(connection, caller.tenant, body.project, caller.project)
        order = replace(body.order(), project=project)
        return JobOut.of(submit(centre, connection, caller.tenant, order))

    response = once(centre, caller, key, asking(request, body), make)
    centre.engine.wake()
    return response


@router.get("/v1/jobs")
def list_jobs(
    centre: CentreHere,
    caller: JobReader,
    state: JobState | None = None,
    tenant: Whose = None,
    node: _Node = None,
    q: _Word = None,
    limit: Limit = 50,
    after: After = None,
) -> Page[JobOut]:
    """Jobs, newest first; an operator or auditor sees every tenant's."""
    before = place(after)
    owner = whose(caller, Permission.SEE_JOBS)
    if tenant is not None:
        owner = subject(caller, tenant, Permission.SEE_JOBS)
    with centre.database.read() as connection:
        found = records.page(
            connection, owner, state=state, node=node, word=q, before=before, limit=limit + 1
        )
        items = _named(connection, caller, [_out(centre, job) for job in found[:limit]])
    more = len(found) > limit
    return Page(items=items, next=str(found[limit - 1].sequence) if more else None)


@router.get("/v1/jobs/{job_id}")
def show_job(job_id: ThisId, centre: CentreHere, caller: JobReader) -> JobOut:
    """One job."""
    job = _job(centre, caller, job_id)
    with centre.database.read() as connection:
        (out,) = _named(connection, caller, [_out(centre, job)])
    if job.tenant == caller.tenant or may(caller, Permission.SEE_RECORDS):
        with centre.database.read() as connection:
            cost = cost_of(centre, connection, job)
        out.money = None if cost is None else JobMoneyOut.of(cost)
    return out


class SoonerOut(BaseModel):
    """A way to submit a waiting job again that would start it sooner."""

    change: Change
    starts_at: datetime
    """Forecast, as if it were submitted now; no promise."""
    how_zh: str
    how_en: str

    @classmethod
    def of(cls, told: Sooner) -> Self:
        """From the value."""
        chinese, english = sentences(told)
        starts_at = datetime.fromtimestamp(told.starts_at, UTC)
        return cls(change=told.kind, starts_at=starts_at, how_zh=chinese, how_en=english)


@router.get("/v1/jobs/{job_id}/sooner")
def start_sooner(job_id: ThisId, centre: CentreHere, caller: JobReader) -> Page[SoonerOut]:
    """What would start a waiting job clearly sooner, the soonest first; often nothing would."""
    job = _job(centre, caller, job_id)
    with centre.database.read() as connection:
        found = would_start_sooner(centre, connection, job)
    return Page(items=[SoonerOut.of(each) for each in found], next=None)


@router.get("/v1/jobs/{job_id}/log", response_class=PlainTextResponse)
def read_log(
    job_id: ThisId,
    centre: CentreHere,
    caller: RecordReader,
    offset: Annotated[int, Query(ge=0, le=2**40)] = 0,
) -> PlainTextResponse:
    """The log from a byte offset on; `X-Next-Offset` says where to go on."""
    job = _job(centre, caller, job_id, Permission.SEE_RECORDS)
    path = AttemptFolder(centre.attempt_folder(job_id, max(job.attempt, 1))).log
    try:
        with path.open("rb") as log:
            log.seek(offset)
            block = log.read(_LOG_BLOCK)
    except FileNotFoundError:
        block = b""
    # A character whose end has not been written or read yet is left for the next time.
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    last = job.state.ended and len(block) < _LOG_BLOCK
    text = decoder.decode(block, final=last)
    unread, _ = decoder.getstate()
    headers = {"X-Next-Offset": str(offset + len(block) - len(unread))}
    return PlainTextResponse(text, headers=headers)


@router.post("/v1/jobs/{job_id}/stop", status_code=202)
def stop_job(job_id: ThisId, centre: CentreHere, caller: Member) -> JobOut:
    """Ask a job to end; it is given a few seconds to do so well."""
    with centre.database.write() as connection:
        job = records.get(connection, job_id, whose(caller, Permission.OPERATE))
        own = job.tenant == caller.tenant
        stop(connection, job, JobReason.BY_TENANT if own else JobReason.BY_OPERATOR)
    centre.engine.wake()
    return JobOut.of(job)


@router.post("/v1/jobs/{job_id}/resume", status_code=202)
def resume_job(job_id: ThisId, centre: CentreHere, caller: Member) -> JobOut:
    """Let a job queue again that was suspended for idling."""
    with centre.database.write() as connection:
        job = records.get(connection, job_id, whose(caller, Permission.OPERATE))
        resume(connection, job)
    centre.engine.wake()
    return JobOut.of(job)


@router.get(
    "/v1/jobs/{job_id}/receipt", response_model=ReceiptOut, response_model_exclude_unset=True
)
def job_receipt(job_id: ThisId, centre: CentreHere, caller: RecordReader) -> Mapping[str, Any]:
    """What a job used and cost; complete once it has ended."""
    job = _job(centre, caller, job_id, Permission.SEE_RECORDS)
    with centre.database.read() as connection:
        return compose(centre, connection, job)


@router.get("/v1/jobs/{job_id}/money", response_model=MoneyOut)
def follow_money(job_id: ThisId, centre: CentreHere, caller: RecordReader) -> Mapping[str, Any]:
    """Follow a job's money: lines, usage records, tariff, charge, entries, invoice."""
    job = _job(centre, caller, job_id, Permission.SEE_RECORDS)
    with centre.database.read() as connection:
        return follow(centre, connection, job)


def _job(
    centre: CentreHere,
    caller: Caller,
    job_id: str,
    permission: Permission = Permission.SEE_JOBS,
) -> Job:
    with centre.database.read() as connection:
        return records.get(connection, job_id, whose(caller, permission))


def _named(connection: Connection, caller: Caller, told: list[JobOut]) -> list[JobOut]:
    """With the names of their tenants, for those who see everybody's."""
    if may(caller, Permission.SEE_JOBS):
        names = access.tenant_names(connection, (each.tenant_id for each in told))
        for each in told:
            each.tenant_name = names.get(each.tenant_id)
    return told


def _out(centre: CentreHere, job: Job) -> JobOut:
    """A job with what the last plan said of it."""
    return JobOut.of(job, centre.waiting.get(job.job_id), centre.promised.get(job.job_id))
