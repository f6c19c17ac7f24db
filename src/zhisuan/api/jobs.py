"""Jobs: run an algorithm, see how it stands, read its log, stop it."""

import codecs
import json
from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import PlainTextResponse
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    StringConstraints,
    field_validator,
)
from sqlalchemy import Connection

from zhisuan.access.permission import GRANTS, Permission
from zhisuan.access.tenant import Caller
from zhisuan.api.door import (
    After,
    Anyone,
    CentreHere,
    Limit,
    Member,
    OnceKey,
    ThisId,
    asking,
    once,
)
from zhisuan.api.models import JobOut, Page
from zhisuan.compute import records
from zhisuan.compute.device import DeviceKind
from zhisuan.compute.job import Job, JobReason, JobState
from zhisuan.compute.request import DeviceRequest, ResourceRequest
from zhisuan.core.errors import WrongInput
from zhisuan.core.money import from_yuan
from zhisuan.ledger.tariff import PriceClass
from zhisuan.runner.folder import AttemptFolder
from zhisuan.services.receipt import compose
from zhisuan.services.run import Order, stop, submit

router = APIRouter(tags=["jobs"])

_LOG_BLOCK = 1 << 20


class DeviceIn(BaseModel):
    """Devices of one kind; 1000 is one, below is a share of one."""

    model_config = ConfigDict(extra="forbid")
    kind: DeviceKind
    milli: int = Field(default=1000, gt=0, le=1_000_000)
    model: Annotated[str, StringConstraints(max_length=80)] = ""

    @field_validator("milli")
    @classmethod
    def _whole_or_a_share(cls, milli: int) -> int:
        if milli > 1000 and milli % 1000:  # noqa: PLR2004  one device
            raise ValueError("more than one device must be whole devices, a multiple of 1000")
        return milli


class JobIn(BaseModel):
    """A job: an algorithm of the catalogue with its parameters and what it may use."""

    model_config = ConfigDict(extra="forbid")
    algorithm: Annotated[str, StringConstraints(min_length=1, max_length=80)]
    parameters: dict[str, JsonValue] = Field(default_factory=dict[str, JsonValue])
    cpu_milli: int = Field(default=1000, gt=0, le=10_000_000)
    memory_mb: int = Field(default=1024, gt=0, le=100_000_000)
    any_of: list[DeviceIn] = Field(default_factory=list[DeviceIn], max_length=16)
    time_limit_s: float = Field(default=600.0, gt=0, le=30 * 86400)
    price_class: PriceClass = PriceClass.STANDARD
    isolated: bool = False
    most_yuan: Decimal | None = Field(default=None, ge=0, le=10**9, decimal_places=6)

    @field_validator("parameters")
    @classmethod
    def _kept_as_they_are(cls, parameters: dict[str, JsonValue]) -> dict[str, JsonValue]:
        # Half a surrogate pair cannot be written as UTF-8, nor NaN as JSON.
        json.dumps(parameters, ensure_ascii=False, allow_nan=False).encode()
        return parameters

    def order(self) -> Order:
        """As the value the use case takes."""
        devices = tuple(DeviceRequest(each.kind, each.milli, each.model) for each in self.any_of)
        return Order(
            self.algorithm,
            self.parameters,
            ResourceRequest(self.cpu_milli, self.memory_mb, devices),
            self.price_class,
            self.time_limit_s,
            None if self.most_yuan is None else from_yuan(self.most_yuan),
            self.isolated,
        )


@router.post("/v1/jobs", status_code=201, response_model=JobOut)
def submit_job(
    request: Request, body: JobIn, centre: CentreHere, caller: Member, key: OnceKey = None
) -> Response:
    """Run an algorithm; the price of its whole time limit is held until it ends."""

    def make(connection: Connection) -> JobOut:
        return JobOut.of(submit(centre, connection, caller.tenant, body.order()))

    response = once(centre, caller, key, asking(request, body), make)
    centre.engine.wake()
    return response


@router.get("/v1/jobs")
def list_jobs(
    centre: CentreHere,
    caller: Anyone,
    state: JobState | None = None,
    limit: Limit = 50,
    after: After = None,
) -> Page[JobOut]:
    """Jobs, newest first; an operator or auditor sees every tenant's."""
    before = _sequence(after)
    with centre.database.read() as connection:
        found = records.page(
            connection, _whose(caller), state=state, before=before, limit=limit + 1
        )
    items = [JobOut.of(job, centre.waiting.get(job.job_id)) for job in found[:limit]]
    more = len(found) > limit
    return Page(items=items, next=str(found[limit - 1].sequence) if more else None)


@router.get("/v1/jobs/{job_id}")
def show_job(job_id: ThisId, centre: CentreHere, caller: Anyone) -> JobOut:
    """One job."""
    return JobOut.of(_job(centre, caller, job_id), centre.waiting.get(job_id))


@router.get("/v1/jobs/{job_id}/log", response_class=PlainTextResponse)
def read_log(
    job_id: ThisId,
    centre: CentreHere,
    caller: Anyone,
    offset: Annotated[int, Query(ge=0, le=2**40)] = 0,
) -> PlainTextResponse:
    """The log from a byte offset on; `X-Next-Offset` says where to go on."""
    job = _job(centre, caller, job_id)
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
        job = records.get(connection, job_id, _whose(caller, Permission.OPERATE))
        own = job.tenant == caller.tenant
        stop(connection, job, JobReason.BY_TENANT if own else JobReason.BY_OPERATOR)
    centre.engine.wake()
    return JobOut.of(job)


@router.get("/v1/jobs/{job_id}/receipt")
def job_receipt(job_id: ThisId, centre: CentreHere, caller: Anyone) -> dict[str, Any]:
    """What a job used and cost; complete once it has ended."""
    job = _job(centre, caller, job_id)
    with centre.database.read() as connection:
        return dict(compose(centre, connection, job))


def _job(centre: CentreHere, caller: Caller, job_id: str) -> Job:
    with centre.database.read() as connection:
        return records.get(connection, job_id, _whose(caller))


def _whose(caller: Caller, permission: Permission = Permission.SEE_POOL) -> str | None:
    """None where the caller may see everybody's."""
    return None if permission in GRANTS[caller.role] else caller.tenant


def _sequence(after: str | None) -> int | None:
    if after is None:
        return None
    if not after.isdecimal() or len(after) > 18:  # noqa: PLR2004  fits 64 bits
        raise WrongInput(f"{after[:40]!r} is not the `next` of a page.", hint="Start without it.")
    return int(after)
