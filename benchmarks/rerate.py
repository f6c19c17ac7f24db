"""A month of a million usage records, invoiced by the ledger and rated again by the other program.

The month is made straight in the form of an export: usage of 200 tenants, rated and charged by
the ledger's own path, by a price list with hours, weekdays, tiers and a new version in the middle
of the month; invoices by the ledger too. Then `rerate.py` runs on it as an auditor would run it.
Prints seconds and records a second, and writes `benchmarks/out/rerate.json`. The budget is 60 s
for 1,000,000 records on two cores. Making the month takes several minutes.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from jobs import OUT
from zhisuan import rerate
from zhisuan.core.chain import GENESIS, canonical, link
from zhisuan.core.clock import Instant, format_instant
from zhisuan.core.money import NOTHING, MicroYuan
from zhisuan.core.quantities import Quality
from zhisuan.ledger.charge import Charge, Hold, charge
from zhisuan.ledger.export.export import FORMAT, chained_line, hold_line, invoice_line, packed
from zhisuan.ledger.export.records import Accepted, Linked
from zhisuan.ledger.invoicing.invoice import invoice, span_of
from zhisuan.ledger.rating import Counted, rate
from zhisuan.ledger.tariff import Category, Outcome, PriceClass, Tariff, TariffBook, default_tariff
from zhisuan.ledger.usage import UsageRecord, UsedDevice

BUDGET_S = 60
MONTH, ZONE = "2026-03", "Asia/Shanghai"
FACTORS = """
[[factor]]
name = "night"
value = "0.5"
hours = ["22:00-06:00"]

[[factor]]
name = "peak"
value = "1.25"
hours = ["09:30-11:30", "14:00-17:00"]
weekdays = ["mon", "tue", "wed", "thu", "fri"]

[[factor]]
name = "partner"
value = "0.8"
categories = ["partner"]

[[factor]]
name = "beyond"
value = "0.9"
above = "1000"
"""
GPU = UsedDevice("gpu0", "gpu-80g")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--tenants", type=int, default=200)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    OUT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=OUT) as folder:
        path = Path(folder) / "month.zip"
        began = time.perf_counter()
        generate(path, given.records, given.tenants, given.seed)
        made_s = time.perf_counter() - began
        print(f"made in {made_s:.0f} s, {path.stat().st_size / 1e6:,.0f} MB")
        began = time.perf_counter()
        command = [sys.executable, "-I", rerate.__file__, str(path), "--json"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        seconds = time.perf_counter() - began
    report = json.loads(done.stdout)
    if not report["equal"] or report["usage_records"] != given.records:
        sys.exit(f"not the same: {report['usage_records']} records, {report['differences'][:5]}")
    below = "" if seconds <= BUDGET_S else "  over the budget"
    print(
        f"{given.records:,} records of {len(report['tenants'])} tenants rated again and"
        f" {len(report['tenants'])} invoices equal in {seconds:.1f} s,"
        f" {given.records / seconds:,.0f} records a second{below}"
    )
    figures = {"records": given.records, "made_s": made_s, "seconds": seconds}
    OUT.joinpath("rerate.json").write_text(json.dumps(figures, indent=2))


def book() -> TariffBook:
    """Two versions; the second takes effect in the middle of the month."""
    first = default_tariff().text + FACTORS
    second = first.replace("version = 1", "version = 2").replace('yuan = "0.06"', 'yuan = "0.07"')
    second = second.replace("2025-01-01T00:00:00Z", "2026-03-16T12:00:00+08:00")
    return TariffBook(Tariff.from_text(text) for text in (first, second))


@dataclass
class Chain:
    """Lines of a chain, written into a file."""

    path: Path
    seq: int = 0
    hash: str = GENESIS

    def append(self, body: Mapping[str, object]) -> bytes:
        """Link a record to the chain; returns its line."""
        text, previous = canonical(body), self.hash
        self.seq, self.hash = self.seq + 1, link(previous, text)
        return chained_line(Linked(self.seq, text.decode(), self.hash, previous))


@dataclass
class Account:
    """What a tenant's month amounts to so far."""

    category: Category
    counted: dict[Counted, Decimal] = field(default_factory=dict[Counted, Decimal])
    charges: list[tuple[Charge, MicroYuan]] = field(default_factory=list[tuple[Charge, MicroYuan]])


