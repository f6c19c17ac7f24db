"""Utilisation: the five rates of the pool over a period, and the records they are counted from."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal, Self

from fastapi import APIRouter, Query
from pydantic import BaseModel

from zhisuan.access import records as access
from zhisuan.access.permission import Permission, require
from zhisuan.api.door import At, CentreHere, PoolViewer
from zhisuan.compute.supply import records as supply
from zhisuan.compute.supply.interval import CORES
from zhisuan.core.errors import WrongInput
from zhisuan.core.quantities import Quality
from zhisuan.services.centre import Centre
from zhisuan.services.monitoring.breakdown import BreakdownBy, Measure, Row, breakdown
from zhisuan.services.monitoring.definition import definitions
from zhisuan.services.monitoring.utilisation import Rate, Utilisation, uses, utilisation

router = APIRouter(tags=["utilisation"])

_DAYS = 30
_LONGEST = timedelta(days=366)
_LONGEST_BY_HOUR = timedelta(days=31)
_Since = Annotated[At | None, Query(description="30 days before `until` if left out.")]
_Until = Annotated[At | None, Query(description="Now if left out.")]


class RateOut(BaseModel):
    """One rate, with all that makes it what it is."""

    code: Rate
    name_zh: str
    name_en: str
    formula_zh: str
    formula_en: str
    numerator: float | None
    denominator: float
    unit: Literal["core_second", "device_second"]
    value: float | None
    quality: Quality
    note_zh: str
    note_en: str


class KindOut(BaseModel):
    """The rates of one kind of supply."""

    kind: str
    simulated: bool
    unmetered: float
    """Unit-seconds for which the centre itself did not run."""
    rates: list[RateOut]

    @classmethod
    def of(cls, told: Utilisation) -> Self:
        """From the value."""
        return cls(
            kind=told.kind.name,
            simulated=told.kind.simulated,
            unmetered=told.unmetered,
            rates=[
                RateOut(
                    code=each.rate,
                    name_zh=definitions()[each.rate].name.zh,
                    name_en=definitions()[each.rate].name.en,
                    formula_zh=definitions()[each.rate].formula.zh,
                    formula_en=definitions()[each.rate].formula.en,
                    numerator=each.numerator,
                    denominator=each.denominator,
                    unit="core_second" if told.kind.name == CORES else "device_second",
                    value=each.value,
                    quality=each.quality,
                    note_zh=each.note_zh,
                    note_en=each.note_en,
                )
                for each in told.rates
            ],
        )


class UtilisationOut(BaseModel):
    """The five rates of every kind over a period."""

    since: datetime
    until: datetime
    application_level: Rate
    """Which rate this centre calls its 应用水平."""
    kinds: list[KindOut]


@router.get("/v1/utilisation")
def see_utilisation(
    centre: CentreHere, _caller: PoolViewer, since: _Since = None, until: _Until = None
) -> UtilisationOut:
    """How well the pool is used: available, allocated, sold, busy, effective."""
    begin, end = _period(centre, since, until)
    with centre.database.read() as connection:
        found = utilisation(centre, connection, begin, end)
    return UtilisationOut(
        since=begin,
        until=end,
        application_level=Rate(centre.ledger.accounts.business.application_level),
        kinds=[KindOut.of(each) for each in found],
    )


class SupplyOut(BaseModel):
    """A node in one state for a span of time."""

    node: str
    state: str
    since: datetime
    until: datetime
    capacity: list[tuple[str, bool, int]]
    """Kind, whether it is simulated, milli."""


class UseOut(BaseModel):
    """What an attempt held for a span of time, on which nodes."""

    tenant: str
    nodes: list[str]
    since: datetime
    until: datetime
    held: list[tuple[str, bool, int]]
    cpu_s: float
    billable: bool


class RecordsOut(BaseModel):
    """What the rates are counted from."""

    since: datetime
    until: datetime
    supply: list[SupplyOut]
    use: list[UseOut]


@router.get("/v1/utilisation/records")
def export_utilisation(
    centre: CentreHere, _caller: PoolViewer, since: _Since = None, until: _Until = None
) -> RecordsOut:
    """The raw intervals of supply and use, so that anyone can count the rates by hand."""
    begin, end = _period(centre, since, until)
    with centre.database.read() as connection:
        there = list(supply.between(connection, begin, end, centre.clock.now()))
        held = uses(centre, connection, begin, end)
    return RecordsOut(
        since=begin,
        until=end,
        supply=[
            SupplyOut(
                node=each.node,
                state=each.state,
                since=each.since,
                until=each.until,
                capacity=[(k.name, k.simulated, milli) for k, milli in each.capacity.items()],
            )
            for each in there
        ],
        use=[
            UseOut(
                tenant=each.tenant,
                nodes=list(each.parts),
                since=each.since,
                until=each.until,
                held=[(k.name, k.simulated, milli) for k, milli in each.milli.items()],
                cpu_s=each.cpu_s,
                billable=each.billable,
            )
            for each in held
        ],
    )


class BreakdownRowOut(BaseModel):
    """One row, in hours of a core or a device."""

    group: str
    """A node's name, a tenant's id, or the beginning of an hour; empty by kind."""
    name: str
    """What a person calls the group: the tenant's name; else the same."""
    kind: str
    simulated: bool
    unit: Literal["core_hour", "device_hour"]
    installed: float | None
    """U1 is available ÷ installed; null by tenant."""
    available: float | None
    """What was supplied: U2 is allocated ÷ available, U3 billable ÷ available."""
    allocated: float
    billable: float
    busy: float | None
    """U4 is busy ÷ judged; null where the use of devices is not read."""
    judged: float
    """Of the allocated, that for which there is a reading."""
    quality: Quality

    @classmethod
    def of(cls, row: Row, sums: Mapping[Measure, float], by: BreakdownBy, name: str) -> Self:
        """From the value."""
        hours = {each: sums.get(each, 0.0) / 3600 for each in Measure}
        supplied = by is not BreakdownBy.TENANT
        cores = row.kind.name == CORES
        return cls(
            group=row.group,
            name=name,
            kind=row.kind.name,
            simulated=row.kind.simulated,
            unit="core_hour" if cores else "device_hour",
            installed=hours[Measure.INSTALLED] if supplied else None,
            available=hours[Measure.AVAILABLE] if supplied else None,
            allocated=hours[Measure.ALLOCATED],
            billable=hours[Measure.BILLABLE],
            busy=hours[Measure.BUSY] if cores else None,
            judged=hours[Measure.JUDGED],
            quality=Quality.SIMULATED if row.kind.simulated else Quality.MEASURED,
        )


