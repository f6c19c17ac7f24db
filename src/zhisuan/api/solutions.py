"""Solutions: look at them, take them away."""

from pathlib import Path
from typing import Any

from fastapi import APIRouter
from fastapi.responses import FileResponse

from zhisuan.access.permission import GRANTS, Permission
from zhisuan.api.door import After, Anyone, CentreHere, Limit, Member, ThisId
from zhisuan.api.models import Page, SolutionOut
from zhisuan.core.errors import Conflict, NotFound
from zhisuan.services import records
from zhisuan.services.records import Solution

router = APIRouter(tags=["solutions"])


@router.get("/v1/solutions")
def list_solutions(
    centre: CentreHere, caller: Member, limit: Limit = 50, after: After = None
) -> Page[SolutionOut]:
    """Solutions, newest first."""
    with centre.database.read() as connection:
        found = records.solutions(connection, caller.tenant, after, limit + 1)
    items = [SolutionOut.of(solution) for solution in found[:limit]]
    return Page(items=items, next=items[-1].solution_id if len(found) > limit else None)


@router.get("/v1/solutions/{solution_id}")
def show_solution(solution_id: ThisId, centre: CentreHere, caller: Member) -> SolutionOut:
    """One solution, by its own id or its job's."""
    return SolutionOut.of(_solution(centre, caller.tenant, solution_id))


@router.get("/v1/solutions/{solution_id}/archive", response_class=FileResponse)
def take_away(solution_id: ThisId, centre: CentreHere, caller: Member) -> FileResponse:
    """The whole solution as a zip."""
    solution = _ready(_solution(centre, caller.tenant, solution_id))
    assert solution.archive is not None  # noqa: S101  a ready solution has its zip
    return FileResponse(
        centre.objects.path(solution.archive),
        media_type="application/zip",
        filename=f"{solution.solution_id}.zip",
    )


@router.get("/v1/solutions/{solution_id}/files/{path:path}", response_class=FileResponse)
def read_file(solution_id: ThisId, path: str, centre: CentreHere, caller: Member) -> FileResponse:
    """One file of the solution, such as `report.html`."""
    solution = _ready(_solution(centre, caller.tenant, solution_id))
    folder = Path(solution.folder).resolve()
    file = _inside(folder, path)
    if file is None:
        raise NotFound(f"The solution has no file {path[:80]!r}.", hint="Take the whole zip.")
    # A report is shown in the browser and must not reach anything but itself.
    policy = (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'unsafe-inline'"
    )
    return FileResponse(
        file,
        headers={"Content-Security-Policy": f"{policy}; sandbox allow-scripts"},
        content_disposition_type="inline",
        filename=file.name,
    )


@router.get("/v1/receipts/{solution_id}")
def show_receipt(solution_id: ThisId, centre: CentreHere, caller: Anyone) -> dict[str, Any]:
    """The receipt of a solution: result, algorithm, compute, energy and carbon, money."""
    everyone = Permission.SEE_POOL in GRANTS[caller.role]
    solution = _solution(centre, None if everyone else caller.tenant, solution_id)
    return dict(_ready(solution).receipt)


def _solution(centre: CentreHere, tenant: str | None, solution_id: str) -> Solution:
    with centre.database.read() as connection:
        return records.solution(connection, tenant, solution_id)


def _ready(solution: Solution) -> Solution:
    if solution.archive is None:
        raise Conflict("The solution is still being wrapped.", hint="Try again in a second.")
    return solution


def _inside(folder: Path, path: str) -> Path | None:
    """The file, or None where it is none or lies outside."""
    try:
        file = (folder / path).resolve()
        return file if file.is_relative_to(folder) and file.is_file() else None
    except (OSError, ValueError):
        return None
