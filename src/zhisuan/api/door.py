"""What every route stands on: the centre, who asks, and answers that are given only once."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Header, Path, Query, Request, Response
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer
from pydantic import AfterValidator, AwareDatetime, BaseModel, StringConstraints
from sqlalchemy import Connection

from zhisuan.access import records as access
from zhisuan.access.permission import Permission, may, require
from zhisuan.access.session import COOKIE, CSRF_HEADER
from zhisuan.access.tenant import Caller
from zhisuan.core.errors import KeyReused, NotAuthenticated, NotFound, WrongInput
from zhisuan.services.centre import Centre
from zhisuan.services.people.letin import by_cookie, by_key

_bearer = HTTPBearer(auto_error=False, description="An API key of the centre.")
_cookie = APIKeyCookie(
    name=COOKIE, auto_error=False, description="A session; changes need X-CSRF-Token too."
)


_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing (RFC 9110, section 9.2.1)."""


def _of_these_times(at: datetime) -> datetime:
    """An instant that every part of the centre can write down."""
    if not 2000 <= at.year < 9999:  # noqa: PLR2004  far beyond every real wish
        raise ValueError("this year is not of our times")
    return at.astimezone(UTC)


At = Annotated[AwareDatetime, AfterValidator(_of_these_times)]
"""RFC 3339 with an offset."""


def _centre(request: Request) -> Centre:
    centre = request.app.state.centre
    assert isinstance(centre, Centre)  # noqa: S101  set when the application is made
    return centre


CentreHere = Annotated[Centre, Depends(_centre)]


def _caller(
    request: Request,
    centre: CentreHere,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
    cookie: Annotated[str | None, Depends(_cookie)],
) -> Caller:
    if credentials is not None:
        return by_key(centre, credentials.credentials)
    if cookie is not None:
        changes = request.method not in _SAFE
        return by_cookie(centre, cookie, request.headers.get(CSRF_HEADER, "") if changes else None)
    raise NotAuthenticated("This needs a key.", hint="Send it as: Authorization: Bearer zs_…")


def _allowed(*any_of: Permission) -> Callable[[Caller], Caller]:
    def check(caller: Annotated[Caller, Depends(_caller)]) -> Caller:
        require(caller, *any_of)
        return caller

    return check


Member = Annotated[Caller, Depends(_allowed(Permission.WORK))]
Reader = Annotated[Caller, Depends(_allowed(Permission.SEE_OWN))]
Manager = Annotated[Caller, Depends(_allowed(Permission.MANAGE))]
JobReader = Annotated[Caller, Depends(_allowed(Permission.SEE_OWN, Permission.SEE_JOBS))]
EveryJobReader = Annotated[Caller, Depends(_allowed(Permission.SEE_JOBS))]
RecordReader = Annotated[Caller, Depends(_allowed(Permission.SEE_OWN, Permission.SEE_RECORDS))]
NodeSetter = Annotated[Caller, Depends(_allowed(Permission.SET_NODES))]
TenantReader = Annotated[Caller, Depends(_allowed(Permission.OPERATE, Permission.SEE_RECORDS))]
AuditReader = Annotated[Caller, Depends(_allowed(Permission.SEE_AUDIT))]
Local = Annotated[Caller, Depends(_allowed(Permission.LOCAL_FILES))]
PoolViewer = Annotated[Caller, Depends(_allowed(Permission.SEE_POOL))]
Operating = Annotated[Caller, Depends(_allowed(Permission.OPERATE))]
Administering = Annotated[Caller, Depends(_allowed(Permission.ADMINISTER))]
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

Whose = Annotated[
    str | None,
    Query(max_length=40, description="Another tenant's id; one's own if left out."),
]
"""For those who may act for every tenant."""


def subject(caller: Caller, tenant: str | None, permission: Permission = Permission.OPERATE) -> str:
    """The tenant that a request is about.

    Raises:
        NotFound: it is another one, and the caller may not act for others.
    """
    if tenant is None or tenant == caller.tenant:
        return caller.tenant
    if not may(caller, permission):
        raise NotFound(f"There is no tenant {tenant}.", hint="Leave `tenant` out.")
    return tenant


def whose(caller: Caller, permission: Permission) -> str | None:
    """The tenant whose things a caller sees; None where it may see everybody's."""
    return None if may(caller, permission) else caller.tenant


def address(request: Request) -> str:
    """The network address a request came from; empty where the server does not know."""
    return request.client.host if request.client else ""


ThisId = Annotated[str, Path(max_length=80, description="The id of one thing, or its name.")]
Limit = Annotated[int, Query(ge=1, le=200, description="Items on a page.")]
After = Annotated[
    str | None,
    Query(max_length=200, description="`next` of the page before."),
]


def place(after: str | None) -> int | None:
    """The number in an `after`, of a list that goes by numbers.

    Raises:
        WrongInput: it is none.
    """
    if after is None:
        return None
    if not after.isdecimal() or len(after) > 18:  # noqa: PLR2004  fits 64 bits
        raise WrongInput(f"{after[:40]!r} is not the `next` of a page.", hint="Start without it.")
    return int(after)


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
