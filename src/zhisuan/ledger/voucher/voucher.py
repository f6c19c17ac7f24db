"""The life of a voucher: few states, one table of moves, one function that moves.

::

    draft ──submit──► applied ──approve──► issued ──bind──► bound ──consume──► consuming
                       │  ▲ │                │ │              │ │                 │
                 return│  │ └─refuse►refused │ └─revoke►revoked─┘                 │close
                       ▼  │submit            └──expire──►expired─┘                ▼
                      returned                                                 settled
                                                                          request │ ▲ return
                        clawed_back ◄──claw_back── consuming … paid               ▼ │
                                       paid ◄──pay── verified ◄──verify── redemption_requested

An application is withdrawn as long as nothing was issued on it. Issuing sets money aside,
consuming spends it, closing gives the rest back; what each move does to the money stands in
`desk.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from zhisuan.core.clock import Instant
from zhisuan.core.errors import IllegalTransition, NotAllowed
from zhisuan.core.money import MicroYuan
from zhisuan.ledger.voucher.application import Application, Document


class VoucherState(StrEnum):
    """Where a voucher stands."""

    DRAFT = "draft"
    APPLIED = "applied"
    RETURNED = "returned"
    ISSUED = "issued"
    BOUND = "bound"
    CONSUMING = "consuming"
    SETTLED = "settled"
    REDEMPTION_REQUESTED = "redemption_requested"
    VERIFIED = "verified"
    PAID = "paid"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"
    EXPIRED = "expired"
    REVOKED = "revoked"
    CLAWED_BACK = "clawed_back"


class Move(StrEnum):
    """What somebody does with a voucher."""

    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    APPROVE = "approve"
    RETURN = "return"
    REFUSE = "refuse"
    BIND = "bind"
    CONSUME = "consume"
    CLOSE = "close"
    REQUEST = "request"
    VERIFY = "verify"
    PAY = "pay"
    EXPIRE = "expire"
    REVOKE = "revoke"
    CLAW_BACK = "claw_back"


class By(StrEnum):
    """In which part somebody makes a move."""

    TENANT = "tenant"
    OPERATOR = "operator"
    FINANCE = "finance"
    CENTRE = "centre"


S, M = VoucherState, Move

MOVES: Mapping[tuple[VoucherState, Move], VoucherState] = {
    (S.DRAFT, M.SUBMIT): S.APPLIED,
    (S.DRAFT, M.WITHDRAW): S.WITHDRAWN,
    (S.APPLIED, M.WITHDRAW): S.WITHDRAWN,
    (S.APPLIED, M.RETURN): S.RETURNED,
    (S.APPLIED, M.REFUSE): S.REFUSED,
    (S.APPLIED, M.APPROVE): S.ISSUED,
    (S.RETURNED, M.SUBMIT): S.APPLIED,
    (S.RETURNED, M.WITHDRAW): S.WITHDRAWN,
    (S.ISSUED, M.BIND): S.BOUND,
    (S.ISSUED, M.EXPIRE): S.EXPIRED,
    (S.ISSUED, M.REVOKE): S.REVOKED,
    (S.BOUND, M.CONSUME): S.CONSUMING,
    (S.BOUND, M.EXPIRE): S.EXPIRED,
    (S.BOUND, M.REVOKE): S.REVOKED,
    (S.CONSUMING, M.CLOSE): S.SETTLED,
    (S.CONSUMING, M.EXPIRE): S.SETTLED,
    (S.CONSUMING, M.CLAW_BACK): S.CLAWED_BACK,
    (S.SETTLED, M.REQUEST): S.REDEMPTION_REQUESTED,
    (S.SETTLED, M.CLAW_BACK): S.CLAWED_BACK,
    (S.REDEMPTION_REQUESTED, M.VERIFY): S.VERIFIED,
    (S.REDEMPTION_REQUESTED, M.RETURN): S.SETTLED,
    (S.REDEMPTION_REQUESTED, M.CLAW_BACK): S.CLAWED_BACK,
    (S.VERIFIED, M.PAY): S.PAID,
    (S.VERIFIED, M.CLAW_BACK): S.CLAWED_BACK,
    (S.PAID, M.CLAW_BACK): S.CLAWED_BACK,
}

WHO: Mapping[Move, frozenset[By]] = {
    M.SUBMIT: frozenset({By.TENANT}),
    M.WITHDRAW: frozenset({By.TENANT}),
    M.APPROVE: frozenset({By.OPERATOR}),
    M.RETURN: frozenset({By.OPERATOR, By.FINANCE}),
    M.REFUSE: frozenset({By.OPERATOR}),
    M.BIND: frozenset({By.TENANT, By.OPERATOR}),
    M.CONSUME: frozenset({By.CENTRE}),
    M.CLOSE: frozenset({By.TENANT, By.OPERATOR, By.CENTRE}),
    M.REQUEST: frozenset({By.TENANT}),
    M.VERIFY: frozenset({By.FINANCE}),
    M.PAY: frozenset({By.OPERATOR}),
    M.EXPIRE: frozenset({By.OPERATOR, By.CENTRE}),
    M.REVOKE: frozenset({By.OPERATOR}),
    M.CLAW_BACK: frozenset({By.OPERATOR}),
}

_NOTHING = MicroYuan(0)

UNISSUED = frozenset({S.DRAFT, S.WITHDRAWN, S.REFUSED})
"""States in which a contract is not, or no longer, spoken for."""

OPEN = frozenset({S.ISSUED, S.BOUND, S.CONSUMING})
"""States in which money is set aside that may still be spent."""

IN_REDEMPTION = frozenset({S.REDEMPTION_REQUESTED, S.VERIFIED, S.PAID})
"""States that count against what a firm may redeem in a year."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who makes a move: in which part, with which key of which tenant."""

    by: By
    key_id: str
    tenant: str


