"""Audit: who changed what."""

from collections.abc import Mapping
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
    actor_name: str
    """The member's name; empty for a key and for the centre itself."""
    tenant_id: str
    tenant_name: str
    """Of whom the actor belongs to."""
    action: str
    subject: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    hash: str

    @classmethod
    def of(cls, change: Change, names: Mapping[str, str]) -> Self:
        """From the value, and the names of members and tenants by id."""
        return cls(
            seq=change.seq,
            at=change.at,
            actor=change.actor,
            actor_name=names.get(change.actor, ""),
            tenant_id=change.tenant,
            tenant_name=names.get(change.tenant, ""),
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
        names = access.member_names(connection, (each.actor for each in found))
        names |= access.tenant_names(connection, (each.tenant for each in found))
    items = [ChangeOut.of(each, names) for each in found[:limit]]
    return Page(items=items, next=str(items[-1].seq) if len(found) > limit else None)
