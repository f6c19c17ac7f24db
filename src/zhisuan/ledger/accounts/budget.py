"""Budgets: the most a tenant or one of its projects may spend in a month, with a hard stop.

A hold commits its upper end; what is given back at settlement frees the budget again. So the sum
of what was spent and what may still be asked never passes the limit, whatever happens at once.
"""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from zhisuan.core.clock import Instant
from zhisuan.core.errors import BudgetExhausted
from zhisuan.core.money import NOTHING, MicroYuan, shown

WHOLE = ""
"""In place of a project: the budget of the tenant as a whole."""


@dataclass(frozen=True, slots=True)
class Budget:
    """The limit of a tenant, or of one project, for each month.

    Attributes:
        project: its id; `WHOLE` for all of the tenant's work.
        limit: micro-yuan a month.
        committed: micro-yuan spent or held in the month that is told.
    """

    tenant: str
    project: str
    limit: MicroYuan
    committed: MicroYuan = NOTHING

    @property
    def left(self) -> MicroYuan:
        """What may still be committed this month."""
        return MicroYuan(self.limit - self.committed)


def month_of(at: Instant, zone: str) -> str:
    """The month of an instant by a place's calendar, such as `2026-03`."""
    local: datetime = at.astimezone(ZoneInfo(zone))
    return f"{local:%Y-%m}"


def exhausted(budget: Budget, asked: MicroYuan) -> BudgetExhausted:
    """What is said to who asks for more than is left."""
    whose = f"project {budget.project}" if budget.project else "your organisation"
    return BudgetExhausted(
        f"This could cost {shown(asked)}, but of this month's budget of {shown(budget.limit)} "
        f"for {whose} only {shown(budget.left)} is left.",
        hint="Wait for running work to be settled, ask for less, or have the budget raised.",
    )
