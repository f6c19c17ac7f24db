"""Projects: the parts of a tenant's work."""

from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from zhisuan.access.member import Project
from zhisuan.access.tables import PROJECTS
from zhisuan.core.clock import format_instant, parse_instant
from zhisuan.core.errors import Conflict, NotFound
from zhisuan.core.money import MicroYuan


def add_project(connection: Connection, project: Project) -> None:
    """Keep a new project.

    Raises:
        Conflict: the tenant has, or had, one of this name.
    """
    taken = select(PROJECTS.c.name).where(
        PROJECTS.c.tenant == project.tenant, PROJECTS.c.name == project.name
    )
    if connection.execute(taken).first() is not None:
        raise Conflict(f"A project named {project.name!r} exists.", hint="Choose another name.")
    connection.execute(
        insert(PROJECTS),
        {
            "project_id": project.project_id,
            "tenant": project.tenant,
            "name": project.name,
            "created_at": format_instant(project.created_at),
            **_changing(project),
        },
    )


def save_project(connection: Connection, project: Project) -> None:
    """Write what may change of a project: its allocation, and its end."""
    connection.execute(
        update(PROJECTS)
        .where(PROJECTS.c.project_id == project.project_id)
        .values(_changing(project))
    )


def project(connection: Connection, tenant: str, project: str) -> Project:
    """One project of a tenant, by its id or its name.

    Raises:
        NotFound: the tenant has no such project.
    """
    query = select(PROJECTS).where(
        PROJECTS.c.tenant == tenant,
        (PROJECTS.c.project_id == project) | (PROJECTS.c.name == project),
    )
    rows = connection.execute(query).all()
    if not rows:
        raise NotFound(f"There is no project {project}.", hint="List the projects.")
    found = [_project(row) for row in rows]
    return next((each for each in found if each.project_id == project), found[0])


def projects(
    connection: Connection, tenant: str, after: str | None = None, limit: int = 50
) -> list[Project]:
    """A tenant's projects in the order they were made, closed ones too."""
    query = (
        select(PROJECTS)
        .where(PROJECTS.c.tenant == tenant)
        .order_by(PROJECTS.c.project_id)
        .limit(limit)
    )
    if after is not None:
        query = query.where(PROJECTS.c.project_id > after)
    return [_project(row) for row in connection.execute(query)]


def allocated_projects(connection: Connection, tenant: str) -> list[Project]:
    """A tenant's open projects that have an allocation."""
    query = select(PROJECTS).where(
        PROJECTS.c.tenant == tenant,
        PROJECTS.c.allocation.is_not(None),
        PROJECTS.c.closed_at.is_(None),
    )
    return [_project(row) for row in connection.execute(query)]


def _changing(project: Project) -> dict[str, Any]:
    return {
        "allocation": project.allocation,
        "closed_at": project.closed_at and format_instant(project.closed_at),
    }


def _project(row: Row[Any]) -> Project:
    return Project(
        project_id=row.project_id,
        tenant=row.tenant,
        name=row.name,
        allocation=None if row.allocation is None else MicroYuan(row.allocation),
        created_at=parse_instant(row.created_at),
        closed_at=row.closed_at and parse_instant(row.closed_at),
    )
