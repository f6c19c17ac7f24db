"""Registrations: an organisation registers itself, without an officer."""

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, SecretStr

from zhisuan.access import password as passwords
from zhisuan.api.door import CentreHere, Name, address
from zhisuan.api.members import Login, MemberOut
from zhisuan.api.models import TenantOut
from zhisuan.services.tasks.register import Newcomer, register_oneself, require_open

router = APIRouter(tags=["registrations"])


class RegistrationIn(BaseModel):
    """An organisation and its first member."""

    model_config = ConfigDict(extra="forbid")
    tenant: Name
    login: Login
    name: Name
    password: SecretStr


class RegistrationOut(BaseModel):
    """The tenant, its first member, and a key, which is told once and kept nowhere."""

    tenant: TenantOut
    member: MemberOut
    key: str


@router.post("/v1/registrations", status_code=201)
def register(request: Request, body: RegistrationIn, centre: CentreHere) -> RegistrationOut:
    """Register; the tenant has its account with the small grant at once. Needs no key."""
    require_open(centre)
    centre.front.rates.registration(address(request))
    password = passwords.hashed(body.password.get_secret_value())
    newcomer = Newcomer(body.tenant, body.login, body.name, password)
    with centre.database.write() as connection:
        tenant, member, key = register_oneself(centre, connection, newcomer)
    centre.news.ring()
    return RegistrationOut(tenant=TenantOut.of(tenant), member=MemberOut.of(member), key=key.text)
