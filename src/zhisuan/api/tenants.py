"""Tenants: register one, see oneself."""

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel
from sqlalchemy import Connection

from zhisuan.access import records as access
from zhisuan.access.tenant import Category, Role
from zhisuan.api.door import (
    After,
    Anyone,
    CentreHere,
    Limit,
    Name,
    OnceKey,
    Operating,
    TenantReader,
    ThisId,
    asking,
    once,
)
from zhisuan.api.models import AccountOut, NewKeyOut, NewTenantOut, Page, TenantOut
from zhisuan.core.errors import NotFound
from zhisuan.core.money import to_yuan
from zhisuan.services.tasks.register import add_key, register

router = APIRouter(tags=["tenants"])


class NewTenantIn(BaseModel):
    """A tenant to register."""

    name: Name
    local: bool = False
    """Whether its key may hand over paths on the centre's machine instead of bytes."""
    category: Category = Category.EXTERNAL


@router.post("/v1/tenants", status_code=201, response_model=NewTenantOut)
def register_tenant(
    request: Request, body: NewTenantIn, centre: CentreHere, caller: Operating, key: OnceKey = None
) -> Response:
    """Register a tenant, with an account, the centre's grant and a first key."""

    def make(connection: Connection) -> NewTenantOut:
        role = Role.LOCAL if body.local else Role.OWNER
        tenant, text = register(centre, connection, caller, body.name, role, body.category)
        return NewTenantOut(tenant=TenantOut.of(tenant), key=text, role=role)

    return once(centre, caller, key, asking(request, body), make, untold="key")


class NewKeyIn(BaseModel):
    """What the new key may do."""

    role: Role = Role.MEMBER


@router.post("/v1/tenants/{tenant_id}/keys", status_code=201, response_model=NewKeyOut)
def make_key(
    request: Request,
    tenant_id: ThisId,
    body: NewKeyIn,
    centre: CentreHere,
    caller: Operating,
    key: OnceKey = None,
) -> Response:
    """Make another key of a tenant, also an auditor's, who may verify and change nothing."""

    def make(connection: Connection) -> NewKeyOut:
        made = add_key(centre, connection, caller, tenant_id, body.role)
        return NewKeyOut(tenant_id=tenant_id, key_id=made.key_id, key=made.text, role=body.role)

    return once(centre, caller, key, asking(request, body), make, untold="key")


@router.get("/v1/tenants")
def list_tenants(
    centre: CentreHere, _caller: TenantReader, limit: Limit = 50, after: After = None
) -> Page[TenantOut]:
    """Tenants in the order of their registration."""
    with centre.database.read() as connection:
        found = access.tenants(connection, after, limit + 1)
    items = [TenantOut.of(tenant) for tenant in found[:limit]]
    return Page(items=items, next=items[-1].tenant_id if len(found) > limit else None)


@router.get("/v1/me")
def see_oneself(centre: CentreHere, caller: Anyone) -> AccountOut:
    """The tenant of the key, and its balance."""
    with centre.database.read() as connection:
        tenant = access.tenant(connection, caller.tenant)
        try:
            free, held = centre.ledger.balance(connection, caller.tenant)
        except NotFound:
            return AccountOut(
                tenant=TenantOut.of(tenant),
                role=caller.role,
                available_yuan=None,
                held_yuan=None,
            )
    return AccountOut(
        tenant=TenantOut.of(tenant),
        role=caller.role,
        available_yuan=to_yuan(free),
        held_yuan=to_yuan(held),
    )
