"""Datasets: bring data, look at it, forget it."""

import json
from collections.abc import AsyncGenerator, Generator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

from anyio import CapacityLimiter, fail_after, from_thread, to_thread
from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, StringConstraints
from sqlalchemy import Connection
from starlette.requests import ClientDisconnect

from zhisuan.access.tenant import Caller
from zhisuan.api.dataset_models import DatasetOut, SampleOut, SamplesOut
from zhisuan.api.door import (
    After,
    CentreHere,
    Limit,
    Local,
    Member,
    Name,
    OnceKey,
    Reader,
    ThisId,
    asking,
    once,
)
from zhisuan.api.models import Page
from zhisuan.core.errors import TamperFound, WrongInput
from zhisuan.data.dataset import Dataset
from zhisuan.data.deletion import DeletionCertificate
from zhisuan.data.sample import sample, samples
from zhisuan.services.centre import Centre
from zhisuan.services.records import asked_of
from zhisuan.services.tasks.bring import bring

router = APIRouter(tags=["datasets"])

STREAMED = "/v1/datasets"
"""The address whose body is a table and may be as large as one."""

_AT_ONCE = CapacityLimiter(16)
"""Uploads under way; each holds a thread, and the threads of all other routes are not theirs."""

_STILL_S = 60.0
"""An upload that brings nothing for so many seconds has lost its line."""

_BYTES: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


class PathIn(BaseModel):
    """A file on the centre's own machine."""

    path: Annotated[str, StringConstraints(min_length=1, max_length=4096)]
    name: Name


class SampleIn(BaseModel):
    """A table that comes with the centre."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=80)]


@router.post(STREAMED, status_code=201, response_model=DatasetOut, openapi_extra=_BYTES)
async def upload(
    request: Request,
    centre: CentreHere,
    caller: Member,
    name: Annotated[Name, Query()],
    filename: Annotated[str, Query(max_length=255)] = "",
    key: OnceKey = None,
) -> Response:
    """Bring a table as the bytes of its file; the same bytes again are the same version."""
    stream = request.stream()

    def blocks() -> Generator[bytes]:
        while block := from_thread.run(_next_block, stream):
            yield block

    return await to_thread.run_sync(
        lambda: _add(request, centre, caller, name, blocks(), filename or name, key),
        limiter=_AT_ONCE,
    )


@router.post("/v1/datasets/from-path", status_code=201, response_model=DatasetOut)
def from_path(
    request: Request, body: PathIn, centre: CentreHere, caller: Local, key: OnceKey = None
) -> Response:
    """Bring a table that lies on the centre's own machine; its bytes are copied."""
    path = Path(body.path)
    if not path.is_absolute() or not path.is_file():
        raise WrongInput(f"There is no file {body.path}.", hint="Give the whole path of a file.")
    return _add(request, centre, caller, body.name, path, path.name, key)


@router.get("/v1/samples")
def list_samples() -> SamplesOut:
    """Small real tables that come with the centre, with origin and licence."""
    return SamplesOut(items=[SampleOut.of(each) for each in samples().values()])


@router.post("/v1/datasets/from-sample", status_code=201, response_model=DatasetOut)
def from_sample(
    request: Request, body: SampleIn, centre: CentreHere, caller: Member, key: OnceKey = None
) -> Response:
    """Bring a sample, to try the centre without data of one's own."""
    path = sample(body.name).path
    return _add(request, centre, caller, path.stem, path, path.name, key)


@router.get("/v1/datasets")
def list_datasets(
    centre: CentreHere,
    caller: Reader,
    name: Annotated[str | None, Query(max_length=200, description="All versions of one.")] = None,
    limit: Limit = 50,
    after: After = None,
) -> Page[DatasetOut]:
    """Datasets, newest first."""
    found = centre.shelf.list(caller.tenant, limit + 1, after, name)
    asked = _asked(centre, caller, found)
    items = [DatasetOut.of(each, asked.get(each.id, _NOTHING)) for each in found[:limit]]
    return Page(items=items, next=items[-1].dataset_id if len(found) > limit else None)


