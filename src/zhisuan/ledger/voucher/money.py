"""The money of vouchers, in the ledger's own double entry.

A programme's budget is a promise of its issuer: what is left of it, what each voucher holds and
has used, and what was paid out always sum to it. Beside that runs the real money: what a
voucher pays of a job is the centre's revenue and the issuer's debt (`centre:vouchers_due`) until
the issuer pays. What a clawed back voucher had paid, its tenant owes.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from zhisuan.core.clock import Instant
from zhisuan.core.money import MicroYuan
from zhisuan.ledger import records
from zhisuan.ledger.account import (
    DEPOSITS,
    PROGRAMMES,
    VOUCHERS_DUE,
    Movement,
    budget,
    entries,
    paid_out,
    voucher_held,
    voucher_owed,
    voucher_used,
)


@dataclass(frozen=True, slots=True)
class Purse:
    """What is on a voucher's accounts, micro-yuan.

    Attributes:
        held: set aside and not spent.
        used: paid of jobs, and not yet paid out by the issuer.
        owed: what the tenant owes after a claw-back.
    """

    held: MicroYuan
    used: MicroYuan
    owed: MicroYuan


def purse(connection: Connection, voucher_id: str) -> Purse:
    """What is on a voucher's accounts; nothing before it is issued."""
    names = [voucher_held(voucher_id), voucher_used(voucher_id), voucher_owed(voucher_id)]
    found = records.balances(connection, names)
    held, used, owed = (found.get(name, MicroYuan(0)) for name in names)
    return Purse(held, used, MicroYuan(-owed))


def budget_of(connection: Connection, programme_id: str) -> tuple[MicroYuan, MicroYuan]:
    """What is left of a programme's budget, and what was paid out of it."""
    names = [budget(programme_id), paid_out(programme_id)]
    found = records.balances(connection, names)
    return found[names[0]], found[names[1]]


def fund(connection: Connection, programme_id: str, amount: MicroYuan, at: Instant) -> None:
    """Open a programme's accounts with its budget."""
    missing = [
        name for name in (PROGRAMMES, VOUCHERS_DUE) if not records.balances(connection, [name])
    ]
    if missing:
        records.add_accounts(connection, missing, floor=None)
    records.add_accounts(connection, (budget(programme_id), paid_out(programme_id)), floor=0)
    moves = {budget(programme_id): amount, PROGRAMMES: -amount}
    _post(connection, moves, Movement.FUND, at, programme_id)


def set_aside(
    connection: Connection, programme_id: str, voucher_id: str, amount: MicroYuan, at: Instant
) -> None:
    """Set part of a budget aside for a voucher; the caller has seen that it is there."""
    accounts = (voucher_held(voucher_id), voucher_used(voucher_id))
    records.add_accounts(connection, accounts, floor=0)
    records.add_accounts(connection, (voucher_owed(voucher_id),), floor=None)
    moves = {budget(programme_id): -amount, voucher_held(voucher_id): amount}
    _post(connection, moves, Movement.ISSUE, at, voucher_id)


def give_back(connection: Connection, programme_id: str, voucher_id: str, at: Instant) -> MicroYuan:
    """Return what a voucher still holds to the budget; returns how much."""
    rest = purse(connection, voucher_id).held
    moves = {voucher_held(voucher_id): -rest, budget(programme_id): rest}
    _post(connection, moves, Movement.RETURN, at, voucher_id)
    return rest


def pay_out(
    connection: Connection, programme_id: str, voucher_id: str, at: Instant, paper: str
) -> MicroYuan:
    """Enter that the issuer paid what a voucher had used; returns how much."""
    used = purse(connection, voucher_id).used
    moves = {
        voucher_used(voucher_id): -used,
        paid_out(programme_id): used,
        VOUCHERS_DUE: used,
        DEPOSITS: -used,
    }
    _post(connection, moves, Movement.PAY, at, f"{voucher_id} {paper}".strip())
    return used


def claw_back(
    connection: Connection,
    programme_id: str,
    voucher_id: str,
    paid: MicroYuan,
    at: Instant,
) -> MicroYuan:
    """Reverse a voucher: all of it is the budget's again and the tenant owes what it had.

    Args:
        connection: the transaction.
        programme_id: whose budget it was.
        voucher_id: which.
        paid: what the issuer has paid out for it.
        at: when.

    Returns:
        What the tenant owes: to the centre, who in turn owes the issuer what it has paid.
    """
    now = purse(connection, voucher_id)
    had = now.used + paid
    moves = {
        voucher_held(voucher_id): -now.held,
        voucher_used(voucher_id): -now.used,
        paid_out(programme_id): -paid,
        budget(programme_id): now.held + had,
        VOUCHERS_DUE: had,
        voucher_owed(voucher_id): -had,
    }
    _post(connection, moves, Movement.CLAWBACK, at, voucher_id)
    return MicroYuan(had)


def _post(
    connection: Connection, moves: Mapping[str, int], movement: Movement, at: Instant, note: str
) -> None:
    heads = records.lock(connection)
    for entry in entries(heads.next_seq("entry"), moves, movement, at, note=note):
        heads.append("entry", entry.body())
    records.add(connection, {account: gain for account, gain in moves.items() if gain})
    records.write(connection, heads)
