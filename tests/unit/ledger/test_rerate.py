"""A month of a ledger, exported and rated again: equal to the fen, or named where it is not."""

import json
import random
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from zhisuan import rerate
from zhisuan.core.chain import GENESIS
from zhisuan.core.money import MicroYuan, from_yuan
from zhisuan.ledger.accounts.business import PREPAID, Billing, Business
from zhisuan.ledger.book import Ledger, Settlement
from zhisuan.ledger.demand import Demand
from zhisuan.ledger.export.export import export
from zhisuan.ledger.invoicing import records as invoicing
from zhisuan.ledger.invoicing.invoice import invoice, span_of
from zhisuan.ledger.tariff import Category, Outcome, PriceClass, Tariff, TariffBook, Terms
from zhisuan.ledger.usage import UsageRecord, UsedDevice
from zhisuan.store.database import METADATA, Database

FILES = Path(__file__).parent / "tariffs"
MONTH, ZONE = "2026-03", "Asia/Shanghai"
TENANTS = {"ten_a": Category.EXTERNAL, "ten_b": Category.INTERNAL, "ten_c": Category.PARTNER}
KINDS = ["gpu-80g", "npu-64g", "fpga"]


class Clock:
    def __init__(self) -> None:
        self.instant = datetime(2026, 2, 20, tzinfo=UTC)

    def now(self) -> datetime:
        return self.instant


@dataclass
class Book:
    """A ledger and what a test does with it."""

    database: Database
    ledger: Ledger
    clock: Clock

    def filled(self, jobs: int, make_usage: Callable) -> None:
        """Jobs of all tenants, from February into April, with lost attempts and refunds."""
        chance = random.Random(jobs)
        with self.database.write() as connection:
            METADATA.create_all(connection)
            self.ledger.prepare(connection)
            for tenant in TENANTS:
                self.ledger.open_account(connection, tenant, from_yuan(10_000_000))
            for number in range(jobs):
                self.job(connection, f"job_{number}", chance, make_usage)
                self.clock.instant += timedelta(days=42) / jobs
            for number in range(3, jobs, 17):
                made = self.ledger.charge_of(connection, f"job_{number}")
                if made.amount:
                    self.ledger.refund(connection, made.job_id, MicroYuan(1), 'a "courtesy"')
            self.ledger.credit(connection, "ten_b", from_yuan(2), "availability")

    def job(self, connection, job_id: str, chance: random.Random, make_usage: Callable) -> None:
        tenant = chance.choice(list(TENANTS))
        terms = Terms(chance.choice(list(PriceClass)), TENANTS[tenant])
        high = Demand.of_grant(chance.choice([60.0, 10**6]), 4000, 8192)
        offer = self.ledger.store_quote(
            connection, tenant, self.ledger.quote(Demand.of_grant(0, 0, 0), high, terms)
        )
        self.ledger.hold(connection, job_id, offer, chance.choice([None, "prj_one"]))
        attempts = [make_usage(job_id, tenant, each, chance, self.clock) for each in (1, 2)]
        if chance.random() < 0.3:
            self.ledger.record_usage(connection, attempts[:1])
            attempts = attempts[1:]
        outcome = chance.choice([Outcome.USABLE] * 5 + list(Outcome))
        self.ledger.settle_many(connection, [Settlement(job_id, attempts, outcome)])

    def close(self) -> None:
        """Make the month's invoices, as the centre does."""
        since, until = span_of(MONTH, ZONE)
        tariff = self.ledger.tariffs.book.at(until - timedelta(microseconds=1))
        with self.database.write() as connection:
            for number, tenant in enumerate(TENANTS, start=1):
                charges = invoicing.charges(connection, tenant, since, until)
                back = invoicing.given_back(connection, tenant, since, until)
                name = (tenant, tenant)
                made = invoice(number, name, MONTH, self.clock.now(), tariff, charges, back)
                invoicing.add(connection, made)

    def export(self, path: Path) -> Path:
        with self.database.read() as connection, path.open("wb") as file:
            book = self.ledger.tariffs.refresh(connection)
            for block in export(connection, book, MONTH, ZONE, self.clock.now()):
                file.write(block)
        return path


@pytest.fixture(scope="module")
def make_usage(open_office: Callable) -> Callable[..., UsageRecord]:
    office = open_office()

    def make(job_id: str, tenant: str, attempt: int, chance: random.Random, clock: Clock):
        wall_s = chance.choice([round(chance.random() * 900, 2), chance.random() * 200_000])
        return replace(
            office.usage(job_id, wall_s),
            tenant=tenant,
            attempt=attempt,
            started_at=clock.now() - timedelta(seconds=wall_s),
            cpu_milli=chance.randrange(64_000),
            memory_mb=chance.randrange(1, 200_000),
            billable=chance.random() < 0.9,
            gap_s=chance.choice([0.0, 0.0, 7.5]),
            energy_wh=chance.random() * 1000,
            devices=tuple(
                UsedDevice(f"d{place}", chance.choice(KINDS), chance.choice([250, 1000]))
                for place in range(chance.randrange(3))
            ),
            counted={"tokens": Decimal(chance.randrange(10**6))},
        )

    return make


@pytest.fixture(scope="module")
def open_book(
    tmp_path_factory: pytest.TempPathFactory, make_usage: Callable
) -> Iterator[Callable[..., Book]]:
    opened: list[Database] = []

    def make(*names: str, jobs: int = 120, business: Business = PREPAID) -> Book:
        texts = [(FILES / f"{name}.toml").read_text("utf-8") for name in names]
        clock = Clock()
        database = Database(tmp_path_factory.mktemp("book") / "centre.db")
        opened.append(database)
        tariffs = TariffBook([Tariff.from_text(text) for text in texts])
        book = Book(database, Ledger(tariffs, clock, business), clock)
        book.filled(jobs, make_usage)
        return book

    yield make
    for database in opened:
        database.close()


