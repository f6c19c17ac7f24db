"""Compute vouchers: programmes, applications, moves, evidence."""

import hashlib
from decimal import Decimal
from typing import Annotated, Any, Self

from fastapi import APIRouter, Query, Request, Response
from pydantic import AwareDatetime, BaseModel, Field, StringConstraints
from sqlalchemy import Connection

from zhisuan.access.permission import Permission, may
from zhisuan.access.tenant import Caller
from zhisuan.api.door import (
    After,
    Anyone,
    CentreHere,
    Limit,
    Member,
    OnceKey,
    Operating,
    RecordReader,
    ThisId,
    asking,
    once,
    whose,
)
from zhisuan.api.models import Page
from zhisuan.core.clock import Instant
from zhisuan.core.errors import WrongInput
from zhisuan.core.money import MicroYuan, to_yuan
from zhisuan.ledger.voucher import desk, money, records
from zhisuan.ledger.voucher.application import (
    Application,
    Document,
    Line,
    Yuan,
    application_json,
    documents_json,
)
from zhisuan.ledger.voucher.desk import Order
from zhisuan.ledger.voucher.evidence import pack
from zhisuan.ledger.voucher.programme import shipped_text
from zhisuan.ledger.voucher.records import KeptProgramme
from zhisuan.ledger.voucher.rules import Assessment
from zhisuan.ledger.voucher.voucher import Move, Voucher, VoucherState
from zhisuan.ledger.voucher.voucher import may as possible
from zhisuan.services.money import vouchers as services

router = APIRouter(tags=["vouchers"])

_UNDECIDED = (VoucherState.DRAFT, VoucherState.APPLIED, VoucherState.RETURNED)

_Note = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=1000, pattern=r"^[^\x00]*$")
]


class ProgrammeBudgetOut(BaseModel):
    """A programme's budget; the three parts sum to it."""

    budget_yuan: Decimal
    left_yuan: Decimal
    held_yuan: Decimal
    """Set aside for vouchers, and paid of jobs but not yet paid out."""
    paid_yuan: Decimal


class ProgrammeOut(BaseModel):
    """A programme; its rules are `text`, word for word."""

    programme_id: str
    slug: str
    version: int
    name_zh: str
    name_en: str
    issuer_zh: str
    issuer_en: str
    added_at: AwareDatetime
    sha256: str
    text: str
    budget: ProgrammeBudgetOut | None
    """For the centre's own people and auditors; null for tenants."""

    @classmethod
    def of(cls, connection: Connection, kept: KeptProgramme, *, money_too: bool) -> Self:
        """From the value."""
        programme, budget = kept.programme, None
        if money_too:
            left, paid = money.budget_of(connection, kept.programme_id)
            budget = ProgrammeBudgetOut(
                budget_yuan=to_yuan(kept.budget),
                left_yuan=to_yuan(left),
                held_yuan=to_yuan(MicroYuan(kept.budget - left - paid)),
                paid_yuan=to_yuan(paid),
            )
        return cls(
            programme_id=kept.programme_id,
            slug=programme.slug,
            version=programme.version,
            name_zh=programme.name_zh,
            name_en=programme.name_en,
            issuer_zh=programme.issuer_zh,
            issuer_en=programme.issuer_en,
            added_at=kept.added_at,
            sha256=programme.digest,
            text=programme.text,
            budget=budget,
        )


class SaidOut(BaseModel):
    """A rule or a step in both languages; a step has an amount."""

    name: str
    zh: str
    en: str
    yuan: Decimal | None = None


class AssessmentOut(BaseModel):
    """What an application comes to as things stand: an amount, or the rules it does not meet."""

    eligible: bool
    base_yuan: Decimal
    ratio: Decimal | None
    amount_yuan: Decimal
    steps: list[SaidOut]
    refusals: list[SaidOut]

    @classmethod
    def of(cls, found: Assessment) -> Self:
        """From the value."""
        return cls(
            eligible=found.eligible,
            base_yuan=to_yuan(found.base),
            ratio=found.ratio,
            amount_yuan=to_yuan(found.amount),
            steps=[
                SaidOut(name=each.name, zh=each.zh, en=each.en, yuan=to_yuan(each.amount))
                for each in found.steps
            ],
            refusals=[SaidOut(name=each.rule, zh=each.zh, en=each.en) for each in found.refusals],
        )


