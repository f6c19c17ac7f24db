"""Accounts: what may be spent, budgets, money paid in, credit, and credits for availability."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Self

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import Connection

from zhisuan.api.door import (
    CentreHere,
    Manager,
    OnceKey,
    Operating,
    Reader,
    TenantReader,
    ThisId,
    asking,
    once,
)
from zhisuan.api.invoices import Month
from zhisuan.core.money import from_yuan, to_yuan
from zhisuan.ledger.accounts.ladder import SENTENCES, Stage
from zhisuan.services.money.accounts import (
    Account,
    SlaMonth,
    account,
    credit_month,
    pay_in,
    set_budget,
    set_credit,
)

router = APIRouter(tags=["accounts"])

_Some = Annotated[Decimal, Field(gt=0, le=10**9, decimal_places=6)]
_Any = Annotated[Decimal, Field(ge=0, le=10**9, decimal_places=6)]
_Note = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class BudgetOut(BaseModel):
    """The most that may be spent in a month; `project` is null for the tenant as a whole."""

    project: str | None
    month_yuan: Decimal
    committed_yuan: Decimal
    left_yuan: Decimal


class AccountStateOut(BaseModel):
    """A tenant's account as it stands."""

    tenant_id: str
    available_yuan: Decimal
    held_yuan: Decimal
    credit_yuan: Decimal
    """By how much it may be in debt: 0 is prepaid."""
    stage: Stage
    stage_since: datetime | None
    stage_zh: str
    stage_en: str
    data_kept_until: datetime | None
    budgets: list[BudgetOut]

    @classmethod
    def of(cls, found: Account) -> Self:
        """From the value."""
        chinese, english = SENTENCES[found.standing.stage]
        good = found.standing.stage is Stage.GOOD
        return cls(
            tenant_id=found.tenant,
            available_yuan=to_yuan(found.available),
            held_yuan=to_yuan(found.held),
            credit_yuan=to_yuan(found.credit),
            stage=found.standing.stage,
            stage_since=None if good else found.standing.since,
            stage_zh=chinese,
            stage_en=english,
            data_kept_until=found.kept_until,
            budgets=[
                BudgetOut(
                    project=budget.project or None,
                    month_yuan=to_yuan(budget.limit),
                    committed_yuan=to_yuan(budget.committed),
                    left_yuan=to_yuan(budget.left),
                )
                for budget in found.budgets
            ],
        )


@router.get("/v1/account")
def see_account(centre: CentreHere, caller: Reader) -> AccountStateOut:
    """One's own account: what may be spent, budgets, and how it stands."""
    with centre.database.read() as connection:
        return AccountStateOut.of(account(centre, connection, caller.tenant))


@router.get("/v1/tenants/{tenant_id}/account")
def see_tenant_account(
    tenant_id: ThisId, centre: CentreHere, _caller: TenantReader
) -> AccountStateOut:
    """A tenant's account."""
    with centre.database.read() as connection:
        return AccountStateOut.of(account(centre, connection, tenant_id))


class DepositIn(BaseModel):
    """Money that a tenant paid; the note says by what paper."""

    model_config = ConfigDict(extra="forbid")
    yuan: _Some
    note: _Note


@router.post("/v1/tenants/{tenant_id}/deposits", status_code=201, response_model=AccountStateOut)
def enter_deposit(
    request: Request,
    tenant_id: ThisId,
    body: DepositIn,
    centre: CentreHere,
    caller: Operating,
    key: OnceKey = None,
) -> Response:
    """Enter money that a tenant paid."""

    def make(connection: Connection) -> AccountStateOut:
        amount = from_yuan(body.yuan)
        return AccountStateOut.of(pay_in(centre, connection, caller, tenant_id, amount, body.note))

    response = once(centre, caller, key, asking(request, body), make)
    centre.engine.wake()
    return response


class CreditIn(BaseModel):
    """By how much an account may be in debt; 0 asks for money first."""

    model_config = ConfigDict(extra="forbid")
    yuan: _Any


@router.post("/v1/tenants/{tenant_id}/credit", status_code=200, response_model=AccountStateOut)
def allow_credit(
    request: Request,
    tenant_id: ThisId,
    body: CreditIn,
    centre: CentreHere,
    caller: Operating,
    key: OnceKey = None,
) -> Response:
    """Let a tenant pay afterwards, up to so much."""

    def make(connection: Connection) -> AccountStateOut:
        most = from_yuan(body.yuan)
        return AccountStateOut.of(set_credit(centre, connection, caller, tenant_id, most))

    return once(centre, caller, key, asking(request, body), make, status=200)


class BudgetIn(BaseModel):
    """The most that may be spent in a month; null takes the budget away."""

    model_config = ConfigDict(extra="forbid")
    project: Annotated[str, StringConstraints(max_length=80)] = ""
    """An id or a name; empty for the tenant as a whole."""
    month_yuan: _Any | None


@router.post("/v1/budgets", status_code=200, response_model=AccountStateOut)
def give_budget(
    request: Request, body: BudgetIn, centre: CentreHere, caller: Manager, key: OnceKey = None
) -> Response:
    """Limit what one's tenant, or one of its projects, may spend in a month."""

    def make(connection: Connection) -> AccountStateOut:
        most = None if body.month_yuan is None else from_yuan(body.month_yuan)
        return AccountStateOut.of(set_budget(centre, connection, caller, body.project, most))

    return once(centre, caller, key, asking(request, body), make, status=200)


class SlaIn(BaseModel):
    """The month to credit."""

    model_config = ConfigDict(extra="forbid")
    month: Month


class SlaOut(BaseModel):
    """What a month's availability was, and what was credited for missing the promise."""

    month: str
    target: Decimal
    availability: Decimal
    bad_minutes: float
    credited_yuan: dict[str, Decimal]

    @classmethod
    def of(cls, found: SlaMonth, target: Decimal) -> Self:
        """From the value."""
        return cls(
            month=found.month,
            target=target,
            availability=found.availability.share,
            bad_minutes=found.availability.bad.total_seconds() / 60,
            credited_yuan={tenant: to_yuan(amount) for tenant, amount in found.credits},
        )


@router.post("/v1/credits", status_code=201, response_model=SlaOut)
def credit_availability(
    request: Request, body: SlaIn, centre: CentreHere, caller: Operating, key: OnceKey = None
) -> Response:
    """Credit every tenant for a month in which availability was less than promised."""

    def make(connection: Connection) -> SlaOut:
        found = credit_month(centre, connection, caller, body.month)
        return SlaOut.of(found, centre.ledger.accounts.business.sla_target)

    return once(centre, caller, key, asking(request, body), make)
