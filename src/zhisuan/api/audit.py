"""Audit: who changed what."""

from typing import Annotated, Any, Self

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel

from zhisuan.access import records as access
from zhisuan.access.records import Change
from zhisuan.api.door import After, At, AuditReader, CentreHere, Limit, place
from zhisuan.api.models import Page

router = APIRouter(tags=["audit"])

_Text = Annotated[str | None, Query(max_length=80)]


class ChangeOut(BaseModel):
    """One change; `hash` is its link in the chain."""

    seq: int
    at: AwareDatetime
    actor: str
    tenant_id: str
    action: str
    subject: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    hash: str

    @classmethod
    def of(cls, change: Change) -> Self:
        """From the value."""
        return cls(
            seq=change.seq,
            at=change.at,
            actor=change.actor,
            tenant_id=change.tenant,
            action=change.action,
            subject=change.subject,
            before=None if change.before is None else dict(change.before),
            after=None if change.after is None else dict(change.after),
            hash=change.hash,
        )


@router.get("/v1/audit")
def list_changes(
    centre: CentreHere,
    _caller: AuditReader,
    *,
    actor: _Text = None,
    tenant: _Text = None,
    action: _Text = None,
    subject: _Text = None,
    since: At | None = None,
    until: At | None = None,
    limit: Limit = 50,
    after: After = None,
) -> Page[ChangeOut]:
    """Changes, newest first, of every tenant."""
    with centre.database.read() as connection:
        found = access.changes(
            connection,
            actor=actor,
            tenant=tenant,
            action=action,
            subject=subject,
            since=since,
            until=until,
            before=place(after),
            limit=limit + 1,
        )
    items = [ChangeOut.of(each) for each in found[:limit]]
    return Page(items=items, next=str(items[-1].seq) if len(found) > limit else None)
