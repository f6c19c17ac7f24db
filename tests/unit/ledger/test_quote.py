"""A price is a sum of lines that anyone can recompute."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhisuan.core.money import from_yuan
from zhisuan.ledger.quote import Demand, exact, price_lines, quote, total
from zhisuan.ledger.tariff import PriceClass, Tariff, TariffBook, Terms, default_tariff

TARIFF = default_tariff()
BOOK = TariffBook([TARIFF])
NOW = datetime(2026, 3, 1, tzinfo=UTC)

demands = st.builds(
    Demand.of_grant,
    wall_s=st.floats(0, 1e6).map(lambda seconds: round(seconds, 6)),
    cpu_milli=st.integers(0, 512_000),
    memory_mb=st.integers(0, 1 << 21),
    device_milli=st.dictionaries(st.sampled_from(["gpu-80g", "npu"]), st.integers(0, 64_000)),
    energy_wh=st.floats(0, 1e6).map(lambda energy: round(energy, 9)),
)
classes = st.sampled_from(PriceClass)


@given(demands, classes)
def test_each_amount_is_price_times_quantity_rounded_once(demand: Demand, price_class: PriceClass):
    for line in price_lines(TARIFF, demand, price_class):
        assert line.amount == round(Fraction(line.price) * Fraction(line.quantity) / line.per)


@given(demands, classes)
def test_the_total_is_the_sum_of_the_charged_lines(demand: Demand, price_class: PriceClass):
    lines = price_lines(TARIFF, demand, price_class)
    assert total(lines) == sum(line.amount for line in lines if line.charged)
    assert all(line.charged for line in lines if line.item != "energy")


@given(demands, st.integers(1, 9), classes)
def test_a_quote_is_an_interval(low: Demand, times: int, price_class: PriceClass):
    high = Demand(
        low.wall_s * times,
        low.core_seconds * times,
        low.memory_gb_seconds * times,
        {kind: seconds * times for kind, seconds in low.device_seconds.items()},
        low.energy_wh * times,
    )
    made = quote(BOOK, low, high, Terms(price_class), NOW)
    assert 0 <= made.low <= made.high
    assert (made.tariff, made.tariff_version) == ("default", 1)


def test_a_quote_whose_low_end_costs_more_is_refused():
    with pytest.raises(ValueError, match="low end"):
        quote(BOOK, Demand.of_grant(9e5, 1000, 0), Demand.of_grant(1, 1000, 0), Terms(), NOW)


def test_a_small_job_costs_a_fraction_of_a_fen_exactly():
    demand = Demand.of_grant(20.0, 2000, 0)
    assert total(price_lines(TARIFF, demand, PriceClass.STANDARD)) == 667  # 40 x 0.06 / 3600 yuan


@pytest.mark.parametrize(("name", "expected"), [("reserved", "128"), ("preemptible", "64")])
def test_eight_cards_for_two_hours_cost_what_the_published_list_says(name: str, expected: str):
    demand = Demand.of_grant(7200.0, 0, 0, {"gpu-80g": 8000})
    assert total(price_lines(TARIFF, demand, PriceClass(name))) == from_yuan(expected)


def test_electricity_is_shown_and_added_only_where_the_tariff_says_so():
    demand = Demand.of_grant(3600.0, 1000, 0, energy_wh=500.0)
    charged = Tariff.from_text(TARIFF.text.replace("charged = false", "charged = true"))
    shown = price_lines(TARIFF, demand, PriceClass.PREEMPTIBLE)[-1]
    assert (shown.item, shown.amount) == ("energy", from_yuan("0.40"))
    plain, with_energy = (
        total(price_lines(tariff, demand, PriceClass.PREEMPTIBLE)) for tariff in (TARIFF, charged)
    )
    assert with_energy - plain == from_yuan("0.40")


def test_the_minimum_charge_lifts_both_ends():
    tariff = Tariff.from_text(
        TARIFF.text.replace('minimum_charge_yuan = "0"', 'minimum_charge_yuan = "0.01"')
    )
    ends = Demand.of_grant(0, 1000, 0), Demand.of_grant(1, 1000, 0)
    made = quote(TariffBook([tariff]), *ends, Terms(), NOW)
    assert (made.low, made.high) == (10_000, 10_000)


def test_lines_have_a_title_in_both_languages():
    lines = price_lines(TARIFF, Demand.of_grant(1, 1, 1, {"npu": 1}, 1), PriceClass.STANDARD)
    assert [line.title("en") for line in lines] == [
        "processor cores",
        "memory",
        "accelerators (npu)",
        "electricity",
    ]
    assert lines[2].title("zh") == "加速卡时 (npu)"


@pytest.mark.parametrize("number", [-1.0, float("nan"), float("inf")])
def test_only_amounts_are_exact_numbers(number: float):
    with pytest.raises(ValueError, match="amount"):
        exact(number)


def test_a_float_is_taken_at_its_word():
    assert exact(0.1) == Decimal("0.1")


HOURS = """
[[factor]]
name = "night"
value = "0.5"
hours = ["22:00-06:00"]

