"""Register: a new tenant gets an account, the centre's grant and a first key; later, more."""

from sqlalchemy import Connection

from zhisuan.access import records as access
from zhisuan.access.key import NewKey
from zhisuan.access.tenant import Caller, Role, Tenant
from zhisuan.services.centre import Centre


def register(
    centre: Centre, connection: Connection, who: Caller, name: str, role: Role
) -> tuple[Tenant, str]:
    """Make a tenant; returns it and its key, whose text is never shown again.

    Raises:
        Conflict: the name is taken.
    """
    now = centre.clock.now()
    tenant = access.add_tenant(connection, name, now)
    key = access.add_key(connection, tenant.tenant_id, role, now)
    centre.ledger.open_account(connection, tenant.tenant_id, centre.grant)
    facts = {"name": name, "role": role, "grant_micro_yuan": centre.grant}
    access.audit(connection, who, "tenant.registered", tenant.tenant_id, facts, now)
    return tenant, key.text


def add_key(
    centre: Centre, connection: Connection, who: Caller, tenant_id: str, role: Role
) -> NewKey:
    """Make another key of a tenant.

    Raises:
        NotFound: there is no such tenant.
    """
    now = centre.clock.now()
    access.tenant(connection, tenant_id)
    made = access.add_key(connection, tenant_id, role, now)
    access.audit(connection, who, "key.made", tenant_id, {"key_id": made.key_id, "role": role}, now)
    return made
