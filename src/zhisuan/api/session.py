"""Sessions: whoever uses a browser logs in and out, here or through another house."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Discriminator,
    SecretStr,
    StringConstraints,
    Tag,
)
from sqlalchemy import Connection

from zhisuan.access import password as passwords
from zhisuan.access import records as access
from zhisuan.access.oidc import Provider
from zhisuan.access.permission import Permission, permissions
from zhisuan.access.session import COOKIE, HERE_COOKIE, LASTS, Holder, Session, csrf_token
from zhisuan.access.tenant import Caller, Role
from zhisuan.api.door import Anyone, CentreHere, address
from zhisuan.api.members import Login
from zhisuan.core.errors import Conflict, NotAuthenticated, NotFound
from zhisuan.services.centre import Centre
from zhisuan.services.people.letin import by_key
from zhisuan.services.people.members import (
    begin_session,
    change_own_password,
    checked,
    end_session,
    vouched_for,
)
from zhisuan.services.people.tickets import enter, make_ticket

router = APIRouter(tags=["session"])

_STATE_COOKIE = "zhisuan_login"
_STATE_S = 600
_BACK = "/v1/session/oidc"

_Password = Annotated[SecretStr, StringConstraints(max_length=1000)]
_Secret = Annotated[SecretStr, StringConstraints(max_length=200)]


class PersonIn(BaseModel):
    """A person logs in."""

    model_config = ConfigDict(extra="forbid")
    login: Login
    password: _Password


class KeyHolderIn(BaseModel):
    """Whoever has an API key begins a session with what the key may do; it ends with the key."""

    model_config = ConfigDict(extra="forbid")
    key: _Secret


class TicketIn(BaseModel):
    """Whoever has a ticket begins a session as whoever asked for the ticket; it works once."""

    model_config = ConfigDict(extra="forbid")
    ticket: _Secret


def _kind(body: Any) -> str:  # noqa: ANN401  whatever was sent
    """Which of the three a body wants to be."""
    told = isinstance(body, dict)
    return next((each for each in ("ticket", "key") if told and each in body), "person")


LoginIn = Annotated[
    Annotated[PersonIn, Tag("person")]
    | Annotated[KeyHolderIn, Tag("key")]
    | Annotated[TicketIn, Tag("ticket")],
    Discriminator(_kind),
]


class SessionOut(BaseModel):
    """Whose session it is, and the token that its changes must carry as `X-CSRF-Token`."""

    member_id: str | None
    """Null where the session stands on a key."""
    tenant_id: str
    tenant_name: str
    name: str
    """The person's, or what the maker of the key calls it."""
    login: str | None
    """The person's; null where the session stands on a key."""
    role: Role
    permissions: list[Permission]
    """What it may do: what its role grants, narrowed to the scope of its key."""
    expires_at: AwareDatetime
    csrf_token: str


class TicketOut(BaseModel):
    """A ticket, which is told once, lets one browser in, and is worth nothing afterwards."""

    ticket: str
    expires_at: AwareDatetime


class EndedOut(BaseModel):
    """The session is over."""

    ended: Literal[True] = True


class PasswordIn(BaseModel):
    """One's own password, and the one to take its place."""

    model_config = ConfigDict(extra="forbid")
    password: _Password
    new_password: _Password


@router.post("/v1/session", status_code=201)
def log_in(request: Request, response: Response, body: LoginIn, centre: CentreHere) -> SessionOut:
    """Log in with a password, a key or a ticket; the answer sets the session's cookie."""
    if isinstance(body, TicketIn):
        with centre.database.write() as connection:
            session, holder, text = enter(centre, connection, body.ticket.get_secret_value())
            out = _out(connection, session, holder, text)
        _set_cookie(request, response, text)
        return out
    if isinstance(body, KeyHolderIn):
        who = by_key(centre, body.key.get_secret_value())
        with centre.database.read() as connection:
            holder = Holder.of_key(access.key(connection, who.tenant, who.actor))
    else:
        password = body.password.get_secret_value()
        holder = Holder.person(checked(centre, body.login, password, address(request)))
    return _begin(request, response, centre, holder)


@router.post("/v1/session/tickets", status_code=201)
def make_session_ticket(centre: CentreHere, caller: Anyone) -> TicketOut:
    """Ask for a ticket that begins a session like one's own, in another browser, once and soon."""
    with centre.database.write() as connection:
        ticket, text = make_ticket(centre, connection, caller)
    return TicketOut(ticket=text, expires_at=ticket.expires_at)


@router.get("/v1/session")
def see(request: Request, centre: CentreHere, caller: Anyone) -> SessionOut:
    """The session behind the cookie."""
    with centre.database.read() as connection:
        session, holder = _session(connection, caller)
        return _out(connection, session, holder, request.cookies[COOKIE])


