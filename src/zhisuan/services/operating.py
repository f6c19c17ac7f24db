"""The operating profile: how a centre is run, in one file.

`operating.toml` in the data folder names one of the shipped profiles and, table by table, what is
different here. Without the file a centre runs by the standard profile.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, cast

from zhisuan.access.granting import Granting, granting_of, shipped
from zhisuan.core.errors import WrongInput
from zhisuan.ledger.accounts.business import Business

FILE = "operating.toml"

_STANDARD = "standard"
_TABLES = frozenset({"billing", "account", "ladder", "share", "sla", "granting"})
_WORDS = frozenset({"profile", "name", "application_level"})


@dataclass(frozen=True, slots=True)
class Operating:
    """How a centre is run.

    Attributes:
        business: how accounts are run.
        granting: what is given without paying, and who decides.
    """

    business: Business
    granting: Granting


def profiles() -> tuple[str, ...]:
    """The names of the shipped profiles."""
    found = files("zhisuan.services").joinpath("profiles").iterdir()
    return tuple(sorted(each.name.removesuffix(".toml") for each in found))


def read_operating(folder: Path) -> Operating:
    """The profile of a data folder.

    Raises:
        WrongInput: the file is wrong; the message names the first wrong place.
    """
    path = folder / FILE
    return parse_operating(path.read_text("utf-8") if path.exists() else "")


def parse_operating(text: str) -> Operating:
    """The profile that a file says.

    Raises:
        WrongInput: it is no TOML, names no shipped profile, or a value is wrong.
    """
    try:
        own = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise WrongInput(f"{FILE} is not valid TOML: {error}.", hint="Mend it.") from error
    unknown = sorted(own.keys() - _TABLES - _WORDS)
    if unknown:
        raise WrongInput(
            f"{FILE} has {unknown[0]!r}, which no operating profile has.",
            hint=f"It may have: {', '.join(sorted(_TABLES | _WORDS))}.",
        )
    base = own.pop("profile", _STANDARD)
    if base not in profiles():
        raise WrongInput(
            f"{FILE} names the profile {base!r}, which is not shipped.",
            hint=f"Name one of: {', '.join(profiles())}.",
        )
    shipped_text = files("zhisuan.services").joinpath(f"profiles/{base}.toml").read_text("utf-8")
    table = _laid_over(tomllib.loads(shipped_text), own)
    granting = granting_of(table["granting"], FILE) if "granting" in table else shipped()
    return Operating(Business.from_table(table), granting)


def _laid_over(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """The base with what is different here; inside a table key by key, a list as a whole."""
    merged = dict(base)
    for key, value in own.items():
        below = merged.get(key)
        if isinstance(value, dict) and isinstance(below, dict):
            merged[key] = {**cast("dict[str, Any]", below), **cast("dict[str, Any]", value)}
        else:
            merged[key] = value
    return merged
