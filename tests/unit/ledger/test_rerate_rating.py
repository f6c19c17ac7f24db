"""Two programs that share no code read the same tariff and come to the same lines."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhisuan import rerate
from zhisuan.core.chain import canonical
from zhisuan.ledger.charge import Charge, Hold, charge
from zhisuan.ledger.rating import Counted, rate
from zhisuan.ledger.tariff import Category, Outcome, PriceClass, Tariff, TariffBook, Terms
from zhisuan.ledger.usage import UsageRecord, UsedDevice

FILES = Path(__file__).parent / "tariffs"
EARLY = datetime(2026, 3, 1, tzinfo=UTC)
ZONES = ["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "UTC"]
KINDS = ["gpu-80g", "gpu-40g", "npu-64g", "fpga"]


@pytest.fixture(scope="session")
def record(open_office: Callable) -> Callable[..., UsageRecord]:
    office = open_office()

    def make(wall_s: float, start: datetime, **changes: object) -> UsageRecord:
        return office.usage("job_1", wall_s, started_at=start, **changes)

    return make


numbers = st.one_of(
    st.integers(0, 400).map(lambda cents: f"{Decimal(cents) / 100}"),
    st.decimals(0, 9, places=6).map(lambda each: f"{each:f}"),
)
shares = st.sampled_from(["1", "0.5", "2/3", "1.1", "0", "0.333333"])
clock = st.integers(0, 95).map(lambda quarter: f"{quarter // 4:02}:{quarter % 4 * 15:02}")
hours = st.tuples(clock, clock).filter(lambda both: both[0] != both[1]).map("-".join)
seasons = st.sampled_from(["03-01..03-05", "12-01..03-03", "02-28..02-29", "03-29..11-01"])
amounts = st.integers(1, 100_000).map(lambda milli: f"{Decimal(milli) / 1000}")


@st.composite
def factors(draw: st.DrawFn) -> str:
    said = {"value": draw(shares)}
    optional = {
        "items": st.lists(
            st.sampled_from(["core", "memory", "device", "bundle", "energy", "tokens"]),
            min_size=1,
            unique=True,
        ),
        "classes": st.lists(st.sampled_from(PriceClass).map(str), min_size=1, unique=True),
        "categories": st.lists(st.sampled_from(Category).map(str), min_size=1, unique=True),
        "hours": st.lists(hours, min_size=1, max_size=2),
        "weekdays": st.lists(st.sampled_from(["mon", "sat", "sun"]), min_size=1, unique=True),
        "dates": st.lists(seasons, min_size=1, max_size=2, unique=True),
        "above": amounts,
    }
    for key in draw(st.lists(st.sampled_from(list(optional)), max_size=3, unique=True)):
        said[key] = draw(optional[key])
    if "above" in said and draw(st.booleans()):
        said["upto"] = f"{Decimal(said['above']) + 7}"
    return "\n".join(f"{key} = {json.dumps(value)}" for key, value in said.items())


def priced(table: str, yuan: object, more: str = "") -> str:
    return f'[{table}]\nyuan = {yuan}\nsource = "drawn"\n{more}\n'


@st.composite
def grants(draw: st.DrawFn, way: str, price: Callable[[], str]) -> list[str]:
    if way == "bundle":
        held = {name: draw(st.none() | amounts) for name in ("memory_gb", "devices")}
        more = "\n".join(f'{name} = "{each}"' for name, each in held.items() if each)
        return [priced("bundle_hour", price(), f'cores = "{draw(amounts)}"\n{more}')]
    both = [priced("core_hour", price()), priced("memory_gb_hour", price())]
    if way == "standard":
        return [*both, priced("standard_hour", price())]
    return [*both, *(priced(f"device_hour.{k}", price()) for k in ("gpu-80g", "npu", "other"))]


@st.composite
def tariffs(draw: st.DrawFn, version: int, start: datetime) -> Tariff:
    def price() -> str:
        if draw(st.booleans()):
            return json.dumps(draw(numbers))
        return "{ " + ", ".join(f'{c} = "{draw(numbers)}"' for c in PriceClass) + " }"

    parts = [
        f'name = "drawn"\nversion = {version}\neffective_from = {start.isoformat()}',
        f'quote_valid_minutes = 60\nzone = "{draw(st.sampled_from(ZONES))}"',
        f'minimum_charge_yuan = "{draw(st.sampled_from(["0", "0.001", "1"]))}"',
    ]
    way = draw(st.sampled_from(["sum", "standard", "bundle"]))
    parts += draw(grants(way, price))
    if way == "standard" or draw(st.booleans()):
        parts.append('[exchange]\ngpu-80g = "2.5"\ngpu = "0.7"\nother = "0.3"\n')
    if draw(st.booleans()):
        parts.append('[power_watts]\ncore = "7.3"\nmemory_gb = "0.37"\ngpu = "400"\n')
    parts.append(priced("energy_kwh", price(), f"charged = {json.dumps(draw(st.booleans()))}"))
    parts += [priced("thousand_tokens", price()), priced("storage_gb_month", price())]
    if draw(st.booleans()):
        parts.append('[class_factor]\npreemptible = "2/3"\nstandard = "1"\nreserved = "4/3"\n')
    for number, each in enumerate(draw(st.lists(factors(), max_size=4))):
        parts.append(f'[[factor]]\nname = "factor {number}"\n{each}\n')
    parts.append("[outcome_factor]")
    parts += [f'{each} = "{draw(st.sampled_from(["1", "0.2", "0"]))}"' for each in Outcome]
    step, mode = draw(st.sampled_from(["0.01", "0.0003"])), draw(st.sampled_from(MODES))
    if draw(st.booleans()):
        parts.append(f'[charge_rounding]\nstep_yuan = "{step}"\nmode = "{mode}"')
    parts.append('[invoice_rounding]\nstep_yuan = "0.01"\nmode = "half_up"\n')
    return Tariff.from_text("\n".join(parts))


MODES = ["half_up", "half_even", "down"]


@st.composite
def books(draw: st.DrawFn) -> TariffBook:
    first = draw(tariffs(1, datetime(2025, 1, 1, tzinfo=UTC)))
    if draw(st.booleans()):
        return TariffBook([first])
    minute = draw(st.integers(0, 40_000))
    return TariffBook([first, draw(tariffs(2, EARLY + timedelta(minutes=minute)))])


instants = st.one_of(
    st.integers(0, 45 * 86_400).map(lambda seconds: EARLY + timedelta(seconds=seconds)),
    st.integers(0, 10**12).map(lambda micros: EARLY + timedelta(microseconds=micros)),
)
spans = st.one_of(
    st.integers(0, 3 * 86_400 * 100).map(lambda each: each / 100),
    st.floats(0, 400_000, allow_subnormal=False),
)
usages = st.fixed_dictionaries(
    {
        "cpu_milli": st.integers(0, 64_000),
        "memory_mb": st.integers(0, 1 << 18),
        "energy_wh": st.integers(0, 10**9).map(lambda milli: milli / 1000),
        "gap_s": st.sampled_from([0.0, 0.0, 12.5, 1e6]),
        "billable": st.sampled_from([True, True, True, False]),
        "devices": st.lists(
            st.builds(UsedDevice, st.just("x"), st.sampled_from(KINDS), st.integers(1, 8000)),
            max_size=3,
        ).map(tuple),
        "counted": st.dictionaries(
            st.sampled_from(["tokens", "storage", "calls"]), st.integers(0, 10**7).map(Decimal)
        ),
    }
)
attempts = st.lists(st.tuples(instants, spans, usages), min_size=1, max_size=3)
terms = st.builds(Terms, st.sampled_from(PriceClass), st.sampled_from(Category))


def raw(records: list[UsageRecord]) -> list[dict]:
    return [json.loads(canonical(each.body()), parse_float=Decimal) for each in records]


def charged(book: TariffBook, hold: Hold, records: list[UsageRecord], months: dict) -> Charge:
    rating = rate(book, hold.terms, records, months)
    months.update(rating.counted)
    version = book.version(hold.tariff_version)
    outcome = Outcome.USABLE if len(records) < 3 else Outcome.NO_USABLE_MODEL
    return charge(version, hold, records, rating, outcome, EARLY, seq=1, transaction_seq=1)


@settings(max_examples=60, deadline=None)
@given(books(), terms, st.lists(attempts, min_size=1, max_size=3), st.integers(0, 10**7))
def test_both_programs_come_to_the_same_charges_line_by_line(
    record: Callable, book: TariffBook, whose: Terms, jobs: list, accepted: int
):
    again = rerate.Rater([each.text for each in book.versions])
    months: dict[Counted, Decimal] = {}
    counted: dict[tuple[str, str], Fraction] = {}
    for attempt in jobs:
        records = [record(wall_s, start, **usage) for start, wall_s, usage in attempt]
        hold = Hold(
            "job_1",
            "ten_one",
            None,
            "quo_1",
            accepted,
            1,
            whose.price_class,
            EARLY,
            whose.category,
        )
        made = charged(book, hold, records, months)
        lines = again.lines(raw(records), (whose.price_class, whose.category), counted)
        held = {
            "amount": accepted,
            "shadow": 0,
            "tariff_version": 1,
            "price_class": whose.price_class,
            "category": whose.category,
        }
        due = rerate.Due(again, held, json.loads(canonical(made.body())), lines)
        assert due.differences() == []
