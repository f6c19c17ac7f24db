"""People: members are added, changed and removed, and log in."""

from dataclasses import replace

from sqlalchemy import Connection

from zhisuan.access import password as passwords
from zhisuan.access import records as access
from zhisuan.access import session as sessions
from zhisuan.access.member import Member
from zhisuan.access.permission import require_giving
from zhisuan.access.session import Holder, Session
from zhisuan.access.tenant import Caller, Role
from zhisuan.core.clock import Instant
from zhisuan.core.errors import Conflict, NotAuthenticated
from zhisuan.core.identifiers import new_id
from zhisuan.services.centre import Centre


def add_member(
    centre: Centre,
    connection: Connection,
    who: Caller,
    tenant: str,
    login: str,
    name: str,
    role: Role,
    password: str | None,
) -> Member:
    """Make a person a member of a tenant; `password` is hashed already.

    Raises:
        NotFound: there is no such tenant.
        NotAllowed: the role may do more than who gives it.
        Conflict: the login name is taken.
    """
    require_giving(who, role)
    access.tenant(connection, tenant)
    now = centre.clock.now()
    member = Member(new_id("mem"), tenant, login, name, role, password, now)
    access.add_member(connection, member)
    access.audit(connection, who, "member.added", member.member_id, _told(member), now)
    return member


def change_member(
    centre: Centre,
    connection: Connection,
    who: Caller,
    member: Member,
    *,
    name: str | None = None,
    role: Role | None = None,
    password: str | None = None,
) -> Member:
    """Change what is given; a new password, hashed already, ends the member's sessions.

    Raises:
        NotAllowed: the member may, or would, do more than who changes it.
        Conflict: the member was removed.
    """
    _require_present(member)
    for each in {member.role, role or member.role}:
        require_giving(who, each)
    changed = replace(
        member,
        name=name or member.name,
        role=role or member.role,
        password=password or member.password,
    )
    return _save(centre, connection, who, member, changed, "member.changed")


def change_own_password(
    centre: Centre, connection: Connection, who: Caller, member: Member, password: str
) -> Member:
    """Take a new password, hashed already; every session of the member ends."""
    changed = replace(member, password=password)
    return _save(centre, connection, who, member, changed, "member.changed")


def remove_member(centre: Centre, connection: Connection, who: Caller, member: Member) -> Member:
    """End a membership, and with it the person's sessions and keys.

    Raises:
        NotAllowed: the member may do more than who removes it.
        Conflict: it is oneself, or the member was removed.
    """
    _require_present(member)
    require_giving(who, member.role)
    if member.member_id == who.member:
        raise Conflict("Nobody removes themselves.", hint="Ask another owner.")
    changed = replace(member, removed_at=centre.clock.now())
    access.revoke_keys_of(connection, member.member_id, centre.clock.now())
    return _save(centre, connection, who, member, changed, "member.removed")


def checked(centre: Centre, login: str, password: str, address: str) -> Member:
    """Whose login name and password these are.

    A name nobody has takes the same time, counts the same and gets the same answer.

    Raises:
        NotAuthenticated: nobody's.
        TooManyRequests: too many tries failed by this name, or from this address.
    """
    centre.front.rates.login(login, address)
    with centre.database.read() as connection:
        member = access.member_by_login(connection, login)
    if not passwords.matches(password, member and member.password) or member is None:
        centre.front.rates.login_failed(login, address)
        raise NotAuthenticated(
            "This name and password are not known to the centre.",
            hint="Check both, or ask an owner of your tenant for a new password.",
        )
    return member


def vouched_for(centre: Centre, login: str) -> Member:
    """Whose login name it is, where another house has checked the person.

    Raises:
        NotAuthenticated: nobody's.
    """
    with centre.database.read() as connection:
        member = access.member_by_login(connection, login)
    if member is None:
        raise NotAuthenticated(
            "Nobody of this centre has that login name.",
            hint="Ask an owner of your tenant to add you.",
        )
    return member


def begin_session(
    centre: Centre, connection: Connection, holder: Holder, until: Instant | None = None
) -> tuple[Session, str]:
    """Let a member or a key in; returns the session and the text of its cookie.

    Args:
        centre: where.
        connection: of the transaction.
        holder: whose it is.
        until: it lasts no longer than this.
    """
    now = centre.clock.now()
    session, text = sessions.new_session(holder, now, until)
    access.add_session(connection, session)
    access.audit(connection, holder.caller(), "session.begun", session.session_id, {}, now)
    return session, text


def end_session(centre: Centre, connection: Connection, who: Caller, session_id: str) -> None:
    """Let nobody in by this session any more."""
    now = centre.clock.now()
    access.end_session(connection, session_id, now)
    access.audit(connection, who, "session.ended", session_id, {}, now)


def _require_present(member: Member) -> None:
    if member.removed_at is not None:
        raise Conflict(f"{member.login} is no member any more.", hint="Add another one.")


def _save(
    centre: Centre,
    connection: Connection,
    who: Caller,
    member: Member,
    changed: Member,
    action: str,
) -> Member:
    now = centre.clock.now()
    access.save_member(connection, changed)
    if changed.password != member.password or changed.removed_at is not None:
        access.end_sessions_of(connection, member.member_id, now)
    before, after = _told(member), _told(changed)
    if changed.password != member.password:
        after["secret_changed"] = True
    access.audit(connection, who, action, member.member_id, after, now, before=before)
    return changed


def _told(member: Member) -> dict[str, object]:
    return {
        "tenant": member.tenant,
        "login": member.login,
        "name": member.name,
        "role": member.role,
        "removed": member.removed_at is not None,
    }
