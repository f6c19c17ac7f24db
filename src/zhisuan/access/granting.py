"""Granting: what a tenant is given without paying, and who decides about how much.

The rules are data: levels in order, each with limits on what it admits, the number of people who
must approve, and the share of an award that is paid at once. The shipped file is `granting.toml`;
published rules of real programmes are such files in the tests.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from zhisuan.core.errors import Conflict, WrongInput
from zhisuan.core.money import MicroYuan, from_yuan

_NOTHING = MicroYuan(0)
_SHIPPED = Path(__file__).with_name("granting.toml")

Yuan = Annotated[Decimal, Field(ge=0, le=10**9, decimal_places=6)]


@dataclass(frozen=True, slots=True)
class Wish:
    """What an application asks for.

    Attributes:
        amount: micro-yuan.
        device_hours: of computing that is planned with it.
        devices: the most at one time.
    """

    amount: MicroYuan
    device_hours: float
    devices: int


@dataclass(frozen=True, slots=True)
class Level:
    """Who decides about applications up to a size.

    Attributes:
        approvals: how many people must approve; 0 where the rule decides.
        at_once: the share of an award that is paid with it, 0 to 1; the rest after a report.
        most: micro-yuan, None for no limit.
        most_device_hours, most_devices: None for no limit.
        within: for a level without people: over what span its awards to one tenant are added up.
    """

    name: str
    approvals: int
    at_once: Decimal = Decimal(1)
    most: MicroYuan | None = None
    most_device_hours: float | None = None
    most_devices: int | None = None
    within: timedelta = timedelta(days=365)

    def admits(self, wish: Wish, by_rule: MicroYuan = _NOTHING) -> bool:
        """Whether the wish is within the limits.

        Args:
            wish: what is asked for.
            by_rule: micro-yuan that the tenant was awarded without people within the span.
        """
        before = 0 if self.approvals else by_rule
        return (
            (self.most is None or before + wish.amount <= self.most)
            and (self.most_device_hours is None or wish.device_hours <= self.most_device_hours)
            and (self.most_devices is None or wish.devices <= self.most_devices)
        )

    def first_part(self, amount: MicroYuan) -> MicroYuan:
        """What of an award is paid at once, rounded down to a micro-yuan."""
        return MicroYuan(int(amount * self.at_once))


@dataclass(frozen=True, slots=True)
class Granting:
    """The rules of a centre.

    Attributes:
        registration_grant: micro-yuan for a tenant that registers itself.
        registrations_an_hour: from one network address.
        levels: in the order in which they are asked.
    """

    registration_grant: MicroYuan
    registrations_an_hour: int
    levels: tuple[Level, ...]

    def level(self, wish: Wish, by_rule: MicroYuan = _NOTHING) -> Level:
        """The first level that admits a wish.

        Raises:
            Conflict: none does.
        """
        for level in self.levels:
            if level.admits(wish, by_rule):
                return level
        raise Conflict(
            "No level of this centre decides about so much.", hint="Ask for less at one time."
        )

    def named(self, name: str) -> Level:
        """The level of this name, or the strictest where it is there no more."""
        found = [level for level in self.levels if level.name == name]
        return found[0] if found else max(self.levels, key=lambda level: level.approvals)


class _Registration(BaseModel):
    model_config = ConfigDict(extra="forbid")
    grant_yuan: Yuan
    an_hour: int = Field(ge=1)


class _Level(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str = Field(min_length=1, max_length=40)
    approvals: int = Field(ge=0, le=99)
    at_once: Decimal = Field(default=Decimal(1), ge=0, le=1)
    most_yuan: Yuan | None = None
    most_device_hours: float | None = Field(default=None, ge=0)
    most_devices: int | None = Field(default=None, ge=0)
    days: int = Field(default=365, ge=1)

    def level(self) -> Level:
        return Level(
            name=self.name,
            approvals=self.approvals,
            at_once=self.at_once,
            most=None if self.most_yuan is None else from_yuan(self.most_yuan),
            most_device_hours=self.most_device_hours,
            most_devices=self.most_devices,
            within=timedelta(days=self.days),
        )


class GrantingFile(BaseModel):
    """The file, as it is written."""

    model_config = ConfigDict(extra="forbid")
    registration: _Registration
    level: list[_Level] = Field(min_length=1, max_length=20)


def parse_granting(text: str, name: str = "granting.toml") -> Granting:
    """The rules in a file's text.

    Raises:
        WrongInput: it is no TOML, or a key is unknown or out of range.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise WrongInput(f"{name} is not valid TOML: {error}.", hint="Mend it.") from error
    return granting_of(table, name)


def granting_of(table: Mapping[str, Any], name: str) -> Granting:
    """The rules in a table that was read already.

    Args:
        table: as the file has it.
        name: of the file, for the message.

    Raises:
        WrongInput: a key is unknown or out of range.
    """
    try:
        file = GrantingFile.model_validate(table)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise WrongInput(f"{name}: {place}: {first['msg']}.", hint="Mend it.") from error
    return Granting(
        from_yuan(file.registration.grant_yuan),
        file.registration.an_hour,
        tuple(each.level() for each in file.level),
    )


def shipped() -> Granting:
    """The rules that hold where an operator has none."""
    return parse_granting(_SHIPPED.read_text(encoding="utf-8"), _SHIPPED.name)
