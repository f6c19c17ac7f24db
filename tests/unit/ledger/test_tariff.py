"""The price list: exact, versioned, and plain about what is wrong with it."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhisuan.core.errors import NotFound, WrongInput
from zhisuan.core.money import MicroYuan, from_yuan
from zhisuan.ledger.tariff import Outcome, PriceClass, Tariff, TariffBook, Terms, default_tariff


def edited(old: str, new: str) -> str:
    text = default_tariff().text
    assert old in text
    return text.replace(old, new)


def test_the_default_prices_a_core_hour_in_three_classes_as_published():
    tariff = default_tariff()
    prices = {name: tariff.unit_price("core", Terms(name), ()) for name in PriceClass}
    assert prices == {
        PriceClass.PREEMPTIBLE: from_yuan("0.04"),
        PriceClass.STANDARD: from_yuan("0.06"),
        PriceClass.RESERVED: from_yuan("0.08"),
    }
    assert tariff.class_factor[PriceClass.PREEMPTIBLE] == Fraction(2, 3)


def test_every_outcome_and_class_has_a_rule_in_the_default():
    tariff = default_tariff()
    assert set(tariff.outcome_factor) == set(Outcome)
    assert set(tariff.class_factor) == set(PriceClass)
    assert tariff.outcome_factor[Outcome.CENTRE_FAULT] == 0


def test_every_price_names_its_source():
    tariff = default_tariff()
    assert {"core", "memory", "energy", "device:gpu-80g"} <= tariff.prices.keys()
    assert all(price.source for price in tariff.prices.values())


def test_an_unlisted_device_costs_what_other_devices_cost():
    tariff = default_tariff()
    assert tariff.price_of("device:npu-9") is tariff.prices["device:other"]


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('yuan = "0.06"', "yuan = 0.06", "core_hour.yuan"),
        ('yuan = "0.06"', 'yuan = "0.0600001"', "core_hour.yuan"),
        ('yuan = "0.06"', 'yuan = "-1"', "core_hour.yuan"),
        ('usable = "1"', 'usable = "1.5"', "outcome_factor.usable"),
        ('centre_fault = "0"', "", "outcome_factor"),
        ('reserved = "4/3"', "", "class_factor"),
        ("[device_hour.other]", "[device_hour.another]", "device_hour"),
        ('preemptible = "2/3"', 'preemptible = "2/0"', "class_factor.preemptible"),
        ('source = "PKU normal"\n\n[memory', 'sauce = "PKU"\n\n[memory', "core_hour"),
        ("2025-01-01T00:00:00Z", "2025-01-01T00:00:00", "effective_from"),
        ("version = 1", "version = one", "TOML"),
    ],
)
def test_a_wrong_tariff_is_refused_by_the_place_that_is_wrong(old: str, new: str, named: str):
    with pytest.raises(WrongInput) as caught:
        Tariff.from_text(edited(old, new))
    assert named in caught.value.message


def test_the_tariff_in_force_is_the_last_that_took_effect():
    first = default_tariff()
    second = Tariff.from_text(
        edited("version = 1", "version = 2").replace("2025-01-01T00", "2026-06-01T12")
    )
    book = TariffBook([second, first])
    noon = datetime(2026, 6, 1, 12, tzinfo=UTC)
    assert book.at(noon - timedelta(microseconds=1)) is first
    assert book.at(noon) is second
    assert book.version(1) is first
    with pytest.raises(NotFound):
        book.at(datetime(2024, 1, 1, tzinfo=UTC))
    with pytest.raises(NotFound):
        book.version(3)


def test_two_tariffs_never_share_a_version_or_an_instant():
    with pytest.raises(WrongInput):
        TariffBook([default_tariff(), default_tariff()])
    with pytest.raises(WrongInput):
        TariffBook([default_tariff(), Tariff.from_text(edited("version = 1", "version = 2"))])
    with pytest.raises(WrongInput):
        TariffBook([])


@pytest.mark.parametrize(
    ("step", "mode", "amount", "expected"),
    [
        ("0.01", "half_up", 12_345_000, 12_350_000),
        ("0.01", "half_even", 12_345_000, 12_340_000),
        ("0.0001", "down", 12_345_670, 12_345_600),  # TSUBAME drops below 1/10,000
        ("1", "half_up", 499_999, 0),
    ],
)
def test_an_invoice_rounds_as_its_tariff_says(step: str, mode: str, amount: int, expected: int):
    tariff = Tariff.from_text(
        edited('step_yuan = "0.01"', f'step_yuan = "{step}"').replace('"half_up"', f'"{mode}"')
    )
    assert tariff.invoice_total(MicroYuan(amount)) == expected


@given(st.integers(0, 10**15))
def test_an_invoice_is_never_more_than_half_a_fen_from_the_exact_sum(amount: int):
    total = default_tariff().invoice_total(MicroYuan(amount))
    assert total % 10_000 == 0
    assert abs(total - amount) <= 5_000
