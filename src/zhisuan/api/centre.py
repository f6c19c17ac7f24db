"""The centre itself: health, nodes, catalogue, the ledger's verification, the live feed."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from zhisuan import __version__
from zhisuan.api.door import CentreHere, Member, Operating, PoolViewer, ThisId, Verifier
from zhisuan.api.models import AlgorithmOut, NodeOut, Page
from zhisuan.compute.pool import Pool
from zhisuan.services import records
from zhisuan.services.centre import Centre
from zhisuan.services.operate import holding

router = APIRouter(tags=["centre"])

_KEEP_ALIVE_S = 15.0


class HealthOut(BaseModel):
    """Whether the centre works."""

    status: Literal["ok"] = "ok"
    version: str = __version__


@router.get("/v1/health")
def health(centre: CentreHere) -> HealthOut:
    """Answers when the centre and its database do; needs no key."""
    with centre.database.read() as connection:
        connection.exec_driver_sql("SELECT 1")
    return HealthOut()


@router.get("/v1/nodes")
def list_nodes(centre: CentreHere, _caller: PoolViewer) -> Page[NodeOut]:
    """The pool: every machine, its devices and what is free now."""
    pool = Pool.idle(centre.nodes)
    with centre.database.read() as connection:
        for allocation in holding(connection):
            pool.take(allocation)
    items = [
        NodeOut.of(node, int(pool.cpu_milli[row]), int(pool.memory_mb[row]))
        for row, node in enumerate(centre.nodes)
    ]
    return Page(items=items, next=None)


@router.get("/v1/algorithms")
def list_algorithms(centre: CentreHere) -> Page[AlgorithmOut]:
    """The catalogue; needs no key."""
    return Page(items=[AlgorithmOut.of(each) for each in centre.catalogue], next=None)


class EnvironmentOut(BaseModel):
    """How far an algorithm's environment is."""

    stage: str
    detail: str
    hint: str


@router.post("/v1/algorithms/{name}/prepare", status_code=200)
def prepare_algorithm(name: ThisId, centre: CentreHere, _caller: Operating) -> EnvironmentOut:
    """Make an algorithm's environment ahead of its first job; ask again to see how far it is."""
    state = centre.environments.prepare(centre.catalogue.get(name).lock)
    hint = state.error.hint if state.error else ""
    return EnvironmentOut(stage=state.stage, detail=state.detail, hint=hint)


@router.post("/v1/ledger/verify", status_code=200)
def verify_ledger(centre: CentreHere, _caller: Verifier) -> dict[str, Any]:
    """Walk every chain of the ledger; the first broken record is named."""
    with centre.database.read() as connection:
        report = centre.ledger.verify(connection, centre.secret)
    faults = [
        {**asdict(fault), "message_zh": fault.sentence("zh"), "message_en": fault.sentence("en")}
        for fault in report.faults
    ]
    return {"ok": report.ok, **asdict(report), "faults": faults}


class EventStream(StreamingResponse):
    """Server-sent events, as the HTML standard writes them."""

    media_type = "text/event-stream"


@router.get("/v1/events", response_class=EventStream)
async def follow(
    centre: CentreHere,
    caller: Member,
    last_event_id: Annotated[str | None, Header(max_length=18, pattern=r"^\d+$")] = None,
) -> EventStream:
    """The live feed: everything that happens to the tenant's own, resumable by its ids."""
    if last_event_id is None:
        seen = await asyncio.to_thread(_last, centre, caller.tenant)
    else:
        seen = int(last_event_id)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return EventStream(_feed(centre, caller.tenant, seen), headers=headers)


async def _feed(centre: Centre, tenant: str, seen: int) -> AsyncGenerator[str]:
    with centre.news.listen() as heard:
        while not centre.news.silent:
            heard.clear()
            for seq, kind, text in await asyncio.to_thread(_since, centre, tenant, seen):
                seen = seq
                yield f"id: {seq}\nevent: {kind}\ndata: {text}\n\n"
                heard.set()
            try:
                await asyncio.wait_for(heard.wait(), _KEEP_ALIVE_S)
            except TimeoutError:
                yield ": still here\n\n"


def _last(centre: Centre, tenant: str) -> int:
    with centre.database.read() as connection:
        return records.last_event(connection, tenant)


def _since(centre: Centre, tenant: str, seq: int) -> list[tuple[int, str, str]]:
    with centre.database.read() as connection:
        return records.events_since(connection, tenant, seq)
