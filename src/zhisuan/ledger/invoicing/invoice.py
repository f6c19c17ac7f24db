"""An invoice: a tenant's month, from its charges to one total that a person pays or has paid.

Charges are exact to the micro-yuan; the total alone is rounded, by the rule of the tariff in
force at the end of the month. An invoice is made once and never changed: what is found wrong
later is a refund, and stands on the invoice of its own month.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from zhisuan.core.chain import canonical
from zhisuan.core.clock import Instant, format_instant
from zhisuan.core.errors import WrongInput
from zhisuan.core.money import NOTHING, MicroYuan
from zhisuan.ledger.account import Entry, Movement
from zhisuan.ledger.charge import Charge
from zhisuan.ledger.tariff import Tariff

_DECEMBER = 12


@dataclass(frozen=True, slots=True)
class Item:
    """One job of an invoice.

    Attributes:
        charge_seq: its charge's place in the chain.
        amount: what it was charged.
        voucher: how much of that a voucher paid.
        waived: what it would have been charged, under shadow billing.
        usage: places of its usage records in their chain.
    """

    job_id: str
    project: str | None
    charge_seq: int
    settled_at: Instant
    outcome: str
    amount: MicroYuan
    voucher: MicroYuan
    waived: MicroYuan
    usage: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Adjustment:
    """Money given back in the month: a refund of a job, or a credit.

    Attributes:
        entry_seq: its entry's place in the chain.
        amount: micro-yuan to the tenant.
    """

    entry_seq: int
    movement: str
    at: Instant
    amount: MicroYuan
    job_id: str | None
    note: str


@dataclass(frozen=True, slots=True)
class Invoice:
    """One tenant's month.

    Attributes:
        number: counts from 1 over all tenants.
        month: such as `2026-03`, by the calendar of `zone`.
        charged, voucher, waived, given_back: sums over items and adjustments.
        exact: charged less what vouchers paid and what was given back.
        total: `exact` by the tariff's rounding; this is what is asked for.
        tariff_version: whose rounding it is.
        digest: SHA-256 of the invoice as canonical JSON.
    """

    number: int
    tenant: str
    tenant_name: str
    month: str
    zone: str
    made_at: Instant
    items: tuple[Item, ...]
    adjustments: tuple[Adjustment, ...]
    charged: MicroYuan
    voucher: MicroYuan
    waived: MicroYuan
    given_back: MicroYuan
    exact: MicroYuan
    total: MicroYuan
    currency: str
    tariff_version: int

    def body(self) -> Mapping[str, Any]:
        """The invoice as JSON values: what is hashed and kept."""
        return {
            "number": self.number,
            "tenant": self.tenant,
            "tenant_name": self.tenant_name,
            "month": self.month,
            "zone": self.zone,
            "made_at": format_instant(self.made_at),
            "items": [
                {
                    "job_id": item.job_id,
                    "project": item.project,
                    "charge_seq": item.charge_seq,
                    "settled_at": format_instant(item.settled_at),
                    "outcome": item.outcome,
                    "amount": item.amount,
                    "voucher": item.voucher,
                    "waived": item.waived,
                    "usage": list(item.usage),
                }
                for item in self.items
            ],
            "adjustments": [
                {
                    "entry_seq": each.entry_seq,
                    "movement": each.movement,
                    "at": format_instant(each.at),
                    "amount": each.amount,
                    "job_id": each.job_id,
                    "note": each.note,
                }
                for each in self.adjustments
            ],
            "charged": self.charged,
            "voucher": self.voucher,
            "waived": self.waived,
            "given_back": self.given_back,
            "exact": self.exact,
            "total": self.total,
            "currency": self.currency,
            "tariff_version": self.tariff_version,
        }

    @property
    def digest(self) -> str:
        """64 hex digits."""
        return sha256(canonical(self.body())).hexdigest()

    def by_project(self) -> Mapping[str | None, Sequence[Item]]:
        """The items of each project, projects in order, work outside of projects last."""
        found: dict[str | None, list[Item]] = {}
        for item in sorted(self.items, key=lambda item: (item.project is None, item.project or "")):
            found.setdefault(item.project, []).append(item)
        return found


def invoice(
    number: int,
    tenant: tuple[str, str],
    month: str,
    made_at: Instant,
    tariff: Tariff,
    charges: Iterable[tuple[Charge, MicroYuan]],
    given_back: Iterable[Entry],
) -> Invoice:
    """A month's invoice.

    Args:
        number: of the invoice.
        tenant: its id and name.
        month: such as `2026-03`.
        made_at: now.
        tariff: in force at the end of the month.
        charges: settled in the month, each with what a voucher paid of it.
        given_back: entries of the tenant's account that refund or credit.
    """
    items = tuple(
        Item(
            job_id=charge.job_id,
            project=charge.project,
            charge_seq=charge.seq,
            settled_at=charge.settled_at,
            outcome=charge.outcome,
            amount=charge.amount,
            voucher=voucher,
            waived=charge.waived,
            usage=charge.usage,
        )
        for charge, voucher in charges
    )
    adjustments = tuple(
        Adjustment(each.seq, each.movement, each.at, each.amount, each.job_id, each.note)
        for each in given_back
        if each.movement in (Movement.REFUND, Movement.CREDIT)
    )
    charged, voucher, waived = (
        (
            MicroYuan(sum(values))
            for values in zip(*((i.amount, i.voucher, i.waived) for i in items), strict=True)
        )
        if items
        else (NOTHING, NOTHING, NOTHING)
    )
    back = MicroYuan(sum(each.amount for each in adjustments))
    exact = MicroYuan(charged - voucher - back)
    return Invoice(
        number=number,
        tenant=tenant[0],
        tenant_name=tenant[1],
        month=month,
        zone=tariff.calendar.zone,
        made_at=made_at,
        items=items,
        adjustments=adjustments,
        charged=charged,
        voucher=voucher,
        waived=waived,
        given_back=back,
        exact=exact,
        total=tariff.invoice_total(exact),
        currency=tariff.currency,
        tariff_version=tariff.version,
    )


def span_of(month: str, zone: str) -> tuple[Instant, Instant]:
    """When a month begins and ends, by a place's calendar.

    Raises:
        WrongInput: it is not written as `2026-03`.
    """
    try:
        first = datetime.strptime(month, "%Y-%m").replace(tzinfo=ZoneInfo(zone))
    except ValueError:
        raise WrongInput(
            f"{month[:20]!r} is not a month.", hint="Write it as year and month: 2026-03."
        ) from None
    over, following = divmod(first.month, _DECEMBER)
    return first, first.replace(year=first.year + over, month=following + 1)
