"""How accounts are run: budgets that stop, and the ladder of those that run dry."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from zhisuan.core.clock import Clock, Instant
from zhisuan.core.money import MicroYuan
from zhisuan.ledger.accounts import records
from zhisuan.ledger.accounts.budget import WHOLE, Budget, exhausted, month_of
from zhisuan.ledger.accounts.business import Business
from zhisuan.ledger.accounts.ladder import Stage, Standing, standing
from zhisuan.ledger.charge import Hold


@dataclass(frozen=True, slots=True)
class Step:
    """An account that moved on the ladder."""

    tenant: str
    before: Stage
    now: Standing


class Accounts:
    """Budgets and standings.

    Args:
        business: the terms that hold.
        clock: tells the month.
    """

    def __init__(self, business: Business, clock: Clock) -> None:
        self.business = business
        self._clock = clock

    def budgets(self, connection: Connection, tenant: str, zone: str) -> Sequence[Budget]:
        """A tenant's budgets, with what this month has committed.

        Args:
            connection: of a transaction.
            tenant: whose.
            zone: whose calendar says when a month begins, such as `Asia/Shanghai`.
        """
        return records.budgets(connection, [tenant], month_of(self._clock.now(), zone))

    def set_budget(
        self,
        connection: Connection,
        tenant: str,
        project: str,
        most: MicroYuan | None,
        zone: str,
    ) -> None:
        """Give a tenant or a project the most it may spend in a month; None takes it away."""
        now = self._clock.now()
        records.set_budget(
            connection, tenant, project, most, month_of(now, zone), _month_begin(now, zone)
        )

    def commit(self, connection: Connection, hold: Hold, zone: str) -> None:
        """Let a hold count against the budgets it falls under.

        Raises:
            BudgetExhausted: one of them has not so much left; nothing is taken.
        """
        found = self.budgets(connection, hold.tenant, zone)
        mine = [each for each in found if each.project in (WHOLE, hold.project)]
        for budget in mine:
            if hold.accepted > budget.left:
                raise exhausted(budget, hold.accepted)
        gains = {(each.tenant, each.project): int(hold.accepted) for each in mine}
        records.commit(connection, gains, month_of(hold.at, zone))

    def free(
        self, connection: Connection, rests: Iterable[tuple[Hold, MicroYuan]], zone: str
    ) -> None:
        """Give back what holds committed and was not spent."""
        rests = list(rests)
        months: dict[str, Counter[tuple[str, str]]] = {}
        tenants = {hold.tenant for hold, _ in rests}
        limited = {
            (each.tenant, each.project) for each in records.budgets(connection, sorted(tenants), "")
        }
        if not limited:
            return
        for hold, rest in rests:
            for project in {WHOLE, hold.project or WHOLE}:
                if (hold.tenant, project) in limited:
                    freed = months.setdefault(month_of(hold.at, zone), Counter())
                    freed[hold.tenant, project] -= rest
        for month, gains in months.items():
            records.commit(connection, gains, month)

    def standing(self, connection: Connection, tenant: str) -> Standing:
        """Where an account stands, as it was last looked at."""
        kept = records.standings(connection, [tenant])
        return kept.get(tenant) or Standing(Stage.GOOD, self._clock.now())

    def set_credit(self, connection: Connection, tenant: str, credit: MicroYuan) -> None:
        """Let a tenant's account be in debt by so much; 0 makes it prepaid."""
        records.set_credit(connection, tenant, credit)

    def credit(self, connection: Connection, tenant: str) -> MicroYuan:
        """By how much a tenant's account may be in debt; 0 if it is prepaid."""
        return records.credit(connection, tenant)

    def review(self, connection: Connection) -> Sequence[Step]:
        """Look at every account that runs low, or did; keep where it stands now.

        Returns:
            Those that moved.
        """
        now = self._clock.now()
        tenants = records.running_low(connection, self.business.ladder.notify_below)
        spendable = records.spendable(connection, tenants)
        kept = records.standings(connection, tenants)
        moved: list[Step] = []
        for tenant, (left, held) in spendable.items():
            before = kept.get(tenant) or Standing(Stage.GOOD, now)
            after = standing(before, left, held, self.business.ladder, now)
            if after != before:
                records.keep_standing(connection, tenant, after)
            if after.stage is not before.stage:
                moved.append(Step(tenant, before.stage, after))
        return moved

    def dry(self, connection: Connection) -> Mapping[str, Stage]:
        """Tenants whose work is paused or stopped."""
        return records.dry(connection)


def _month_begin(at: Instant, zone: str) -> Instant:
    local: datetime = at.astimezone(ZoneInfo(zone))
    return local.replace(day=1, hour=0, minute=0, second=0, microsecond=0).astimezone(at.tzinfo)
