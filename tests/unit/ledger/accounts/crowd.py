"""One of a crowd that submits at once: `crowd.py PLACE FIRST COUNT INSTANT` prints what it got."""

import sys
from datetime import datetime
from pathlib import Path

from zhisuan.core.errors import BudgetExhausted, InsufficientBalance
from zhisuan.ledger.book import Ledger
from zhisuan.ledger.demand import Demand
from zhisuan.ledger.tariff import Tariff, TariffBook, Terms, default_tariff
from zhisuan.store.database import Database

TENANT = "ten_one"


def submit(place, first, count, now):
    """Hold an hour for each of `count` jobs; how many were accepted."""

    class Clock:
        def now(self):
            return now

    tariff: Tariff = default_tariff()
    ledger = Ledger(TariffBook([tariff]), Clock())
    database = Database(place)
    hour = Demand.of_grant(0.0, 1000, 1024), Demand.of_grant(3600.0, 1000, 1024)
    taken = 0
    for number in range(first, first + count):
        try:
            with database.write() as connection:
                offer = ledger.store_quote(connection, TENANT, ledger.quote(*hour, Terms()))
                ledger.hold(connection, f"job_{number}", offer)
            taken += 1
        except (InsufficientBalance, BudgetExhausted):
            pass
    database.close()
    return taken


if __name__ == "__main__":
    where, begin, many, instant = sys.argv[1:]
    place = where if where.startswith("postgresql") else Path(where)
    print(submit(place, int(begin), int(many), datetime.fromisoformat(instant)))  # noqa: T201  its answer
