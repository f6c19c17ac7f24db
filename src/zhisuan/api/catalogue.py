"""The catalogue, open to anyone: three shelves, and an algorithm's card with its track record."""

from decimal import Decimal
from typing import Annotated, Self

from fastapi import APIRouter
from pydantic import BaseModel

from zhisuan.algorithms.package import Bilingual
from zhisuan.api.defined import defined
from zhisuan.api.door import CentreHere, ThisId
from zhisuan.api.models import AlgorithmOut
from zhisuan.core.money import to_yuan
from zhisuan.core.quantities import Quality
from zhisuan.core.task import Effort
from zhisuan.ledger.quote import Quote
from zhisuan.services.tasks.shelves import (
    TYPICAL_COLUMNS,
    TYPICAL_ROWS,
    Offered,
    Price,
    Shelf,
    shelves,
    typical,
)
from zhisuan.services.tasks.trackrecord import FEWEST_RUNS, Quartiles, TrackRecord, track_record

router = APIRouter(tags=["catalogue"])


class QuartilesOut(BaseModel):
    """A quarter, a half and three quarters of the runs lie at or below these."""

    low: float
    middle: float
    high: float

    @classmethod
    def of(cls, told: Quartiles | None) -> Self | None:
        """From the value."""
        return None if told is None else cls(low=told.low, middle=told.middle, high=told.high)


class TrackRecordOut(BaseModel):
    """What came of its newest runs here; figures are null while there are too few runs."""

    runs: int
    fewest: int = FEWEST_RUNS
    """Of fewer runs no figures are told, so that nobody's own can be read from them."""
    success_share: Annotated[float | None, defined("success_share")]
    usable_share: Annotated[float | None, defined("usable")]
    of_baseline: Annotated[QuartilesOut | None, defined("baseline")]
    """The score as a share of the naive answer's; below 1 is better."""
    yuan: Annotated[QuartilesOut | None, defined("charge")]
    seconds: Annotated[QuartilesOut | None, defined("wall_seconds")]
    wh: Annotated[QuartilesOut | None, defined("energy")]
    wh_quality: Quality | None

    @classmethod
    def of(cls, told: TrackRecord) -> Self:
        """From the value."""
        return cls(
            runs=told.runs,
            success_share=told.success_share,
            usable_share=told.usable_share,
            of_baseline=QuartilesOut.of(told.of_baseline),
            yuan=QuartilesOut.of(told.yuan),
            seconds=QuartilesOut.of(told.seconds),
            wh=QuartilesOut.of(told.wh),
            wh_quality=told.wh_quality,
        )


class TypicalOut(BaseModel):
    """What one effort would cost now."""

    effort: Effort
    money_low_yuan: Annotated[Decimal, defined("quote")]
    money_high_yuan: Annotated[Decimal, defined("quote")]
    seconds_low: Annotated[float, defined("wall_seconds")]
    seconds_high: Annotated[float, defined("wall_seconds")]
    energy_low_wh: Annotated[float, defined("energy")]
    energy_high_wh: Annotated[float, defined("energy")]
    quality: Quality = Quality.MODELLED

    @classmethod
    def of(cls, effort: Effort, quote: Quote) -> Self:
        """From the value."""
        return cls(
            effort=effort,
            money_low_yuan=to_yuan(quote.low),
            money_high_yuan=to_yuan(quote.high),
            seconds_low=float(quote.wall_s[0]),
            seconds_high=float(quote.wall_s[1]),
            energy_low_wh=float(quote.energy_wh[0]),
            energy_high_wh=float(quote.energy_wh[1]),
        )


class OutputOut(BaseModel):
    """A file that comes out."""

    path: str
    zh: str
    en: str


class AlgorithmCardOut(AlgorithmOut):
    """The whole card for people, with what its runs here took, cost and were worth."""

    answers: Bilingual | None
    """The questions it answers, as a person would ask them."""
    provider: str
    """Empty for the centre's own."""
    internal: bool
    """A tool of the centre itself, which the catalogue does not offer."""
    outputs: list[OutputOut]
    record: TrackRecordOut
    typical_rows: int = TYPICAL_ROWS
    typical_columns: int = TYPICAL_COLUMNS
    typical: list[TypicalOut]
    """What a table of that size would cost now; empty for one that answers no questions."""


@router.get("/v1/algorithms/{name}")
def show_algorithm(name: ThisId, centre: CentreHere) -> AlgorithmCardOut:
    """One algorithm: what it answers, what comes out, how it did here, what it costs now."""
    algorithm = centre.catalogue.get(name)
    card = algorithm.card
    with centre.database.read() as connection:
        record = track_record(centre, connection, card)
    return AlgorithmCardOut(
        **AlgorithmOut.of(algorithm).model_dump(),
        answers=card.answers,
        provider=card.provider,
        internal=card.internal,
        outputs=[OutputOut(path=path, zh=w.zh, en=w.en) for path, w in card.outputs.items()],
        record=TrackRecordOut.of(record),
        typical=[TypicalOut.of(each, quote) for each, quote in typical(centre, algorithm).items()],
    )


class PriceTagOut(BaseModel):
    """What a unit costs, or a typical order."""

    of: str
    """A price class or an effort; empty where there is one price alone."""
    low_yuan: Annotated[Decimal, defined("price")]
    high_yuan: Annotated[Decimal, defined("price")]
    unit_zh: str
    unit_en: str

    @classmethod
    def of_price(cls, price: Price) -> Self:
        """From the value."""
        return cls(
            of=price.of,
            low_yuan=to_yuan(price.low),
            high_yuan=to_yuan(price.high),
            unit_zh=price.unit_zh,
            unit_en=price.unit_en,
        )


class OfferedOut(BaseModel):
    """One item of a shelf."""

    item: str
    title_zh: str
    title_en: str
    about_zh: str
    about_en: str
    owner: str
    """Empty for the centre itself."""
    version: str
    prices: list[PriceTagOut]
    terms_zh: str
    terms_en: str
    available: bool
    availability_zh: str
    availability_en: str
    simulated: bool
    order: str
    """Method and address that order it."""
    order_zh: str
    order_en: str

    @classmethod
    def of(cls, each: Offered) -> Self:
        """From the value."""
        return cls(
            item=each.item,
            title_zh=each.title_zh,
            title_en=each.title_en,
            about_zh=each.about_zh,
            about_en=each.about_en,
            owner=each.owner,
            version=each.version,
            prices=[PriceTagOut.of_price(price) for price in each.prices],
            terms_zh=each.terms_zh,
            terms_en=each.terms_en,
            available=each.available,
            availability_zh=each.availability_zh,
            availability_en=each.availability_en,
            simulated=each.simulated,
            order=each.order,
            order_zh=each.order_zh,
            order_en=each.order_en,
        )


class CatalogueOut(BaseModel):
    """Three shelves."""

    compute: list[OfferedOut]
    data: list[OfferedOut]
    algorithms: list[OfferedOut]


@router.get("/v1/catalogue")
def see_catalogue(centre: CentreHere) -> CatalogueOut:
    """What can be had here, on three shelves: each item with owner, version, price and terms."""
    found = shelves(centre)

    def shelf(which: Shelf) -> list[OfferedOut]:
        return [OfferedOut.of(each) for each in found if each.shelf is which]

    return CatalogueOut(
        compute=shelf(Shelf.COMPUTE), data=shelf(Shelf.DATA), algorithms=shelf(Shelf.ALGORITHMS)
    )
