"""A month for whoever rates it again: taken away, or rated here by a program of its own."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from zhisuan.access import records as access
from zhisuan.api.door import CentreHere, Verifier
from zhisuan.ledger.export.export import export
from zhisuan.services.centre import Centre
from zhisuan.services.money.rerating import rerate

router = APIRouter(tags=["centre"])

_MONTH = r"^2\d{3}-(0[1-9]|1[0-2])$"
_MOST_NAMED = 200
_Month = Annotated[str, Field(pattern=_MONTH, examples=["2026-03"]), Query(description="One.")]


class Zip(StreamingResponse):
    """A zip, made while it is sent."""

    media_type = "application/zip"


@router.get("/v1/ledger/export", response_class=Zip)
def export_month(month: _Month, centre: CentreHere, _caller: Verifier) -> Zip:
    """A month's raw records, tariffs and invoices, with the program that rates them again."""
    name = f'attachment; filename="ledger-{month}.zip"'
    return Zip(_sent(centre, month), headers={"Content-Disposition": name})


class RerateIn(BaseModel):
    """Which month."""

    model_config = ConfigDict(extra="forbid")
    month: Annotated[str, Field(pattern=_MONTH, examples=["2026-03"])]


class RatedTenantOut(BaseModel):
    """One tenant's month, as the centre made it and as it comes out again."""

    tenant_id: str
    tenant_name: str
    jobs: int
    usage_records: int
    charged_yuan: Decimal
    invoice: int | None
    """Its number; null while the month is open."""
    invoice_yuan: Decimal | None
    again_yuan: Decimal | None
    equal: bool
    """Whether nothing of this tenant's differs."""


class RerateDifferenceOut(BaseModel):
    """One thing that does not come out the same."""

    tenant_id: str | None
    job_id: str | None
    what: str
    centre: str
    again: str


class RerateOut(BaseModel):
    """What a program that shares no code with the centre says of a month."""

    month: str
    equal: bool
    """Whether every charge and every invoice comes out the same."""
    usage_records: int
    invoices_equal: int
    invoices_unequal: int
    tenants: list[RatedTenantOut]
    differences_total: int
    differences: list[RerateDifferenceOut]
    """The first two hundred."""
    seconds: float
    """That it took, the export included."""


@router.post("/v1/ledger/rerate", status_code=200)
def rerate_month(body: RerateIn, centre: CentreHere, _caller: Verifier) -> RerateOut:
    """Rate a month again from its raw records, in a process that shares no code with the centre."""
    told = rerate(centre, body.month)
    with centre.database.read() as connection:
        names = access.tenant_names(connection, (each.tenant for each in told.tenants))
    off = {each.tenant for each in told.differences}
    tenants = [
        RatedTenantOut(
            tenant_id=each.tenant,
            tenant_name=names.get(each.tenant, each.tenant),
            jobs=each.jobs,
            usage_records=each.usage_records,
            charged_yuan=Decimal(each.charged),
            invoice=each.invoice,
            invoice_yuan=None if each.invoiced is None else Decimal(each.invoiced),
            again_yuan=None if each.again is None else Decimal(each.again),
            equal=each.tenant not in off,
        )
        for each in told.tenants
    ]
    invoiced = [each for each in tenants if each.invoice is not None]
    return RerateOut(
        month=told.month,
        equal=told.equal,
        usage_records=told.usage_records,
        invoices_equal=sum(each.equal for each in invoiced),
        invoices_unequal=sum(not each.equal for each in invoiced),
        tenants=tenants,
        differences_total=len(told.differences),
        differences=[
            RerateDifferenceOut(
                tenant_id=each.tenant or None,
                job_id=each.job,
                what=each.what,
                centre=each.centre,
                again=each.again,
            )
            for each in told.differences[:_MOST_NAMED]
        ],
        seconds=told.seconds,
    )


def _sent(centre: Centre, month: str) -> Iterator[bytes]:
    with centre.database.read() as connection:
        book = centre.ledger.tariffs.refresh(connection)
        yield from export(connection, book, month, centre.ledger.zone, centre.clock.now())
