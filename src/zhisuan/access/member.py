"""Members and projects: the people of a tenant, and the parts its work is divided into."""

from dataclasses import dataclass

from zhisuan.access.tenant import Role
from zhisuan.core.clock import Instant
from zhisuan.core.money import MicroYuan


@dataclass(frozen=True, slots=True)
class Member:
    """A person of a tenant.

    Attributes:
        member_id: `mem_…`.
        login: the name to log in with, unique in the centre, lower case.
        password: Argon2's own text of salt and hash; None for who logs in elsewhere only.
        removed_at: since when the person is no member any more.
    """

    member_id: str
    tenant: str
    login: str
    name: str
    role: Role
    password: str | None
    created_at: Instant
    removed_at: Instant | None = None


@dataclass(frozen=True, slots=True)
class Project:
    """A part of a tenant's work.

    Attributes:
        project_id: `prj_…`.
        name: unique in its tenant.
        allocation: micro-yuan of the tenant's money that are its own; None where it uses what
            nobody else has been allocated.
        closed_at: since when nothing new is done in it.
    """

    project_id: str
    tenant: str
    name: str
    allocation: MicroYuan | None
    created_at: Instant
    closed_at: Instant | None = None
