"""The public board: what is free now, what it costs, how well the centre is used. Needs no key."""

from decimal import Decimal
from typing import Literal, Self

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel

from zhisuan.api.door import CentreHere
from zhisuan.api.utilisation import KindOut
from zhisuan.compute.supply.interval import CORES
from zhisuan.core.money import to_yuan
from zhisuan.core.quantities import MILLI, Quality
from zhisuan.green.factor import Factor
from zhisuan.green.pue import Pue
from zhisuan.ledger.line import Line, title_of
from zhisuan.ledger.tariff import PriceClass
from zhisuan.services.monitoring.board import Board, Free, Prices, board

router = APIRouter(tags=["centre"])

EVERY_S = 10.0


class FreeOut(BaseModel):
    """How much of one kind there is; what is simulated is told apart and never added."""

    kind: str
    """`cores`, or a kind of device such as `npu-64g`."""
    unit: Literal["core", "device"]
    simulated: bool
    installed: float
    open: float
    """On nodes that take new work."""
    free: float
    """Of the open ones, what nobody holds."""

    @classmethod
    def of(cls, told: Free) -> Self:
        """From the value."""
        return cls(
            kind=told.kind.name,
            unit="core" if told.kind.name == CORES else "device",
            simulated=told.kind.simulated,
            installed=told.installed / MILLI,
            open=told.open / MILLI,
            free=told.free / MILLI,
        )


class JobsOut(BaseModel):
    """How many jobs there are now."""

    waiting: int
    running: int
    """On what is real alone."""
    running_simulated: int
    """With anything simulated among what they hold."""


class PriceOut(BaseModel):
    """One price of the list in each class, for whoever has no other agreement."""

    item: str
    """`core`, `memory`, `device:<kind>`, `energy` and so on, as in the tariff file."""
    name_zh: str
    name_en: str
    unit: str
    charged: bool
    """False where it is shown only, contained in the other prices."""
    yuan: dict[PriceClass, Decimal]
    factors: list[str]
    """Names of what multiplies the price now, such as an hour of the day."""

    @classmethod
    def of(cls, item: str, lines: dict[PriceClass, Line]) -> Self:
        """From the values."""
        standard = lines[PriceClass.STANDARD]
        return cls(
            item=item,
            name_zh=title_of(item, "zh"),
            name_en=title_of(item, "en"),
            unit=standard.price_unit,
            charged=standard.charged,
            yuan={each: to_yuan(line.price) for each, line in lines.items()},
            factors=list(standard.factors),
        )


class PricesOut(BaseModel):
    """The price list in force."""

    tariff: str
    version: int
    effective_from: AwareDatetime
    until: AwareDatetime | None
    """Until when these very prices hold; null if they change neither today nor by a version."""
    currency: str
    zone: str
    items: list[PriceOut]

    @classmethod
    def of(cls, told: Prices) -> Self:
        """From the value."""
        return cls(
            tariff=told.tariff.name,
            version=told.tariff.version,
            effective_from=told.tariff.effective_from,
            until=told.until,
            currency=told.tariff.currency,
            zone=told.tariff.calendar.zone,
            items=[PriceOut.of(item, dict(lines)) for item, lines in told.lines.items()],
        )


class GridOut(BaseModel):
    """What a kilowatt-hour emits here, and where that figure is from."""

    region: str
    name_zh: str
    name_en: str
    g_per_kwh: float
    year: int
    source: str
    quality: Quality

    @classmethod
    def of(cls, factor: Factor) -> Self:
        """From the value."""
        return cls(
            region=factor.region,
            name_zh=factor.name_zh,
            name_en=factor.name_en,
            g_per_kwh=factor.g_per_kwh,
            year=factor.year,
            source=factor.source,
            quality=factor.quality,
        )


class PueOut(BaseModel):
    """Facility energy over IT energy."""

    value: float | None
    """Null where no facility meter exists and nobody has stated one."""
    quality: Quality | None

    @classmethod
    def of(cls, pue: Pue) -> Self:
        """From the value."""
        return cls(value=None if pue.quality is None else pue.value, quality=pue.quality)


class BoardOut(BaseModel):
    """The centre, to everybody."""

    at: AwareDatetime
    """When this was counted: at most every ten seconds."""
    free: list[FreeOut]
    jobs: JobsOut
    prices: PricesOut | None
    since: AwareDatetime
    """The rates are of the span from here to `at`."""
    rates: list[KindOut]
    grid: GridOut
    pue: PueOut


@router.get("/v1/board")
def see_board(centre: CentreHere) -> BoardOut:
    """What is free now and what it costs, and how the last seven days were; needs no key."""
    told: Board = centre.fresh.get("board", EVERY_S, lambda: board(centre))
    return BoardOut(
        at=told.at,
        free=[FreeOut.of(each) for each in told.free],
        jobs=JobsOut(
            waiting=told.waiting,
            running=told.running,
            running_simulated=told.running_simulated,
        ),
        prices=None if told.prices is None else PricesOut.of(told.prices),
        since=told.since,
        rates=[KindOut.of(each) for each in told.rates],
        grid=GridOut.of(centre.factor),
        pue=PueOut.of(centre.pue),
    )
