"""A tariff: the versioned price list by which usage becomes money.

It is data, read from a TOML file and fixed once published: a new price is a new version with
its own effective instant, so old charges can be recomputed for ever. Who pays and what a
quote is stand elsewhere; here are only prices, factors and the rules of rounding.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files
from typing import Self

from zhisuan.core.clock import Instant
from zhisuan.core.errors import NotFound, WrongInput
from zhisuan.core.money import MicroYuan
from zhisuan.ledger import tariff_file
from zhisuan.ledger.factor import COMPUTING, Calendar, Factor
from zhisuan.ledger.price import Price, Rounding, Step
from zhisuan.ledger.tariff_file import OTHER
from zhisuan.ledger.terms import Category, Outcome, PriceClass, Terms

__all__ = [
    "Category",
    "Outcome",
    "Price",
    "PriceClass",
    "Rounding",
    "Tariff",
    "TariffBook",
    "Terms",
    "default_tariff",
]


@dataclass(frozen=True, slots=True)
class Tariff:
    """One published version of a price list.

    Attributes:
        currency: what an amount is in, `CNY` or a word such as `points`; a label.
        minimum_charge: the least asked for work that is charged at all.
        prices: by item: `core`, `memory`, `device:<kind>`, `bundle`, `energy`, `storage`,
            `tokens`, `calls`, `pieces`; `device` is the price of a standard hour.
        bundle: what one bundle holds, by kind; empty where cores, memory and devices are summed.
        exchange: standard hours in one hour of a device, by kind; None if they are all alike.
        power_watts: by kind, what energy is reckoned from; empty where it is metered.
        class_factor: multiplies the prices of cores, memory and devices, by class.
        factors: what else multiplies prices, all that hold.
        calendar: those of the factors that come and go with time, and the zone.
        outcome_factor: share of the metered price asked, 0 to 1, by outcome.
        charge_step, invoice_step: how one charge and an invoice's total are rounded.
        digest: SHA-256 of `text`, 64 hex digits.
        text: the file it was read from, word for word.
    """

    name: str
    version: int
    effective_from: Instant
    currency: str
    quote_valid: timedelta
    minimum_charge: MicroYuan
    prices: Mapping[str, Price]
    bundle: Mapping[str, Decimal]
    exchange: Mapping[str, Decimal] | None
    power_watts: Mapping[str, Decimal]
    class_factor: Mapping[PriceClass, Fraction]
    factors: tuple[Factor, ...]
    calendar: Calendar
    outcome_factor: Mapping[Outcome, Decimal]
    charge_step: Step
    invoice_step: Step
    digest: str
    text: str

    def __hash__(self) -> int:
        return hash(self.digest)

    @classmethod
    def from_text(cls, text: str) -> Self:
        """The tariff written in a TOML document.

        Raises:
            WrongInput: the document is no tariff; the message names the first wrong place.
        """
        file = tariff_file.read(text)
        factors = tuple(each.factor() for each in file.factor)
        timed = tuple(each for each in factors if each.span)
        return cls(
            name=file.name,
            version=file.version,
            effective_from=file.effective_from.astimezone(UTC),
            currency=file.currency,
            quote_valid=timedelta(minutes=file.quote_valid_minutes),
            minimum_charge=file.minimum_charge_yuan,
            prices=file.prices(),
            bundle=file.bundle_hour.shares() if file.bundle_hour else {},
            exchange=file.exchange,
            power_watts=file.power_watts,
            class_factor=file.class_factor,
            factors=factors,
            calendar=Calendar(file.zone, timed, monthly=any(each.is_tier for each in factors)),
            outcome_factor=file.outcome_factor,
            charge_step=file.rounding(),
            invoice_step=file.invoice_rounding.step(),
            digest=sha256(text.encode()).hexdigest(),
            text=text,
        )

    def price_of(self, item: str) -> Price | None:
        """The item's price, None where it costs nothing; `device:npu-64g`, else as `npu`."""
        kind, _, name = item.partition(":")
        if kind != "device" or "device" in self.prices:
            return self.prices.get(kind)
        by_kind = self.prices.get(f"device:{name.partition('-')[0]}")
        return self.prices.get(item) or by_kind or self.prices.get(f"device:{OTHER}")

    def standard_hours(self, kind: str) -> Decimal:
        """Standard hours in one hour of a device of this kind: of `npu-64g`, else `npu`."""
        if self.exchange is None:
            return Decimal(1)
        by_kind = self.exchange.get(kind.partition("-")[0], self.exchange[OTHER])
        return self.exchange.get(kind, by_kind)

    def device_weight(self, kind: str) -> Decimal:
        """What tells the dearer of two devices."""
        price = self.price_of(f"device:{kind}")
        return self.standard_hours(kind) * (price.amount if price else 1)

    def standing(self, kind: str, terms: Terms) -> tuple[Factor, ...]:
        """The factors that hold for a kind of item at all times and for any quantity."""
        return _standing(self, kind, terms)

    def tiers(self, kind: str, terms: Terms) -> tuple[Factor, ...]:
        """The factors that hold for a part of the month's quantity, in any span."""
        return _tiers(self, kind, terms)

    def unit_price(self, item: str, terms: Terms, applied: tuple[Factor, ...]) -> MicroYuan:
        """The price of one unit in a class times the factors applied, rounded half-even.

        Raises:
            KeyError: the item has no price.
        """
        return _unit_price(self, item, terms.price_class, applied)

    def asked(self, amount: MicroYuan) -> MicroYuan:
        """A charge by the minimum and the rounding of one charge."""
        return self.charge_step.round(MicroYuan(max(amount, self.minimum_charge)))

    def invoice_total(self, amount: MicroYuan) -> MicroYuan:
        """A sum of exact charges as an invoice shows it."""
        return self.invoice_step.round(amount)