class VoucherOut(BaseModel):
    """A voucher as it stands."""

    voucher_id: str
    programme_id: str
    tenant: str
    state: VoucherState
    contract: str
    created_at: AwareDatetime
    changed_at: AwareDatetime
    expires_at: AwareDatetime | None
    granted_yuan: Decimal
    left_yuan: Decimal
    """What it can still pay."""
    used_yuan: Decimal
    """What it paid of jobs and its issuer has not paid out yet."""
    redeemed_yuan: Decimal
    given_back_yuan: Decimal
    owed_yuan: Decimal
    """What its tenant owes after a claw-back."""

    @classmethod
    def of(cls, connection: Connection, voucher: Voucher) -> Self:
        """From the value and its accounts."""
        return cls(**_brief(connection, voucher))


class WholeVoucherOut(VoucherOut):
    """A voucher with its application and its story."""

    application: dict[str, Any]
    papers: list[dict[str, Any]]
    assessment: AssessmentOut | None
    """While nothing is decided."""
    moves: list[dict[str, Any]]
    """What happened, in order, as it stands in the chain."""
    possible: list[Move]
    """What can happen next."""
    yours: list[Move]
    """What the caller can do of it; a move may still be refused for what it would do."""

    @classmethod
    def whole(cls, connection: Connection, voucher: Voucher, caller: Caller, now: Instant) -> Self:
        """From the value and its records."""
        found = desk.assessed(connection, voucher, now) if voucher.state in _UNDECIDED else None
        return cls(
            **_brief(connection, voucher),
            application=application_json(voucher.application),
            papers=documents_json(voucher.papers),
            assessment=found and AssessmentOut.of(found),
            moves=records.moves(connection, voucher.voucher_id),
            possible=list(possible(voucher.state)),
            yours=services.open_to(caller, voucher),
        )


def _brief(connection: Connection, voucher: Voucher) -> dict[str, Any]:
    purse = money.purse(connection, voucher.voucher_id)
    return {
        "voucher_id": voucher.voucher_id,
        "programme_id": voucher.programme_id,
        "tenant": voucher.tenant,
        "state": voucher.state,
        "contract": voucher.application.contract.number,
        "created_at": voucher.created_at,
        "changed_at": voucher.changed_at,
        "expires_at": voucher.expires_at,
        "granted_yuan": to_yuan(voucher.granted),
        "left_yuan": to_yuan(purse.held),
        "used_yuan": to_yuan(purse.used),
        "redeemed_yuan": to_yuan(voucher.redeemed),
        "given_back_yuan": to_yuan(voucher.given_back),
        "owed_yuan": to_yuan(purse.owed),
    }


class ProgrammeIn(BaseModel):
    """A programme to add: the short name of a shipped one, or a text of one's own."""

    shipped: Annotated[str, Field(max_length=40)] | None = None
    text: Annotated[str, Field(max_length=100_000)] | None = None
    budget_yuan: Yuan | None = None


class VoucherApplicationIn(BaseModel):
    """An application to draft."""

    application: Application


class MoveIn(BaseModel):
    """What is to be done with a voucher."""

    move: Move
    note: _Note = ""
    """Why, or by what paper; asked for when somebody says no or money moves."""
    application: Application | None = None
    """A corrected one, when submitting."""
    contract: Line | None = None
    """The contract's number, when binding."""
    documents: Annotated[tuple[Document, ...], Field(max_length=50)] = ()
    """Invoices and delivery records, when requesting redemption."""


@router.post("/v1/voucher-programmes", status_code=201, response_model=ProgrammeOut)
def add_programme(
    request: Request,
    body: ProgrammeIn,
    centre: CentreHere,
    caller: Operating,
    key: OnceKey = None,
) -> Response:
    """Add a voucher programme with its budget."""
    if (body.text is None) == (body.shipped is None):
        raise WrongInput("Give either `shipped` or `text`.", hint="Such as: beijing")
    text = shipped_text(body.shipped) if body.text is None and body.shipped else body.text or ""

    def make(connection: Connection) -> ProgrammeOut:
        kept = services.add_programme(centre, connection, caller, text, body.budget_yuan)
        return ProgrammeOut.of(connection, kept, money_too=True)

    return once(centre, caller, key, asking(request, body), make)


