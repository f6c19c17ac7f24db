"""A voucher programme: the rules of one issuer as data, read from a TOML file.

No city's rule stands in code: a programme says its ratios, caps, scope, dates, what is banned
and which papers are asked for, and names where each comes from. It is fixed once added; another
year or another rule is another version.
"""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files
from typing import Annotated

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError, with_config

from zhisuan.core.clock import Instant
from zhisuan.core.errors import NotFound, WrongInput
from zhisuan.ledger.voucher.application import (
    ApplicantKind,
    DocumentKind,
    ItemKind,
    Line,
    Supply,
    Yuan,
)

_FORBID = ConfigDict(extra="forbid")


@with_config(_FORBID)
@dataclass(frozen=True, slots=True)
class Source:
    """Where a rule was read, and what was read there."""

    where: Line
    says: Annotated[str, Field(min_length=1, max_length=1000)]


@with_config(_FORBID)
@dataclass(frozen=True, slots=True)
class Dates:
    """First and last days, in the issuer's own time; None where there is no such limit."""

    apply_from: date | None = None
    apply_to: date | None = None
    contract_signed_from: date | None = None
    redeem_to: date | None = None


@with_config(_FORBID)
@dataclass(frozen=True, slots=True)
class Ratio:
    """The share of the base that is paid for these kinds of supply; none named: for any."""

    ratio: Annotated[Decimal, Field(gt=0, le=1)]
    supply: tuple[Supply, ...] = ()


@with_config(_FORBID)
@dataclass(frozen=True, slots=True)
class Caps:
    """Most that is given, yuan; None where there is no such limit.

    Attributes:
        firm_year_yuan: by firm and calendar year, for applying.
        firm_year_redeem_yuan: by firm and calendar year, for redeeming.
        budget_yuan: over the whole programme; the operator may set less when adding it.
    """

    contract_yuan: Yuan | None = None
    firm_year_yuan: Yuan | None = None
    firm_year_redeem_yuan: Yuan | None = None
    budget_yuan: Yuan | None = None


@with_config(_FORBID)
@dataclass(frozen=True, slots=True)
class Scope:
    """Which lines of a contract and of a charge count."""

    items: Annotated[frozenset[ItemKind], Field(min_length=1)]


@with_config(_FORBID)
@dataclass(frozen=True, slots=True)
class ContractRules:
    """What a contract must be."""

    longest_months: Annotated[int, Field(ge=1, le=600)] | None = None
    paid_required: bool = False
    related_allowed: bool = False
    once: bool = True
    other_subsidy_allowed: bool = False
    supplier_listed_required: bool = False
    platform_order_required: bool = False


@with_config(_FORBID)
@dataclass(frozen=True, slots=True)
class ApplicantRules:
    """Who may apply; an empty list asks nothing."""

    regions: tuple[Line, ...] = ()
    industries: tuple[Line, ...] = ()
    kinds: tuple[ApplicantKind, ...] = ()
    clean_years: Annotated[int, Field(ge=1, le=50)] | None = None


@with_config(_FORBID)
@dataclass(frozen=True, slots=True)
class EvidenceRules:
    """Papers asked for when applying and when redeeming."""

    apply: tuple[DocumentKind, ...] = ()
    redeem: tuple[DocumentKind, ...] = ()


@with_config(_FORBID)
@dataclass(frozen=True, slots=True)
class Programme:
    """One version of one programme.

    Attributes:
        slug: short name, such as `beijing`.
        ratio: tried in order; empty while the issuer's ratio is not known.
        utc_offset_hours: of the issuer's clock, by which days and years are counted.
        text, digest: the file it was read from, word for word, and its SHA-256.
    """

    slug: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,39}$")]
    version: Annotated[int, Field(ge=1)]
    name_zh: Line
    name_en: Line
    issuer_zh: Line
    issuer_en: Line
    sources: Annotated[tuple[Source, ...], Field(min_length=1)]
    scope: Scope
    ratio: tuple[Ratio, ...] = ()
    dates: Dates = Dates()
    caps: Caps = Caps()
    contract: ContractRules = ContractRules()
    applicant: ApplicantRules = ApplicantRules()
    evidence: EvidenceRules = EvidenceRules()
    utc_offset_hours: Annotated[int, Field(ge=-12, le=14)] = 8
    text: str = ""
    digest: str = ""

    def day(self, instant: Instant) -> date:
        """The issuer's day at an instant."""
        return instant.astimezone(timezone(timedelta(hours=self.utc_offset_hours))).date()

    def end_of(self, day: date) -> Instant:
        """The instant at which the issuer's day is over."""
        midnight = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1)
        return midnight - timedelta(hours=self.utc_offset_hours)

    def ratio_for(self, supply: Supply) -> Decimal | None:
        """The first ratio that is open to this supply; None where there is none."""
        for each in self.ratio:
            if not each.supply or supply in each.supply:
                return each.ratio
        return None


_PROGRAMME = TypeAdapter(Programme)


@lru_cache(maxsize=64)
def read_programme(text: str) -> Programme:
    """The programme written in a TOML document.

    Raises:
        WrongInput: the document is no programme; the message names the first wrong place.
    """
    try:
        said = tomllib.loads(text)
        programme = _PROGRAMME.validate_python({**said, "text": "", "digest": ""})
    except tomllib.TOMLDecodeError as error:
        raise WrongInput(f"The programme is not valid TOML: {error}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        raise WrongInput(
            f"The programme is wrong at {place}: {first['msg']}.",
            hint="Compare with a shipped one: zhisuan programme show beijing",
        ) from error
    return replace(programme, text=text, digest=sha256(text.encode()).hexdigest())


def shipped() -> dict[str, str]:
    """The texts of the programmes that come with the centre, by short name."""
    folder = files("zhisuan.ledger.voucher").joinpath("programmes")
    names = (each.name for each in folder.iterdir())
    return {
        name.removesuffix(".toml"): folder.joinpath(name).read_text("utf-8")
        for name in _sorted_tomls(names)
    }


def shipped_text(name: str) -> str:
    """The text of one shipped programme.

    Raises:
        NotFound: none has this name.
    """
    texts = shipped()
    if name not in texts:
        raise NotFound(
            f"No programme named {name} comes with the centre.",
            hint=f"There are {', '.join(texts)}; or send the text of your own.",
        )
    return texts[name]


def _sorted_tomls(names: Iterable[str]) -> list[str]:
    return sorted(name for name in names if name.endswith(".toml"))
