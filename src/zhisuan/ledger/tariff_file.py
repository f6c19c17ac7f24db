"""The tariff file: how a price list is written in TOML, and what is wrong with one.

docs/reference/tariff-file.md describes it for whoever writes one. Amounts, factors and
coefficients are text, so that they stay exact.
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Self, TypeVar, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    ValidationError,
    model_validator,
)

from zhisuan.core.errors import WrongInput
from zhisuan.core.money import MicroYuan, from_yuan
from zhisuan.ledger.factor import COMPUTING, DAY_MINUTES, Factor, Span
from zhisuan.ledger.price import Price, Rounding, Step
from zhisuan.ledger.terms import Category, Outcome, PriceClass

_Made = TypeVar("_Made")

OTHER = "other"
"""The entry of a table of device kinds that stands for those without their own."""

KINDS = (*sorted(COMPUTING), "energy", "storage", "tokens", "calls", "pieces")
"""All kinds of items."""

_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")
_DATES = re.compile(r"(\d\d)-(\d\d)\.\.(\d\d)-(\d\d)")
_LEAP_YEAR = 2024
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def read(text: str) -> "TariffFile":
    """What a TOML document says as a tariff.

    Raises:
        WrongInput: the document is no tariff; the message names the first wrong place.
    """
    try:
        return TariffFile.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise WrongInput(f"The tariff is not valid TOML: {error}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        raise WrongInput(
            f"The tariff is wrong at {place}: {first['msg'].removeprefix('Value error, ')}.",
            hint="Compare with the default tariff, tariffs/default.toml.",
        ) from error


def _texts(make: Callable[[str], _Made], like: str) -> Callable[[object], _Made]:
    """Takes text alone, because a TOML number would be a float."""

    def parse(value: object) -> _Made:
        if not isinstance(value, str):
            raise ValueError(f"write it as text, such as {like}")  # noqa: TRY004  pydantic collects ValueError
        return make(value)

    return parse


def _fraction(text: str) -> Fraction:
    try:
        return Fraction(text)
    except ZeroDivisionError:
        raise ValueError(f"{text} divides by zero") from None


def _yuan(value: object) -> MicroYuan:
    if not isinstance(value, str):
        raise ValueError('write an amount as text, such as "0.06"')  # noqa: TRY004  pydantic collects ValueError
    amount = from_yuan(value)
    if amount < 0:
        raise ValueError(f"{value} is less than nothing")
    return amount


def _yuan_or_table(value: object) -> MicroYuan | Mapping[PriceClass, MicroYuan]:
    if not isinstance(value, dict):
        return _yuan(value)
    table = cast("dict[str, object]", value)
    if set(table) != set(PriceClass):
        raise ValueError(f"a table needs just {', '.join(PriceClass)}")
    return {PriceClass(name): _yuan(amount) for name, amount in table.items()}


def _decimal(text: str) -> Decimal:
    if not re.fullmatch(r"\d+(\.\d+)?", text):
        raise ValueError(f"{text!r} is not a number like 1.5")
    return Decimal(text)


def _covers(names: Iterable[str]) -> AfterValidator:
    """Refuses a table in which one of the names is missing."""

    def check(table: Mapping[str, object]) -> Mapping[str, object]:
        if missing := [name for name in names if name not in table]:
            raise ValueError(f"no entry for {', '.join(missing)}")
        return table

    return AfterValidator(check)


def _hours(text: str) -> tuple[int, int]:
    found = _HOURS.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is not a span like 22:00-06:00")
    hour, minute, end_hour, end_minute = (int(part) for part in found.groups())
    first, end = hour * 60 + minute, end_hour * 60 + end_minute
    if end > DAY_MINUTES or first == end % DAY_MINUTES:
        raise ValueError(f"{text} is no part of a day")
    return first, end


def _dates(text: str) -> tuple[tuple[int, int], tuple[int, int]]:
    found = _DATES.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is not a season like 07-01..09-30")
    month, day, last_month, last_day = (int(part) for part in found.groups())
    for each in ((month, day), (last_month, last_day)):
        datetime(_LEAP_YEAR, *each)  # noqa: DTZ001  refuses days that no year has
    return (month, day), (last_month, last_day)


def _weekday(text: str) -> int:
    if text not in _WEEKDAYS:
        raise ValueError(f"{text!r} is none of {', '.join(_WEEKDAYS)}")
    return _WEEKDAYS.index(text)


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"{name!r} is not a time zone like Asia/Shanghai") from None
    return name


def _kind(name: str) -> str:
    if name not in KINDS:
        raise ValueError(f"{name!r} is none of {', '.join(KINDS)}")
    return name


_Yuan = Annotated[MicroYuan, BeforeValidator(_yuan)]
_Factor = Annotated[
    Fraction, BeforeValidator(_texts(_fraction, '"1", "0.2" or "2/3"')), Field(ge=0)
]
_Share = Annotated[Decimal, Field(ge=0, le=1)]
_Amount = Annotated[Decimal, BeforeValidator(_texts(_decimal, '"1.5"'))]
_Positive = Annotated[_Amount, Field(gt=0)]
_Others = Annotated[Mapping[str, _Amount], _covers((OTHER,))]
_Prices = Annotated[MicroYuan | Mapping[PriceClass, MicroYuan], PlainValidator(_yuan_or_table)]
_Hours = Annotated[tuple[int, int], BeforeValidator(_texts(_hours, '"22:00-06:00"'))]
_Dates = Annotated[
    tuple[tuple[int, int], tuple[int, int]], BeforeValidator(_texts(_dates, '"07-01..09-30"'))
]
_Weekday = Annotated[int, BeforeValidator(_texts(_weekday, '"sat"'))]
_ONE_FOR_ALL = dict.fromkeys(PriceClass, Fraction(1))


class _Door(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class PriceFile(_Door):
    """One price: an amount for all classes, or a table with one for each."""

    yuan: _Prices
    charged: bool = True
    source: str

    def price(self) -> Price:
        """As the value."""
        if isinstance(self.yuan, Mapping):
            return Price(self.yuan[PriceClass.STANDARD], self.charged, self.source, self.yuan)
        return Price(self.yuan, self.charged, self.source)


class BundleFile(PriceFile):
    """The price of an hour of a bundle, and what a bundle holds."""

    cores: _Positive | None = None
    memory_gb: _Positive | None = None
    devices: _Positive | None = None

    def shares(self) -> dict[str, Decimal]:
        """What one bundle holds, by kind."""
        held = {"core": self.cores, "memory": self.memory_gb, "device": self.devices}
        return {kind: amount for kind, amount in held.items() if amount is not None}

    @model_validator(mode="after")
    def _holds_something(self) -> Self:
        if not self.shares():
            raise ValueError("a bundle holds cores, memory_gb or devices")
        return self


class FactorFile(_Door):
    """One factor and its conditions."""

    name: Annotated[str, Field(min_length=1, max_length=40)]
    value: _Factor
    items: Annotated[frozenset[Annotated[str, AfterValidator(_kind)]], Field(min_length=1)] = (
        COMPUTING
    )
    classes: frozenset[PriceClass] = frozenset()
    categories: frozenset[Category] = frozenset()
    hours: tuple[_Hours, ...] = ()
    dates: tuple[_Dates, ...] = ()
    weekdays: frozenset[_Weekday] = frozenset()
    above: _Amount = Decimal(0)
    upto: _Positive | None = None

    @model_validator(mode="after")
    def _is_a_part(self) -> Self:
        if self.upto is not None and self.upto <= self.above:
            raise ValueError("upto is not more than above")
        return self

    def factor(self) -> Factor:
        """As the value."""
        timed = self.hours or self.dates or self.weekdays
        span = Span(self.hours, self.dates, self.weekdays) if timed else None
        return Factor(
            self.name,
            self.value,
            self.items,
            self.classes,
            self.categories,
            span,
            self.above,
            self.upto,
        )


class RoundingFile(_Door):
    """A rule of rounding."""

    step_yuan: Annotated[_Yuan, Field(gt=0)]
    mode: Rounding

    def step(self) -> Step:
        """As the value."""
        return Step(self.step_yuan, self.mode)


_EXACT = Step(MicroYuan(1), Rounding.HALF_EVEN)


class TariffFile(_Door):
    """The whole file."""

    name: Annotated[str, Field(min_length=1, max_length=80)]
    version: Annotated[int, Field(ge=1, lt=2**31)]
    effective_from: AwareDatetime
    currency: Annotated[str, Field(min_length=1, max_length=20)] = "CNY"
    zone: Annotated[str, AfterValidator(_zone)] = "Asia/Shanghai"
    quote_valid_minutes: Annotated[int, Field(ge=1, le=525_600)]
    minimum_charge_yuan: _Yuan = MicroYuan(0)
    core_hour: PriceFile | None = None
    memory_gb_hour: PriceFile | None = None
    device_hour: Annotated[Mapping[str, PriceFile], _covers((OTHER,))] | None = None
    standard_hour: PriceFile | None = None
    bundle_hour: BundleFile | None = None
    energy_kwh: PriceFile | None = None
    storage_gb_month: PriceFile | None = None
    thousand_tokens: PriceFile | None = None
    call: PriceFile | None = None
    piece: PriceFile | None = None
    exchange: _Others | None = None
    power_watts: Mapping[str, _Amount] = Field(default_factory=dict[str, Decimal])
    class_factor: Annotated[Mapping[PriceClass, _Factor], _covers(PriceClass)] = _ONE_FOR_ALL
    factor: tuple[FactorFile, ...] = ()
    outcome_factor: Annotated[Mapping[Outcome, _Share], _covers(Outcome)]
    charge_rounding: RoundingFile | None = None
    invoice_rounding: RoundingFile

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        grants = (self.core_hour, self.memory_gb_hour, self.device_hour, self.standard_hour)
        if self.bundle_hour is not None and any(each is not None for each in grants):
            raise ValueError(
                "with bundle_hour, cores, memory and devices have no prices of their own"
            )
        if self.device_hour is not None and self.standard_hour is not None:
            raise ValueError("devices are priced by device_hour or by standard_hour, not by both")
        if self.standard_hour is not None and self.exchange is None:
            raise ValueError("standard_hour needs the exchange table")
        return self

    def prices(self) -> dict[str, Price]:
        """The prices by item; a device's is `device:<kind>`, a standard hour's `device`."""
        found = {
            "core": self.core_hour,
            "memory": self.memory_gb_hour,
            "device": self.standard_hour,
            "bundle": self.bundle_hour,
            "energy": self.energy_kwh,
            "storage": self.storage_gb_month,
            "tokens": self.thousand_tokens,
            "calls": self.call,
            "pieces": self.piece,
        } | {f"device:{kind}": price for kind, price in (self.device_hour or {}).items()}
        return {item: entry.price() for item, entry in found.items() if entry is not None}

    def rounding(self) -> Step:
        """How the amount of one charge is rounded."""
        return self.charge_rounding.step() if self.charge_rounding else _EXACT