class BreakdownOut(BaseModel):
    """What was supplied and used, counted from the records that the rates are counted from."""

    since: datetime
    until: datetime
    by: BreakdownBy
    rows: list[BreakdownRowOut]


@router.get("/v1/utilisation/breakdown")
def break_down(
    centre: CentreHere,
    caller: PoolViewer,
    by: BreakdownBy = BreakdownBy.KIND,
    since: _Since = None,
    until: _Until = None,
) -> BreakdownOut:
    """Core-hours and device-hours supplied, allocated and busy: by kind, node, tenant or hour."""
    if by is BreakdownBy.TENANT:
        require(caller, Permission.SEE_RECORDS)
    begin, end = _period(centre, since, until)
    if by is BreakdownBy.HOUR and end - begin > _LONGEST_BY_HOUR:
        raise WrongInput("By the hour, 31 days at most are told.", hint="Take a shorter period.")
    with centre.database.read() as connection:
        found = breakdown(centre, connection, begin, end, by)
        names: dict[str, str] = {}
        if by is BreakdownBy.TENANT:
            names = access.tenant_names(connection, (row.group for row in found))
    rows = [
        BreakdownRowOut.of(row, sums, by, names.get(row.group, row.group))
        for row, sums in found.items()
    ]
    return BreakdownOut(since=begin, until=end, by=by, rows=rows)


def _period(
    centre: Centre, since: datetime | None, until: datetime | None
) -> tuple[datetime, datetime]:
    end = min(until or centre.clock.now(), centre.clock.now()).astimezone(UTC)
    begin = (since or end - timedelta(days=_DAYS)).astimezone(UTC)
    if not timedelta(0) < end - begin <= _LONGEST:
        raise WrongInput(
            "The period must begin before it ends and be at most a year long.",
            hint="Give since and until as instants, such as 2026-03-01T00:00:00Z.",
        )
    return begin, end
