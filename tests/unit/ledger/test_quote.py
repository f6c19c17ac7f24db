"""A price is a sum of lines that anyone can recompute."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhisuan.core.money import from_yuan
from zhisuan.ledger.quote import Demand, exact, price_lines, quote, total
from zhisuan.ledger.tariff import PriceClass, Tariff, default_tariff

TARIFF = default_tariff()

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
    made = quote(TARIFF, low, high, price_class)
    assert 0 <= made.low <= made.high
    assert (made.tariff, made.tariff_version) == ("default", 1)


def test_a_quote_whose_low_end_costs_more_is_refused():
    with pytest.raises(ValueError, match="low end"):
        quote(TARIFF, Demand.of_grant(9e5, 1000, 0), Demand.of_grant(1, 1000, 0))


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
    made = quote(tariff, Demand.of_grant(0, 1000, 0), Demand.of_grant(1, 1000, 0))
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
