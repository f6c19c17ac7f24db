"""Members: the people of a tenant."""

from typing import Annotated, Self

from fastapi import APIRouter, Request, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, SecretStr, StringConstraints
from sqlalchemy import Connection

from zhisuan.access import password as passwords
from zhisuan.access import records as access
from zhisuan.access.member import Member
from zhisuan.access.tenant import Role
from zhisuan.api.door import (
    After,
    CentreHere,
    Limit,
    Manager,
    Name,
    OnceKey,
    ThisId,
    Whose,
    asking,
    once,
    subject,
)
from zhisuan.api.models import Page
from zhisuan.services.people.members import add_member, change_member, remove_member

router = APIRouter(tags=["members"])

Login = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, to_lower=True, min_length=1, max_length=200, pattern=r"^[\w.+@-]+$"
    ),
]
"""A name to log in with; an address of e-mail will do."""


class MemberIn(BaseModel):
    """A person to be added; without a password, one who logs in at another house."""

    model_config = ConfigDict(extra="forbid")
    login: Login
    name: Name
    role: Role = Role.MEMBER
    password: SecretStr | None = None


class MemberChangeIn(BaseModel):
    """What to change; what is left out stays."""

    model_config = ConfigDict(extra="forbid")
    name: Name | None = None
    role: Role | None = None
    password: SecretStr | None = None


class MemberOut(BaseModel):
    """A member."""

    member_id: str
    tenant_id: str
    login: str
    name: str
    role: Role
    has_password: bool
    created_at: AwareDatetime
    removed_at: AwareDatetime | None

    @classmethod
    def of(cls, member: Member) -> Self:
        """From the value."""
        return cls(
            member_id=member.member_id,
            tenant_id=member.tenant,
            login=member.login,
            name=member.name,
            role=member.role,
            has_password=member.password is not None,
            created_at=member.created_at,
            removed_at=member.removed_at,
        )


@router.post("/v1/members", status_code=201, response_model=MemberOut)
def add(
    request: Request,
    body: MemberIn,
    centre: CentreHere,
    caller: Manager,
    tenant: Whose = None,
    key: OnceKey = None,
) -> Response:
    """Make a person a member; the role may do at most what its giver may."""
    owner = subject(caller, tenant)
    password = _hashed(body.password)

    def act(connection: Connection) -> MemberOut:
        made = add_member(
            centre, connection, caller, owner, body.login, body.name, body.role, password
        )
        return MemberOut.of(made)

    return once(centre, caller, key, f"{asking(request, body)} {owner}", act)


@router.get("/v1/members")
def list_members(
    centre: CentreHere,
    caller: Manager,
    tenant: Whose = None,
    limit: Limit = 50,
    after: After = None,
) -> Page[MemberOut]:
    """A tenant's members."""
    with centre.database.read() as connection:
        found = access.members(connection, subject(caller, tenant), after, limit + 1)
    items = [MemberOut.of(each) for each in found[:limit]]
    return Page(items=items, next=items[-1].member_id if len(found) > limit else None)


@router.post("/v1/members/{member_id}", status_code=200)
def change(
    member_id: ThisId,
    body: MemberChangeIn,
    centre: CentreHere,
    caller: Manager,
    tenant: Whose = None,
) -> MemberOut:
    """Change a member; a new password ends the member's sessions."""
    owner = subject(caller, tenant)
    password = _hashed(body.password)
    with centre.database.write() as connection:
        found = access.member(connection, owner, member_id)
        changed = change_member(
            centre,
            connection,
            caller,
            found,
            name=body.name,
            role=body.role,
            password=password,
        )
    return MemberOut.of(changed)


@router.delete("/v1/members/{member_id}")
def remove(
    member_id: ThisId, centre: CentreHere, caller: Manager, tenant: Whose = None
) -> MemberOut:
    """End a membership, with the person's sessions and keys."""
    owner = subject(caller, tenant)
    with centre.database.write() as connection:
        found = access.member(connection, owner, member_id)
        return MemberOut.of(remove_member(centre, connection, caller, found))


def _hashed(password: SecretStr | None) -> str | None:
    return None if password is None else passwords.hashed(password.get_secret_value())
