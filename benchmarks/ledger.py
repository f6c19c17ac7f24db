"""Settled charges a second, durable, beside plain inserts of rows of the same size in the same run.

Holds are made first and not counted. Then jobs are settled in batches and singly: usage record,
charge, entries and balances in one transaction each time, with every commit on the disk. The
peer inserts as many rows with as many bytes into a plain table of the same database. A month of
usage is rated again without a database. Prints a table and writes `benchmarks/out/ledger.json`.
The budget is 1,000 settled charges a second.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Integer, Table, Text, insert, text

from jobs import OUT
from zhisuan.core.clock import WallClock
from zhisuan.core.money import from_yuan
from zhisuan.core.quantities import Quality
from zhisuan.ledger.book import Ledger, Settlement
from zhisuan.ledger.quote import Demand
from zhisuan.ledger.rating import rate
from zhisuan.ledger.tariff import Outcome, PriceClass, Tariff, TariffBook, Terms, default_tariff
from zhisuan.ledger.usage import UsageRecord
from zhisuan.store.database import METADATA, Database

BUDGET = 1000
TENANT = "ten_bench"
HOURS = """
[[factor]]
name = "night"
value = "0.5"
hours = ["22:00-06:00"]

[[factor]]
name = "peak"
value = "1.5"
hours = ["09:00-12:00", "14:00-18:00"]
weekdays = ["mon", "tue", "wed", "thu", "fri"]

[[factor]]
name = "beyond"
value = "0.9"
above = "1000"
"""

PLAIN = Table("plain_row", METADATA, Column("seq", Integer, primary_key=True), Column("a", Text))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--charges", type=int, default=5000)
    parser.add_argument("--single", type=int, default=1000)
    parser.add_argument("--rated", type=int, default=50_000)
    given = parser.parse_args()
    OUT.mkdir(exist_ok=True)
    tariffs = {
        "default": default_tariff(),
        "hours and tiers": Tariff.from_text(default_tariff().text + HOURS),
    }
    rows: list[dict[str, Any]] = [
        {"tariff": name, "batch": batch} | settled(tariff, batch, count)
        for name, tariff in tariffs.items()
        for batch, count in ((100, given.charges), (1, given.single))
    ]
    print(f"{'tariff':<16} {'batch':>5} {'settled/s':>10} {'plain/s':>10} {'share':>6}")
    for row in rows:
        below = row["batch"] > 1 and row["settled_per_s"] < BUDGET
        print(
            f"{row['tariff']:<16} {row['batch']:>5} {row['settled_per_s']:>10,.0f}"
            f" {row['plain_per_s']:>10,.0f} {row['share']:>6.2f}{'  below' if below else ''}"
        )
    for name, tariff in tariffs.items():
        speed = rated(tariff, given.rated)
        rows.append({"tariff": name, "rated_per_s": speed})
        print(f"{name}: {speed:,.0f} usage records rated a second")
    OUT.joinpath("ledger.json").write_text(json.dumps(rows, indent=2))


def settled(tariff: Tariff, batch: int, count: int) -> dict[str, float]:
    """Settle so many jobs, then insert as many plain rows of as many bytes."""
    with tempfile.TemporaryDirectory(dir=OUT) as folder:
        database = Database(Path(folder) / "centre.db")
        ledger = Ledger(TariffBook([tariff]), WallClock())
        settlements = prepared(database, ledger, count)

        def settle(some: Sequence[Settlement]) -> None:
            with database.write() as connection:
                ledger.settle_many(connection, some)

        settle_s = timed_batches(settlements, batch, settle)
        size = bytes_each(database, count)
        plain = [{"a": "x" * size} for _ in range(count)]

        def put(some: Sequence[dict[str, str]]) -> None:
            with database.write() as connection:
                connection.execute(insert(PLAIN), some)

        plain_s = timed_batches(plain, batch, put)
        database.close()
    return {
        "settled_per_s": count / settle_s,
        "plain_per_s": count / plain_s,
        "share": plain_s / settle_s,
        "bytes": size,
    }


def prepared(database: Database, ledger: Ledger, count: int) -> list[Settlement]:
    with database.write() as connection:
        METADATA.create_all(connection)
        ledger.prepare(connection)
        ledger.open_account(connection, TENANT, from_yuan(1_000_000))
        ends = Demand.of_grant(0, 1000, 1024), Demand.of_grant(3600, 1000, 1024)
        offer = ledger.store_quote(connection, TENANT, ledger.quote(*ends, Terms()))
        for number in range(count):
            ledger.hold(connection, f"job_{number}", offer)
    return [Settlement(f"job_{n}", [usage(n)], Outcome.USABLE) for n in range(count)]


def usage(number: int) -> UsageRecord:
    started = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(seconds=53 * number % 2_592_000)
    return UsageRecord(
        job_id=f"job_{number}",
        attempt=1,
        tenant=TENANT,
        node="node-1",
        cpu_milli=1000,
        memory_mb=1024,
        started_at=started,
        ended_at=started + timedelta(seconds=1800),
        wall_s=1800.0,
        cpu_s=900.0,
        peak_memory_mb=512.0,
        energy_wh=1.5,
        energy_quality=Quality.MODELLED,
        algorithm="tables@1.0",
        tariff_version=1,
        price_class=PriceClass.STANDARD,
        reason="succeeded",
    )


def timed_batches(items: Sequence[Any], batch: int, act: Callable[[Any], None]) -> float:
    began = time.perf_counter()
    for first in range(0, len(items), batch):
        act(items[first : first + batch])
    return time.perf_counter() - began


def bytes_each(database: Database, count: int) -> int:
    """Bytes of text that a settled charge leaves in the three chains."""
    tables = ("ledger_usage", "ledger_charge", "ledger_entry")
    with database.read() as connection:
        total = sum(
            connection.execute(text(f"SELECT sum(length(body)) FROM {table}")).scalar() or 0  # noqa: S608
            for table in tables
        )
    return total // count


def rated(tariff: Tariff, count: int) -> float:
    """Usage records rated a second, without a database."""
    book, terms, records = TariffBook([tariff]), Terms(), [usage(n) for n in range(count)]
    began = time.perf_counter()
    for record in records:
        rate(book, terms, [record])
    return count / (time.perf_counter() - began)


if __name__ == "__main__":
    main()
