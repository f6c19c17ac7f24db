"""Keys: make one, list them, give one a new secret, end one."""

from datetime import timedelta
from typing import Annotated, Self

from fastapi import APIRouter, Request, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import Connection

from zhisuan.access import records as access
from zhisuan.access.key import ApiKey
from zhisuan.access.permission import Permission
from zhisuan.access.tenant import Role
from zhisuan.api.door import (
    After,
    At,
    CentreHere,
    Limit,
    Manager,
    OnceKey,
    ThisId,
    Whose,
    asking,
    once,
    subject,
)
from zhisuan.api.models import Page
from zhisuan.services.people.keys import KeyWish, make_key, revoke, rotate

router = APIRouter(tags=["keys"])

_LONGEST_OVERLAP_S = 30 * 86400


class KeyIn(BaseModel):
    """A key to be made."""

    model_config = ConfigDict(extra="forbid")
    role: Role = Role.MEMBER
    name: Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""
    scope: list[Permission] | None = Field(default=None, min_length=1, max_length=20)
    """Only these permissions of the role; all of them if left out."""
    project: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = None
    """Id or name of the only project it works for; any if left out."""
    expires_at: At | None = None


class KeyOut(BaseModel):
    """A key, without its text, which nobody can tell any more."""

    key_id: str
    tenant_id: str
    role: Role
    name: str
    scope: list[str] | None
    project: str | None
    member_id: str | None
    created_at: AwareDatetime
    expires_at: AwareDatetime | None
    revoked_at: AwareDatetime | None
    former_until: AwareDatetime | None
    """Until when the secret before the last rotation holds."""
    last_used_at: AwareDatetime | None
    """To within ten minutes."""

    @classmethod
    def of(cls, key: ApiKey) -> Self:
        """From the value."""
        return cls(
            key_id=key.key_id,
            tenant_id=key.tenant,
            role=key.role,
            name=key.name,
            scope=None if key.scope is None else sorted(key.scope),
            project=key.project,
            member_id=key.member,
            created_at=key.created_at,
            expires_at=key.expires_at,
            revoked_at=key.revoked_at,
            former_until=key.former_until,
            last_used_at=key.last_used_at,
        )


class KeyTextOut(BaseModel):
    """A key with its text, which is told once and kept nowhere."""

    key: str | None
    about: KeyOut


class RotateIn(BaseModel):
    """For how long the former secret still holds."""

    model_config = ConfigDict(extra="forbid")
    overlap_s: int = Field(default=0, ge=0, le=_LONGEST_OVERLAP_S)


@router.post("/v1/keys", status_code=201, response_model=KeyTextOut)
def make(
    request: Request,
    body: KeyIn,
    centre: CentreHere,
    caller: Manager,
    tenant: Whose = None,
    key: OnceKey = None,
) -> Response:
    """Make a key; it may do at most what its maker may."""
    owner = subject(caller, tenant)
    scope = None if body.scope is None else frozenset[str](body.scope)
    wish = KeyWish(body.role, body.name, scope, body.project, body.expires_at)

    def act(connection: Connection) -> KeyTextOut:
        access.tenant(connection, owner)
        made = make_key(centre, connection, caller, owner, wish)
        about = KeyOut.of(access.key(connection, owner, made.key_id))
        return KeyTextOut(key=made.text, about=about)

    asked = f"{asking(request, body)} {owner}"
    return once(centre, caller, key, asked, act, untold="key")


@router.get("/v1/keys")
def list_keys(
    centre: CentreHere,
    caller: Manager,
    tenant: Whose = None,
    limit: Limit = 50,
    after: After = None,
) -> Page[KeyOut]:
    """A tenant's keys, ended ones too; never their texts."""
    with centre.database.read() as connection:
        found = access.keys_of(connection, subject(caller, tenant), after, limit + 1)
    items = [KeyOut.of(each) for each in found[:limit]]
    return Page(items=items, next=items[-1].key_id if len(found) > limit else None)


@router.post("/v1/keys/{key_id}/rotate", status_code=201, response_model=KeyTextOut)
def rotate_key(
    request: Request,
    key_id: ThisId,
    body: RotateIn,
    centre: CentreHere,
    caller: Manager,
    tenant: Whose = None,
    key: OnceKey = None,
) -> Response:
    """Give a key a new secret; the former one holds for the overlap."""
    owner = subject(caller, tenant)

    def act(connection: Connection) -> KeyTextOut:
        found = access.key(connection, owner, key_id)
        made, _ = rotate(centre, connection, caller, found, timedelta(seconds=body.overlap_s))
        about = KeyOut.of(access.key(connection, owner, key_id))
        return KeyTextOut(key=made.text, about=about)

    return once(centre, caller, key, f"{asking(request, body)} {owner}", act, untold="key")


@router.delete("/v1/keys/{key_id}")
def end_key(key_id: ThisId, centre: CentreHere, caller: Manager, tenant: Whose = None) -> KeyOut:
    """End a key at once."""
    owner = subject(caller, tenant)
    with centre.database.write() as connection:
        revoke(centre, connection, caller, access.key(connection, owner, key_id))
        return KeyOut.of(access.key(connection, owner, key_id))
