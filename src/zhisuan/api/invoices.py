"""Invoices and statements: what a month came to, as data, a table, a page or a PDF."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from zhisuan.access.permission import Permission, may
from zhisuan.access.tenant import Caller
from zhisuan.api.door import (
    After,
    CentreHere,
    Limit,
    OnceKey,
    Operating,
    Reader,
    RecordReader,
    asking,
    once,
)
from zhisuan.api.models import Page
from zhisuan.core.errors import WrongInput
from zhisuan.core.money import to_yuan
from zhisuan.ledger.invoicing import records
from zhisuan.ledger.invoicing.document import as_csv, as_html
from zhisuan.ledger.invoicing.invoice import Adjustment, Invoice, Item
from zhisuan.services.money.invoices import close_month, statement

router = APIRouter(tags=["invoices"])

Month = Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$", examples=["2026-03"])]
Language = Annotated[Literal["zh", "en"], Query(description="Of the page or PDF.")]


class Form(StrEnum):
    """How an invoice is given."""

    JSON = "json"
    CSV = "csv"
    HTML = "html"
    PDF = "pdf"


_FORMS: dict[int | str, dict[str, Any]] = {
    200: {"content": {kind: {} for kind in ("text/csv", "text/html", "application/pdf")}}
}
"""What else than JSON an invoice is given as, for the document of the API."""

_PAPER = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"
"""A page to be read and printed: it has its own style and runs nothing."""

_Form = Annotated[Form, Query(alias="form", description="json, csv, html or pdf.")]


class ItemOut(BaseModel):
    """One job of an invoice; its charge and usage records are named by their places."""

    job_id: str
    project: str | None
    charge_seq: int
    settled_at: datetime
    outcome: str
    charged_yuan: Decimal
    voucher_yuan: Decimal
    waived_yuan: Decimal
    usage_seq: list[int]

    @classmethod
    def of(cls, item: Item) -> Self:
        """From the value."""
        return cls(
            job_id=item.job_id,
            project=item.project,
            charge_seq=item.charge_seq,
            settled_at=item.settled_at,
            outcome=item.outcome,
            charged_yuan=to_yuan(item.amount),
            voucher_yuan=to_yuan(item.voucher),
            waived_yuan=to_yuan(item.waived),
            usage_seq=list(item.usage),
        )


class AdjustmentOut(BaseModel):
    """Money given back."""

    entry_seq: int
    movement: str
    at: datetime
    yuan: Decimal
    job_id: str | None
    note: str

    @classmethod
    def of(cls, each: Adjustment) -> Self:
        """From the value."""
        return cls(
            entry_seq=each.entry_seq,
            movement=each.movement,
            at=each.at,
            yuan=to_yuan(each.amount),
            job_id=each.job_id,
            note=each.note,
        )


class InvoiceOut(BaseModel):
    """One tenant's month; `number` is null while it is open."""

    number: int | None
    tenant_id: str
    tenant_name: str
    month: str
    zone: str
    made_at: datetime
    currency: str
    charged_yuan: Decimal
    voucher_yuan: Decimal
    waived_yuan: Decimal
    given_back_yuan: Decimal
    exact_yuan: Decimal
    total_yuan: Decimal
    tariff_version: int
    digest: str
    items: list[ItemOut]
    adjustments: list[AdjustmentOut]

    @classmethod
    def of(cls, invoice: Invoice, *, whole: bool = True) -> Self:
        """From the value; in lists without its items."""
        return cls(
            number=invoice.number or None,
            tenant_id=invoice.tenant,
            tenant_name=invoice.tenant_name,
            month=invoice.month,
            zone=invoice.zone,
            made_at=invoice.made_at,
            currency=invoice.currency,
            charged_yuan=to_yuan(invoice.charged),
            voucher_yuan=to_yuan(invoice.voucher),
            waived_yuan=to_yuan(invoice.waived),
            given_back_yuan=to_yuan(invoice.given_back),
            exact_yuan=to_yuan(invoice.exact),
            total_yuan=to_yuan(invoice.total),
            tariff_version=invoice.tariff_version,
            digest=invoice.digest,
            items=[ItemOut.of(item) for item in invoice.items] if whole else [],
            adjustments=[AdjustmentOut.of(e) for e in invoice.adjustments] if whole else [],
        )


