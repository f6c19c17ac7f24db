"""An application for a voucher: who asks, for which contract, with which papers.

It is what the applicant says, in one shape for the door, the file a person writes and the
evidence pack. Whether it is eligible is decided in `rules.py` alone.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256
from typing import Annotated, Any

from pydantic import (
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    TypeAdapter,
    ValidationError,
    with_config,
)

from zhisuan.core.errors import WrongInput
from zhisuan.core.money import MicroYuan, from_yuan, to_yuan

MOST_YUAN = 1_000_000_000
"""No amount of an application or a programme is above this; a typing error is."""


def _yuan(value: object) -> MicroYuan:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError('write an amount as text, such as "3000000"')  # noqa: TRY004  pydantic collects ValueError
    try:
        amount = Decimal(value)
    except ArithmeticError:
        raise ValueError(f"{value!r} is not an amount in yuan") from None
    if not amount.is_finite() or not 0 <= amount <= MOST_YUAN:
        raise ValueError(f"an amount lies between 0 and {MOST_YUAN:,} yuan")
    return from_yuan(amount)


def _told(amount: MicroYuan) -> str:
    return f"{to_yuan(amount):f}"


Yuan = Annotated[
    MicroYuan,
    BeforeValidator(_yuan, json_schema_input_type=str),
    PlainSerializer(_told, return_type=str),
]
"""An amount: decimal text in yuan at the doors, micro-yuan inside."""

Line = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
Day = Annotated[date, Field(ge=date(1949, 10, 1), le=date(2199, 12, 31))]
"""A day in the issuer's own calendar; no contract, firm or record is older or lasts longer."""

_Code = Annotated[str, Field(pattern=r"^[0-9A-Za-z-]{2,40}$")]
_Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class ApplicantKind(StrEnum):
    """What the applicant is in law."""

    ENTERPRISE = "enterprise"
    INSTITUTE = "institute"
    MAKER = "maker"


class Supply(StrEnum):
    """What kind of computing the contract buys, as far as a programme's ratio asks."""

    DOMESTIC = "domestic"
    REGISTERED_MODEL = "registered_model"
    OTHER = "other"


class ItemKind(StrEnum):
    """What one line of a contract or of a charge is for."""

    COMPUTE = "compute"
    MODEL = "model"
    STORAGE = "storage"
    NETWORK = "network"
    SECURITY = "security"
    SUPPORT = "support"
    OTHER = "other"


class DocumentKind(StrEnum):
    """A paper that a programme may ask for."""

    CONTRACT = "contract"
    PAYMENT = "payment"
    INVOICE = "invoice"
    DELIVERY = "delivery"
    REGISTRATION = "registration"


@with_config(ConfigDict(extra="forbid"))
@dataclass(frozen=True, slots=True)
class Applicant:
    """Who asks.

    Attributes:
        code: unified social credit code; caps are counted by it, whatever accounts a firm has.
        region: where it is registered, such as `北京市`.
        industry: as the programme's list names it.
        bad_record_on: the day of the last entry of dishonesty, None where there is none.
    """

    name: Line
    code: _Code
    region: Line
    industry: Line
    kind: ApplicantKind = ApplicantKind.ENTERPRISE
    bad_record_on: Day | None = None


@with_config(ConfigDict(extra="forbid"))
@dataclass(frozen=True, slots=True)
class ContractItem:
    """One line of the contract; yuan."""

    kind: ItemKind
    title: Line
    amount_yuan: Yuan


@with_config(ConfigDict(extra="forbid"))
@dataclass(frozen=True, slots=True)
class Contract:
    """The contract that computing is bought by.

    Attributes:
        starts_on, ends_on: first and last day of service.
        related: whether applicant and supplier are related parties.
        supplier_listed: whether the supplier is one that the issuer has admitted.
        ordered_on_platform: whether it was ordered on the issuer's platform.
        paid_on: the day the fee was paid, None while it is not.
    """

    number: Line
    supplier: Line
    supplier_code: _Code
    signed_on: Day
    starts_on: Day
    ends_on: Day
    items: Annotated[tuple[ContractItem, ...], Field(min_length=1, max_length=100)]
    supply: Supply = Supply.OTHER
    related: bool = False
    supplier_listed: bool = False
    ordered_on_platform: bool = False
    paid_on: Day | None = None

    @property
    def key(self) -> str:
        """What makes it this contract: its number and its supplier, however they are spaced."""
        plain = unicodedata.normalize("NFKC", f"{self.supplier_code}\n{self.number}").casefold()
        return sha256(re.sub(r"[^\w\n]", "", plain).encode()).hexdigest()


@with_config(ConfigDict(extra="forbid"))
@dataclass(frozen=True, slots=True)
class Document:
    """A paper: what it is and, where the applicant has it as a file, the file's SHA-256."""

    kind: DocumentKind
    number: Line
    issued_on: Day
    amount_yuan: Yuan | None = None
    sha256: _Digest | None = None


@with_config(ConfigDict(extra="forbid"))
@dataclass(frozen=True, slots=True)
class Application:
    """One application.

    Attributes:
        programme: the id of the programme, or its short name.
        other_subsidy: whether the contract has another subsidy of the same government.
    """

    programme: Line
    applicant: Applicant
    contract: Contract
    other_subsidy: bool = False
    documents: Annotated[tuple[Document, ...], Field(max_length=50)] = ()


_APPLICATION = TypeAdapter(Application)
_DOCUMENTS = TypeAdapter(tuple[Document, ...])


def read_application(said: Mapping[str, Any] | str) -> Application:
    """The application in a mapping, such as a TOML file's, or in JSON text.

    Raises:
        WrongInput: it is none; the message names the first wrong place.
    """
    try:
        if isinstance(said, str):
            return _APPLICATION.validate_json(said)
        return _APPLICATION.validate_python(said)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the whole"
        raise WrongInput(
            f"The application is wrong at {place}: {first['msg']}.",
            hint="Compare with docs/how-to/run-a-voucher-programme.md.",
        ) from error


def application_json(application: Application) -> dict[str, Any]:
    """The application as JSON values, amounts as yuan text."""
    return dict(_APPLICATION.dump_python(application, mode="json"))


def documents_json(documents: tuple[Document, ...]) -> list[dict[str, Any]]:
    """Papers as JSON values."""
    return list(_DOCUMENTS.dump_python(documents, mode="json"))
