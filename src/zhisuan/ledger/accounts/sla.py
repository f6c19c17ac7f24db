"""Availability and what is credited for missing it."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_HALF_EVEN, Decimal

from zhisuan.core.money import MicroYuan
from zhisuan.ledger.accounts.business import Business


@dataclass(frozen=True, slots=True)
class Availability:
    """How much of a period something was available.

    Attributes:
        period: its length.
        bad: for how long it was not available.
    """

    period: timedelta
    bad: timedelta

    @property
    def share(self) -> Decimal:
        """0 to 1; 1 of no time."""
        if not self.period:
            return Decimal(1)
        return 1 - Decimal(self.bad // _MICROSECOND) / Decimal(self.period // _MICROSECOND)


_MICROSECOND = timedelta(microseconds=1)


def allowed_bad(target: Decimal, period: timedelta) -> timedelta:
    """For how long a promise of availability may be broken: (1 - target) x period.

    >>> allowed_bad(Decimal("0.999"), timedelta(days=30)) / timedelta(minutes=1)
    43.2
    """
    return _MICROSECOND * int((1 - target) * Decimal(period // _MICROSECOND))


def credit(business: Business, availability: Availability, charged: MicroYuan) -> MicroYuan:
    """What a tenant is credited of what it was charged in the period, rounded half-even."""
    if availability.share >= business.sla_target:
        return MicroYuan(0)
    missed = [step for step in business.sla_credits if availability.share < step.below]
    share = max((step.share for step in missed), default=Decimal(0))
    return MicroYuan(int((charged * share).quantize(Decimal(1), ROUND_HALF_EVEN)))
