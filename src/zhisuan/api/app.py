"""The HTTP application over one centre."""

from typing import Any

from fastapi import FastAPI

from zhisuan import __version__
from zhisuan.api import (
    accounts,
    alerts,
    applications,
    audit,
    backup,
    board,
    catalogue,
    datasets,
    definitions,
    events,
    export,
    front,
    invoices,
    jobs,
    keys,
    members,
    nodes,
    policy,
    predictions,
    problem,
    projects,
    queue,
    registrations,
    replays,
    session,
    solutions,
    tariffs,
    tasks,
    tenants,
    usage,
    utilisation,
    vouchers,
)
from zhisuan.api import centre as centre_routes
from zhisuan.api.body import BodyLimit
from zhisuan.api.guard import Guard
from zhisuan.services.centre import Centre
from zhisuan.services.feed import Feed

_ERRORS: dict[int | str, dict[str, Any]] = {
    status: {"model": problem.Problem, "content": {problem.MEDIA_TYPE: {}}}
    for status in (400, 401, 402, 403, 404, 405, 409, 413, 422, 429, 503, 507)
}

_DOORS = (
    front,
    board,
    centre_routes,
    catalogue,
    nodes,
    policy,
    alerts,
    events,
    registrations,
    session,
    tenants,
    members,
    keys,
    projects,
    applications,
    audit,
    datasets,
    tasks,
    jobs,
    queue,
    solutions,
    predictions,
    replays,
    tariffs,
    vouchers,
    accounts,
    invoices,
    export,
    usage,
    utilisation,
    definitions,
    backup,
)


def create_app(centre: Centre) -> FastAPI:
    """The application; every route stands under /v1."""
    app = FastAPI(
        title="zhisuan 智算",
        version=__version__,
        summary="The operating platform of a public AI computing centre.",
        docs_url=None,
        redoc_url=None,
        openapi_url="/v1/openapi.json",
        responses=_ERRORS,
    )
    app.state.centre = centre
    app.state.feed = Feed(centre)
    problem.install(app)
    app.add_middleware(BodyLimit, unlimited=datasets.STREAMED)
    app.add_middleware(Guard)
    for module in _DOORS:
        app.include_router(module.router)
    return app