class MonthIn(BaseModel):
    """The month to close."""

    model_config = ConfigDict(extra="forbid")
    month: Month


class ClosedOut(BaseModel):
    """The invoices of a month."""

    month: str
    invoices: list[InvoiceOut]


@router.post("/v1/invoices", status_code=201, response_model=ClosedOut)
def close(
    request: Request, body: MonthIn, centre: CentreHere, caller: Operating, key: OnceKey = None
) -> Response:
    """Close a month that is over: make every tenant's invoice; doing so again changes nothing."""

    def make(connection: Connection) -> ClosedOut:
        made = close_month(centre, connection, caller, body.month)
        return ClosedOut(
            month=body.month, invoices=[InvoiceOut.of(each, whole=False) for each in made]
        )

    return once(centre, caller, key, asking(request, body), make)


@router.get("/v1/invoices")
def list_invoices(
    centre: CentreHere,
    caller: RecordReader,
    month: Annotated[Month | None, Query()] = None,
    limit: Limit = 50,
    after: After = None,
) -> Page[InvoiceOut]:
    """Invoices, newest first, without their items; an operator or auditor sees every tenant's."""
    if after is not None and (not after.isdecimal() or len(after) > 9):  # noqa: PLR2004  fits 32 bits
        raise WrongInput(f"{after[:40]!r} is not the `next` of a page.", hint="Start without it.")
    before = None if after is None else int(after)
    with centre.database.read() as connection:
        found = records.page(
            connection, _whose(caller), month=month, before=before, limit=limit + 1
        )
    items = [InvoiceOut.of(each, whole=False) for each in found[:limit]]
    return Page(items=items, next=str(found[limit - 1].number) if len(found) > limit else None)


@router.get("/v1/invoices/{number}", response_model=InvoiceOut, responses=_FORMS)
def show_invoice(
    number: Annotated[int, Path(ge=1, le=2**31 - 1)],
    centre: CentreHere,
    caller: RecordReader,
    form: _Form = Form.JSON,
    language: Language = "zh",
) -> Response:
    """One invoice."""
    with centre.database.read() as connection:
        found = records.get(connection, number, _whose(caller))
    return _given(found, form, language)


@router.get("/v1/statement", response_model=InvoiceOut, responses=_FORMS)
def show_statement(
    centre: CentreHere,
    caller: Reader,
    month: Annotated[Month | None, Query(description="This month if left out.")] = None,
    form: _Form = Form.JSON,
    language: Language = "zh",
) -> Response:
    """One's own month as it stands, before it is closed."""
    with centre.database.read() as connection:
        found = statement(centre, connection, caller.tenant, month)
    return _given(found, form, language)


def _whose(caller: Caller) -> str | None:
    return None if may(caller, Permission.SEE_RECORDS) else caller.tenant


def _given(invoice: Invoice, form: Form, language: str) -> Response:
    name = f"invoice-{invoice.month}-{invoice.number or 'open'}"
    if form is Form.JSON:
        return Response(InvoiceOut.of(invoice).model_dump_json(), media_type="application/json")
    if form is Form.CSV:
        return Response(
            as_csv(invoice), media_type="text/csv; charset=utf-8", headers=_file(name, "csv")
        )
    if form is Form.HTML:
        return Response(
            as_html(invoice, language),
            media_type="text/html; charset=utf-8",
            headers={"Content-Security-Policy": _PAPER},
        )
    # Imported here: the PDF library takes a fifth of a second that other requests need not pay.
    from zhisuan.ledger.invoicing.pdf import as_pdf  # noqa: PLC0415

    return Response(
        as_pdf(invoice, language), media_type="application/pdf", headers=_file(name, "pdf")
    )


def _file(name: str, ending: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}.{ending}"'}
