"""Applications: ask for more than the small grant, decide, report."""

from decimal import Decimal
from typing import Annotated, Self

from fastapi import APIRouter, Request, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import Connection

from zhisuan.access import records as access
from zhisuan.access.application import Application, ApplicationState, Vote
from zhisuan.access.granting import Wish
from zhisuan.access.permission import Permission
from zhisuan.api.door import (
    After,
    CentreHere,
    Limit,
    Member,
    Name,
    OnceKey,
    Operating,
    RecordReader,
    ThisId,
    asking,
    once,
    whose,
)
from zhisuan.api.models import Page
from zhisuan.core.money import from_yuan, to_yuan
from zhisuan.services.people import grants

router = APIRouter(tags=["applications"])

_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000)]


class GrantApplicationIn(BaseModel):
    """The short form."""

    model_config = ConfigDict(extra="forbid")
    title: Name
    purpose: _Text
    yuan: Decimal = Field(gt=0, le=10**9, decimal_places=6)
    device_hours: float = Field(default=0.0, ge=0, le=10**9)
    devices: int = Field(default=0, ge=0, le=10**6)
    """The most at one time."""


class ReviewIn(BaseModel):
    """One reviewer's word: what to award; 0 refuses."""

    model_config = ConfigDict(extra="forbid")
    yuan: Decimal = Field(ge=0, le=10**9, decimal_places=6)
    note: Annotated[str, StringConstraints(max_length=10_000)] = ""


class ReportIn(BaseModel):
    """What the first part did."""

    model_config = ConfigDict(extra="forbid")
    text: _Text


class VerdictIn(BaseModel):
    """Whether a report is accepted, which pays the rest, or returned."""

    model_config = ConfigDict(extra="forbid")
    accepted: bool


class VoteOut(BaseModel):
    """What one reviewer said."""

    actor: str
    at: AwareDatetime
    yuan: Decimal
    note: str

    @classmethod
    def of(cls, vote: Vote) -> Self:
        """From the value."""
        return cls(actor=vote.actor, at=vote.at, yuan=to_yuan(vote.amount), note=vote.note)


class ApplicationOut(BaseModel):
    """An application, and how far it is."""

    application_id: str
    tenant_id: str
    applicant: str
    title: str
    purpose: str
    yuan: Decimal
    device_hours: float
    devices: int
    level: str
    state: ApplicationState
    awarded_yuan: Decimal
    paid_yuan: Decimal
    votes: list[VoteOut]
    report: str
    created_at: AwareDatetime

    @classmethod
    def of(cls, application: Application) -> Self:
        """From the value."""
        return cls(
            application_id=application.application_id,
            tenant_id=application.tenant,
            applicant=application.applicant,
            title=application.title,
            purpose=application.purpose,
            yuan=to_yuan(application.wish.amount),
            device_hours=application.wish.device_hours,
            devices=application.wish.devices,
            level=application.level,
            state=application.state,
            awarded_yuan=to_yuan(application.awarded),
            paid_yuan=to_yuan(application.paid),
            votes=[VoteOut.of(each) for each in application.votes],
            report=application.report,
            created_at=application.created_at,
        )


@router.post("/v1/applications", status_code=201, response_model=ApplicationOut)
def apply(
    request: Request,
    body: GrantApplicationIn,
    centre: CentreHere,
    caller: Member,
    key: OnceKey = None,
) -> Response:
    """Apply; what is small enough is awarded at once, the rest goes to review."""
    wish = Wish(from_yuan(body.yuan), body.device_hours, body.devices)

    def act(connection: Connection) -> ApplicationOut:
        form = grants.Form(body.title, body.purpose, wish)
        return ApplicationOut.of(grants.apply(centre, connection, caller, form))

    return once(centre, caller, key, asking(request, body), act)


@router.get("/v1/applications")
def list_applications(
    centre: CentreHere,
    caller: RecordReader,
    state: ApplicationState | None = None,
    limit: Limit = 50,
    after: After = None,
) -> Page[ApplicationOut]:
    """Applications, newest first; a reviewer or auditor sees every tenant's."""
    with centre.database.read() as connection:
        found = access.applications(
            connection, whose(caller, Permission.SEE_RECORDS), state, after, limit + 1
        )
    items = [ApplicationOut.of(each) for each in found[:limit]]
    return Page(items=items, next=items[-1].application_id if len(found) > limit else None)


@router.get("/v1/applications/{application_id}")
def show(application_id: ThisId, centre: CentreHere, caller: RecordReader) -> ApplicationOut:
    """One application."""
    with centre.database.read() as connection:
        tenant = whose(caller, Permission.SEE_RECORDS)
        return ApplicationOut.of(access.application(connection, tenant, application_id))


@router.post("/v1/applications/{application_id}/review", status_code=200)
def review(
    application_id: ThisId, body: ReviewIn, centre: CentreHere, caller: Operating
) -> ApplicationOut:
    """Say what to award; as many as the level asks for decide."""
    with centre.database.write() as connection:
        found = access.application(connection, None, application_id)
        amount = from_yuan(body.yuan)
        return ApplicationOut.of(
            grants.review(centre, connection, caller, found, amount, body.note)
        )


@router.post("/v1/applications/{application_id}/report", status_code=200)
def report(
    application_id: ThisId, body: ReportIn, centre: CentreHere, caller: Member
) -> ApplicationOut:
    """Report on the first part of an award."""
    with centre.database.write() as connection:
        found = access.application(connection, caller.tenant, application_id)
        return ApplicationOut.of(grants.report(centre, connection, caller, found, body.text))


@router.post("/v1/applications/{application_id}/verdict", status_code=200)
def verdict(
    application_id: ThisId, body: VerdictIn, centre: CentreHere, caller: Operating
) -> ApplicationOut:
    """Accept a report, which pays the rest of the award, or return it."""
    with centre.database.write() as connection:
        found = access.application(connection, None, application_id)
        return ApplicationOut.of(
            grants.settle_report(centre, connection, caller, found, accepted=body.accepted)
        )


@router.delete("/v1/applications/{application_id}")
def withdraw(application_id: ThisId, centre: CentreHere, caller: Member) -> ApplicationOut:
    """Take an application back before it is decided."""
    with centre.database.write() as connection:
        found = access.application(connection, caller.tenant, application_id)
        return ApplicationOut.of(grants.withdraw(centre, connection, caller, found))
