"""A tenant: who brings data and pays. Everything stored belongs to exactly one.

A tenant has members, who are people, and keys, which are for programs; each has one role. Some
roles are for a tenant's own people, others for those who run, check or plan the centre.
"""

from dataclasses import dataclass
from enum import StrEnum

from zhisuan.core.clock import Instant


class Role(StrEnum):
    """What a member or a key is there for; `permission.GRANTS` says what that allows."""

    OWNER = "owner"
    MEMBER = "member"
    VIEWER = "viewer"
    LOCAL = "local"
    PROVIDER = "provider"
    OPERATOR = "operator"
    ENGINEER = "engineer"
    AUDITOR = "auditor"
    PLANNER = "planner"
    ADMIN = "admin"


class Category(StrEnum):
    """Whose a tenant is; a tariff and the rules for grants may ask."""

    INTERNAL = "internal"
    PARTNER = "partner"
    EXTERNAL = "external"


@dataclass(frozen=True, slots=True)
class Tenant:
    """One tenant.

    Attributes:
        tenant_id: `ten_…`.
        name: as people write it; unique in the centre.
    """

    tenant_id: str
    name: str
    created_at: Instant
    category: Category = Category.EXTERNAL


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: the tenant and role behind a key or a session.

    Attributes:
        tenant: whose data and money it is about.
        actor: the key's id, or the member's; what the audit names.
        scope: the permissions a key is narrowed to; None for all of its role.
        project: the only project a key works for; None for any.
        member: the person behind a session, or whom a key was made for.
        session: the id of the session; None behind a key.
    """

    tenant: str
    role: Role
    actor: str
    scope: frozenset[str] | None = None
    project: str | None = None
    member: str | None = None
    session: str | None = None
