"""Which role may do what; the one place that says so."""

from enum import StrEnum

from zhisuan.access.tenant import Caller, Role
from zhisuan.core.errors import NotAllowed


class Permission(StrEnum):
    """What a route asks for; `SENTENCES` says each in a sentence."""

    SEE_OWN = "see_own"
    WORK = "work"
    MANAGE = "manage"
    LOCAL_FILES = "local_files"
    PUBLISH = "publish"
    SEE_POOL = "see_pool"
    SEE_JOBS = "see_jobs"
    SEE_RECORDS = "see_records"
    SET_NODES = "set_nodes"
    OPERATE = "operate"
    VERIFY = "verify"
    SEE_AUDIT = "see_audit"
    ADMINISTER = "administer"


SENTENCES: dict[Permission, str] = {
    Permission.SEE_OWN: "See one's own tenant's data, jobs, results and money.",
    Permission.WORK: "Bring data, ask, run, take away and apply for grants, for one's own tenant.",
    Permission.MANAGE: "Make and end the members, keys and projects of one's own tenant.",
    Permission.LOCAL_FILES: "Hand the centre a path on its own machine instead of bytes.",
    Permission.PUBLISH: "Publish algorithms and see the statements of their use.",
    Permission.SEE_POOL: "See nodes, devices, and how the whole centre is used.",
    Permission.SEE_JOBS: "See every tenant's jobs and where they run.",
    Permission.SEE_RECORDS: "See every tenant's logs, receipts, applications and money.",
    Permission.SET_NODES: "Add, remove and drain nodes, take them down and make them ready.",
    Permission.OPERATE: "Register tenants, decide applications, stop any job, prepare and replay.",
    Permission.VERIFY: "Recompute the ledger and every chain.",
    Permission.SEE_AUDIT: "See who changed what, of every tenant.",
    Permission.ADMINISTER: "Keep the centre itself: its administrators, backups and restores.",
}

_SEEING = {Permission.SEE_POOL, Permission.SEE_JOBS, Permission.SEE_RECORDS}

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.VIEWER: frozenset({Permission.SEE_OWN}),
    Role.MEMBER: frozenset({Permission.SEE_OWN, Permission.WORK}),
    Role.OWNER: frozenset({Permission.SEE_OWN, Permission.WORK, Permission.MANAGE}),
    Role.LOCAL: frozenset(
        {Permission.SEE_OWN, Permission.WORK, Permission.MANAGE, Permission.LOCAL_FILES}
    ),
    Role.PROVIDER: frozenset({Permission.SEE_OWN, Permission.WORK, Permission.PUBLISH}),
    Role.PLANNER: frozenset({Permission.SEE_POOL}),
    Role.ENGINEER: frozenset({Permission.SEE_POOL, Permission.SEE_JOBS, Permission.SET_NODES}),
    Role.AUDITOR: frozenset({*_SEEING, Permission.VERIFY, Permission.SEE_AUDIT}),
    Role.OPERATOR: frozenset(Permission) - {Permission.ADMINISTER},
    Role.ADMIN: frozenset(Permission),
}


def permissions(caller: Caller) -> frozenset[Permission]:
    """What a caller may do: what its role grants, narrowed to its key's scope."""
    granted = GRANTS[caller.role]
    return granted if caller.scope is None else granted & caller.scope


def may(caller: Caller, *any_of: Permission) -> bool:
    """Whether a caller has one of these permissions."""
    return not permissions(caller).isdisjoint(any_of)


def require(caller: Caller, *any_of: Permission) -> None:
    """Let pass who has one of these permissions, or raise.

    Raises:
        NotAllowed: the caller has none of them.
    """
    if not may(caller, *any_of):
        needed = " or ".join(any_of)
        narrowed = "" if caller.scope is None else " of this scope"
        raise NotAllowed(
            f"A key or member with the role {caller.role}{narrowed} may not do this; it needs "
            f"the permission {needed}.",
            hint="Use a key of the right role.",
        )


def require_giving(caller: Caller, role: Role, scope: frozenset[str] | None = None) -> None:
    """Nobody gives what they do not have.

    Raises:
        NotAllowed: the role, in this scope, may do more than the caller.
    """
    given = GRANTS[role] if scope is None else GRANTS[role] & scope
    beyond = given - permissions(caller)
    if beyond:
        raise NotAllowed(
            f"The role {role} may do more than you: {', '.join(sorted(beyond))}.",
            hint="Choose a lesser role or a narrower scope, or ask the operator.",
        )