@router.get("/v1/voucher-programmes")
def list_programmes(
    centre: CentreHere, caller: Anyone, limit: Limit = 50, after: After = None
) -> Page[ProgrammeOut]:
    """Voucher programmes in the order in which they were added."""
    with centre.database.read() as connection:
        found = records.programmes(connection, after, limit + 1)
        money_too = may(caller, Permission.SEE_RECORDS)
        items = [ProgrammeOut.of(connection, each, money_too=money_too) for each in found[:limit]]
    return Page(items=items, next=items[-1].programme_id if len(found) > limit else None)


@router.get("/v1/voucher-programmes/{programme_id}")
def show_programme(programme_id: ThisId, centre: CentreHere, caller: Anyone) -> ProgrammeOut:
    """One programme, by its id or the newest of a short name."""
    with centre.database.read() as connection:
        kept = records.programme(connection, programme_id)
        return ProgrammeOut.of(connection, kept, money_too=may(caller, Permission.SEE_RECORDS))


@router.post("/v1/vouchers", status_code=201, response_model=WholeVoucherOut)
def apply_for_voucher(
    request: Request,
    body: VoucherApplicationIn,
    centre: CentreHere,
    caller: Member,
    key: OnceKey = None,
) -> Response:
    """Draft an application; the answer says what it comes to, or which rules it does not meet."""

    def make(connection: Connection) -> WholeVoucherOut:
        made = services.apply(centre, connection, caller, body.application)
        return WholeVoucherOut.whole(connection, made, caller, centre.clock.now())

    return once(centre, caller, key, asking(request, body), make)


@router.get("/v1/vouchers")
def list_vouchers(
    centre: CentreHere,
    caller: RecordReader,
    state: Annotated[VoucherState | None, Query(description="Those in one state.")] = None,
    limit: Limit = 50,
    after: After = None,
) -> Page[VoucherOut]:
    """Vouchers, newest first: one's own, or everybody's for the centre's people and auditors."""
    tenant = whose(caller, Permission.SEE_RECORDS)
    with centre.database.read() as connection:
        found = records.vouchers(connection, tenant, state, after, limit + 1)
        items = [VoucherOut.of(connection, each) for each in found[:limit]]
    return Page(items=items, next=items[-1].voucher_id if len(found) > limit else None)


@router.get("/v1/vouchers/{voucher_id}")
def show_voucher(voucher_id: ThisId, centre: CentreHere, caller: RecordReader) -> WholeVoucherOut:
    """One voucher with its application, its story and what is possible now."""
    with centre.database.read() as connection:
        found = _seen(connection, caller, voucher_id)
        return WholeVoucherOut.whole(connection, found, caller, centre.clock.now())


@router.post("/v1/vouchers/{voucher_id}/moves", response_model=WholeVoucherOut)
def move_voucher(
    request: Request,
    voucher_id: ThisId,
    body: MoveIn,
    centre: CentreHere,
    caller: Anyone,
    key: OnceKey = None,
) -> Response:
    """Make a move with a voucher: submit, approve, bind, verify, pay and so on."""
    services.part(caller, body.move)
    order = Order(body.move, body.note, body.application, body.contract, body.documents)

    def make(connection: Connection) -> WholeVoucherOut:
        made = services.move(centre, connection, caller, voucher_id, order)
        return WholeVoucherOut.whole(connection, made, caller, centre.clock.now())

    return once(centre, caller, key, asking(request, body), make, status=200)


@router.get(
    "/v1/vouchers/{voucher_id}/evidence",
    response_class=Response,
    responses={200: {"content": {"application/zip": {}}}},
)
def take_evidence(voucher_id: ThisId, centre: CentreHere, caller: RecordReader) -> Response:
    """The evidence pack: a zip that checks itself. Its SHA-256 is the `ETag`."""
    with centre.database.read() as connection:
        raw = pack(connection, _seen(connection, caller, voucher_id))
    headers = {
        "ETag": f'"{hashlib.sha256(raw).hexdigest()}"',
        "Content-Disposition": f'attachment; filename="evidence-{voucher_id[:40]}.zip"',
    }
    return Response(raw, media_type="application/zip", headers=headers)


def _seen(connection: Connection, caller: Caller, voucher_id: str) -> Voucher:
    return records.voucher(connection, whose(caller, Permission.SEE_RECORDS), voucher_id)
