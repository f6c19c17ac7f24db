"""The live feed: what happens to one's own, or to every tenant's jobs and the nodes."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from time import monotonic
from typing import Annotated, Literal

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import StreamingResponse

from zhisuan.access.permission import Permission, require
from zhisuan.access.tenant import Caller
from zhisuan.api.door import CentreHere, JobReader
from zhisuan.services.centre import Centre
from zhisuan.services.feed import Feed
from zhisuan.services.people.letin import still_in

router = APIRouter(tags=["events"])

_KEEP_ALIVE_S = 15.0
_LOOK_AGAIN_S = 60.0
"""So often it is looked whether who listens is still let in."""


class EventStream(StreamingResponse):
    """Server-sent events, as the HTML standard writes them."""

    media_type = "text/event-stream"


@router.get("/v1/events", response_class=EventStream)
async def follow(
    request: Request,
    centre: CentreHere,
    caller: JobReader,
    of: Annotated[
        Literal["own", "all"],
        Query(description="`all`: what happens to every tenant's jobs and to the nodes."),
    ] = "own",
    last_event_id: Annotated[str | None, Header(max_length=18, pattern=r"^\d+$")] = None,
) -> EventStream:
    """The live feed: everything that happens to the tenant's own, resumable by its ids."""
    require(caller, Permission.SEE_JOBS if of == "all" else Permission.SEE_OWN)
    feed = request.app.state.feed
    assert isinstance(feed, Feed)  # noqa: S101  set when the application is made
    tenant = None if of == "all" else caller.tenant
    seen = None if last_event_id is None else int(last_event_id)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return EventStream(_told(feed, centre, caller, tenant, seen), headers=headers)


async def _told(
    feed: Feed, centre: Centre, caller: Caller, tenant: str | None, seen: int | None
) -> AsyncGenerator[str]:
    looked = monotonic()
    async with aclosing(feed.follow(tenant, seen, _KEEP_ALIVE_S)) as texts:
        async for text in texts:
            yield text or ": still here\n\n"
            if monotonic() - looked > _LOOK_AGAIN_S:
                looked = monotonic()
                if not await asyncio.to_thread(still_in, centre, caller):
                    return
