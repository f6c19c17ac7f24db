"""Emission factors: the published numbers, always with their source."""

import pytest

from zhisuan.core.errors import NotFound, WrongInput
from zhisuan.core.quantities import Quality, WattHours
from zhisuan.green.factor import china

OWN = """
year = 2024
source = "our supplier's letter"
quality = "assumed"

[regions]
CN-BJ = { g_per_kwh = 12.5, zh = "北京（绿电）", en = "Beijing, green contract" }
XX = { g_per_kwh = 1.0, zh = "某地", en = "somewhere" }
"""


@pytest.mark.parametrize(
    ("region", "kilograms"), [("CN", 530.6), ("CN-SOUTHWEST", 247.2), ("CN-NORTH", 636.1)]
)
def test_a_thousand_kilowatt_hours_emit_what_was_published_for_2023(region: str, kilograms: float):
    factor = china().of(region)
    assert factor.carbon(WattHours(1_000_000)) / 1000 == pytest.approx(kilograms)
    assert (factor.year, factor.quality) == (2023, Quality.MODELLED)
    assert "2025 No. 47" in factor.source


def test_thirty_provinces_are_there_by_their_codes():
    provinces = [code for code in china().regions if code.startswith("CN-") and len(code) == 5]
    assert len(provinces) == 30
    assert china().of("CN-SC").g_per_kwh == 156.4
    assert china().of("CN-BJ").name_zh == "北京"


def test_a_province_without_a_published_figure_takes_the_countrys_as_an_assumption():
    factor = china().of("CN-XZ")
    assert (factor.region, factor.g_per_kwh, factor.quality) == ("CN", 530.6, Quality.ASSUMED)


def test_an_unknown_country_has_no_factor():
    with pytest.raises(NotFound, match="ZZ-TOP") as caught:
        china().of("ZZ-TOP")
    assert "CN-BJ" in caught.value.hint


def test_a_file_adds_and_replaces_regions_with_their_own_source():
    table = china().extended(OWN)
    assert table.of("CN-BJ").g_per_kwh == 12.5
    assert table.of("CN-BJ").source == "our supplier's letter"
    assert table.of("XX").year == 2024
    assert table.of("CN-SH").year == 2023


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("12.5", "-1", "regions.CN-BJ.g_per_kwh"),
        ("12.5", "nan", "regions.CN-BJ.g_per_kwh"),
        ("year = 2024", "", "year"),
        ("year = 2024", "year = ", "TOML"),
    ],
)
def test_a_wrong_factors_file_is_refused_by_its_wrong_place(old: str, new: str, named: str):
    with pytest.raises(WrongInput, match=named):
        china().extended(OWN.replace(old, new))
