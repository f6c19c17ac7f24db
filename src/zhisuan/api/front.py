"""The front: what a page must know before anybody has logged in."""

from decimal import Decimal

from fastapi import APIRouter
from pydantic import BaseModel

from zhisuan import __version__
from zhisuan.api.door import CentreHere
from zhisuan.core.money import to_yuan

router = APIRouter(tags=["centre"])

_NAME_ZH, _NAME_EN = "智算中心", "zhisuan"


class FrontOut(BaseModel):
    """The centre, to a stranger."""

    centre_name_zh: str
    centre_name_en: str
    """As the setting `centre_name` says, in both languages; else what such a centre is called."""
    version: str
    registration: bool
    """Whether an organisation may register itself."""
    other_house: bool
    """Whether one may log in with another house's account, at `/v1/session/oidc`."""
    grant_yuan: Decimal
    """What a new tenant starts with."""
    currency: str
    """What an amount is in: `CNY`, or a word such as `points`."""
    time_zone: str
    """Of the price list: the zone of its hours and months, such as `Asia/Shanghai`."""
    upload_limit_bytes: int
    """The most that one file may have."""


@router.get("/v1/front")
def see_front(centre: CentreHere) -> FrontOut:
    """What anybody may know before logging in; needs no key."""
    with centre.database.read() as connection:
        tariff = centre.ledger.tariffs.refresh(connection).in_force_or_first(centre.clock.now())
    name = centre.front.name
    return FrontOut(
        centre_name_zh=name or _NAME_ZH,
        centre_name_en=name or _NAME_EN,
        version=__version__,
        registration=centre.front.registration,
        other_house=centre.front.provider is not None,
        grant_yuan=to_yuan(centre.grant),
        currency=tariff.currency,
        time_zone=tariff.calendar.zone,
        upload_limit_bytes=centre.limits.max_bytes,
    )
