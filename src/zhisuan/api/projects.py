"""Projects: the parts of a tenant's work."""

from decimal import Decimal
from typing import Annotated, Self

from fastapi import APIRouter, Request, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from zhisuan.access import records as access
from zhisuan.access.member import Project
from zhisuan.access.permission import Permission
from zhisuan.api.door import (
    After,
    CentreHere,
    Limit,
    Manager,
    Name,
    OnceKey,
    RecordReader,
    ThisId,
    Whose,
    asking,
    once,
    subject,
)
from zhisuan.api.models import Page
from zhisuan.core.money import MicroYuan, from_yuan, to_yuan
from zhisuan.services.people.projects import allocate, close, open_project

router = APIRouter(tags=["projects"])

_Yuan = Annotated[Decimal, Field(ge=0, le=10**9, decimal_places=6)]


class ProjectIn(BaseModel):
    """A project to be opened."""

    model_config = ConfigDict(extra="forbid")
    name: Name
    allocation_yuan: _Yuan | None = None
    """Of the tenant's money; without it, the project uses what is no other's."""


class AllocationIn(BaseModel):
    """The project's own part of the tenant's money; null for none of its own."""

    model_config = ConfigDict(extra="forbid")
    allocation_yuan: _Yuan | None


class ProjectOut(BaseModel):
    """A project, with what its jobs hold and have cost."""

    project_id: str
    tenant_id: str
    name: str
    allocation_yuan: Decimal | None
    held_yuan: Decimal
    charged_yuan: Decimal
    created_at: AwareDatetime
    closed_at: AwareDatetime | None

    @classmethod
    def of(cls, project: Project, used: tuple[MicroYuan, MicroYuan] | None) -> Self:
        """From the value, and what is held for its jobs and was charged."""
        held, charged = used or (MicroYuan(0), MicroYuan(0))
        return cls(
            project_id=project.project_id,
            tenant_id=project.tenant,
            name=project.name,
            allocation_yuan=None if project.allocation is None else to_yuan(project.allocation),
            held_yuan=to_yuan(held),
            charged_yuan=to_yuan(charged),
            created_at=project.created_at,
            closed_at=project.closed_at,
        )


@router.post("/v1/projects", status_code=201, response_model=ProjectOut)
def make(
    request: Request,
    body: ProjectIn,
    centre: CentreHere,
    caller: Manager,
    tenant: Whose = None,
    key: OnceKey = None,
) -> Response:
    """Open a project; allocations never pass what the tenant has."""
    owner = subject(caller, tenant)

    def act(connection: Connection) -> ProjectOut:
        access.tenant(connection, owner)
        amount = _micro(body.allocation_yuan)
        return ProjectOut.of(
            open_project(centre, connection, caller, owner, body.name, amount), None
        )

    return once(centre, caller, key, f"{asking(request, body)} {owner}", act)


@router.get("/v1/projects")
def list_projects(
    centre: CentreHere,
    caller: RecordReader,
    tenant: Whose = None,
    limit: Limit = 50,
    after: After = None,
) -> Page[ProjectOut]:
    """A tenant's projects, closed ones too."""
    owner = subject(caller, tenant, Permission.SEE_RECORDS)
    with centre.database.read() as connection:
        found = access.projects(connection, owner, after, limit + 1)
        used = centre.ledger.of_projects(connection, owner)
    items = [ProjectOut.of(each, used.get(each.project_id)) for each in found[:limit]]
    return Page(items=items, next=items[-1].project_id if len(found) > limit else None)


@router.post("/v1/projects/{project_id}", status_code=200)
def give(
    project_id: ThisId,
    body: AllocationIn,
    centre: CentreHere,
    caller: Manager,
    tenant: Whose = None,
) -> ProjectOut:
    """Give a project another allocation."""
    owner = subject(caller, tenant)
    with centre.database.write() as connection:
        found = access.project(connection, owner, project_id)
        changed = allocate(centre, connection, caller, found, _micro(body.allocation_yuan))
        return _out(centre, connection, changed)


@router.delete("/v1/projects/{project_id}")
def end(
    project_id: ThisId, centre: CentreHere, caller: Manager, tenant: Whose = None
) -> ProjectOut:
    """Close a project: nothing new is done in it, what it had left is the tenant's again."""
    owner = subject(caller, tenant)
    with centre.database.write() as connection:
        found = access.project(connection, owner, project_id)
        return _out(centre, connection, close(centre, connection, caller, found))


def _out(centre: CentreHere, connection: Connection, project: Project) -> ProjectOut:
    used = centre.ledger.of_projects(connection, project.tenant)
    return ProjectOut.of(project, used.get(project.project_id))


def _micro(yuan: Decimal | None) -> MicroYuan | None:
    return None if yuan is None else from_yuan(yuan)
