"""What a node draws at a given load: two points and a curve between them.

P = P0 + (Pmax - P0) load^0.7 with P0 at idle and Pmax at full load. The points come from the
operator's own measurement, from processors fitted in profiles.toml, or, for an unknown one,
from watts for each logical core with a large error that is always told.
"""

import math
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from zhisuan.core.errors import WrongInput
from zhisuan.core.quantities import Watts

CALIBRATED_ERROR_PCT = 23.0
"""Median error of idle and full load read on the machine itself: benchmarks/power_model.py."""


@dataclass(frozen=True, slots=True)
class PowerProfile:
    """The power of one node's processors.

    Attributes:
        name: where the points come from: a processor, `unknown processor`, `calibrated`.
        cores: logical cores of the node.
        idle_w, max_w: watts at no load and with every core busy.
        error_pct: expected error of a modelled watt, percent, either way.
    """

    name: str
    cores: int
    idle_w: Watts
    max_w: Watts
    error_pct: float
    exponent: float = 0.7

    def power(self, load: float) -> Watts:
        """Watts at a load of 0 to 1; a load outside is taken as the nearest end."""
        shape = min(max(load, 0.0), 1.0) ** self.exponent
        return Watts(self.idle_w + (self.max_w - self.idle_w) * shape)


def calibrated(cores: int, idle_w: float, max_w: float) -> PowerProfile:
    """A profile from an operator's own two measurements.

    Raises:
        WrongInput: the points are not 0 <= idle <= max.
    """
    if not 0 <= idle_w <= max_w < math.inf:
        raise WrongInput(
            f"A node cannot draw {idle_w} W at idle and {max_w} W at full load.",
            hint="Give watts with 0 <= idle <= max, measured at the same place.",
        )
    return PowerProfile("calibrated", cores, Watts(idle_w), Watts(max_w), CALIBRATED_ERROR_PCT)


def profile_of(processor: str, cores: int) -> PowerProfile:
    """The profile of a processor by its name, as far as its cores are those that were fitted.

    A virtual machine shows a part of a processor under the whole one's name, so a listed
    processor with another number of logical cores is scaled by cores.
    """
    table = _table()
    for entry in table.processors:
        if entry.name.casefold() == " ".join(processor.split()).casefold():
            share = cores / entry.cores
            return PowerProfile(
                entry.name,
                cores,
                Watts(entry.idle_w * share),
                Watts(entry.max_w * share),
                entry.error_pct,
                table.exponent,
            )
    return PowerProfile(
        "unknown processor",
        cores,
        Watts(table.unknown.idle_w_per_core * cores),
        Watts(table.unknown.max_w_per_core * cores),
        table.unknown.error_pct,
        table.exponent,
    )


class _Door(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


_Positive = Annotated[float, Field(gt=0)]


class _Unknown(_Door):
    idle_w_per_core: _Positive
    max_w_per_core: _Positive
    error_pct: _Positive


class _Processor(_Door):
    name: str
    cores: Annotated[int, Field(ge=1)]
    tdp_w: _Positive
    idle_w: _Positive
    max_w: _Positive
    error_pct: _Positive


class _Table(_Door):
    exponent: _Positive
    unknown: _Unknown
    processors: tuple[_Processor, ...]


@cache
def _table() -> _Table:
    text = files("zhisuan.green").joinpath("profiles.toml").read_text("utf-8")
    return _Table.model_validate(tomllib.loads(text))
