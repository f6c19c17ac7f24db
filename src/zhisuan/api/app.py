"""The HTTP application over one centre."""

from typing import Any

from fastapi import FastAPI

from zhisuan import __version__
from zhisuan.api import centre as centre_routes
from zhisuan.api import datasets, jobs, problem, solutions, tasks, tenants
from zhisuan.api.body import BodyLimit
from zhisuan.services.centre import Centre

_ERRORS: dict[int | str, dict[str, Any]] = {
    status: {"model": problem.Problem, "content": {problem.MEDIA_TYPE: {}}}
    for status in (400, 401, 402, 403, 404, 405, 409, 413, 422, 503, 507)
}


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
    problem.install(app)
    app.add_middleware(BodyLimit, unlimited=datasets.STREAMED)
    for module in (centre_routes, tenants, datasets, tasks, jobs, solutions):
        app.include_router(module.router)
    return app
