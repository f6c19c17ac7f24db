"""A preview: what a proposed tariff would have made of usage that is past, by tenant and item.

Both sides are metered prices, before the shares for how work ended and the caps of the holds,
so that two price lists are compared and nothing else.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from zhisuan.core.money import MicroYuan
from zhisuan.ledger.rating import Counted, rate
from zhisuan.ledger.tariff import Category, Tariff, TariffBook, Terms
from zhisuan.ledger.usage import UsageRecord


@dataclass(frozen=True, slots=True)
class Difference:
    """One tenant's use of one item.

    Attributes:
        item: `core`, `memory`, `device:<kind>`, `bundle` and so on.
        before: metered by the versions then in force, micro-yuan.
        after: metered by the proposed tariff.
    """

    tenant: str
    item: str
    before: MicroYuan
    after: MicroYuan


def preview(
    book: TariffBook, proposed: Tariff, usage: Iterable[tuple[Category, UsageRecord]]
) -> tuple[Difference, ...]:
    """What differs, by tenant and item.

    Args:
        book: the versions published.
        proposed: taken as if it had been in force all the time.
        usage: records in the order in which they were settled, with their tenants' categories.
    """
    before, after = _Side(book), _Side(TariffBook([proposed]))
    for category, record in usage:
        before.add(category, record)
        after.add(category, record)
    names = sorted(before.sums.keys() | after.sums.keys())
    return tuple(
        Difference(
            tenant, item, MicroYuan(before.sums[tenant, item]), MicroYuan(after.sums[tenant, item])
        )
        for tenant, item in names
    )


class _Side:
    """One of the two price lists, and what it has come to so far."""

    def __init__(self, book: TariffBook) -> None:
        self._book = book
        self._months: dict[str, dict[Counted, Decimal]] = {}
        self.sums: Counter[tuple[str, str]] = Counter()

    def add(self, category: Category, record: UsageRecord) -> None:
        terms = Terms(record.price_class, category)
        months = self._months.get(record.tenant)
        rating = rate(self._book, terms, [record], months)
        self._months[record.tenant] = dict(rating.counted)
        for line in rating.lines:
            kind = line.item.partition(":")[0]
            if line.charged:
                name = kind if kind == "bundle" else line.item
                self.sums[record.tenant, name] += line.amount