def generate(path: Path, records: int, tenants: int, seed: int) -> None:
    """Make a month of so many usage records, with its charges and invoices."""
    chance, tariffs = random.Random(seed), book()
    categories = list(Category)
    accounts = {f"ten_{n:04}": Account(categories[n % 3]) for n in range(tenants)}
    names = list(accounts)
    usage, charges = (Chain(path.with_suffix(f".{name}")) for name in ("usage", "charges"))
    holds = path.with_suffix(".holds")
    with usage.path.open("wb") as uses, charges.path.open("wb") as costs, holds.open("wb") as held:
        while usage.seq < records:
            ended = _when(usage.seq / records)
            tenant = names[int(chance.random() ** 2 * tenants)]
            job_id = f"job_{charges.seq:08}"
            used: list[UsageRecord] = []
            for attempt in range(
                1, 1 + min(records - usage.seq, 2 if chance.random() < 0.1 else 1)
            ):
                record = _used(chance, job_id, attempt, tenant, ended, usage.seq + 1)
                uses.write(usage.append(record.body()))
                used.append(record)
            hold = _hold(chance, job_id, tenant, accounts[tenant].category, ended)
            held.write(hold_line(_accepted(hold)))
            made = _charged(tariffs, hold, used, accounts[tenant], ended, charges.seq + 1, chance)
            costs.write(charges.append(made.body()))
    files = {"charges": charges.path, "usage": usage.path, "holds": holds}
    with path.open("wb") as file:
        for block in packed(_about(), _content(tariffs, files, accounts)):
            file.write(block)


def _when(share: float) -> Instant:
    since, until = span_of(MONTH, ZONE)
    return (since + (until - since) * share).astimezone(UTC)


def _used(
    chance: random.Random, job_id: str, attempt: int, tenant: str, ended: Instant, seq: int
) -> UsageRecord:
    wall_s = round(min(chance.expovariate(1 / 1800), 86_400), 3)
    return UsageRecord(
        job_id=job_id,
        attempt=attempt,
        tenant=tenant,
        node=f"node-{chance.randrange(64)}",
        cpu_milli=1000 * chance.choice((1, 2, 4, 8, 16)),
        memory_mb=1024 * chance.choice((2, 4, 16, 64)),
        started_at=ended - timedelta(seconds=wall_s),
        ended_at=ended,
        wall_s=wall_s,
        cpu_s=round(wall_s * 0.8, 3),
        peak_memory_mb=900.0,
        energy_wh=round(wall_s * 0.03, 4),
        energy_quality=Quality.MODELLED,
        algorithm="tables@1.0",
        tariff_version=1,
        price_class=PriceClass.STANDARD,
        reason="succeeded",
        devices=(GPU,) if chance.random() < 0.4 else (),
        seq=seq,
    )


def _hold(
    chance: random.Random, job_id: str, tenant: str, category: Category, at: datetime
) -> Hold:
    most = MicroYuan(chance.choice((1_000_000, 10**9)))
    price_class = chance.choice(list(PriceClass))
    return Hold(job_id, tenant, None, "quo_0", most, 1, price_class, at, category)


def _accepted(hold: Hold) -> Accepted:
    return Accepted(
        hold.job_id,
        hold.tenant,
        hold.project,
        hold.quote_id,
        hold.amount,
        hold.shadow,
        hold.tariff_version,
        hold.price_class.value,
        hold.category.value,
        format_instant(hold.at),
    )


def _charged(
    tariffs: TariffBook,
    hold: Hold,
    used: list[UsageRecord],
    account: Account,
    at: Instant,
    seq: int,
    chance: random.Random,
) -> Charge:
    rating = rate(tariffs, hold.terms, used, account.counted)
    account.counted = dict(rating.counted)
    outcome = chance.choice([Outcome.USABLE] * 8 + [Outcome.NO_USABLE_MODEL, Outcome.STOPPED])
    version = tariffs.version(hold.tariff_version)
    made = charge(version, hold, used, rating, outcome, at, seq=seq, transaction_seq=seq * 4)
    small = replace(made, lines=(), explanation_zh="", explanation_en="")
    account.charges.append((small, NOTHING))
    return made


def _about() -> dict[str, object]:
    since, until = (format_instant(each) for each in span_of(MONTH, ZONE))
    return {"format": FORMAT, "month": MONTH, "zone": ZONE, "since": since, "until": until}


def _content(
    tariffs: TariffBook, files: Mapping[str, Path], accounts: Mapping[str, Account]
) -> Iterator[tuple[str, Iterator[bytes]]]:
    for each in tariffs.versions:
        yield f"tariffs/{each.version}.toml", iter([each.text.encode()])
    for name, path in files.items():
        with path.open("rb") as lines:
            yield f"{name}.jsonl", lines
    yield "entries.jsonl", iter(())
    yield "invoices.jsonl", _invoices(tariffs, accounts)


def _invoices(tariffs: TariffBook, accounts: Mapping[str, Account]) -> Iterator[bytes]:
    until = span_of(MONTH, ZONE)[1]
    tariff = tariffs.at(until - timedelta(microseconds=1))
    for number, (tenant, account) in enumerate(accounts.items(), start=1):
        if account.charges:
            names = tenant, tenant
            made = invoice(number, names, MONTH, until, tariff, account.charges, ())
            yield invoice_line(canonical(made.body()).decode(), made.digest)


if __name__ == "__main__":
    main()
