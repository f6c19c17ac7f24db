"""A small centre's ledger on a fresh database, with a clock the test turns."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Connection

from zhisuan.core.money import MicroYuan, from_yuan
from zhisuan.core.quantities import Quality
from zhisuan.ledger.accounts.business import PREPAID, Business
from zhisuan.ledger.book import Ledger
from zhisuan.ledger.quote import Demand, Offer
from zhisuan.ledger.tariff import PriceClass, TariffBook, Terms, default_tariff
from zhisuan.ledger.usage import UsageRecord
from zhisuan.store.database import METADATA, Database

KEY = b"a key of this test"


class TurnedClock:
    """Stands still until it is turned."""

    def __init__(self) -> None:
        self.instant = datetime(2026, 3, 1, 8, tzinfo=UTC)

    def now(self) -> datetime:
        return self.instant

    def turn(self, **span: float) -> None:
        self.instant += timedelta(**span)


@dataclass
class Office:
    """A ledger with one tenant, and the handles a test needs."""

    database: Database
    ledger: Ledger
    clock: TurnedClock
    key: bytes = KEY
    tenant: str = "ten_one"

    def write(self) -> AbstractContextManager[Connection]:
        return self.database.write()

    def read(self) -> AbstractContextManager[Connection]:
        return self.database.read()

    def offer(self, high_s: float = 3600.0, low_s: float = 0.0) -> Offer:
        """A stored quote of one core for between `low_s` and `high_s` seconds."""
        ends = [Demand.of_grant(seconds, 1000, 1024) for seconds in (low_s, high_s)]
        with self.write() as connection:
            return self.ledger.store_quote(
                connection, self.tenant, self.ledger.quote(*ends, Terms())
            )

    def usage(self, job_id: str, wall_s: float = 600.0, **changes: object) -> UsageRecord:
        record = UsageRecord(
            job_id=job_id,
            attempt=1,
            tenant=self.tenant,
            node="node-1",
            cpu_milli=1000,
            memory_mb=1024,
            started_at=self.clock.now(),
            ended_at=self.clock.now() + timedelta(seconds=wall_s),
            wall_s=wall_s,
            cpu_s=wall_s / 2,
            peak_memory_mb=512.0,
            energy_wh=1.5,
            energy_quality=Quality.MODELLED,
            algorithm="tables@1.0",
            tariff_version=1,
            price_class=PriceClass.STANDARD,
            reason="succeeded",
        )
        return replace(record, **changes)

    def balance(self) -> tuple[MicroYuan, MicroYuan]:
        with self.read() as connection:
            return self.ledger.balance(connection, self.tenant)

    def verify(self, key: bytes | None = None):
        with self.read() as connection:
            return self.ledger.verify(connection, key or self.key)


@pytest.fixture(scope="session")
def open_office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Office]]:
    """Makes offices; each on a database of its own."""
    folder, numbers = tmp_path_factory.mktemp("ledgers"), count()
    opened: list[Database] = []

    def make(
        grant: str = "100", place: Path | str | None = None, business: Business = PREPAID
    ) -> Office:
        clock = TurnedClock()
        database = Database(place or folder / f"centre-{next(numbers)}.db")
        opened.append(database)
        ledger = Ledger(TariffBook([default_tariff()]), clock, business)
        office = Office(database, ledger, clock)
        with database.write() as connection:
            METADATA.create_all(connection)
            ledger.prepare(connection)
            ledger.open_account(connection, office.tenant, from_yuan(grant))
        return office

    yield make
    for database in opened:
        database.close()


@pytest.fixture
def office(open_office: Callable[..., Office], tables: Path | str) -> Iterator[Office]:
    office = open_office(place=tables)
    yield office
    office.database.close()
