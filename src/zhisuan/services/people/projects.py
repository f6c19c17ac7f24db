"""Projects: made, given money, closed; and whether the work of one may take money."""

from dataclasses import replace

from sqlalchemy import Connection

from zhisuan.access import records as access
from zhisuan.access.allocation import Share, require_divisible, require_room
from zhisuan.access.member import Project
from zhisuan.access.tenant import Caller
from zhisuan.core.errors import Conflict, NotFound
from zhisuan.core.identifiers import new_id
from zhisuan.core.money import MicroYuan
from zhisuan.services.centre import Centre


def open_project(
    centre: Centre,
    connection: Connection,
    who: Caller,
    tenant: str,
    name: str,
    allocation: MicroYuan | None,
) -> Project:
    """Make a project of a tenant.

    Raises:
        Conflict: the name is taken.
        OverAllocated: the tenant has not so much to give.
    """
    now = centre.clock.now()
    project = Project(new_id("prj"), tenant, name, allocation, now)
    _check_division(centre, connection, project)
    access.add_project(connection, project)
    access.audit(connection, who, "project.opened", project.project_id, _told(project), now)
    return project


def allocate(
    centre: Centre, connection: Connection, who: Caller, project: Project, amount: MicroYuan | None
) -> Project:
    """Give a project another allocation; None lets it use what is nobody's.

    Raises:
        Conflict: it is closed.
        OverAllocated: the tenant has not so much to give.
    """
    _require_open(project)
    changed = replace(project, allocation=amount)
    _check_division(centre, connection, changed)
    return _save(centre, connection, who, project, changed, "project.allocated")


def close(centre: Centre, connection: Connection, who: Caller, project: Project) -> Project:
    """Let nothing new be done in a project; what it had left is the tenant's again.

    Raises:
        Conflict: it is closed.
    """
    _require_open(project)
    changed = replace(project, closed_at=centre.clock.now())
    return _save(centre, connection, who, project, changed, "project.closed")


def working_in(
    connection: Connection, tenant: str, asked: str | None, bound: str | None = None
) -> str | None:
    """The id of the project that new work belongs to.

    Args:
        connection: to read by.
        tenant: whose work it is.
        asked: id or name, None for the key's own or none.
        bound: the project of the key, None if it works for any.

    Raises:
        NotFound: the tenant has no such project, or the key is for another.
        Conflict: it is closed.
    """
    if asked is None and bound is None:
        return None
    project = access.project(connection, tenant, asked or bound or "")
    if bound not in (None, project.project_id):
        raise NotFound(f"There is no project {asked}.", hint="List the projects.")
    _require_open(project)
    return project.project_id


def check_room(
    centre: Centre, connection: Connection, tenant: str, project: str | None, amount: MicroYuan
) -> None:
    """Refuse to hold what is another project's.

    Raises:
        InsufficientBalance: see `allocation.require_room`.
    """
    shares = _shares(centre, connection, tenant)
    if shares:
        available, _ = centre.ledger.balance(connection, tenant)
        require_room(available, shares, project, amount)


def _check_division(centre: Centre, connection: Connection, asked: Project) -> None:
    if asked.allocation is None:
        return
    shares = {s.project_id: s for s in _shares(centre, connection, asked.tenant)}
    used = centre.ledger.of_projects(connection, asked.tenant)
    held, charged = used.get(asked.project_id, (0, 0))
    shares[asked.project_id] = Share(asked.project_id, asked.allocation, held, charged)
    available, _ = centre.ledger.balance(connection, asked.tenant)
    require_divisible(available, shares.values())


def _shares(centre: Centre, connection: Connection, tenant: str) -> list[Share]:
    projects = access.allocated_projects(connection, tenant)
    if not projects:
        return []
    used = centre.ledger.of_projects(connection, tenant)
    return [
        Share(each.project_id, each.allocation or 0, *used.get(each.project_id, (0, 0)))
        for each in projects
    ]


def _require_open(project: Project) -> None:
    if project.closed_at is not None:
        raise Conflict(f"The project {project.name} is closed.", hint="Open another one.")


def _save(
    centre: Centre,
    connection: Connection,
    who: Caller,
    project: Project,
    changed: Project,
    action: str,
) -> Project:
    access.save_project(connection, changed)
    now = centre.clock.now()
    before, after = _told(project), _told(changed)
    access.audit(connection, who, action, project.project_id, after, now, before=before)
    return changed


def _told(project: Project) -> dict[str, object]:
    return {
        "tenant": project.tenant,
        "name": project.name,
        "allocation_micro_yuan": project.allocation,
        "closed": project.closed_at is not None,
    }