CENTRE = Actor(By.CENTRE, "", "")
"""The centre itself, by a rule."""


@dataclass(frozen=True, slots=True)
class Voucher:
    """One voucher, from its first draft.

    Attributes:
        programme_id: of the programme version it stands under.
        tenant: whose jobs it pays for.
        year: the issuer's calendar year of the application, None before it is submitted.
        granted: set aside when it was issued, micro-yuan.
        given_back: of that, what went back to the budget unspent.
        redeemed: what was asked for when redeeming; `redeem_year` is the issuer's year of that.
        expires_at: until when it pays for jobs, None before it is issued.
        papers: of the redemption.
    """

    voucher_id: str
    programme_id: str
    tenant: str
    state: VoucherState
    application: Application
    created_at: Instant
    changed_at: Instant
    year: int | None = None
    granted: MicroYuan = _NOTHING
    given_back: MicroYuan = _NOTHING
    redeemed: MicroYuan = _NOTHING
    redeem_year: int | None = None
    expires_at: Instant | None = None
    bound_at: Instant | None = None
    papers: tuple[Document, ...] = ()


def may(state: VoucherState, by: By | None = None) -> tuple[Move, ...]:
    """The moves that are possible from a state, by somebody in this part or by anybody."""
    return tuple(move for (at, move) in MOVES if at is state and (by is None or by in WHO[move]))


def moved(voucher: Voucher, move: Move, by: By, at: Instant) -> Voucher:
    """The voucher after a move.

    Raises:
        NotAllowed: this part never makes this move.
        IllegalTransition: it is not possible from where the voucher stands.
    """
    if by not in WHO[move]:
        parts = " or ".join(sorted(WHO[move]))
        raise NotAllowed(
            f"To {_told(move)} a voucher is for the {parts}, not for the {by}.",
            hint="Use a key of the right role.",
        )
    to = MOVES.get((voucher.state, move))
    if to is None:
        possible = ", ".join(_told(each) for each in may(voucher.state, by)) or "nothing"
        raise IllegalTransition(
            f"Voucher {voucher.voucher_id} is {_told(voucher.state)}; to {_told(move)} it is not "
            f"possible now.",
            hint=f"Possible for the {by}: {possible}.",
        )
    return replace(voucher, state=to, changed_at=at)


def _told(word: StrEnum) -> str:
    return word.value.replace("_", " ")
