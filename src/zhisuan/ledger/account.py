"""Accounts and entries: double entry in integer micro-yuan.

A positive amount is owed by the centre to the account's owner (the tenants' balances are
debts of the centre), so every transaction sums to zero and so does the whole book. An entry is
never changed; a mistake is put right by another transaction.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from zhisuan.core.clock import Instant, format_instant
from zhisuan.core.money import MicroYuan

REVENUE = "centre:revenue"
GRANTS = "centre:grants"
DEPOSITS = "centre:deposits"
REFUNDS = "centre:refunds"
PROGRAMMES = "centre:programmes"
"""What issuers have promised as budgets of voucher programmes."""

VOUCHERS_DUE = "centre:vouchers_due"
"""What issuers owe the centre for jobs that vouchers paid, below zero; above, what it owes them."""

CENTRE_ACCOUNTS = (REVENUE, GRANTS, DEPOSITS, REFUNDS)


class Movement(StrEnum):
    """Why money moved."""

    GRANT = "grant"
    DEPOSIT = "deposit"
    HOLD = "hold"
    CHARGE = "charge"
    RELEASE = "release"
    REFUND = "refund"
    FUND = "fund"
    ISSUE = "issue"
    RETURN = "return"
    CREDIT = "credit"
    PAYOUT = "payout"
    PAY = "pay"
    CLAWBACK = "clawback"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of one transaction.

    Attributes:
        seq: its place in the chain of entries.
        transaction_seq: the seq of the transaction's first entry.
        amount: micro-yuan; over a transaction they sum to zero.
        job_id: whose work it is about, None for money that comes from outside.
        note: for a person, such as where a grant comes from.
    """

    seq: int
    transaction_seq: int
    account: str
    amount: MicroYuan
    movement: Movement
    at: Instant
    job_id: str | None = None
    note: str = ""

    def body(self) -> Mapping[str, object]:
        """The entry as JSON values: what is hashed."""
        return {
            "seq": self.seq,
            "transaction_seq": self.transaction_seq,
            "account": self.account,
            "amount": self.amount,
            "movement": self.movement.value,
            "at": format_instant(self.at),
            "job_id": self.job_id,
            "note": self.note,
        }


def available(tenant: str) -> str:
    """The account of what a tenant may still spend."""
    return f"tenant:{tenant}:available"


def held(tenant: str) -> str:
    """The account of what is set aside for a tenant's accepted quotes."""
    return f"tenant:{tenant}:held"


def budget(programme_id: str) -> str:
    """The account of what is left of a voucher programme's budget."""
    return f"programme:{programme_id}:budget"


def paid_out(programme_id: str) -> str:
    """The account of what was paid out of a voucher programme's budget."""
    return f"programme:{programme_id}:paid"


def voucher_held(voucher_id: str) -> str:
    """The account of what a voucher can still pay."""
    return f"voucher:{voucher_id}:held"


def voucher_used(voucher_id: str) -> str:
    """The account of what a voucher has paid of jobs and its issuer has not paid out yet."""
    return f"voucher:{voucher_id}:used"


def voucher_owed(voucher_id: str) -> str:
    """The account, below zero, of what a tenant owes for a voucher that was clawed back."""
    return f"voucher:{voucher_id}:owed"


def is_voucher_used(account: str) -> bool:
    """Whether the account is one of what a voucher has paid."""
    return account.startswith("voucher:") and account.endswith(":used")


def provider(name: str) -> str:
    """The account of what a provider of algorithms has earned."""
    return f"provider:{name}"


def is_provider(account: str) -> bool:
    """Whether the account is one of a provider's earnings."""
    return account.startswith("provider:")


def is_held(account: str) -> bool:
    """Whether the account is one of money set aside."""
    return account.startswith("tenant:") and account.endswith(":held")


def entries(
    first_seq: int,
    moves: Mapping[str, int],
    movement: Movement,
    at: Instant,
    job_id: str | None = None,
    note: str = "",
) -> tuple[Entry, ...]:
    """One transaction: what each account gains; accounts that gain nothing have no entry.

    Raises:
        ValueError: the amounts do not sum to zero.
    """
    if sum(moves.values()) != 0:
        raise ValueError(f"the entries of a transaction must sum to zero, not {dict(moves)}")
    moved = [(account, amount) for account, amount in moves.items() if amount]
    return tuple(
        Entry(first_seq + place, first_seq, account, MicroYuan(amount), movement, at, job_id, note)
        for place, (account, amount) in enumerate(moved)
    )
