"""Keys: made, given a new secret, ended."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection

from zhisuan.access import records as access
from zhisuan.access.key import ApiKey, NewKey
from zhisuan.access.permission import GRANTS, require_giving
from zhisuan.access.tenant import Caller, Role
from zhisuan.core.clock import Instant, format_instant
from zhisuan.core.errors import Conflict, WrongInput
from zhisuan.services.centre import Centre
from zhisuan.services.people.projects import working_in


@dataclass(frozen=True, slots=True)
class KeyWish:
    """A key as its maker wants it; see `access.key.ApiKey`."""

    role: Role
    name: str = ""
    scope: frozenset[str] | None = None
    project: str | None = None
    expires_at: Instant | None = None


def make_key(
    centre: Centre, connection: Connection, who: Caller, tenant: str, wish: KeyWish
) -> NewKey:
    """Make a key of a tenant.

    A key made by a person, or by a key of a person, ends with that person.

    Raises:
        NotAllowed: it may do more than who makes it.
        NotFound: the tenant has no such project.
        WrongInput: it has expired already, or its scope is beyond its role.
    """
    now = centre.clock.now()
    require_giving(who, wish.role, wish.scope)
    if wish.expires_at is not None and wish.expires_at <= now:
        raise WrongInput("The key would have expired already.", hint="Give a later expires_at.")
    if wish.scope is not None and not wish.scope <= GRANTS[wish.role]:
        beyond = ", ".join(sorted(wish.scope - GRANTS[wish.role]))
        raise WrongInput(
            f"The role {wish.role} does not have: {beyond}.", hint="Choose another role."
        )
    bound = who.project if who.tenant == tenant else None
    project = working_in(connection, tenant, wish.project, bound)
    made = access.add_key(
        connection,
        tenant,
        wish.role,
        now,
        name=wish.name,
        scope=wish.scope,
        project=project,
        member=who.member if who.tenant == tenant else None,
        expires_at=wish.expires_at,
    )
    facts = {
        "key_id": made.key_id,
        "role": wish.role,
        "name": wish.name,
        "scope": None if wish.scope is None else sorted(wish.scope),
        "project": project,
        "expires_at": wish.expires_at and format_instant(wish.expires_at),
    }
    access.audit(connection, who, "key.made", tenant, facts, now)
    return made


def rotate(
    centre: Centre, connection: Connection, who: Caller, key: ApiKey, overlap: timedelta
) -> tuple[NewKey, Instant]:
    """Give a key a new secret; returns it and until when the former one holds.

    Raises:
        Conflict: the key is revoked or expired.
        NotAllowed: it may do more than who rotates it.
    """
    now = centre.clock.now()
    require_giving(who, key.role, key.scope)
    if not key.holds(now):
        raise Conflict(f"The key {key.key_id} holds no more.", hint="Make another one.")
    until = now + overlap
    made = access.rotate_key(connection, key, until)
    access.shorten_sessions_of_key(connection, key.key_id, until)
    facts = {"former_until": format_instant(until)}
    access.audit(connection, who, "key.rotated", key.key_id, facts, now)
    return made, until


def revoke(centre: Centre, connection: Connection, who: Caller, key: ApiKey) -> None:
    """End a key at once; one that has ended stays as it is.

    Raises:
        NotAllowed: it may do more than who ends it.
    """
    now = centre.clock.now()
    require_giving(who, key.role, key.scope)
    access.revoke_key(connection, key.key_id, now)
    before = {"revoked": key.revoked_at is not None}
    after = {"revoked": True}
    access.audit(connection, who, "key.revoked", key.key_id, after, now, before=before)
