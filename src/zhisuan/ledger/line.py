"""A line of a price: which item, how much of it, at which price, by which version and when.

A line keeps the exact quantity, the price and the amount, so anyone can recompute it:
amount = price x quantity / per, rounded half-even to the micro-yuan, where the price is the
tariff's in its class times the factors the line names, rounded the same way.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from zhisuan.core.money import MicroYuan, product
from zhisuan.ledger.demand import Demand
from zhisuan.ledger.factor import Factor
from zhisuan.ledger.tariff import PriceClass, Tariff, Terms

MONTH_S = 30 * 86_400
"""Seconds in the month of a GB-month: 30 days."""

_FINEST = Decimal("0.000000001")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a price.

    Attributes:
        item: `core`, `memory`, `device:<kind>`, `bundle:<its largest share>`, `energy`,
            `storage`, `tokens`, `calls` or `pieces`.
        quantity: exact, in `unit`.
        price: micro-yuan for `per` of `unit`, which is one `price_unit`.
        amount: price x quantity / per.
        charged: False when it is shown only, contained in the other prices.
        tariff_version: whose price it is; 0 in records from before lines said so.
        period: the hours or season it fell in, by name, joined by `+`; empty outside of any.
        factors: all factors in the price besides the class, by name.
    """

    item: str
    quantity: Decimal
    unit: str
    price: MicroYuan
    price_unit: str
    per: int
    amount: MicroYuan
    charged: bool
    tariff_version: int = 0
    period: str = ""
    factors: tuple[str, ...] = ()

    def title(self, language: str) -> str:
        """What is priced, for a person; `zh` or `en`."""
        return title_of(self.item, language, self.factors)

    def as_json(self) -> dict[str, object]:
        """The line as JSON values; the quantity as text, so that it stays exact."""
        return {
            "item": self.item,
            "quantity": str(self.quantity),
            "unit": self.unit,
            "price": self.price,
            "price_unit": self.price_unit,
            "per": self.per,
            "amount": self.amount,
            "charged": self.charged,
            "tariff_version": self.tariff_version,
            "period": self.period,
            "factors": list(self.factors),
        }


def title_of(item: str, language: str, factors: tuple[str, ...] = ()) -> str:
    """What an item is, for a person; `zh` or `en`."""
    kind, _, name = item.partition(":")
    chinese, english = _TITLES[kind]
    about = ", ".join(part for part in (name, *factors) if part)
    return (chinese if language == "zh" else english) + (f" ({about})" if about else "")


def quantities(tariff: Tariff, demand: Demand) -> Iterator[tuple[str, Decimal]]:
    """How much of which item of the tariff a demand is; of what has no price, nothing."""
    found = [*_granted(tariff, demand), ("energy", _energy_wh(tariff, demand))]
    found += [(item, demand.counted.get(item, Decimal(0))) for item in _COUNTED]
    for item, quantity in found:
        if quantity and tariff.price_of(item) is not None:
            yield item, quantity


def price_line(
    tariff: Tariff,
    terms: Terms,
    item: str,
    quantity: Decimal,
    current: tuple[Factor, ...] = (),
    tier: tuple[Factor, ...] = (),
) -> Line:
    """One line.

    Args:
        tariff: whose prices hold.
        terms: of whoever asks.
        item: one that has a price.
        quantity: how much.
        current: the factors that hold now by clock and calendar and concern the item.
        tier: the factors that hold for this part of the month's quantity.
    """
    kind = item.partition(":")[0]
    unit, price_unit, per = unit_of(tariff, kind)
    applied = (*tariff.standing(kind, terms), *current, *tier)
    price = tariff.unit_price(item, terms, applied)
    listed = tariff.price_of(item)
    return Line(
        item,
        quantity,
        unit,
        price,
        price_unit,
        per,
        product(MicroYuan(1), price * quantity / per),  # a quotient first would lose ties
        listed is not None and listed.charged,
        tariff.version,
        "+".join(each.name for each in current),
        tuple(each.name for each in applied),
    )


def price_lines(
    tariff: Tariff, demand: Demand, price_class: PriceClass = PriceClass.STANDARD
) -> tuple[Line, ...]:
    """A demand priced item by item, outside of any hours, season or tier."""
    terms = Terms(price_class)
    return tuple(
        price_line(tariff, terms, item, quantity) for item, quantity in quantities(tariff, demand)
    )


def total(lines: Iterable[Line]) -> MicroYuan:
    """The sum of the charged lines."""
    return MicroYuan(sum(line.amount for line in lines if line.charged))


def unit_of(tariff: Tariff, kind: str) -> tuple[str, str, int]:
    """In which unit a kind is counted, in which it is priced, and how many make one."""
    standard = kind == "device" and kind in tariff.prices
    return ("standard_second", "standard_hour", 3600) if standard else _UNITS[kind]


_TITLES = {
    "core": ("处理器核时", "processor cores"),
    "memory": ("内存", "memory"),
    "device": ("加速卡时", "accelerators"),
    "bundle": ("资源包时", "bundles"),
    "energy": ("电能", "electricity"),
    "storage": ("存储", "storage"),
    "tokens": ("词元", "tokens"),
    "calls": ("调用", "calls"),
    "pieces": ("件", "pieces"),
}
_UNITS = {
    "core": ("core_second", "core_hour", 3600),
    "memory": ("gb_second", "gb_hour", 3600),
    "device": ("device_second", "device_hour", 3600),
    "bundle": ("bundle_second", "bundle_hour", 3600),
    "energy": ("wh", "kwh", 1000),
    "storage": ("gb_second", "gb_month", MONTH_S),
    "tokens": ("token", "thousand_tokens", 1000),
    "calls": ("call", "call", 1),
    "pieces": ("piece", "piece", 1),
}
_COUNTED = ("storage", "tokens", "calls", "pieces")


def _granted(tariff: Tariff, demand: Demand) -> list[tuple[str, Decimal]]:
    """Cores, memory and devices: each by itself, or the largest share of a bundle."""
    devices = [
        (f"device:{kind}", _standard_seconds(tariff, kind, seconds))
        for kind, seconds in sorted(demand.device_seconds.items())
    ]
    if not tariff.bundle:
        return [("core", demand.core_seconds), ("memory", demand.memory_gb_seconds), *devices]
    held = {
        "core": demand.core_seconds,
        "memory": demand.memory_gb_seconds,
        "device": sum((seconds for _, seconds in devices), Decimal(0)),
    }
    shares = {kind: (held[kind] / one).quantize(_FINEST) for kind, one in tariff.bundle.items()}
    largest = max(shares, key=lambda kind: shares[kind])
    return [(f"bundle:{largest}", shares[largest])]


def _standard_seconds(tariff: Tariff, kind: str, seconds: Decimal) -> Decimal:
    counted = bool(tariff.bundle) or "device" in tariff.prices
    return seconds * tariff.standard_hours(kind) if counted else seconds


def _energy_wh(tariff: Tariff, demand: Demand) -> Decimal:
    """Metered, or what the tariff reckons from the grant."""
    watts = tariff.power_watts
    if not watts:
        return demand.energy_wh
    watt_seconds = demand.core_seconds * watts.get("core", Decimal(0))
    watt_seconds += demand.memory_gb_seconds * watts.get("memory_gb", Decimal(0))
    for kind, seconds in demand.device_seconds.items():
        other = watts.get("other", Decimal(0))
        watt_seconds += seconds * watts.get(kind, watts.get(kind.partition("-")[0], other))
    return (watt_seconds / 3600).quantize(_FINEST)
