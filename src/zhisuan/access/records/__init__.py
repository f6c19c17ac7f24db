"""All SQL of access, a file for each noun: tenants, members, keys, sessions, grants, changes."""

from zhisuan.access.records.answers import KeptAnswer, forget_answers, keep_answer, kept_answer
from zhisuan.access.records.grants import (
    add_application,
    application,
    applications,
    applications_in,
    awarded_since,
    save_application,
)
from zhisuan.access.records.keys import (
    add_key,
    caller,
    key,
    keys_of,
    note_use,
    revoke_key,
    revoke_keys_of,
    rotate_key,
)
from zhisuan.access.records.members import (
    add_member,
    member,
    member_by_login,
    members,
    save_member,
)
from zhisuan.access.records.projects import (
    add_project,
    allocated_projects,
    project,
    projects,
    save_project,
)
from zhisuan.access.records.sessions import (
    add_session,
    end_session,
    end_sessions_of,
    forget_sessions,
    note_seen,
    session,
    shorten_sessions_of_key,
)
from zhisuan.access.records.tenants import (
    add_tenant,
    every_tenant,
    tenant,
    tenant_names,
    tenants,
)
from zhisuan.access.records.tickets import add_ticket, forget_tickets, ticket, use_ticket
from zhisuan.access.records.trail import Change, audit, changes, prepare

__all__ = [
    "Change",
    "KeptAnswer",
    "add_application",
    "add_key",
    "add_member",
    "add_project",
    "add_session",
    "add_tenant",
    "add_ticket",
    "allocated_projects",
    "application",
    "applications",
    "applications_in",
    "audit",
    "awarded_since",
    "caller",
    "changes",
    "end_session",
    "end_sessions_of",
    "every_tenant",
    "forget_answers",
    "forget_sessions",
    "forget_tickets",
    "keep_answer",
    "kept_answer",
    "key",
    "keys_of",
    "member",
    "member_by_login",
    "members",
    "note_seen",
    "note_use",
    "prepare",
    "project",
    "projects",
    "revoke_key",
    "revoke_keys_of",
    "rotate_key",
    "save_application",
    "save_member",
    "save_project",
    "session",
    "shorten_sessions_of_key",
    "tenant",
    "tenant_names",
    "tenants",
    "ticket",
    "use_ticket",
]
