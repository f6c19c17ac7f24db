"""Money: an integer of micro-yuan inside, `Decimal` yuan at the doors.

1 yuan = 1,000,000 micro-yuan, so a thousandth of a fen is still exact and no float ever
touches a balance. Rounding to the fen happens only where a tariff says so.
"""

from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import NewType

MicroYuan = NewType("MicroYuan", int)

NOTHING = MicroYuan(0)

MICRO = 1_000_000


def from_yuan(amount: Decimal | str | int) -> MicroYuan:
    """Micro-yuan of an amount in yuan.

    Raises:
        ValueError: the text is no number, or is finer than a micro-yuan.
    """
    try:
        scaled = Decimal(amount) * MICRO
    except InvalidOperation as error:
        raise ValueError(f"{amount!r} is not an amount in yuan") from error
    if scaled != scaled.to_integral_value():
        raise ValueError(f"{amount} yuan is finer than a micro-yuan")
    return MicroYuan(int(scaled))


def to_yuan(amount: MicroYuan) -> Decimal:
    """The amount in yuan, exact, with six decimals."""
    return (Decimal(amount) / MICRO).quantize(Decimal("0.000001"))


def product(price: MicroYuan, quantity: Decimal) -> MicroYuan:
    """`price x quantity` rounded half-even to the micro-yuan."""
    return MicroYuan(int((Decimal(price) * quantity).to_integral_value(ROUND_HALF_EVEN)))


def shown(amount: MicroYuan) -> str:
    """The amount for a person, exact, with two to six decimals: `¥1,012.30`, `¥0.0021`."""
    whole, _, decimals = f"{to_yuan(amount):f}".partition(".")
    sign = "-" if whole.startswith("-") else ""
    return f"{sign}¥{int(whole.lstrip('-')):,}.{decimals[:2]}{decimals[2:].rstrip('0')}"