@router.delete("/v1/session")
def log_out(response: Response, centre: CentreHere, caller: Anyone) -> EndedOut:
    """Log out."""
    with centre.database.write() as connection:
        session, _ = _session(connection, caller)
        end_session(centre, connection, caller, session.session_id)
    response.delete_cookie(COOKIE, path="/")
    response.delete_cookie(HERE_COOKIE, path="/")
    return EndedOut()


@router.post("/v1/session/password", status_code=201)
def change_password(
    request: Request, response: Response, body: PasswordIn, centre: CentreHere, caller: Anyone
) -> SessionOut:
    """Change one's own password; every session of one's own ends, and a new one begins."""
    with centre.database.read() as connection:
        _, holder = _session(connection, caller)
    if holder.login is None:
        raise Conflict(
            "This session stands on a key, which has no password.",
            hint="Log in with your own name and password.",
        )
    member = checked(centre, holder.login, body.password.get_secret_value(), address(request))
    new = passwords.hashed(body.new_password.get_secret_value())
    with centre.database.write() as connection:
        changed = change_own_password(centre, connection, caller, member, new)
    return _begin(request, response, centre, Holder.person(changed))


@router.get(_BACK, status_code=302, response_class=RedirectResponse)
def log_in_elsewhere(request: Request, centre: CentreHere) -> RedirectResponse:
    """Send the browser to the provider that this centre trusts."""
    begun = _provider(centre).begin(centre.clock.now())
    response = RedirectResponse(begun.url, 302)
    # Lax: the provider sends the browser back from another site.
    response.set_cookie(
        _STATE_COOKIE,
        begun.state,
        max_age=_STATE_S,
        path=_BACK,
        httponly=True,
        samesite="lax",
        secure=_is_secure(request),
    )
    return response


@router.get(f"{_BACK}/callback", response_class=HTMLResponse)
def come_back(
    request: Request,
    centre: CentreHere,
    state: Annotated[str, Query(max_length=200)],
    code: Annotated[str, Query(max_length=4000)] = "",
) -> HTMLResponse:
    """Where the provider sends the browser back to; it must be the browser that left."""
    provider = _provider(centre)
    if not code or request.cookies.get(_STATE_COOKIE) != state:
        raise NotAuthenticated("This login was not begun by this browser.", hint="Log in again.")
    member = vouched_for(centre, provider.finish(state, code, centre.clock.now()))
    # A page and not a redirect: only what this page asks for carries a Strict cookie.
    page = HTMLResponse(
        '<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url=/">'
        '<title>zhisuan 智算</title><p>已登录。You are logged in. <a href="/">继续 Go on</a></p>',
        headers={"Cache-Control": "no-store"},
    )
    page.delete_cookie(_STATE_COOKIE, path=_BACK)
    _begin(request, page, centre, Holder.person(member))
    return page


def _begin(request: Request, response: Response, centre: Centre, holder: Holder) -> SessionOut:
    with centre.database.write() as connection:
        session, text = begin_session(centre, connection, holder)
        out = _out(connection, session, holder, text)
    _set_cookie(request, response, text)
    return out


def _set_cookie(request: Request, response: Response, text: str) -> None:
    for name, value in ((COOKIE, text), (HERE_COOKIE, "1")):
        response.set_cookie(
            name,
            value,
            max_age=int(LASTS.total_seconds()),
            path="/",
            httponly=name == COOKIE,
            samesite="strict",
            secure=_is_secure(request),
        )


def _out(connection: Connection, session: Session, holder: Holder, text: str) -> SessionOut:
    return SessionOut(
        member_id=holder.member,
        tenant_id=holder.tenant,
        tenant_name=access.tenant(connection, holder.tenant).name,
        name=holder.name,
        login=holder.login,
        role=holder.role,
        permissions=sorted(permissions(holder.caller())),
        expires_at=session.expires_at,
        csrf_token=csrf_token(text),
    )


def _session(connection: Connection, caller: Caller) -> tuple[Session, Holder]:
    if caller.session is None:
        raise Conflict("This is about a session, and a key has none.", hint="Log in.")
    found = access.session(connection, caller.session)
    if found is None:
        raise NotAuthenticated("This session has ended.", hint="Log in again.")
    return found


def _provider(centre: Centre) -> Provider:
    if centre.front.provider is None:
        raise NotFound(
            "This centre trusts no login of another house.", hint="Log in with a password."
        )
    return centre.front.provider


def _is_secure(request: Request) -> bool:
    """Whether the cookie may be kept from unencrypted lines; behind a proxy, as it says."""
    return request.url.scheme == "https"