[[factor]]
name = "peak"
value = "2"
hours = ["10:00-12:00"]

[[factor]]
name = "sale"
value = "0.1"
dates = ["06-01..06-30"]

[[factor]]
name = "beyond 100"
value = "0.8"
items = ["core"]
above = "100"
"""


def test_a_quote_reaches_from_the_cheapest_to_the_dearest_hour_that_is_near():
    book = TariffBook([Tariff.from_text(TARIFF.text + HOURS)])
    demand = Demand.of_grant(3600.0, 1000, 1024)
    made = quote(book, demand, demand, Terms(), NOW)
    assert [(line.item, line.price, line.factors) for line in made.high_lines] == [
        ("core", 120_000, ("peak",)),
        ("memory", 10_000, ("peak",)),
    ]
    assert [(line.item, line.price, line.factors) for line in made.low_lines] == [
        ("core", 24_000, ("night", "beyond 100")),
        ("memory", 2_500, ("night",)),
    ]
    at_ten = datetime(2026, 3, 1, 2, tzinfo=UTC)
    soon = quote(book, demand, demand, Terms(), at_ten, at_ten + timedelta(hours=1))
    assert {line.period for line in (*soon.low_lines, *soon.high_lines)} == {"peak"}


def test_what_some_hour_gives_for_nothing_is_not_in_the_lower_end():
    free = TARIFF.text.replace("version = 1", "version = 2").replace("2025-01-01", "2026-03-09")
    free = free[: free.index("[memory_gb_hour]")] + free[free.index("[device_hour.gpu-80g]") :]
    book = TariffBook([TARIFF, Tariff.from_text(free)])
    demand = Demand.of_grant(3600.0, 1000, 1024)
    made = quote(book, demand, demand, Terms(), NOW)
    assert (made.low, made.high) == (from_yuan("0.06"), from_yuan("0.065"))


def test_of_bundles_and_sums_a_quote_takes_one_as_a_whole():
    text = TARIFF.text.replace("version = 1", "version = 2").replace("2025-01-01", "2026-03-09")
    start, end = text.index("[core_hour]"), text.index("# Published core and card")
    bundle = '[bundle_hour]\nyuan = "0.07"\ncores = "2"\nmemory_gb = "1"\nsource = "x"\n\n'
    book = TariffBook([TARIFF, Tariff.from_text(text[:start] + bundle + text[end:])])
    demand = Demand.of_grant(3600.0, 1000, 1024)
    made = quote(book, demand, demand, Terms(), NOW)
    assert [line.item for line in made.low_lines] == ["core", "memory"]
    assert [(line.item, line.amount) for line in made.high_lines] == [("bundle:memory", 70_000)]
