"""Tariffs: the published price lists, another one, and what it would have changed."""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Self

from fastapi import APIRouter, Path, Request, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from zhisuan.api.door import CentreHere, OnceKey, Operating, asking, once
from zhisuan.api.models import Page
from zhisuan.core.clock import Instant
from zhisuan.core.money import MicroYuan, to_yuan
from zhisuan.ledger.tariff import Tariff, TariffBook
from zhisuan.services.money.tariffs import preview, publish

router = APIRouter(tags=["tariffs"])

_MOST_TEXT = 200_000


class TariffState(StrEnum):
    """Whether a version holds now."""

    PAST = "past"
    IN_FORCE = "in_force"
    COMING = "coming"


class TariffOut(BaseModel):
    """One published version of the price list."""

    name: str
    version: int
    state: TariffState
    effective_from: AwareDatetime
    until: AwareDatetime | None
    """When the next version takes effect; null for the last."""
    currency: str
    zone: str
    digest: str
    """SHA-256 of the text."""

    @classmethod
    def of(cls, tariff: Tariff, book: TariffBook, now: Instant) -> Self:
        """From the values."""
        later = (each.effective_from for each in book.versions)
        until = next((at for at in later if at > tariff.effective_from), None)
        return cls(
            name=tariff.name,
            version=tariff.version,
            state=_state(tariff, until, now),
            effective_from=tariff.effective_from,
            until=until,
            currency=tariff.currency,
            zone=tariff.calendar.zone,
            digest=tariff.digest,
        )


class WholeTariffOut(TariffOut):
    """A version with its text, word for word."""

    text: str


class TariffIn(BaseModel):
    """A price list to publish, as TOML text."""

    model_config = ConfigDict(extra="forbid")
    text: Annotated[str, Field(min_length=1, max_length=_MOST_TEXT)]


class PreviewIn(TariffIn):
    """A price list to try on a month that is past."""

    month: Annotated[str, Field(pattern=r"^20\d\d-(0[1-9]|1[0-2])$")]
    """`2026-03`, in the zone of the tariff to try."""


class PriceDifferenceOut(BaseModel):
    """Metered prices, before the shares for how work ended and the caps of the holds."""

    tenant: str
    item: str
    before_yuan: Decimal
    after_yuan: Decimal


class TariffPreviewOut(BaseModel):
    """What a tariff would have made of a month's usage."""

    since: AwareDatetime
    until: AwareDatetime
    before_yuan: Decimal
    after_yuan: Decimal
    items: list[PriceDifferenceOut]


@router.get("/v1/tariffs")
def list_tariffs(centre: CentreHere) -> Page[TariffOut]:
    """Every version, in the order in which they take effect; needs no key."""
    book, now = _book(centre), centre.clock.now()
    return Page(items=[TariffOut.of(each, book, now) for each in book.versions], next=None)


@router.get("/v1/tariffs/{version}")
def show_tariff(
    version: Annotated[int, Path(ge=1, lt=2**31)], centre: CentreHere
) -> WholeTariffOut:
    """One version with its text, word for word; needs no key."""
    book = _book(centre)
    return _whole(book.version(version), book, centre.clock.now())


@router.post("/v1/tariffs", status_code=201, response_model=WholeTariffOut)
def publish_tariff(
    request: Request, body: TariffIn, centre: CentreHere, caller: Operating, key: OnceKey = None
) -> Response:
    """Publish a version that takes effect at an instant to come; it never changes afterwards."""

    def make(connection: Connection) -> WholeTariffOut:
        # The ledger's own list is refreshed only once this is kept.
        book = TariffBook(
            [
                *centre.ledger.tariffs.refresh(connection).versions,
                tariff := publish(centre, connection, caller, body.text),
            ]
        )
        return _whole(tariff, book, centre.clock.now())

    response = once(centre, caller, key, asking(request, body), make)
    _book(centre)
    return response


@router.post("/v1/tariffs/preview", status_code=200)
def preview_tariff(body: PreviewIn, centre: CentreHere, _caller: Operating) -> TariffPreviewOut:
    """What a tariff would have made of a month's usage, by tenant and item; changes nothing."""
    year, month = (int(part) for part in body.month.split("-"))
    with centre.database.read() as connection:
        made = preview(centre, connection, body.text, year, month)
    items = [
        PriceDifferenceOut(
            tenant=each.tenant,
            item=each.item,
            before_yuan=to_yuan(each.before),
            after_yuan=to_yuan(each.after),
        )
        for each in made.differences
    ]
    return TariffPreviewOut(
        since=made.since,
        until=made.until,
        before_yuan=to_yuan(MicroYuan(sum(each.before for each in made.differences))),
        after_yuan=to_yuan(MicroYuan(sum(each.after for each in made.differences))),
        items=items,
    )


def _book(centre: CentreHere) -> TariffBook:
    with centre.database.read() as connection:
        return centre.ledger.tariffs.refresh(connection)


def _whole(tariff: Tariff, book: TariffBook, now: Instant) -> WholeTariffOut:
    told = TariffOut.of(tariff, book, now)
    return WholeTariffOut(**told.model_dump(), text=tariff.text)


def _state(tariff: Tariff, until: Instant | None, now: Instant) -> TariffState:
    if tariff.effective_from > now:
        return TariffState.COMING
    return TariffState.PAST if until is not None and until <= now else TariffState.IN_FORCE
