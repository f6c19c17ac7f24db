"""Solutions: look at them, take them away."""

from collections.abc import Mapping
from mimetypes import guess_type
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query
from fastapi.responses import FileResponse, StreamingResponse

from zhisuan.access.permission import Permission
from zhisuan.api.door import After, CentreHere, Limit, Reader, RecordReader, ThisId, whose
from zhisuan.api.models import Page
from zhisuan.api.receipt_models import ReceiptOut
from zhisuan.api.solution_models import FileOut, FilesOut, LineageOut, SolutionOut
from zhisuan.compute import records as jobs
from zhisuan.core.errors import Conflict
from zhisuan.services import records
from zhisuan.services.solution import Solution
from zhisuan.services.tasks.lineage import lineage
from zhisuan.services.tasks.parcel import files_of, read
from zhisuan.services.tasks.solutionview import solution_views

router = APIRouter(tags=["solutions"])


_Dataset = Annotated[
    str | None,
    Query(max_length=200, description="Only those of this dataset: its id, or its name."),
]
_Target = Annotated[
    str | None, Query(max_length=1000, description="Only those that predict this column.")
]


@router.get("/v1/solutions")
def list_solutions(
    centre: CentreHere,
    caller: Reader,
    dataset: _Dataset = None,
    target: _Target = None,
    limit: Limit = 50,
    after: After = None,
) -> Page[SolutionOut]:
    """Solutions, newest first."""
    with centre.database.read() as connection:
        ids = list(centre.shelf.called(connection, caller.tenant, dataset)) if dataset else None
        found = records.solutions(
            connection, caller.tenant, after, limit + 1, datasets=ids, target=target
        )
        items = [SolutionOut.of(each) for each in solution_views(centre, connection, found[:limit])]
    return Page(items=items, next=items[-1].solution_id if len(found) > limit else None)


@router.get("/v1/solutions/{solution_id}")
def show_solution(solution_id: ThisId, centre: CentreHere, caller: Reader) -> SolutionOut:
    """One solution, by its own id or its job's."""
    with centre.database.read() as connection:
        solution = records.solution(connection, caller.tenant, solution_id)
        return SolutionOut.of(solution_views(centre, connection, [solution])[0])


@router.get("/v1/solutions/{solution_id}/lineage")
def see_lineage(solution_id: ThisId, centre: CentreHere, caller: Reader) -> LineageOut:
    """Where it came from, with ids, hashes and instants, and what was made from it later."""
    with centre.database.read() as connection:
        solution = records.solution(connection, caller.tenant, solution_id)
        return LineageOut.of(lineage(centre, connection, solution))


@router.get("/v1/solutions/{solution_id}/files")
def list_files(solution_id: ThisId, centre: CentreHere, caller: Reader) -> FilesOut:
    """Its files, each with its size and what it is in words."""
    solution = _ready(_solution(centre, caller.tenant, solution_id))
    with centre.database.read() as connection:
        algorithm = jobs.get(connection, solution.job_id).work.algorithm
    return FilesOut(items=[FileOut.of(each) for each in files_of(centre, solution, algorithm)])


@router.get("/v1/solutions/{solution_id}/archive", response_class=FileResponse)
def take_away(solution_id: ThisId, centre: CentreHere, caller: Reader) -> FileResponse:
    """The whole solution as a zip."""
    solution = _ready(_solution(centre, caller.tenant, solution_id))
    assert solution.archive is not None  # noqa: S101  a ready solution has its zip
    return FileResponse(
        centre.objects.path(solution.archive),
        media_type="application/zip",
        filename=f"{solution.solution_id}.zip",
    )


@router.get("/v1/solutions/{solution_id}/files/{path:path}", response_class=StreamingResponse)
def read_file(
    solution_id: ThisId, path: str, centre: CentreHere, caller: Reader
) -> StreamingResponse:
    """One file of the solution, such as `report.html`."""
    solution = _ready(_solution(centre, caller.tenant, solution_id))
    file = read(centre, solution, path)
    # A report is shown in the browser and must not reach anything but itself.
    policy = (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'unsafe-inline'"
    )
    name = quote(path.rpartition("/")[2])
    return StreamingResponse(
        file.blocks,
        media_type=guess_type(path)[0] or "text/plain",
        headers={
            "Content-Length": str(file.size),
            "Content-Disposition": f"inline; filename*=utf-8''{name}",
            "Content-Security-Policy": f"{policy}; frame-ancestors 'self'; sandbox allow-scripts",
        },
    )


@router.get(
    "/v1/receipts/{solution_id}", response_model=ReceiptOut, response_model_exclude_unset=True
)
def show_receipt(
    solution_id: ThisId, centre: CentreHere, caller: RecordReader
) -> Mapping[str, Any]:
    """The receipt of a solution: result, algorithm, compute, energy and carbon, money."""
    solution = _solution(centre, whose(caller, Permission.SEE_RECORDS), solution_id)
    return _ready(solution).receipt


def _solution(centre: CentreHere, tenant: str | None, solution_id: str) -> Solution:
    with centre.database.read() as connection:
        return records.solution(connection, tenant, solution_id)


def _ready(solution: Solution) -> Solution:
    if solution.archive is None:
        raise Conflict("The solution is still being wrapped.", hint="Try again in a second.")
    return solution
