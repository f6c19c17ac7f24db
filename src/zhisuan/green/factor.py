"""Emission factors of electricity by region and year, always with their source.

Packages differ by several percent on China alone, so a factor without its year and source
says little. A region without a published figure takes its country's, and says so.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from zhisuan.core.errors import NotFound, WrongInput
from zhisuan.core.quantities import GramsCO2, Quality, WattHours


@dataclass(frozen=True, slots=True)
class Factor:
    """What a kilowatt-hour of a region's grid emits.

    Attributes:
        region: a code such as `CN`, `CN-BJ` or `CN-SOUTHWEST`.
        name_zh, name_en: the region for a person.
        g_per_kwh: grams of CO2 for one kilowatt-hour used.
        year: the year it describes.
        quality: `modelled` for official yearly averages, `assumed` where another region stands in.
    """

    region: str
    name_zh: str
    name_en: str
    g_per_kwh: float
    year: int
    source: str
    quality: Quality

    def carbon(self, energy: WattHours) -> GramsCO2:
        """Grams of CO2 of this energy."""
        return GramsCO2(energy * self.g_per_kwh / 1000)


class FactorTable:
    """Factors by region code."""

    def __init__(self, factors: Mapping[str, Factor]) -> None:
        self._factors = dict(factors)

    @property
    def regions(self) -> tuple[str, ...]:
        """The codes it holds, in the order they were written."""
        return tuple(self._factors)

    def of(self, region: str) -> Factor:
        """The factor of a region, or its country's as an assumption.

        Raises:
            NotFound: neither the region nor its country is in the table.
        """
        country = region.partition("-")[0]
        if region in self._factors:
            return self._factors[region]
        if country in self._factors:
            factor = self._factors[country]
            return replace(factor, quality=Quality.ASSUMED)
        raise NotFound(
            f"There is no emission factor for region {region!r}.",
            hint=f"Choose one of {', '.join(self._factors)}, or add it with the setting `factors`.",
        )

    def extended(self, text: str) -> "FactorTable":
        """This table with the regions of a TOML document added or replaced."""
        return FactorTable(self._factors | _read(text))


def china() -> FactorTable:
    """The factors shipped with the centre."""
    path = files("zhisuan.green").joinpath("factors/china_2023.toml")
    return FactorTable(_read(path.read_text("utf-8")))


class _Door(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _RegionFile(_Door):
    g_per_kwh: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    zh: str
    en: str


class _FactorFile(_Door):
    year: int
    source: Annotated[str, Field(min_length=1)]
    quality: Quality
    regions: dict[str, _RegionFile]


def _read(text: str) -> dict[str, Factor]:
    try:
        file = _FactorFile.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise WrongInput(f"The factors file is not valid TOML: {error}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        raise WrongInput(
            f"The factors file is wrong at {place}: {first['msg']}.",
            hint="Compare with the shipped factors/china_2023.toml.",
        ) from error
    return {
        code: Factor(
            code, entry.zh, entry.en, entry.g_per_kwh, file.year, file.source, file.quality
        )
        for code, entry in file.regions.items()
    }
