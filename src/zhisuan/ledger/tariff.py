"""A tariff: the versioned price list by which usage becomes money.

It is data, read from a TOML file and fixed once published: a new price is a new version with
its own effective instant, so old charges can be recomputed for ever. Who pays and what a
quote is stand elsewhere; here are only prices, factors and the rounding rule of an invoice.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction
from hashlib import sha256
from importlib.resources import files
from typing import Annotated, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
)

from zhisuan.core.clock import Instant
from zhisuan.core.errors import NotFound, WrongInput
from zhisuan.core.money import MicroYuan, from_yuan

OTHER_DEVICE = "other"


class PriceClass(StrEnum):
    """How firmly the capacity is promised."""

    PREEMPTIBLE = "preemptible"
    STANDARD = "standard"
    RESERVED = "reserved"


class Outcome(StrEnum):
    """How the work ended, as far as its price is concerned."""

    USABLE = "usable"
    NO_USABLE_MODEL = "no_usable_model"
    PROGRAM_ERROR = "program_error"
    WRONG_INPUT = "wrong_input"
    OVER_LIMIT = "over_limit"
    STOPPED = "stopped"
    CENTRE_FAULT = "centre_fault"


class Rounding(StrEnum):
    """How an invoice rounds to its step."""

    HALF_UP = "half_up"
    HALF_EVEN = "half_even"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Price:
    """One price of the list.

    Attributes:
        amount: micro-yuan for one unit (core-hour, GB-hour, device-hour, kWh).
        charged: False when the line is shown but contained in the other prices.
        source: where the price comes from.
    """

    amount: MicroYuan
    charged: bool
    source: str


@dataclass(frozen=True, slots=True)
class Tariff:
    """One published version of a price list.

    Attributes:
        minimum_charge: the least asked for work that is charged at all.
        class_factor: multiplies the prices of cores, memory and devices, by class.
        outcome_factor: share of the metered price asked, 0 to 1, by outcome.
        invoice_step: an invoice total is a multiple of this.
        digest: SHA-256 of `text`, 64 hex digits.
        text: the file it was read from, word for word.
    """

    name: str
    version: int
    effective_from: Instant
    quote_valid: timedelta
    minimum_charge: MicroYuan
    core_hour: Price
    memory_gb_hour: Price
    device_hour: Mapping[str, Price]
    energy_kwh: Price
    class_factor: Mapping[PriceClass, Fraction]
    outcome_factor: Mapping[Outcome, Decimal]
    invoice_step: MicroYuan
    invoice_mode: Rounding
    digest: str
    text: str

    @classmethod
    def from_text(cls, text: str) -> Self:
        """The tariff written in a TOML document.

        Raises:
            WrongInput: the document is no tariff; the message names the first wrong place.
        """
        try:
            file = _TariffFile.model_validate(tomllib.loads(text))
        except tomllib.TOMLDecodeError as error:
            raise WrongInput(f"The tariff is not valid TOML: {error}.") from error
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(str(part) for part in first["loc"]) or "the file"
            raise WrongInput(
                f"The tariff is wrong at {place}: {first['msg']}.",
                hint="Compare with the default tariff, tariffs/default.toml.",
            ) from error
        return cls(
            name=file.name,
            version=file.version,
            effective_from=file.effective_from,
            quote_valid=timedelta(minutes=file.quote_valid_minutes),
            minimum_charge=file.minimum_charge_yuan,
            core_hour=file.core_hour.price(),
            memory_gb_hour=file.memory_gb_hour.price(),
            device_hour={kind: entry.price() for kind, entry in file.device_hour.items()},
            energy_kwh=file.energy_kwh.price(),
            class_factor=file.class_factor,
            outcome_factor=file.outcome_factor,
            invoice_step=file.invoice_rounding.step_yuan,
            invoice_mode=file.invoice_rounding.mode,
            digest=sha256(text.encode()).hexdigest(),
            text=text,
        )

    def device_price(self, kind: str) -> Price:
        """The price of a device-hour: of `npu-64g`, else of its kind `npu`, else of `other`."""
        by_kind = self.device_hour.get(kind.partition("-")[0])
        return self.device_hour.get(kind) or by_kind or self.device_hour[OTHER_DEVICE]

    def invoice_total(self, amount: MicroYuan) -> MicroYuan:
        """A sum of exact charges as an invoice shows it."""
        steps = Decimal(amount) / self.invoice_step
        rounded = steps.quantize(Decimal(1), _ROUNDING[self.invoice_mode])
        return MicroYuan(int(rounded) * self.invoice_step)


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


_ROUNDING = {
    Rounding.HALF_UP: ROUND_HALF_UP,
    Rounding.HALF_EVEN: ROUND_HALF_EVEN,
    Rounding.DOWN: ROUND_DOWN,
}


def _fraction(value: object) -> Fraction:
    if not isinstance(value, str):
        raise ValueError('write a factor as text, such as "1", "0.2" or "2/3"')  # noqa: TRY004  pydantic collects ValueError
    try:
        return Fraction(value)
    except ZeroDivisionError:
        raise ValueError(f"{value} divides by zero") from None


def _yuan(value: object) -> MicroYuan:
    if not isinstance(value, str):
        raise ValueError('write an amount as text, such as "0.06"')  # noqa: TRY004  pydantic collects ValueError
    return from_yuan(value)


def _covers(names: Iterable[str]) -> AfterValidator:
    """Refuses a table in which one of the names is missing."""

    def check(table: Mapping[str, object]) -> Mapping[str, object]:
        if missing := [name for name in names if name not in table]:
            raise ValueError(f"no entry for {', '.join(missing)}")
        return table

    return AfterValidator(check)


_Yuan = Annotated[MicroYuan, BeforeValidator(_yuan), Field(ge=0)]
_Factor = Annotated[Fraction, BeforeValidator(_fraction), Field(ge=0)]
_Share = Annotated[Decimal, Field(ge=0, le=1)]


class _Door(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class _PriceFile(_Door):
    yuan: _Yuan
    charged: bool = True
    source: str

    def price(self) -> Price:
        return Price(self.yuan, self.charged, self.source)


class _RoundingFile(_Door):
    step_yuan: Annotated[_Yuan, Field(gt=0)]
    mode: Rounding


class _TariffFile(_Door):
    name: Annotated[str, Field(min_length=1)]
    version: Annotated[int, Field(ge=1)]
    effective_from: AwareDatetime
    quote_valid_minutes: Annotated[int, Field(ge=1)]
    minimum_charge_yuan: _Yuan
    core_hour: _PriceFile
    memory_gb_hour: _PriceFile
    device_hour: Annotated[Mapping[str, _PriceFile], _covers((OTHER_DEVICE,))]
    energy_kwh: _PriceFile
    class_factor: Annotated[Mapping[PriceClass, _Factor], _covers(PriceClass)]
    outcome_factor: Annotated[Mapping[Outcome, _Share], _covers(Outcome)]
    invoice_rounding: _RoundingFile
