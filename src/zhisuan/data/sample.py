"""Samples: the small real tables that come with the centre, each with its origin and licence."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from zhisuan.core.errors import NotFound

_FOLDER = Path(__file__).with_name("samples")


@dataclass(frozen=True, slots=True)
class Sample:
    """One table.

    Attributes:
        name: what it is asked for by.
        path: of its file.
        question_zh, question_en: what it suits, as a person would ask.
        target: the column that answers it.
        origin: who made it and where it was published.
        changes_zh, changes_en: what was changed here.
    """

    name: str
    path: Path
    title_zh: str
    title_en: str
    question_zh: str
    question_en: str
    target: str
    rows: int
    columns: int
    licence: str
    licence_url: str
    origin: str
    origin_url: str
    changes_zh: str
    changes_en: str


@cache
def samples() -> Mapping[str, Sample]:
    """Every sample by its name."""
    read = tomllib.loads((_FOLDER / "samples.toml").read_text(encoding="utf-8"))
    return {name: _sample(name, values) for name, values in read.items()}


def sample(name: str) -> Sample:
    """One sample.

    Raises:
        NotFound: there is none of that name.
    """
    found = samples().get(name)
    if found is None:
        known = ", ".join(samples())
        raise NotFound(f"There is no sample {name[:80]!r}.", hint=f"There are: {known}.")
    return found


def _sample(name: str, values: Mapping[str, Any]) -> Sample:
    flat: dict[str, Any] = {}
    for key, value in values.items():
        if isinstance(value, dict):
            flat |= {f"{key}_zh": value["zh"], f"{key}_en": value["en"]}
        else:
            flat[key] = value
    return Sample(name=name, path=_FOLDER / flat.pop("file"), **flat)
