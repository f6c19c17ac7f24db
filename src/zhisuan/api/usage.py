"""Usage: one's own charges over a period, with the hours, energy and carbon behind them."""

from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Self

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel

from zhisuan.api.defined import defined
from zhisuan.api.door import At, CentreHere, Reader
from zhisuan.core.errors import WrongInput
from zhisuan.core.money import MicroYuan, to_yuan
from zhisuan.core.quantities import Quality
from zhisuan.services.money.usage import Sum, UsageBy, usage

router = APIRouter(tags=["usage"])

_DAYS = 30
_LONGEST = timedelta(days=366)


class UsageSumOut(BaseModel):
    """The sum over some work that was settled in the period."""

    key: str
    """The day, or an id; empty for what belongs to no task or project."""
    label_zh: str
    label_en: str
    """For people; empty where there are no better words than the key."""
    jobs: int
    charge_yuan: Annotated[Decimal, defined("charge")]
    energy_kwh: Annotated[float, defined("energy")]
    energy_quality: Quality | None
    """Null where there is none."""
    carbon_g: Annotated[float, defined("carbon")]
    carbon_quality: Quality | None
    core_hours: Annotated[float, defined("core_hours")]
    device_hours: Annotated[float, defined("device_hours")]
    hours_quality: Quality = Quality.MEASURED
    simulated_device_hours: Annotated[float, defined("device_hours")]
    """Of devices that do not exist; told apart and never added."""

    @classmethod
    def of(cls, told: Sum) -> Self:
        """From the value."""
        return cls(
            key=told.key,
            label_zh=told.label.zh if told.label else "",
            label_en=told.label.en if told.label else "",
            jobs=told.jobs,
            charge_yuan=to_yuan(MicroYuan(told.amount)),
            energy_kwh=told.energy_wh / 1000,
            energy_quality=told.energy_quality,
            carbon_g=told.carbon_g,
            carbon_quality=told.carbon_quality,
            core_hours=told.core_hours,
            device_hours=told.device_hours,
            simulated_device_hours=told.simulated_device_hours,
        )


class UsageOut(BaseModel):
    """One's own usage over a period."""

    since: AwareDatetime
    until: AwareDatetime
    by: UsageBy
    zone: str
    """The time zone of the days."""
    items: list[UsageSumOut]
    """In order of their keys."""
    total: UsageSumOut


@router.get("/v1/usage")
def see_usage(
    centre: CentreHere,
    caller: Reader,
    since: Annotated[At | None, Query(description="30 days before `until` if left out.")] = None,
    until: Annotated[At | None, Query(description="Now if left out.")] = None,
    by: UsageBy = UsageBy.DAY,
) -> UsageOut:
    """One's own charges, with hours, energy and carbon, by day, task, project or algorithm."""
    end = until or centre.clock.now()
    begin = since or end - timedelta(days=_DAYS)
    if not timedelta(0) < end - begin <= _LONGEST:
        raise WrongInput(
            "The period must begin before it ends and be at most a year long.",
            hint="Give since and until as instants, such as 2026-03-01T00:00:00Z.",
        )
    with centre.database.read() as connection:
        found = usage(centre, connection, caller.tenant, begin, end, by)
    return UsageOut(
        since=begin,
        until=end,
        by=by,
        zone=centre.ledger.zone,
        items=[UsageSumOut.of(found.rows[key]) for key in sorted(found.rows)],
        total=UsageSumOut.of(found.total),
    )
