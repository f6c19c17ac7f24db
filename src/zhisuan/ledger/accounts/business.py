"""The terms of business: how accounts are run, beyond what things cost.

Prepaid or postpaid, charged or only shown, when an account that runs dry is cut off, what the
provider of an algorithm gets, what a tenant is credited for missed availability. They are data,
so that one file makes a government's centre of a company's.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from zhisuan.core.errors import WrongInput
from zhisuan.core.money import NOTHING, MicroYuan, from_yuan


class Billing(StrEnum):
    """Whether money moves."""

    CHARGE = "charge"
    SHADOW = "shadow"
    """Everything is measured and priced, and shown as waived (免收)."""


@dataclass(frozen=True, slots=True)
class Ladder:
    """When an account that runs dry is cut off, as a utility does it.

    Attributes:
        notify_below: micro-yuan of what may still be spent.
        pause_after, stop_after: since nothing was left; running work is suspended, then ended.
        keep_data: since work was ended; data and results stay at least as long.
    """

    notify_below: MicroYuan
    pause_after: timedelta
    stop_after: timedelta
    keep_data: timedelta


@dataclass(frozen=True, slots=True)
class CreditStep:
    """What is credited where availability fell below a mark.

    Attributes:
        below: availability, 0 to 1.
        share: of the month's charges, 0 to 1.
    """

    below: Decimal
    share: Decimal


@dataclass(frozen=True, slots=True)
class Business:
    """The terms of business of one centre.

    Attributes:
        name: of the profile, for people.
        credit: micro-yuan by which a new account may be in debt; 0 is prepaid.
        provider_share: of a charge, to the provider of the algorithm, 0 to 1.
        sla_target: availability promised for a month, 0 to 1.
        sla_credits: the deepest mark that was missed counts.
        application_level: which of the five rates this centre calls its 应用水平.
    """

    name: str
    billing: Billing
    credit: MicroYuan
    ladder: Ladder
    provider_share: Fraction
    sla_target: Decimal
    sla_credits: tuple[CreditStep, ...]
    application_level: str

    @classmethod
    def from_text(cls, text: str) -> Self:
        """The terms written in a TOML document; other tables than ours are left to others.

        Raises:
            WrongInput: the document is not such a file; the message names the first wrong place.
        """
        try:
            return cls.from_table(tomllib.loads(text))
        except tomllib.TOMLDecodeError as error:
            raise WrongInput(f"The operating profile is not valid TOML: {error}.") from error

    @classmethod
    def from_table(cls, table: Mapping[str, Any]) -> Self:
        """The terms in a table that was read already.

        Raises:
            WrongInput: a value is wrong; the message names the first wrong place.
        """
        try:
            file = _File.model_validate(table)
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(str(part) for part in first["loc"]) or "the file"
            raise WrongInput(
                f"The operating profile is wrong at {place}: {first['msg']}.",
                hint="Compare with docs/reference/operating-profile.md.",
            ) from error
        ladder = Ladder(
            from_yuan(file.ladder.notify_below_yuan),
            timedelta(hours=file.ladder.pause_after_h),
            timedelta(hours=file.ladder.stop_after_h),
            timedelta(days=file.ladder.keep_data_days),
        )
        if ladder.stop_after < ladder.pause_after:
            raise WrongInput(
                "The operating profile stops work before it pauses it.",
                hint="Give ladder.stop_after_h at least the hours of ladder.pause_after_h.",
            )
        steps = sorted(file.sla.credit, key=lambda step: step.below)
        return cls(
            name=file.name,
            billing=file.billing.mode,
            credit=from_yuan(file.account.credit_yuan),
            ladder=ladder,
            provider_share=Fraction(file.share.provider),
            sla_target=file.sla.target,
            sla_credits=tuple(CreditStep(step.below, step.share) for step in steps),
            application_level=file.application_level,
        )


PREPAID = Business(
    name="prepaid",
    billing=Billing.CHARGE,
    credit=NOTHING,
    ladder=Ladder(NOTHING, timedelta(hours=24), timedelta(hours=72), timedelta(days=90)),
    provider_share=Fraction(0),
    sla_target=Decimal("0.999"),
    sla_credits=(),
    application_level="U3",
)
"""The plainest terms: pay first, all of it to the centre."""

_Yuan = Annotated[Decimal, Field(ge=0, le=10**9, decimal_places=6)]
_Share = Annotated[Decimal, Field(ge=0, le=1)]
_Hours = Annotated[float, Field(ge=0, le=24 * 365)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Billing(_Table):
    mode: Billing = Billing.CHARGE


class _Account(_Table):
    credit_yuan: _Yuan = Decimal(0)


class _Ladder(_Table):
    notify_below_yuan: _Yuan = Decimal(10)
    pause_after_h: _Hours = 24
    stop_after_h: _Hours = 72
    keep_data_days: Annotated[int, Field(ge=1, le=36500)] = 90


class _Providers(_Table):
    provider: _Share = Decimal(0)


class _Credit(_Table):
    below: _Share
    share: _Share


class _Sla(_Table):
    target: _Share = Decimal("0.999")
    credit: tuple[_Credit, ...] = ()


class _File(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    name: Annotated[str, Field(min_length=1, max_length=80)]
    application_level: Annotated[str, Field(pattern="^U[1-5]$")] = "U3"
    billing: _Billing = _Billing()
    account: _Account = _Account()
    ladder: _Ladder = _Ladder()
    share: _Providers = _Providers()
    sla: _Sla = _Sla()
