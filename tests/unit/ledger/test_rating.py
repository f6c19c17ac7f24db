"""An interval is cut where a price changes, and cutting it anywhere else changes nothing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhisuan.core.money import MicroYuan, from_yuan
from zhisuan.ledger.quote import Demand, quote, total
from zhisuan.ledger.rating import Counted, cut, rate
from zhisuan.ledger.tariff import Category, PriceClass, Tariff, TariffBook, Terms, default_tariff
from zhisuan.ledger.usage import UsageRecord, UsedDevice

FILES = Path(__file__).parent / "tariffs"
EARLY = datetime(2026, 3, 1, tzinfo=UTC)


def book_of(*names: str) -> TariffBook:
    texts = [(FILES / f"{name}.toml").read_text("utf-8") for name in names]
    return TariffBook([Tariff.from_text(text) for text in texts])


BOOK = book_of("everything-1", "everything-2")
BOOKS = {
    "everything": BOOK,
    "default": TariffBook([default_tariff()]),
    "bundles": book_of("alliance"),
}
terms = st.builds(Terms, st.sampled_from(PriceClass), st.sampled_from(Category))
instants = st.integers(0, 10 * 86_400 * 1_000_000).map(
    lambda micros: EARLY + timedelta(microseconds=micros)
)
seconds = st.integers(0, 5 * 86_400 * 1000).map(lambda milli: milli / 1000)


@pytest.fixture(scope="session")
def record(open_office: Callable) -> Callable[..., UsageRecord]:
    office = open_office()

    def make(wall_s: float, start: datetime = EARLY, **changes: object) -> UsageRecord:
        return office.usage("job_1", wall_s, started_at=start, **changes)

    return make


usages = st.fixed_dictionaries(
    {
        "cpu_milli": st.integers(0, 64_000),
        "memory_mb": st.integers(0, 1 << 18),
        "energy_wh": st.integers(0, 10**9).map(lambda milli: milli / 1000),
        "devices": st.lists(
            st.builds(
                UsedDevice,
                st.just("x0"),
                st.sampled_from(["gpu-80g", "npu-64g", "fpga"]),
                st.integers(1, 8000),
            ),
            max_size=3,
        ).map(tuple),
        "counted": st.dictionaries(
            st.sampled_from(["tokens", "storage", "calls"]), st.integers(0, 10**7).map(Decimal)
        ),
    }
)


@given(instants, seconds)
def test_pieces_tile_the_interval(start: datetime, wall_s: float):
    pieces = cut(BOOK, start, Decimal(str(wall_s)))
    assert pieces[0].first_s == 0
    assert pieces[-1].last_s == Decimal(str(wall_s))
    for piece, after in pairwise(pieces):
        assert piece.first_s < piece.last_s == after.first_s


@given(instants, seconds, st.integers(0, 999))
def test_within_a_piece_no_price_changes(start: datetime, wall_s: float, share: int):
    for piece in cut(BOOK, start, Decimal(str(wall_s))):
        inside = float(piece.first_s + (piece.last_s - piece.first_s) * share / 1000)
        at = start + timedelta(seconds=inside)
        (alone,) = cut(BOOK, at, Decimal(0))
        assert (alone.tariff, alone.current) == (piece.tariff, piece.current)


@settings(max_examples=60)
@given(st.sampled_from(sorted(BOOKS)), instants, seconds, usages, terms, st.integers(0, 1000))
def test_splitting_an_interval_anywhere_changes_the_sum_by_the_rounding_alone(
    record: Callable, name: str, start: datetime, wall_s: float, usage: dict, whose: Terms, at: int
):
    usage = usage if wall_s else {**usage, "energy_wh": 0.0, "counted": {}}
    whole = record(wall_s, start, **usage)
    first_s = round(wall_s * at / 1000, 3)
    share = Decimal(str(first_s)) / Decimal(str(wall_s)) if wall_s else Decimal(0)
    energy = round(whole.energy_wh * float(share), 6)
    counted = {item: amount * share for item, amount in whole.counted.items()}
    first = replace(
        whole,
        wall_s=first_s,
        energy_wh=energy if first_s else 0.0,
        counted=counted if first_s else {},
    )
    second = replace(
        whole,
        started_at=start + timedelta(seconds=first_s),
        wall_s=round(wall_s - first_s, 3),
        energy_wh=round(whole.energy_wh - first.energy_wh, 6),
        counted={i: a - first.counted.get(i, 0) for i, a in whole.counted.items()},
    )
    one, two = (rate(BOOKS[name], whose, records) for records in ([whole], [first, second]))
    assert abs(one.metered - two.metered) <= len(one.lines) + len(two.lines)


@settings(max_examples=60)
@given(st.sampled_from(sorted(BOOKS)), instants, seconds, usages, terms, st.floats(0, 1))
def test_a_quote_covers_its_demand_in_whatever_hours_it_is_used(
    record: Callable,
    name: str,
    start: datetime,
    wall_s: float,
    usage: dict,
    whose: Terms,
    share: float,
):
    used = record(wall_s, start, **usage)
    most, least = used.demand(), Demand.of_grant(0.0, 0, 0)
    made = quote(BOOKS[name], least, most, whose, EARLY)
    part = replace(used, wall_s=round(wall_s * share, 3), energy_wh=used.energy_wh * share)
    for each in (used, part):
        rating = rate(BOOKS[name], whose, [each])
        # A quote rounds each item once, a charge once for each period of it.
        rounding = len(rating.lines) + len(made.high_lines)
        assert rating.metered <= total(made.high_lines) + rounding


@given(instants, seconds, usages, terms)
def test_equal_inputs_give_equal_lines(
    record: Callable, start: datetime, wall_s: float, usage: dict, whose: Terms
):
    used = record(wall_s, start, **usage)
    again = book_of("everything-2", "everything-1")
    assert rate(BOOK, whose, [used]) == rate(again, whose, [used])


@given(instants, seconds, usages, terms)
def test_each_line_can_be_recomputed_and_names_its_version(
    record: Callable, start: datetime, wall_s: float, usage: dict, whose: Terms
):
    for line in rate(BOOK, whose, [record(wall_s, start, **usage)]).lines:
        assert line.amount == round(Decimal(line.price) * line.quantity / line.per)
        assert line.tariff_version in {1, 2}
        assert set(filter(None, line.period.split("+"))) <= set(line.factors)


def test_hours_days_and_tenants_multiply_each_other(record: Callable):
    monday = datetime(2026, 3, 2, 1, tzinfo=UTC)  # 09:00 in Beijing
    usage = record(3600.0, monday, memory_mb=0, energy_wh=0.0)
    rating = rate(BOOK, Terms(category=Category.INTERNAL), [usage])
    assert [(line.period, line.factors, line.quantity, line.price) for line in rating.lines] == [
        ("", ("internal",), Decimal(1800), from_yuan("0.036")),
        ("peak", ("internal", "peak"), Decimal(1800), from_yuan("0.045")),
    ]


def test_devices_of_many_kinds_are_told_in_standard_hours(record: Callable):
    devices = (UsedDevice("g0", "gpu-80g"), UsedDevice("n0", "npu-64g"), UsedDevice("f0", "fpga"))
    sunday = datetime(2026, 3, 1, 4, tzinfo=UTC)
    usage = record(3600.0, sunday, cpu_milli=0, memory_mb=0, energy_wh=0.0, devices=devices)
    lines = rate(BOOK, Terms(PriceClass.RESERVED), [usage]).lines
    assert [(line.item, line.quantity / line.per, line.price_unit) for line in lines] == [
        ("device:fpga", Decimal(1), "standard_hour"),
        ("device:gpu-80g", Decimal("2.5"), "standard_hour"),
        ("device:npu-64g", Decimal("0.8"), "standard_hour"),
    ]
    assert {line.price for line in lines} == {from_yuan("5")}


def test_a_month_that_fills_moves_on_through_the_tiers(record: Callable):
    usage = record(
        3600.0,
        datetime(2026, 3, 1, 4, tzinfo=UTC),
        cpu_milli=0,
        memory_mb=0,
        energy_wh=0.0,
        counted={"tokens": Decimal(5_500_000)},
    )
    before = {Counted("2026-03", "tokens"): Decimal(200)}
    rating = rate(BOOK, Terms(), [usage], before)
    assert [(line.quantity, line.factors, line.amount) for line in rating.lines] == [
        (Decimal(800_000), (), from_yuan("16")),
        (Decimal(4_000_000), ("beyond 1000",), from_yuan("72")),
        (Decimal(700_000), ("beyond 5000",), from_yuan("11.2")),
    ]
    assert rating.counted == {Counted("2026-03", "tokens"): Decimal(5700)}
    assert rate(BOOK, Terms(), [usage], rating.counted).lines[0].factors == ("beyond 5000",)


def test_a_month_begins_in_the_tariffs_own_zone(record: Callable):
    march = datetime(2026, 3, 31, 15, tzinfo=UTC)  # one hour before April in Beijing
    rating = rate(BOOK, Terms(), [record(7200.0, march)])
    assert rating.counted == {
        Counted("2026-03", "core"): Decimal(1),
        Counted("2026-04", "core"): Decimal(1),
    }


def test_what_was_not_read_is_not_priced_and_shows(record: Callable):
    usage = record(3600.0, gap_s=900.0, energy_wh=0.0)
    rating = rate(BOOKS["default"], Terms(), [usage])
    assert rating.gap_s == 900
    assert (
        rating.metered
        == rate(BOOKS["default"], Terms(), [replace(usage, wall_s=2700.0, gap_s=0.0)]).metered
    )


def test_usage_from_before_the_first_version_has_its_price(record: Callable):
    usage = record(3600.0, datetime(2020, 1, 1, tzinfo=UTC), energy_wh=0.0)
    assert rate(BOOKS["default"], Terms(), [usage]).metered == MicroYuan(65_000)


def test_energy_can_be_reckoned_from_the_grant(record: Callable):
    text = default_tariff().text.replace("charged = false", "charged = true")
    text += '\n[power_watts]\ncore = "10"\nmemory_gb = "0.5"\ngpu = "400"\n'
    usage = record(3600.0, energy_wh=7.0, devices=(UsedDevice("g", "gpu-80g"),))
    lines = rate(TariffBook([Tariff.from_text(text)]), Terms(), [usage]).lines
    energy = lines[-1]
    assert (energy.item, energy.quantity, energy.amount) == ("energy", Decimal("410.5"), 328_400)


def test_of_two_equally_near_amounts_the_even_one_is_asked(record: Callable):
    grant = {"memory_mb": 0, "energy_wh": 0.0}
    for wall_s, exact in ((0.51, 8.5), (0.57, 9.5), (3.75, 62.5), (3.81, 63.5)):
        (line,) = rate(BOOKS["default"], Terms(), [record(wall_s, **grant)]).lines
        assert (line.price, line.amount) == (60_000, round(exact))


def test_what_was_counted_in_hours_leaves_no_crumbs_in_a_tier(record: Callable):
    text = default_tariff().text + '[[factor]]\nname = "more"\nvalue = "0.5"\nabove = "1"\n'
    book, grant = TariffBook([Tariff.from_text(text)]), {"memory_mb": 0, "energy_wh": 0.0}
    third = record(1200.0, **grant)
    counted = rate(book, Terms(), [third] * 3).counted
    (line,) = rate(book, Terms(), [third], counted).lines
    assert (line.quantity, line.factors) == (1200, ("more",))
    short, rest = rate(book, Terms(), [third] * 2 + [record(1500.0, **grant)]).lines
    assert (short.quantity, rest.quantity) == (3600, 300)
