"""Which role may do what; the one place that says so."""

from enum import StrEnum

from zhisuan.access.tenant import Caller, Role
from zhisuan.core.errors import NotAllowed


class Permission(StrEnum):
    """What a route asks for."""

    WORK = "work"
    """Bring data, ask, run, take away; always one's own only."""
    SEE_POOL = "see_pool"
    """See nodes, devices and every tenant's jobs."""
    OPERATE = "operate"
    """Register tenants, make keys, stop any job."""
    VERIFY = "verify"
    """Recompute the ledger."""
    LOCAL_FILES = "local_files"
    """Hand the centre a path on its own machine instead of bytes."""


GRANTS: dict[Role, frozenset[Permission]] = {
    Role.MEMBER: frozenset({Permission.WORK}),
    Role.LOCAL: frozenset({Permission.WORK, Permission.LOCAL_FILES}),
    Role.OPERATOR: frozenset(Permission),
    Role.AUDITOR: frozenset({Permission.SEE_POOL, Permission.VERIFY}),
}


def require(caller: Caller, permission: Permission) -> None:
    """Let pass or raise.

    Raises:
        NotAllowed: the caller's role does not have the permission.
    """
    if permission not in GRANTS[caller.role]:
        raise NotAllowed(
            f"A {caller.role} key may not do this; it needs the permission {permission}.",
            hint="Use a key of the right role.",
        )
