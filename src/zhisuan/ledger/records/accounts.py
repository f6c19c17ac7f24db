"""Accounts with their balances, and the movements of money between them."""

from collections.abc import Iterable, Mapping, Sequence

from pydantic import TypeAdapter
from sqlalchemy import Connection, bindparam, insert, select, update

from zhisuan.core.money import MicroYuan
from zhisuan.ledger.account import Entry
from zhisuan.ledger.tables import ACCOUNT, ENTRY

_ENTRY = TypeAdapter(Entry)
_ADD = (
    update(ACCOUNT)
    .where(ACCOUNT.c.account == bindparam("id"))
    .values(balance=ACCOUNT.c.balance + bindparam("gain"))
)
_TAKE = (
    update(ACCOUNT)
    .where(
        ACCOUNT.c.account == bindparam("id"),
        ACCOUNT.c.balance - bindparam("sum") >= ACCOUNT.c.floor,
    )
    .values(balance=ACCOUNT.c.balance - bindparam("sum"))
)


def add_accounts(connection: Connection, accounts: Iterable[str], floor: int | None) -> None:
    """Open accounts at zero; `floor` is the least balance, None for no limit."""
    connection.execute(
        insert(ACCOUNT), [{"account": name, "balance": 0, "floor": floor} for name in accounts]
    )


def open_missing(connection: Connection, accounts: Iterable[str]) -> None:
    """Open those accounts that are not there yet, at zero and without a limit."""
    wanted = set(accounts)
    if wanted:
        missing = wanted - balances(connection, sorted(wanted)).keys()
        if missing:
            add_accounts(connection, sorted(missing), floor=None)


def balances(connection: Connection, accounts: Sequence[str]) -> dict[str, MicroYuan]:
    """The balances of those accounts that exist."""
    rows = connection.execute(
        select(ACCOUNT.c.account, ACCOUNT.c.balance).where(ACCOUNT.c.account.in_(accounts))
    )
    return {row.account: MicroYuan(row.balance) for row in rows}


def all_balances(connection: Connection) -> dict[str, int]:
    """The balance of every account, as kept beside the entries."""
    return {row.account: row.balance for row in connection.execute(select(ACCOUNT))}


def take(connection: Connection, account: str, amount: MicroYuan) -> bool:
    """Take an amount if the balance stays at or above its floor; says whether it did."""
    return connection.execute(_TAKE, {"id": account, "sum": amount}).rowcount == 1


def add(connection: Connection, gains: Mapping[str, int]) -> None:
    """Add to balances; a negative gain takes away without asking the floor."""
    if gains:
        connection.execute(_ADD, [{"id": account, "gain": gain} for account, gain in gains.items()])


def entries_of(connection: Connection, job_id: str) -> tuple[Entry, ...]:
    """Every movement of money about a job, in order."""
    rows = connection.execute(
        select(ENTRY.c.body).where(ENTRY.c.job_id == job_id).order_by(ENTRY.c.seq)
    )
    return tuple(_ENTRY.validate_json(row.body) for row in rows)
