"""A tenant: who brings data and pays. Everything stored belongs to exactly one."""

from dataclasses import dataclass
from enum import StrEnum

from zhisuan.core.clock import Instant


class Role(StrEnum):
    """What a key may do."""

    MEMBER = "member"
    LOCAL = "local"
    OPERATOR = "operator"
    AUDITOR = "auditor"


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


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: the tenant and role behind a key."""

    tenant: str
    role: Role
    key_id: str
