"""Paying for jobs: a voucher's share of what a settled job costs.

The oldest bound voucher that covers anything of the charge pays its programme's ratio of the
lines in scope, never more than it still holds. One voucher pays for one job.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Connection

from zhisuan.core.clock import Instant
from zhisuan.core.money import MicroYuan
from zhisuan.ledger.account import (
    VOUCHERS_DUE,
    Entry,
    Movement,
    available,
    budget,
    is_voucher_used,
    voucher_held,
    voucher_owed,
    voucher_used,
)
from zhisuan.ledger.charge import Charge
from zhisuan.ledger.voucher import money, records
from zhisuan.ledger.voucher.application import ItemKind
from zhisuan.ledger.voucher.programme import Programme
from zhisuan.ledger.voucher.rules import share
from zhisuan.ledger.voucher.voucher import CENTRE, OPEN, By, Move, Voucher, VoucherState, moved

_KINDS: Mapping[str, ItemKind] = {
    "core": ItemKind.COMPUTE,
    "memory": ItemKind.COMPUTE,
    "device": ItemKind.COMPUTE,
    "bundle": ItemKind.COMPUTE,
    "energy": ItemKind.COMPUTE,
    "tokens": ItemKind.MODEL,
    "calls": ItemKind.MODEL,
    "pieces": ItemKind.MODEL,
    "storage": ItemKind.STORAGE,
    "network": ItemKind.NETWORK,
}
"""What a line of the price list is for; one that is not named here is never paid by a voucher."""


def kind_of(item: str) -> ItemKind:
    """What an item of a price list is, in the words of a programme."""
    return _KINDS.get(item.partition(":")[0], ItemKind.OTHER)


def covered(programme: Programme, charge: Charge) -> MicroYuan:
    """The part of a charge that is in the programme's scope, micro-yuan.

    What is paid differs from the sum of the lines where the outcome, the minimum or the hold
    says so; the part in scope is then in the same proportion.
    """
    charged = [line for line in charge.lines if line.charged]
    whole = sum(line.amount for line in charged)
    part = sum(line.amount for line in charged if kind_of(line.item) in programme.scope.items)
    return MicroYuan(charge.amount * part // whole) if whole else MicroYuan(0)


class Purses:
    """The vouchers that pay for some tenants' jobs while a batch of them is settled.

    Args:
        connection: the transaction, which has locked the ledger.
        tenants: whose jobs are settled.
        now: when.
    """

    def __init__(self, connection: Connection, tenants: Collection[str], now: Instant) -> None:
        self._connection = connection
        self._now = now
        found = records.paying(connection, tenants, now) if tenants else []
        self._programmes = {
            each: records.programme(connection, each).programme
            for each in {voucher.programme_id for voucher in found}
        }
        self._vouchers: dict[str, list[Voucher]] = {}
        for voucher in found:
            day = self._programmes[voucher.programme_id].day(now)
            if voucher.application.contract.starts_on <= day:
                self._vouchers.setdefault(voucher.tenant, []).append(voucher)
        self._left = {
            each.voucher_id: money.purse(connection, each.voucher_id).held for each in found
        }
        self._spent: dict[str, Voucher] = {}

    def moves(self, charge: Charge) -> dict[str, int]:
        """What the accounts gain besides the tenant's own payment; empty where none pays."""
        for voucher in self._vouchers.get(charge.tenant, ()):
            if amount := self._share(voucher, charge):
                self._left[voucher.voucher_id] = MicroYuan(self._left[voucher.voucher_id] - amount)
                self._spent[voucher.voucher_id] = voucher
                return {
                    available(charge.tenant): amount,
                    voucher_held(voucher.voucher_id): -amount,
                    voucher_used(voucher.voucher_id): amount,
                    VOUCHERS_DUE: -amount,
                }
        return {}

    def keep(self) -> None:
        """Note which vouchers began to pay and which are used up."""
        for voucher_id, voucher in self._spent.items():
            standing = voucher
            if standing.state is VoucherState.BOUND:
                standing = self._move(standing, Move.CONSUME)
            if not self._left[voucher_id]:
                standing = self._move(standing, Move.CLOSE)
            if standing is not voucher:
                records.save(self._connection, standing)

    def _share(self, voucher: Voucher, charge: Charge) -> MicroYuan:
        programme = self._programmes[voucher.programme_id]
        ratio = programme.ratio_for(voucher.application.contract.supply)
        left = self._left[voucher.voucher_id]
        return (
            MicroYuan(0) if ratio is None else min(left, share(covered(programme, charge), ratio))
        )

    def _move(self, voucher: Voucher, move: Move) -> Voucher:
        after = moved(voucher, move, By.CENTRE, self._now)
        records.append_move(self._connection, after, move, CENTRE, {})
        return after


def part(entries: Iterable[Entry]) -> tuple[str, MicroYuan] | None:
    """Which voucher paid of a job when it was settled, and how much; None where none did."""
    for entry in entries:
        if entry.movement is Movement.CHARGE and is_voucher_used(entry.account):
            return entry.account.split(":")[1], entry.amount
    return None


def refunded(
    connection: Connection,
    charge: Charge,
    entries: Sequence[Entry],
    amount: MicroYuan,
    now: Instant,
) -> dict[str, int]:
    """What the accounts gain besides the refund itself, so that a voucher's share goes back to it.

    While the voucher can still pay it is its own again, later its programme's; what the issuer has
    paid out already the centre owes the issuer, and of a voucher that was clawed back the tenant
    owes less.

    Args:
        connection: the transaction, which has locked the ledger.
        charge: of which is given back.
        entries: of its job.
        amount: how much is given back in all.
        now: when.
    """
    paid = part(entries)
    if paid is None:
        return {}
    voucher = records.voucher(connection, None, paid[0])
    back = paid[1] * amount // charge.amount
    used = {voucher_used(paid[0]): -back, VOUCHERS_DUE: back}
    if voucher.state is VoucherState.PAID:
        gains = {VOUCHERS_DUE: back}
    elif voucher.state is VoucherState.CLAWED_BACK:
        gains = {voucher_owed(paid[0]): back}
    elif voucher.state in OPEN:
        gains = used | {voucher_held(paid[0]): back}
    else:
        gains = used | {budget(voucher.programme_id): back}
        returned = MicroYuan(voucher.given_back + back)
        records.save(connection, replace(voucher, given_back=returned, changed_at=now))
    return gains | {available(charge.tenant): -back}


def merged(*moves: Mapping[str, int]) -> dict[str, int]:
    """What accounts gain together."""
    names: Iterable[str] = dict.fromkeys(name for each in moves for name in each)
    return {name: sum(each.get(name, 0) for each in moves) for name in names}
