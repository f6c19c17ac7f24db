"""Definitions: what each number is that people see, said once, in Chinese and English (R17).

The words are data, `definitions.toml`; whatever shows a number points at its code here.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).with_name("definitions.toml")


@dataclass(frozen=True, slots=True)
class Words:
    """The same in Chinese and English; both empty where there is nothing to say."""

    zh: str = ""
    en: str = ""


@dataclass(frozen=True, slots=True)
class Definition:
    """What one number is.

    Attributes:
        code: what it is pointed at by.
        also: other words for the same number, such as the names of fields.
        name: short.
        definition: a sentence for somebody who has never met it.
        formula: in words; may be empty.
        unit: of the value.
        source: the records or instruments it comes from.
        quality: measured, modelled, assumed or simulated, and when.
        related: codes of numbers that are easily taken for it, or that it is made of.
    """

    code: str
    name: Words
    definition: Words
    unit: Words
    source: Words
    quality: Words
    formula: Words
    related: tuple[str, ...]
    also: tuple[str, ...]


@cache
def definitions() -> Mapping[str, Definition]:
    """Every definition by its code, in the order they are told."""
    read: Mapping[str, Mapping[str, Any]] = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return {code: _definition(code, values) for code, values in read.items()}


def _definition(code: str, values: Mapping[str, Any]) -> Definition:
    def words(key: str) -> Words:
        return Words(**values.get(key, {}))

    return Definition(
        code=code,
        name=words("name"),
        definition=words("definition"),
        unit=words("unit"),
        source=words("source"),
        quality=words("quality"),
        formula=words("formula"),
        related=tuple(values.get("related", ())),
        also=tuple(values.get("also", ())),
    )