class TariffBook:
    """All versions of one tariff, in the order in which they take effect.

    Raises:
        WrongInput: there is no version, or two carry the same number or instant.
    """

    def __init__(self, tariffs: Iterable[Tariff]) -> None:
        self.versions = tuple(sorted(tariffs, key=lambda tariff: tariff.effective_from))
        self._by_version = {tariff.version: tariff for tariff in self.versions}
        instants = {tariff.effective_from for tariff in self.versions}
        if not self.versions:
            raise WrongInput("A centre needs at least one tariff.")
        if len(self._by_version) < len(self.versions) or len(instants) < len(self.versions):
            raise WrongInput(
                "Two tariffs share a version or an effective instant.",
                hint="Give each published tariff its own version and effective_from.",
            )

    @property
    def latest_version(self) -> int:
        """The highest number of a version."""
        return max(self._by_version)

    @property
    def counts_quantities(self) -> bool:
        """Whether a price of any version depends on the month's quantity."""
        return any(tariff.calendar.monthly for tariff in self.versions)

    def at(self, instant: Instant) -> Tariff:
        """The tariff in force at the instant.

        Raises:
            NotFound: none is in force yet.
        """
        in_force = [tariff for tariff in self.versions if tariff.effective_from <= instant]
        if not in_force:
            raise NotFound(
                f"No tariff is in force at {instant:%Y-%m-%d %H:%M} UTC.",
                hint=f"The first takes effect at {self.versions[0].effective_from}.",
            )
        return in_force[-1]

    def in_force_or_first(self, instant: Instant) -> Tariff:
        """The tariff in force at the instant, or the first where none is yet."""
        return self.over(instant, instant)[0][1]

    def over(self, start: Instant, end: Instant) -> tuple[tuple[Instant, Tariff], ...]:
        """The versions in force from `start` to before `end`, each with its first instant there.

        Before the first version took effect, the first holds: what was used is always priced.
        """
        first = max(
            (place for place, each in enumerate(self.versions) if each.effective_from <= start),
            default=0,
        )
        later = [each for each in self.versions[first + 1 :] if each.effective_from < end]
        return ((start, self.versions[first]), *((each.effective_from, each) for each in later))

    def version(self, number: int) -> Tariff:
        """The tariff of this version.

        Raises:
            NotFound: this book does not hold it.
        """
        try:
            return self._by_version[number]
        except KeyError:
            raise NotFound(f"Version {number} of the tariff is not in the book.") from None


def default_tariff() -> Tariff:
    """The price list shipped with the centre."""
    return Tariff.from_text(
        files("zhisuan.ledger").joinpath("tariffs/default.toml").read_text("utf-8")
    )


@lru_cache(maxsize=1024)
def _standing(tariff: Tariff, kind: str, terms: Terms) -> tuple[Factor, ...]:
    return tuple(
        each
        for each in tariff.factors
        if each.span is None and not each.is_tier and each.concerns(kind, terms)
    )


@lru_cache(maxsize=1024)
def _tiers(tariff: Tariff, kind: str, terms: Terms) -> tuple[Factor, ...]:
    return tuple(each for each in tariff.factors if each.is_tier and each.concerns(kind, terms))


@lru_cache(maxsize=8192)
def _unit_price(
    tariff: Tariff, item: str, price_class: PriceClass, applied: tuple[Factor, ...]
) -> MicroYuan:
    price = tariff.price_of(item)
    if price is None:
        raise KeyError(item)
    amount = Fraction(price.amount)
    if price.by_class is not None:
        amount = Fraction(price.by_class[price_class])
    elif item.partition(":")[0] in COMPUTING:
        amount *= tariff.class_factor[price_class]
    for factor in applied:
        amount *= factor.value
    return MicroYuan(round(amount))
