"""A centre's ledger with a voucher programme on it, and the people around a voucher."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from zhisuan.core.money import MicroYuan, from_yuan
from zhisuan.core.quantities import Quality
from zhisuan.ledger import records as ledger_records
from zhisuan.ledger.account import budget, paid_out, voucher_held, voucher_used
from zhisuan.ledger.book import Ledger
from zhisuan.ledger.demand import Demand
from zhisuan.ledger.tariff import Outcome, PriceClass, TariffBook, Terms, default_tariff
from zhisuan.ledger.usage import UsageRecord
from zhisuan.ledger.voucher import desk, records
from zhisuan.ledger.voucher.application import Document, DocumentKind, read_application
from zhisuan.ledger.voucher.desk import Order
from zhisuan.ledger.voucher.voucher import Actor, By, Move
from zhisuan.store.database import METADATA, Database

KEY = b"a key of this test"
PROGRAMME = """
slug = "try"
version = 1
name_zh = "试行"
name_en = "On trial"
issuer_zh = "本市"
issuer_en = "This city"

[[sources]]
where = "assumed"
says = "for this test"

[[ratio]]
ratio = "0.20"

[caps]
firm_year_yuan = "2000000"
firm_year_redeem_yuan = "2000000"

[scope]
items = ["compute"]

[contract]
longest_months = 12