@pytest.fixture(scope="module")
def closed(open_book: Callable, tmp_path_factory: pytest.TempPathFactory) -> Path:
    book = open_book("everything-1", "everything-2")
    book.close()
    return book.export(tmp_path_factory.mktemp("export") / "month.zip")


def changed(path: Path, target: Path, name: str, old: str, new: str) -> Path:
    """The export with the last match of a pattern replaced in one file."""
    with zipfile.ZipFile(path) as before, zipfile.ZipFile(target, "w") as after:
        for each in before.namelist():
            text = before.read(each).decode()
            if each == name:
                *_, last = re.finditer(old, text)
                text = text[: last.start()] + last.expand(new) + text[last.end() :]
            after.writestr(each, text)
    return target


def run(path: Path, processes: int = 1) -> dict:
    return rerate.run(str(path), processes)


def test_a_month_with_every_idea_of_a_tariff_comes_out_the_same(closed: Path):
    report = run(closed)
    assert report["differences"] == []
    assert [each["tenant_id"] for each in report["tenants"]] == list(TENANTS)
    assert all(each["again_yuan"] == each["invoice_yuan"] for each in report["tenants"])
    assert all(Decimal(each["invoice_yuan"]) > 100 for each in report["tenants"])
    assert 60 < sum(each["jobs"] for each in report["tenants"]) < 120
    assert {1, 2} <= versions(closed), "the price list changed in the month"


def versions(path: Path) -> set[int]:
    with zipfile.ZipFile(path) as file:
        lines = [json.loads(line)["body"] for line in file.open("charges.jsonl")]
    return {line["tariff_version"] for charge in lines for line in charge["lines"]}


def test_many_processes_say_what_one_says(closed: Path):
    assert run(closed, 2) == run(closed, 1)


@pytest.mark.parametrize("names", [("alliance",), ("pku",), ("osaka",), ("sycamore",)])
def test_months_of_published_price_lists_come_out_the_same(
    open_book: Callable, tmp_path: Path, names: tuple[str]
):
    book = open_book(*names, jobs=30)
    book.close()
    report = run(book.export(tmp_path / "month.zip"))
    assert (report["differences"], len(report["tenants"])) == ([], 3)


def test_what_is_waived_comes_out_the_same(open_book: Callable, tmp_path: Path):
    book = open_book("pku", jobs=30, business=replace(PREPAID, billing=Billing.SHADOW))
    book.close()
    report = run(book.export(tmp_path / "month.zip"))
    assert report["equal"]
    assert {each["charged_yuan"] for each in report["tenants"]} == {"0.000000"}


def test_an_open_month_is_compared_charge_by_charge(open_book: Callable, tmp_path: Path):
    report = run(open_book("pku", jobs=30).export(tmp_path / "month.zip"))
    assert report["equal"]
    assert "month still open" in rerate.told(report)


@pytest.mark.parametrize(
    ("name", "old", "new", "found"),
    [
        ("usage.jsonl", r'"cpu_milli":(\d+)', r'"cpu_milli":9\1', "usage record"),
        ("usage.jsonl", r'"attempt":2', '"attempt":3', "usage record"),
        ("charges.jsonl", r'"metered":(\d+)', r'"metered":9\1', "metered"),
        ("charges.jsonl", r'"amount":(\d+),"charged":true', r'"amount":9\1,"charged":true', "line"),
        ("invoices.jsonl", r'"exact":(\d+)', r'"exact":9\1', "invoice 3, exact"),
        ("invoices.jsonl", r'"total":(\d+)', r'"total":9\1', "invoice 3, total"),
        (
            "invoices.jsonl",
            r'"amount":([1-9]\d+),"charge_seq"',
            r'"amount":9\1,"charge_seq"',
            "item",
        ),
        ("invoices.jsonl", r".*\n", "", "the invoice"),
        ("holds.jsonl", r'"amount":(\d)', r'"amount":9\1', "held"),
        ("entries.jsonl", r'"movement":"credit"', '"movement":"clawback"', "entries record"),
        ("tariffs/2.toml", r'yuan = "0.07"', 'yuan = "0.08"', "line core of tariff 2"),
    ],
)
def test_whatever_was_changed_is_found_and_named(
    closed: Path, tmp_path: Path, name: str, old: str, new: str, found: str
):
    report = run(changed(closed, tmp_path / "changed.zip", name, old, new))
    told = [each["what"] for each in report["differences"]]
    assert name in told, "the manifest tells of another file"
    assert any(found in what for what in told), told
    assert all(each["tenant"] for each in report["differences"] if each["what"] != name)


def test_the_program_in_the_export_runs_by_itself(
    closed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    with zipfile.ZipFile(closed) as file:
        assert file.read("rerate.py") == Path(rerate.__file__).read_bytes()
        first = json.loads(file.open("charges.jsonl").readline())
    assert first["previous"] == GENESIS
    assert rerate.main([str(closed), "--processes", "1"]) == 0
    assert "comes out the same" in capsys.readouterr().out
    broken = changed(closed, tmp_path / "b.zip", "charges.jsonl", r'"waived":0', '"waived":1')
    assert rerate.main([str(broken), "--processes", "1"]) == 8
    assert "✗ ten_" in capsys.readouterr().out
    (tmp_path / "no.zip").write_bytes(b"no zip")
    assert rerate.main([str(tmp_path / "no.zip")]) == 2
