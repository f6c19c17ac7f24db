"""Register: a new tenant gets an account, the centre's grant and a first key; later, more.

Who registers itself needs nobody: it gets an account with the small grant, its first member and
a key of that member, all at once.
"""

from dataclasses import dataclass

from sqlalchemy import Connection

from zhisuan.access import records as access
from zhisuan.access.key import NewKey
from zhisuan.access.member import Member
from zhisuan.access.tenant import Caller, Category, Role, Tenant
from zhisuan.core.errors import NotAllowed
from zhisuan.core.identifiers import new_id
from zhisuan.core.money import MicroYuan
from zhisuan.services.centre import Centre
from zhisuan.services.people.keys import KeyWish, make_key


def register(
    centre: Centre,
    connection: Connection,
    who: Caller,
    name: str,
    role: Role,
    category: Category = Category.EXTERNAL,
) -> tuple[Tenant, str]:
    """Make a tenant; returns it and its key, whose text is never shown again.

    Raises:
        Conflict: the name is taken.
    """
    now = centre.clock.now()
    tenant = access.add_tenant(connection, name, now, category)
    key = access.add_key(connection, tenant.tenant_id, role, now)
    centre.ledger.open_account(connection, tenant.tenant_id, centre.grant)
    facts = {"name": name, "role": role, "category": category, "grant_micro_yuan": centre.grant}
    access.audit(connection, who, "tenant.registered", tenant.tenant_id, facts, now)
    return tenant, key.text


def add_key(
    centre: Centre, connection: Connection, who: Caller, tenant_id: str, role: Role
) -> NewKey:
    """Make another key of a tenant.

    Raises:
        NotFound: there is no such tenant.
        NotAllowed: the role may do more than who makes the key.
    """
    access.tenant(connection, tenant_id)
    return make_key(centre, connection, who, tenant_id, KeyWish(role))


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Who registers: an organisation and its first member.

    Attributes:
        tenant: the organisation's name.
        login: the name to log in with.
        name: the person's.
        password: as `password.hashed` made it.
    """

    tenant: str
    login: str
    name: str
    password: str


def require_open(centre: Centre) -> None:
    """Let anybody register, or nobody.

    Raises:
        NotAllowed: this centre's operator registers tenants.
    """
    if not centre.front.registration:
        raise NotAllowed(
            "At this centre nobody registers without its operator.", hint="Ask the operator."
        )


def register_oneself(
    centre: Centre, connection: Connection, newcomer: Newcomer
) -> tuple[Tenant, Member, NewKey]:
    """Make a tenant of whoever asks, where that is open; see `require_open`.

    Raises:
        Conflict: the tenant's or the login name is taken.
    """
    now = centre.clock.now()
    grant: MicroYuan = centre.front.granting.registration_grant
    tenant = access.add_tenant(connection, newcomer.tenant, now)
    member = Member(
        new_id("mem"),
        tenant.tenant_id,
        newcomer.login,
        newcomer.name,
        Role.OWNER,
        newcomer.password,
        now,
    )
    access.add_member(connection, member)
    centre.ledger.open_account(connection, tenant.tenant_id, grant)
    who = Caller(tenant.tenant_id, Role.OWNER, member.member_id, member=member.member_id)
    facts = {"name": newcomer.tenant, "login": newcomer.login, "grant_micro_yuan": grant}
    access.audit(connection, who, "tenant.registered", tenant.tenant_id, facts, now)
    key = make_key(centre, connection, who, tenant.tenant_id, KeyWish(Role.OWNER))
    return tenant, member, key
