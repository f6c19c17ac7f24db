"""A wrong tariff file is refused by the place that is wrong; a right one says what it means."""

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from zhisuan.core.errors import WrongInput
from zhisuan.core.money import from_yuan
from zhisuan.ledger.factor import Factor, Span
from zhisuan.ledger.tariff import Category, PriceClass, Tariff, Terms

EVERYTHING = (Path(__file__).parent / "tariffs" / "everything-1.toml").read_text("utf-8")
BUNDLE = '[bundle_hour]\nyuan = "1"\ncores = "4"\nsource = "x"\n\n[class_factor]'


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('zone = "Asia/Shanghai"', 'zone = "Asia/Atlantis"', "zone"),
        ('"22:00-06:00"', '"22:00-25:00"', "factor.1.hours.0"),
        ('"22:00-06:00"', '"10:00-10:00"', "factor.1.hours.0"),
        ('"12-01..02-28"', '"12-01..02-30"', "factor.3.dates.0"),
        ('"mon", "tue"', '"mon", "someday"', "factor.2.weekdays"),
        ('upto = "5000"', 'upto = "1000"', "factor.4"),
        ('categories = ["internal"]', 'categories = ["friends"]', "factor.0.categories"),
        ('items = ["energy"]', 'items = ["fire"]', "factor.3.items"),
        ('value = "0.6"', "value = 0.6", "factor.0.value"),
        ('value = "0.6"', 'value = "-1"', "factor.0.value"),
        ('standard = "3", ', "", "standard_hour.yuan"),
        ('yuan = "0.06"', "yuan = { standard = 1 }", "core_hour.yuan"),
        ('other = "1"', "", "exchange"),
        ('npu = "0.8"', 'npu = "1e3"', "exchange.npu"),
        ("[exchange]", "[exchanged]", "exchanged"),
        ("[class_factor]", BUNDLE, "bundle_hour"),
        (
            "[standard_hour]",
            '[device_hour.other]\nyuan = "1"\nsource = ""\n[standard_hour]',
            "both",
        ),
        ('mode = "half_up"', 'mode = "up"', "charge_rounding.mode"),
        ("version = 1", "version = 3000000000", "version"),
    ],
)
def test_a_wrong_file_is_refused_by_its_first_wrong_place(old: str, new: str, named: str):
    assert old in EVERYTHING
    with pytest.raises(WrongInput) as caught:
        Tariff.from_text(EVERYTHING.replace(old, new, 1))
    assert named in caught.value.message
    assert "Value error" not in caught.value.message


def test_a_factor_says_when_and_for_whom_it_holds():
    factors = {each.name: each for each in Tariff.from_text(EVERYTHING).factors}
    assert factors["peak"] == Factor(
        "peak",
        Fraction(5, 4),
        items=frozenset({"core", "memory", "device", "energy"}),
        span=Span(hours=((570, 690), (840, 1020)), weekdays=frozenset(range(5))),
    )
    assert factors["winter"].span == Span(dates=(((12, 1), (2, 28)),))
    tier = factors["beyond 1000"]
    assert (tier.is_tier, tier.above, tier.upto) == (True, Decimal(1000), Decimal(5000))
    assert factors["internal"].concerns("core", Terms(category=Category.INTERNAL))
    assert not factors["internal"].concerns("core", Terms())
    assert not factors["internal"].concerns("tokens", Terms(category=Category.INTERNAL))


def test_a_price_by_class_takes_the_place_of_the_class_factor():
    tariff = Tariff.from_text(EVERYTHING)
    reserved = Terms(PriceClass.RESERVED)
    assert tariff.unit_price("device:npu", reserved, ()) == from_yuan("5")
    assert tariff.unit_price("core", reserved, ()) == from_yuan("0.08")
    assert tariff.unit_price("energy", reserved, ()) == from_yuan("0.80")


@pytest.mark.parametrize(
    ("kind", "hours"), [("gpu-80g", "2.5"), ("gpu-40g", "2"), ("npu-64g", "0.8"), ("fpga", "1")]
)
def test_the_exchange_table_knows_a_kind_its_family_or_the_others(kind: str, hours: str):
    assert Tariff.from_text(EVERYTHING).standard_hours(kind) == Decimal(hours)


def test_what_is_left_out_costs_nothing_and_changes_nothing():
    text = EVERYTHING[: EVERYTHING.index("[core_hour]")] + '[call]\nyuan = "0.5"\nsource = "x"\n\n'
    text += EVERYTHING[EVERYTHING.index("[outcome_factor]") : EVERYTHING.index("[charge_rounding]")]
    tariff = Tariff.from_text(text + '[invoice_rounding]\nstep_yuan = "0.01"\nmode = "down"\n')
    assert tariff.price_of("core") is tariff.price_of("device:gpu") is None
    assert tariff.unit_price("calls", Terms(PriceClass.RESERVED), ()) == from_yuan("0.5")
    assert tariff.currency == "CNY"
    assert set(tariff.class_factor.values()) == {Fraction(1)}
