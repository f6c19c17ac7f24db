"""From a demand to money: the lines of a price, and a quote as an interval of two of them.

A line keeps the exact quantity in seconds, the price per hour and the amount, so anyone can
recompute it: amount = price x quantity / per, rounded half-even to the micro-yuan, where the
price is the tariff's in its class, rounded the same way. Electricity has no class.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from zhisuan.core.clock import Instant
from zhisuan.core.money import MicroYuan, product
from zhisuan.ledger.tariff import Price, PriceClass, Tariff

_MB_IN_A_GB = 1024


@dataclass(frozen=True, slots=True)
class Demand:
    """An amount of computing, exact.

    Attributes:
        wall_s: elapsed seconds; told to the tenant, not priced by itself.
        core_seconds: granted cores times seconds.
        memory_gb_seconds: granted memory (GB of 2**30 bytes) times seconds.
        device_seconds: granted devices times seconds, by device kind.
        energy_wh: electrical energy, watt-hours.
    """

    wall_s: Decimal
    core_seconds: Decimal
    memory_gb_seconds: Decimal
    device_seconds: Mapping[str, Decimal] = field(default_factory=dict[str, Decimal])
    energy_wh: Decimal = Decimal(0)

    @classmethod
    def of_grant(
        cls,
        wall_s: float,
        cpu_milli: int,
        memory_mb: int,
        device_milli: Mapping[str, int] | None = None,
        energy_wh: float = 0.0,
    ) -> "Demand":
        """What a constant grant amounts to over `wall_s` seconds; 1000 milli is one whole."""
        seconds = exact(wall_s)
        return cls(
            wall_s=seconds,
            core_seconds=seconds * cpu_milli / 1000,
            memory_gb_seconds=seconds * memory_mb / _MB_IN_A_GB,
            device_seconds={
                kind: seconds * milli / 1000 for kind, milli in (device_milli or {}).items()
            },
            energy_wh=exact(energy_wh),
        )


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a price.

    Attributes:
        item: `core`, `memory`, `energy` or `device:<kind>`.
        quantity: exact, in `unit`.
        price: micro-yuan for `per` of `unit`, which is one `price_unit`.
        amount: price x quantity / per.
        charged: False when it is shown only, contained in the other prices.
    """

    item: str
    quantity: Decimal
    unit: str
    price: MicroYuan
    price_unit: str
    per: int
    amount: MicroYuan
    charged: bool

    def title(self, language: str) -> str:
        """What is priced, for a person; `zh` or `en`."""
        kind, _, name = self.item.partition(":")
        chinese, english = _TITLES[kind]
        return (chinese if language == "zh" else english) + (f" ({name})" if name else "")

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
        }


@dataclass(frozen=True, slots=True)
class Quote:
    """A price before the work, as an interval: the hold covers `high`.

    Attributes:
        low_lines, high_lines: the same items at both ends.
        wall_s, energy_wh: the demand's low and high ends, for the tenant to see.
    """

    tariff: str
    tariff_version: int
    price_class: PriceClass
    low: MicroYuan
    high: MicroYuan
    low_lines: tuple[Line, ...]
    high_lines: tuple[Line, ...]
    wall_s: tuple[Decimal, Decimal]
    energy_wh: tuple[Decimal, Decimal]


@dataclass(frozen=True, slots=True)
class Offer:
    """A quote made to a tenant, open for acceptance until `expires_at`.

    Attributes:
        subject: what the price is for, as the maker of the quote wrote it; JSON values.
    """

    quote_id: str
    tenant: str
    created_at: Instant
    expires_at: Instant
    quote: Quote
    subject: Mapping[str, str] = field(default_factory=dict[str, str])


def quote(
    tariff: Tariff,
    low: Demand,
    high: Demand,
    price_class: PriceClass = PriceClass.STANDARD,
) -> Quote:
    """The price of work that will need between `low` and `high`.

    Raises:
        ValueError: the low end costs more than the high end.
    """
    low_lines = price_lines(tariff, low, price_class)
    high_lines = price_lines(tariff, high, price_class)
    low_total, high_total = total(low_lines), total(high_lines)
    if low_total > high_total:
        raise ValueError(f"the low end costs {low_total}, the high end only {high_total}")
    return Quote(
        tariff=tariff.name,
        tariff_version=tariff.version,
        price_class=price_class,
        low=least(tariff, low_total),
        high=least(tariff, high_total),
        low_lines=low_lines,
        high_lines=high_lines,
        wall_s=(low.wall_s, high.wall_s),
        energy_wh=(low.energy_wh, high.energy_wh),
    )


def price_lines(tariff: Tariff, demand: Demand, price_class: PriceClass) -> tuple[Line, ...]:
    """The demand priced item by item; an item of which nothing is needed has no line."""
    items = [
        ("core", demand.core_seconds, tariff.core_hour),
        ("memory", demand.memory_gb_seconds, tariff.memory_gb_hour),
        *(
            (f"device:{kind}", seconds, tariff.device_price(kind))
            for kind, seconds in sorted(demand.device_seconds.items())
        ),
        ("energy", demand.energy_wh, tariff.energy_kwh),
    ]
    return tuple(
        _line(item, quantity, price, tariff.class_factor[price_class])
        for item, quantity, price in items
        if quantity
    )


def total(lines: Iterable[Line]) -> MicroYuan:
    """The sum of the charged lines."""
    return MicroYuan(sum(line.amount for line in lines if line.charged))


def least(tariff: Tariff, amount: MicroYuan) -> MicroYuan:
    """The amount, or the tariff's minimum charge where that is more."""
    return max(amount, tariff.minimum_charge)


def exact(number: float) -> Decimal:
    """The decimal that a float's shortest text says: 0.1 becomes exactly one tenth.

    Raises:
        ValueError: the number is negative or not finite.
    """
    decimal = Decimal(repr(number))
    if not decimal.is_finite() or decimal < 0:
        raise ValueError(f"{number} is not an amount")
    return decimal


_TITLES = {
    "core": ("处理器核时", "processor cores"),
    "memory": ("内存", "memory"),
    "device": ("加速卡时", "accelerators"),
    "energy": ("电能", "electricity"),
}
_UNITS = {
    "core": ("core_second", "core_hour", 3600),
    "memory": ("gb_second", "gb_hour", 3600),
    "device": ("device_second", "device_hour", 3600),
    "energy": ("wh", "kwh", 1000),
}


def _line(item: str, quantity: Decimal, price: Price, class_factor: Fraction) -> Line:
    kind = item.partition(":")[0]
    unit, price_unit, per = _UNITS[kind]
    factor = 1 if kind == "energy" else class_factor
    unit_price = MicroYuan(round(price.amount * factor))
    amount = product(unit_price, quantity / per)
    return Line(item, quantity, unit, unit_price, price_unit, per, amount, price.charged)
