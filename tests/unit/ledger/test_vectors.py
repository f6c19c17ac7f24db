"""The rules that real centres publish, as data: tariffs/ holds the rules, vectors/ the sums."""

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from zhisuan.core.money import from_yuan
from zhisuan.ledger.rating import rate
from zhisuan.ledger.tariff import Category, PriceClass, Tariff, TariffBook, Terms
from zhisuan.ledger.usage import UsageRecord, UsedDevice

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Vector:
    tariffs: tuple[str, ...]
    case: dict[str, Any]

    def book(self) -> TariffBook:
        paths = [HERE / "tariffs" / f"{name}.toml" for name in self.tariffs]
        return TariffBook([Tariff.from_text(path.read_text("utf-8")) for path in paths])


def vectors() -> list[Any]:
    found = []
    for path in sorted((HERE / "vectors").glob("*.toml")):
        file = tomllib.loads(path.read_text("utf-8"))
        assert file.keys() == {"source", "tariffs", "case"}
        found += [
            pytest.param(Vector(tuple(file["tariffs"]), case), id=f"{path.stem}-{number}")
            for number, case in enumerate(file["case"], start=1)
        ]
    return found


@pytest.fixture(scope="session")
def record(open_office: Callable) -> Callable[[dict[str, Any]], UsageRecord]:
    office = open_office()

    def make(case: dict[str, Any]) -> UsageRecord:
        seconds = Decimal(case.pop("hours", 0)) * 3600 + Decimal(case.pop("seconds", 0))
        devices = case.pop("devices", {})
        return office.usage(
            "job_1",
            float(seconds),
            started_at=case.pop("start", office.clock.now()),
            cpu_milli=case.pop("cpu_milli", 0),
            memory_mb=case.pop("memory_gb", 0) * 1024,
            devices=tuple(UsedDevice(kind, kind, milli) for kind, milli in devices.items()),
            gap_s=float(case.pop("gap_s", 0)),
            energy_wh=0.0,
        )

    return make


@pytest.mark.parametrize("vector", vectors())
def test_a_published_rule_gives_its_published_sum(vector: Vector, record: Callable):
    case, book = dict(vector.case), vector.book()
    case.pop("name", None)
    terms = Terms(
        PriceClass(case.pop("price_class", "standard")), Category(case.pop("category", "external"))
    )
    rating = rate(book, terms, [record(case)])
    assert rating.metered == from_yuan(case.pop("metered"))
    last = book.versions[-1]
    rounded = {"charged": last.asked, "invoiced": last.invoice_total}
    for word in rounded.keys() & case.keys():
        assert rounded[word](rating.metered) == from_yuan(case.pop(word))
    lines = case.pop("lines", None)
    if lines is not None:
        assert [(each.tariff_version, each.quantity, each.amount) for each in rating.lines] == [
            (each["version"], Decimal(each["quantity"]), from_yuan(each["amount"]))
            for each in lines
        ]
    assert case == {}, "a word of the vector that nothing reads"