[evidence]
apply = ["contract"]
redeem = ["invoice", "delivery"]
"""
TENANT = Actor(By.TENANT, "key-tenant", "ten_one")
OPERATOR = Actor(By.OPERATOR, "key-operator", "ten_centre")
AUDITOR = Actor(By.FINANCE, "key-auditor", "ten_centre")


class TurnedClock:
    """Stands still until it is turned."""

    def __init__(self) -> None:
        self.instant = datetime(2026, 3, 1, 8, tzinfo=UTC)

    def now(self) -> datetime:
        return self.instant

    def turn(self, **span: float) -> None:
        self.instant += timedelta(**span)


@dataclass
class Bureau:
    """A ledger, one programme, and shorthand for what people do."""

    database: Database
    ledger: Ledger
    clock: TurnedClock
    programme_id: str = ""
    numbers: Iterator[int] = field(default_factory=count)

    def account(self, tenant: str) -> None:
        with self.database.write() as connection:
            self.ledger.open_account(connection, tenant, from_yuan("100000"))

    def add_programme(self, yuan: str, text: str = PROGRAMME):
        with self.database.write() as connection:
            kept = desk.add_programme(connection, text, from_yuan(yuan), self.clock.now())
        return kept.programme_id

    def application(self, number="C-1", yuan="3000000", firm="FIRM1", **said):
        contract = {
            "number": number,
            "supplier": "示例智算中心",
            "supplier_code": "SUPPLIER1",
            "signed_on": date(2026, 2, 1),
            "starts_on": date(2026, 2, 1),
            "ends_on": date(2027, 1, 31),
            "items": [{"kind": "compute", "title": "compute", "amount_yuan": yuan}],
        }
        return read_application(
            {
                "programme": self.programme_id,
                "applicant": {"name": firm, "code": firm, "region": "本市", "industry": "软件"},
                "contract": contract | said,
                "documents": [{"kind": "contract", "number": "1", "issued_on": date(2026, 2, 1)}],
            }
        )

    def draft(self, tenant="ten_one", **said):
        with self.database.write() as connection:
            application = self.application(**said)
            who = Actor(By.TENANT, "key-tenant", tenant)
            return desk.draft(connection, tenant, application, who, self.clock.now())

    def do(self, voucher_id, move, who=None, tenant=None, **order):
        who = who or {Move.VERIFY: AUDITOR}.get(
            move,
            TENANT if move in (Move.SUBMIT, Move.WITHDRAW, Move.BIND, Move.REQUEST) else OPERATOR,
        )
        needs_note = (Move.REVOKE, Move.CLAW_BACK, Move.REFUSE, Move.RETURN, Move.PAY)
        note = order.pop("note", "a reason" if move in needs_note else "")
        with self.database.write() as connection:
            return desk.move(
                connection, tenant, voucher_id, Order(move, note, **order), who, self.clock.now()
            )

    def bound(self, tenant="ten_one", **said):
        """A voucher that is ready to pay."""
        made = self.draft(tenant, **said)
        for move in (Move.SUBMIT, Move.APPROVE):
            self.do(made.voucher_id, move)
        number = made.application.contract.number
        return self.do(made.voucher_id, Move.BIND, contract=number)

    def settled(self, tenant="ten_one", seconds=3600.0, cores=1000, outcome=Outcome.USABLE):
        """A job that was held for and settled; returns its charge."""
        job = f"job_{next(self.numbers)}"
        with self.database.write() as connection:
            ends = [Demand.of_grant(each, cores, 1024) for each in (0.0, seconds)]
            quote = self.ledger.quote(*ends, Terms())
            offer = self.ledger.store_quote(connection, tenant, quote)
            self.ledger.hold(connection, job, offer)
        with self.database.write() as connection:
            usage = [self.usage(job, tenant, seconds, cores)]
            return self.ledger.settle(connection, job, usage, outcome)

    def usage(self, job, tenant, seconds, cores):
        return UsageRecord(
            job_id=job,
            attempt=1,
            tenant=tenant,
            node="node-1",
            cpu_milli=cores,
            memory_mb=1024,
            started_at=self.clock.now(),
            ended_at=self.clock.now() + timedelta(seconds=seconds),
            wall_s=seconds,
            cpu_s=seconds,
            peak_memory_mb=512.0,
            energy_wh=1.0,
            energy_quality=Quality.MODELLED,
            algorithm="tables@1.0",
            tariff_version=1,
            price_class=PriceClass.STANDARD,
            reason="succeeded",
        )

    def papers(self, yuan):
        day = self.clock.now().date()
        return (
            Document(DocumentKind.INVOICE, "I-1", day, from_yuan(yuan)),
            Document(DocumentKind.DELIVERY, "D-1", day),
        )

    def get(self, voucher_id):
        with self.database.read() as connection:
            return records.voucher(connection, None, voucher_id)

    def balances(self):
        with self.database.read() as connection:
            return ledger_records.all_balances(connection)

    def budget(self, programme_id=None):
        """Left, held by vouchers (used counts as held until it is paid), paid."""
        found, programme_id = self.balances(), programme_id or self.programme_id
        with self.database.read() as connection:
            ids = [
                each.voucher_id
                for each in records.vouchers(connection, None, limit=10_000)
                if each.programme_id == programme_id
            ]
        held = sum(
            found.get(name, 0) for each in ids for name in (voucher_held(each), voucher_used(each))
        )
        return found[budget(programme_id)], MicroYuan(held), found[paid_out(programme_id)]

    def verify(self):
        with self.database.read() as connection:
            return self.ledger.verify(connection, KEY)


def made_bureau(place: Path | str, budget_yuan: str = "10000000") -> Bureau:
    clock = TurnedClock()
    database = Database(place)
    bureau = Bureau(database, Ledger(TariffBook([default_tariff()]), clock), clock)
    with database.write() as connection:
        METADATA.create_all(connection)
        bureau.ledger.prepare(connection)
    bureau.account("ten_one")
    bureau.programme_id = bureau.add_programme(budget_yuan)
    return bureau


@pytest.fixture(scope="session")
def open_bureau(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Bureau]]:
    """Makes bureaus; each on a database file of its own."""
    folder, numbers = tmp_path_factory.mktemp("bureaus"), count()
    opened: list[Bureau] = []

    def make(budget_yuan: str = "10000000") -> Bureau:
        opened.append(made_bureau(folder / f"centre-{next(numbers)}.db", budget_yuan))
        return opened[-1]

    yield make
    for bureau in opened:
        bureau.database.close()


@pytest.fixture
def bureau(place: Path | str) -> Iterator[Bureau]:
    """One on each kind of database."""
    made = made_bureau(place)
    yield made
    made.database.close()


@pytest.fixture
def poor_bureau(place: Path | str) -> Iterator[Bureau]:
    """One whose budget is soon spent."""
    made = made_bureau(place, "1000000")
    yield made
    made.database.close()
