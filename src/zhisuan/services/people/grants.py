"""Grants: applications are sent, decided and paid, each in one transaction with its record."""

from dataclasses import dataclass

from sqlalchemy import Connection

from zhisuan.access import application as life
from zhisuan.access import records as access
from zhisuan.access.application import Application, Step, Vote
from zhisuan.access.granting import Wish
from zhisuan.access.tenant import Caller
from zhisuan.core.errors import NotAllowed
from zhisuan.core.identifiers import new_id
from zhisuan.core.money import MicroYuan
from zhisuan.services.centre import Centre


@dataclass(frozen=True, slots=True)
class Form:
    """An application as it is written."""

    title: str
    purpose: str
    wish: Wish


def apply(centre: Centre, connection: Connection, who: Caller, form: Form) -> Application:
    """Send an application; a small one is decided at once, by rule.

    Raises:
        Conflict: no level of the centre decides about so much.
        NotFound: the tenant has no account.
    """
    now = centre.clock.now()
    centre.ledger.balance(connection, who.tenant)
    level = centre.front.granting.level(form.wish, _by_rule(centre, connection, who.tenant))
    fresh = Application(
        new_id("app"),
        who.tenant,
        who.actor,
        form.title,
        form.purpose,
        form.wish,
        level.name,
        now,
    )
    decided = life.decide(fresh, level)
    access.add_application(connection, decided)
    _pay(centre, connection, fresh, decided)
    access.audit(connection, who, "application.sent", decided.application_id, _told(decided), now)
    return decided


def review(
    centre: Centre,
    connection: Connection,
    who: Caller,
    application: Application,
    amount: MicroYuan,
    note: str,
) -> Application:
    """One reviewer's word: an amount to award, 0 to refuse.

    Raises:
        NotAllowed: it is the reviewer's own tenant's application.
        Conflict: it is not in review, or this reviewer has spoken.
        WrongInput: more than was asked for.
    """
    if who.tenant == application.tenant:
        raise NotAllowed("Nobody reviews their own application.", hint="Ask another reviewer.")
    level = centre.front.granting.named(application.level)
    cast = Vote(who.actor, centre.clock.now(), amount, note)
    decided = life.vote(application, level, cast)
    return _save(centre, connection, who, application, decided, "application.reviewed")


def withdraw(
    centre: Centre, connection: Connection, who: Caller, application: Application
) -> Application:
    """Take an application back before it is decided.

    Raises:
        IllegalTransition: it is decided.
    """
    changed = life.move(application, Step.WITHDRAWN)
    return _save(centre, connection, who, application, changed, "application.withdrawn")


def report(
    centre: Centre, connection: Connection, who: Caller, application: Application, text: str
) -> Application:
    """Tell what the first part did, so that the rest can be paid.

    Raises:
        IllegalTransition: no award waits for a report.
    """
    changed = life.report(application, text)
    return _save(centre, connection, who, application, changed, "application.reported")


def settle_report(
    centre: Centre,
    connection: Connection,
    who: Caller,
    application: Application,
    *,
    accepted: bool,
) -> Application:
    """Accept a report, which pays the rest, or return it to be written better.

    Raises:
        NotAllowed: it is the reviewer's own tenant's.
        IllegalTransition: there is no report.
    """
    if who.tenant == application.tenant:
        raise NotAllowed("Nobody accepts their own report.", hint="Ask another reviewer.")
    changed = life.accept(application) if accepted else life.move(application, Step.RETURNED)
    action = "application.completed" if accepted else "application.returned"
    return _save(centre, connection, who, application, changed, action)


def _by_rule(centre: Centre, connection: Connection, tenant: str) -> MicroYuan:
    """What rules without people have awarded to a tenant within their span."""
    now = centre.clock.now()
    levels = [level for level in centre.front.granting.levels if not level.approvals]
    return MicroYuan(
        sum(
            access.awarded_since(connection, tenant, level.name, now - level.within)
            for level in levels
        )
    )


def _save(
    centre: Centre,
    connection: Connection,
    who: Caller,
    application: Application,
    changed: Application,
    action: str,
) -> Application:
    access.save_application(connection, changed)
    _pay(centre, connection, application, changed)
    now = centre.clock.now()
    before, after = _told(application), _told(changed)
    access.audit(connection, who, action, application.application_id, after, now, before=before)
    return changed


def _pay(centre: Centre, connection: Connection, before: Application, after: Application) -> None:
    amount = MicroYuan(after.paid - before.paid)
    if amount:
        centre.ledger.grant(connection, after.tenant, amount, after.application_id)


def _told(application: Application) -> dict[str, object]:
    return {
        "tenant": application.tenant,
        "title": application.title,
        "level": application.level,
        "asked_micro_yuan": application.wish.amount,
        "state": application.state,
        "awarded_micro_yuan": application.awarded,
        "paid_micro_yuan": application.paid,
        "votes": len(application.votes),
    }
