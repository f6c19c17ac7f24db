"""What every route stands on: the centre, who asks, and answers that are given only once."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import Annotated

from fastapi import Depends, Header, Path, Query, Request, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, StringConstraints
from sqlalchemy import Connection

from zhisuan.access import records as access
from zhisuan.access.permission import Permission, require
from zhisuan.access.tenant import Caller
from zhisuan.core.errors import KeyReused, NotAuthenticated
from zhisuan.services.centre import Centre

_bearer = HTTPBearer(auto_error=False, description="An API key of the centre.")


def _centre(request: Request) -> Centre:
    centre = request.app.state.centre
    assert isinstance(centre, Centre)  # noqa: S101  set when the application is made
    return centre


CentreHere = Annotated[Centre, Depends(_centre)]


def _caller(
    centre: CentreHere,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> Caller:
    if credentials is None:
        raise NotAuthenticated("This needs a key.", hint="Send it as: Authorization: Bearer zs_…")
    with centre.database.read() as connection:
        return access.caller(connection, credentials.credentials)


def _allowed(permission: Permission) -> Callable[[Caller], Caller]:
    def check(caller: Annotated[Caller, Depends(_caller)]) -> Caller:
        require(caller, permission)
        return caller

    return check


Member = Annotated[Caller, Depends(_allowed(Permission.WORK))]
Local = Annotated[Caller, Depends(_allowed(Permission.LOCAL_FILES))]
PoolViewer = Annotated[Caller, Depends(_allowed(Permission.SEE_POOL))]
Operating = Annotated[Caller, Depends(_allowed(Permission.OPERATE))]
Verifier = Annotated[Caller, Depends(_allowed(Permission.VERIFY))]
Anyone = Annotated[Caller, Depends(_caller)]

OnceKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        description="The same key and request get the same answer and happen once.",
    ),
]
Name = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$"
    ),
]
"""What a person calls something: any letters, no control characters."""

ThisId = Annotated[str, Path(max_length=80, description="The id of one thing, or its name.")]
Limit = Annotated[int, Query(ge=1, le=200, description="Items on a page.")]
After = Annotated[
    str | None,
    Query(max_length=200, description="`next` of the page before."),
]


def once(
    centre: Centre,
    caller: Caller,
    key: str | None,
    asked: str,
    make: Callable[[Connection], BaseModel],
    status: int = 201,
    untold: str | None = None,
) -> Response:
    """Do something in one transaction with remembering its answer.

    Args:
        centre: where.
        caller: who asks; keys of different tenants never meet.
        key: the idempotency key, None to do it anew each time.
        asked: all that makes this request what it is, as text.
        make: does it, and gives the answer.
        status: HTTP status of success.
        untold: a field of the answer that is told once and kept nowhere: null the second time.

    Raises:
        KeyReused: the key came before with another request.
    """
    asked_hash = hashlib.sha256(asked.encode()).hexdigest()
    with centre.database.write() as connection:
        kept = None if key is None else access.kept_answer(connection, caller.tenant, key)
        if kept is None:
            made = make(connection)
            answer = made.model_dump_json().encode()
            kept = access.KeptAnswer(asked_hash, status, answer)
            if key is not None:
                public = made if untold is None else made.model_copy(update={untold: None})
                to_keep = replace(kept, body=public.model_dump_json().encode())
                access.keep_answer(connection, caller.tenant, key, to_keep, centre.clock.now())
        elif kept.request_hash != asked_hash:
            raise KeyReused(
                "This Idempotency-Key came before with a different request.",
                hint="Use a new key for a new request.",
            )
    centre.news.ring()
    return Response(kept.body, kept.status, media_type="application/json")


def asking(request: Request, body: BaseModel | None = None) -> str:
    """The text that identifies a request: method, address and body."""
    return f"{request.method} {request.url.path} {body.model_dump_json() if body else ''}"
