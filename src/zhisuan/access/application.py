"""An application for a grant: from the form to the money.

Few states, one table, one function that moves::

    IN_REVIEW ──awarded──► AWARDED ──reported──► REPORTED ──accepted──► COMPLETED
      │  │                    ▲                     │
      │  └──refused──► REFUSED└──────returned───────┘
      └──withdrawn──► WITHDRAWN

What a rule awards without people, and what is paid whole at once, is COMPLETED straight away.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from zhisuan.access.granting import Level, Wish
from zhisuan.core.clock import Instant
from zhisuan.core.errors import Conflict, IllegalTransition, WrongInput
from zhisuan.core.money import MicroYuan, shown

_NOTHING = MicroYuan(0)


class ApplicationState(StrEnum):
    """How far it is."""

    IN_REVIEW = "in_review"
    AWARDED = "awarded"
    REPORTED = "reported"
    COMPLETED = "completed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Step(StrEnum):
    """What happens to it."""

    AWARDED = "awarded"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    REPORTED = "reported"
    ACCEPTED = "accepted"
    RETURNED = "returned"


MOVES: Mapping[tuple[ApplicationState, Step], ApplicationState] = {
    (ApplicationState.IN_REVIEW, Step.AWARDED): ApplicationState.AWARDED,
    (ApplicationState.IN_REVIEW, Step.REFUSED): ApplicationState.REFUSED,
    (ApplicationState.IN_REVIEW, Step.WITHDRAWN): ApplicationState.WITHDRAWN,
    (ApplicationState.AWARDED, Step.REPORTED): ApplicationState.REPORTED,
    (ApplicationState.AWARDED, Step.ACCEPTED): ApplicationState.COMPLETED,
    (ApplicationState.REPORTED, Step.ACCEPTED): ApplicationState.COMPLETED,
    (ApplicationState.REPORTED, Step.RETURNED): ApplicationState.AWARDED,
}


@dataclass(frozen=True, slots=True)
class Vote:
    """What one reviewer said.

    Attributes:
        actor: the key's or member's id.
        amount: micro-yuan that the reviewer would award; 0 is a refusal.
    """

    actor: str
    at: Instant
    amount: MicroYuan
    note: str = ""


@dataclass(frozen=True, slots=True)
class Application:
    """One application.

    Attributes:
        application_id: `app_…`.
        applicant: the actor who sent it.
        level: the name of the level that decides.
        awarded: micro-yuan, 0 before the award.
        paid: micro-yuan of it that are in the tenant's account.
    """

    application_id: str
    tenant: str
    applicant: str
    title: str
    purpose: str
    wish: Wish
    level: str
    created_at: Instant
    state: ApplicationState = ApplicationState.IN_REVIEW
    awarded: MicroYuan = _NOTHING
    paid: MicroYuan = _NOTHING
    votes: tuple[Vote, ...] = ()
    report: str = ""

    @property
    def due(self) -> MicroYuan:
        """What is still to be paid of the award."""
        return MicroYuan(self.awarded - self.paid)


def decide(application: Application, level: Level) -> Application:
    """A fresh application after the rule: awarded if its level asks nobody, else in review."""
    return (
        award(application, level, application.wish.amount) if not level.approvals else application
    )


def vote(application: Application, level: Level, cast: Vote) -> Application:
    """The application after one reviewer's word; enough of them decide.

    The award is the least that those who approve would give.

    Raises:
        Conflict: this reviewer has spoken already, or it is not in review.
        WrongInput: more than was asked for.
    """
    if application.state is not ApplicationState.IN_REVIEW:
        raise Conflict(f"The application is {application.state}.", hint="Nothing to review.")
    if any(each.actor == cast.actor for each in application.votes):
        raise Conflict("You have reviewed this application.", hint="Others must review it too.")
    if cast.amount > application.wish.amount:
        raise WrongInput(
            f"Asked for are {shown(application.wish.amount)}, less than {shown(cast.amount)}.",
            hint="Award at most what was asked for.",
        )
    voted = replace(application, votes=(*application.votes, cast))
    approving = [each.amount for each in voted.votes if each.amount]
    if len(approving) >= level.approvals:
        return award(voted, level, min(approving))
    refusing = len(voted.votes) - len(approving)
    return move(voted, Step.REFUSED) if refusing >= level.approvals else voted


def award(application: Application, level: Level, amount: MicroYuan) -> Application:
    """The application with its award; what is paid at once counts as paid."""
    awarded = move(application, Step.AWARDED)
    paid = replace(awarded, awarded=amount, paid=level.first_part(amount))
    return paid if paid.due else move(paid, Step.ACCEPTED)


def report(application: Application, text: str) -> Application:
    """The application with the report that its rest waits for.

    Raises:
        IllegalTransition: no award waits for a report.
    """
    return replace(move(application, Step.REPORTED), report=text)


def accept(application: Application) -> Application:
    """The application with its report accepted; its rest counts as paid.

    Raises:
        IllegalTransition: no report was given.
    """
    if application.state is not ApplicationState.REPORTED:
        raise IllegalTransition(
            f"The application {application.application_id} is {application.state}; there is no "
            "report to accept.",
            hint="Wait for the report.",
        )
    return replace(move(application, Step.ACCEPTED), paid=application.awarded)


def move(application: Application, step: Step) -> Application:
    """The application after a step: the only way its state changes.

    Raises:
        IllegalTransition: the table has no such move.
    """
    target = MOVES.get((application.state, step))
    if target is None:
        raise IllegalTransition(
            f"The application {application.application_id} is {application.state} and cannot be "
            f"{step}.",
            hint="Look at its state.",
        )
    return replace(application, state=target)
