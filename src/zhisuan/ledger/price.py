"""A price of the list and a rule of rounding: the plain values a tariff is made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from enum import StrEnum

from zhisuan.core.money import MicroYuan
from zhisuan.ledger.terms import PriceClass


@dataclass(frozen=True, slots=True)
class Price:
    """One price of the list.

    Attributes:
        amount: micro-yuan for one unit of the item, in the standard class.
        charged: False when the line is shown but contained in the other prices.
        source: where the price comes from.
        by_class: micro-yuan by class; None where the tariff's class factor holds instead.
    """

    amount: MicroYuan
    charged: bool
    source: str
    by_class: Mapping[PriceClass, MicroYuan] | None = None


class Rounding(StrEnum):
    """How an amount comes to its step."""

    HALF_UP = "half_up"
    HALF_EVEN = "half_even"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Step:
    """A rule of rounding: to a multiple of `size` micro-yuan."""

    size: MicroYuan
    mode: Rounding

    def round(self, amount: MicroYuan) -> MicroYuan:
        """The amount as a multiple of the step."""
        steps = (Decimal(amount) / self.size).quantize(Decimal(1), _MODES[self.mode])
        return MicroYuan(int(steps) * self.size)


_MODES = {
    Rounding.HALF_UP: ROUND_HALF_UP,
    Rounding.HALF_EVEN: ROUND_HALF_EVEN,
    Rounding.DOWN: ROUND_DOWN,
}
