"""A rater: rates the usage of many holds in one transaction, in order.

Where tiers need it, it carries each tenant's quantities of the month from one to the next.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from sqlalchemy import Connection

from zhisuan.ledger import records
from zhisuan.ledger.charge import Hold
from zhisuan.ledger.rating import Counted, Rating, rate
from zhisuan.ledger.tariff import TariffBook
from zhisuan.ledger.usage import UsageRecord


class Rater:
    """Rates usage by one book.

    Args:
        connection: of the transaction.
        book: every version of the tariff.
        holds: of all whose usage will be rated.
    """

    def __init__(self, connection: Connection, book: TariffBook, holds: Iterable[Hold]) -> None:
        self.book = book
        self._connection = connection
        tenants = {hold.tenant for hold in holds} if book.counts_quantities else set[str]()
        self._before = records.months(connection, tenants) if tenants else {}
        self._months: dict[str, Mapping[Counted, Decimal]] = dict(self._before)

    def rate(self, hold: Hold, usage: Sequence[UsageRecord]) -> Rating:
        """The price of what was used for a hold."""
        rating = rate(self.book, hold.terms, usage, self._months.get(hold.tenant))
        if rating.counted:
            self._months[hold.tenant] = rating.counted
        return rating

    def alone(self, hold: Hold, usage: Sequence[UsageRecord]) -> Rating:
        """The same, as if nothing else had been rated here before; nothing is carried on."""
        return rate(self.book, hold.terms, usage, self._before.get(hold.tenant))

    def keep(self) -> None:
        """Write down the quantities that grew."""
        records.keep_months(self._connection, self._before, self._months)