@router.get("/v1/datasets/{dataset_id}")
def show_dataset(dataset_id: ThisId, centre: CentreHere, caller: Reader) -> DatasetOut:
    """One dataset with its profile."""
    dataset = centre.shelf.get(caller.tenant, dataset_id)
    asked = _asked(centre, caller, [dataset])
    return DatasetOut.of(dataset, asked.get(dataset_id, _NOTHING), whole=True)


class PreviewOut(BaseModel):
    """The first rows."""

    columns: list[str]
    rows: list[list[Any]]


@router.get("/v1/datasets/{dataset_id}/preview")
def preview_dataset(
    dataset_id: ThisId,
    centre: CentreHere,
    caller: Reader,
    rows: Annotated[int, Query(ge=1, le=1000)] = 20,
) -> PreviewOut:
    """The first rows, as they were read."""
    dataset = centre.shelf.get(caller.tenant, dataset_id)
    columns = [column.name for column in dataset.profile.columns]
    return PreviewOut(columns=columns, rows=centre.shelf.preview(dataset, rows))


class DeletionOut(BaseModel):
    """The certificate of a deletion: a link of the chain of all deletions."""

    id: str
    sequence: int
    tenant: str
    dataset_id: str
    name: str
    version: int
    sha256: str
    table_sha256: str
    removed: list[str]
    """Hashes of what is gone."""
    kept: list[str]
    """Hashes of what another dataset still holds; only this one's hold on it is gone."""
    deleted_at: str
    previous: str
    link: str


class CheckedDeletionOut(DeletionOut):
    """The certificate, and whether it verifies now."""

    verified: bool
    why: str


@router.delete("/v1/datasets/{dataset_id}", response_model=DeletionOut)
def delete_dataset(dataset_id: ThisId, centre: CentreHere, caller: Member) -> dict[str, Any]:
    """Forget a dataset: its bytes are removed; the answer is the certificate."""
    return _certificate(centre.shelf.delete(caller.tenant, dataset_id))


@router.get("/v1/datasets/{dataset_id}/certificate", response_model=CheckedDeletionOut)
def show_certificate(dataset_id: ThisId, centre: CentreHere, caller: Reader) -> dict[str, Any]:
    """The certificate of a deletion, and whether it verifies now."""
    certificate = centre.shelf.certificate(caller.tenant, dataset_id)
    try:
        centre.shelf.verify_certificate(certificate)
    except TamperFound as error:
        return {**_certificate(certificate), "verified": False, "why": error.message}
    return {**_certificate(certificate), "verified": True, "why": ""}


async def _next_block(stream: AsyncGenerator[bytes]) -> bytes:
    """The next bytes of an upload, none at its end.

    Raises:
        WrongInput: its line was cut, or it stood still for too long.
    """
    try:
        with fail_after(_STILL_S):
            return await anext(stream, b"")
    except ClientDisconnect as cut:
        raise WrongInput("The upload broke off before its end.", hint="Send it again.") from cut
    except TimeoutError as still:
        raise WrongInput(
            f"The upload stood still for {_STILL_S:g} seconds.", hint="Send it again."
        ) from still


def _certificate(certificate: DeletionCertificate) -> dict[str, Any]:
    record: dict[str, Any] = json.loads(certificate.record())
    return {**record, "previous": certificate.previous, "link": certificate.link}


_NOTHING = (0, 0)


def _asked(
    centre: Centre, caller: Caller, datasets: Sequence[Dataset]
) -> Mapping[str, tuple[int, int]]:
    """How many questions were asked of each, and results came of it."""
    with centre.database.read() as connection:
        return asked_of(connection, caller.tenant, [each.id for each in datasets])


def _add(
    request: Request,
    centre: Centre,
    caller: Caller,
    name: str,
    source: Path | Generator[bytes],
    filename: str,
    key: str | None,
) -> Response:
    # The long work is done outside the transaction; doing it again gives the same version.
    dataset = bring(centre, caller.tenant, name, source, filename, key or "")
    asked = f"{asking(request)} {name} {dataset.sha256}"

    def told(connection: Connection) -> DatasetOut:
        counts = asked_of(connection, caller.tenant, [dataset.id])
        return DatasetOut.of(dataset, counts.get(dataset.id, _NOTHING), whole=True)

    return once(centre, caller, key, asked, told)
