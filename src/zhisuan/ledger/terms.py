"""The terms of a price: how firmly capacity is promised, who asks, and how work may end.

They say nothing about amounts; a tariff gives each of them its number.
"""

from dataclasses import dataclass
from enum import StrEnum


class PriceClass(StrEnum):
    """How firmly the capacity is promised."""

    PREEMPTIBLE = "preemptible"
    STANDARD = "standard"
    RESERVED = "reserved"


class Category(StrEnum):
    """How near a tenant stands to the house that runs the centre."""

    INTERNAL = "internal"
    PARTNER = "partner"
    EXTERNAL = "external"


class Outcome(StrEnum):
    """How the work ended, as far as its price is concerned."""

    USABLE = "usable"
    NO_USABLE_MODEL = "no_usable_model"
    PROGRAM_ERROR = "program_error"
    WRONG_INPUT = "wrong_input"
    OVER_LIMIT = "over_limit"
    STOPPED = "stopped"
    CENTRE_FAULT = "centre_fault"


@dataclass(frozen=True, slots=True)
class Terms:
    """On which terms something is priced."""

    price_class: PriceClass = PriceClass.STANDARD
    category: Category = Category.EXTERNAL
