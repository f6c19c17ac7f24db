"""The policy file: how an operator wants the pool to be given out, in TOML.

::

    backfill = "easy"
    preempting = true
    minimum_run_s = 300

    [quota.default]
    cores = 16
    [quota.ten_0j6x…]
    cores = 64
    devices = 8

    [idle]
    below = 0.2

Without a file the centre backfills (EASY), lets a higher class take the place of preemptible jobs
that have run for five minutes, and leaves idle jobs alone.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import isfinite
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from zhisuan.compute.policy import Backfill, Order, Packing, Policy, Quota
from zhisuan.compute.reclaim import IdleRule
from zhisuan.core.errors import WrongInput
from zhisuan.core.quantities import MILLI, Seconds

_EVERYBODY = "default"
_YEAR_S = 366 * 86400.0
_HOUR_S = 3600.0
_DAY_H = 24
_POLICY = Policy()
_IDLE = IdleRule()


@dataclass(frozen=True, slots=True)
class Rules:
    """How the live centre gives out its pool.

    Attributes:
        policy: what the scheduler is told.
        grace_s: what a job that must make room has for its checkpoint.
        half_life_s: after which use counts half under the order `fair`.
        idle: what is done about idle jobs; None is nothing.
        cost_by_hour: what an hour of running costs, for each hour of the day in UTC, in any one
            unit (yuan, grams of CO2); empty is not known. Green jobs wait for the low ones.
        text: the file they were read from, word for word; empty without one.
    """

    policy: Policy
    grace_s: Seconds
    half_life_s: float
    idle: IdleRule | None
    cost_by_hour: tuple[float, ...] = ()
    text: str = ""

    def ahead(self, now: float) -> tuple[tuple[float, float], ...]:
        """The cost of the hours ahead, two days of them, as steps in Unix seconds."""
        if not self.cost_by_hour:
            return ()
        first = int(now // _HOUR_S)
        hours = range(first, first + 2 * _DAY_H)
        return tuple((hour * _HOUR_S, self.cost_by_hour[hour % _DAY_H]) for hour in hours)


class DeclaredQuota(BaseModel):
    """What one tenant may hold at one time; what is not named has no limit."""

    model_config = ConfigDict(extra="forbid")
    cores: float | None = Field(default=None, ge=0, le=1e9)
    memory_mb: int | None = Field(default=None, ge=0)
    devices: float | None = Field(default=None, ge=0, le=1e9)

    def value(self) -> Quota:
        """As the scheduler takes it."""
        cpu_milli = None if self.cores is None else round(self.cores * MILLI)
        device_milli = None if self.devices is None else round(self.devices * MILLI)
        return Quota(cpu_milli, self.memory_mb, device_milli)


class DeclaredIdle(BaseModel):
    """When an idle job gives back what it holds."""

    model_config = ConfigDict(extra="forbid")
    below: float = Field(default=_IDLE.below, gt=0, le=1)
    warn_after_s: float = Field(default=_IDLE.warn_after_s, ge=1, le=_YEAR_S)
    shrink_after_s: float = Field(default=_IDLE.shrink_after_s, le=_YEAR_S)
    suspend_after_s: float = Field(default=_IDLE.suspend_after_s, le=_YEAR_S)
    release_after_s: float = Field(default=_IDLE.release_after_s, le=_YEAR_S)
    exempt: frozenset[str] = frozenset()

    @model_validator(mode="after")
    def _one_after_the_other(self) -> Self:
        steps = (self.warn_after_s, self.shrink_after_s, self.suspend_after_s, self.release_after_s)
        if list(steps) != sorted(steps):
            raise ValueError("warn, shrink, suspend and release must come in this order")
        return self

    def value(self) -> IdleRule:
        """As `reclaim` takes it."""
        return IdleRule(**self.model_dump())


class PolicyFile(BaseModel):
    """The whole file."""

    model_config = ConfigDict(extra="forbid")
    order: Order = Order.FIRST_COME
    backfill: Backfill = Backfill.EASY
    packing: Packing = Packing.BEST_FIT
    preempting: bool = True
    borrowing: bool = False
    minimum_run_s: float = Field(default=_POLICY.minimum_run_s, ge=0, le=_YEAR_S)
    patience_s: float = Field(default=_POLICY.patience_s, gt=0)
    patience_share: float = Field(default=_POLICY.patience_share, gt=0, le=1)
    grace_s: float = Field(default=30.0, ge=0, le=3600)
    half_life_s: float = Field(default=86400.0, gt=0, le=_YEAR_S)
    quota: dict[str, DeclaredQuota] = Field(default_factory=dict[str, DeclaredQuota])
    idle: DeclaredIdle | None = None
    cost_by_hour: tuple[float, ...] = ()

    @field_validator("cost_by_hour")
    @classmethod
    def _a_whole_day(cls, cost: tuple[float, ...]) -> tuple[float, ...]:
        if cost and (len(cost) != _DAY_H or not all(isfinite(each) and each >= 0 for each in cost)):
            raise ValueError("a cost is wanted for each of the 24 hours of the day, 0 or more")
        return cost

    @field_validator("quota")
    @classmethod
    def _of_tenants(cls, quota: Mapping[str, DeclaredQuota]) -> Mapping[str, DeclaredQuota]:
        strange = [name for name in quota if name != _EVERYBODY and not name.startswith("ten_")]
        if strange:
            raise ValueError(f"{strange[0]!r} is neither a tenant's id (ten_…) nor `default`")
        return quota

    def rules(self) -> Rules:
        """As the centre takes them."""
        quotas = {name: declared.value() for name, declared in self.quota.items()}
        policy = Policy(
            order=self.order,
            backfill=self.backfill,
            packing=self.packing,
            default_quota=quotas.pop(_EVERYBODY, Quota()),
            quotas=quotas,
            borrowing=self.borrowing,
            preempting=self.preempting,
            minimum_run_s=self.minimum_run_s,
            patience_s=self.patience_s,
            patience_share=self.patience_share,
        )
        idle = None if self.idle is None else self.idle.value()
        return Rules(policy, Seconds(self.grace_s), self.half_life_s, idle, self.cost_by_hour)


DEFAULT = PolicyFile().rules()
"""The rules of a centre without a policy file."""


def read_rules(path: Path) -> Rules:
    """The rules of a policy file, or the default ones if there is no file.

    Raises:
        WrongInput: the file is no policy file; the sentence names the first wrong place.
    """
    return parse_rules(path.read_bytes(), str(path)) if path.exists() else DEFAULT


def parse_rules(written: bytes, name: str) -> Rules:
    """The rules as a policy file writes them.

    Raises:
        WrongInput: as for `read_rules`; `name` is what the sentence calls the file.
    """
    hint = "See docs/reference/policy-file.md."
    try:
        text = written.decode("utf-8")
        return replace(PolicyFile.model_validate(tomllib.loads(text)).rules(), text=text)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WrongInput(f"{name} is not valid TOML: {error}.", hint=hint) from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        said = first["msg"].removeprefix("Value error, ")
        raise WrongInput(f"{name} is wrong at {place}: {said}.", hint=hint) from error
