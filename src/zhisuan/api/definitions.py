"""Definitions: what every number is, for anyone."""

from typing import Self

from fastapi import APIRouter
from pydantic import BaseModel

from zhisuan.services.monitoring.definition import Definition, definitions

router = APIRouter(tags=["definitions"])


class DefinitionOut(BaseModel):
    """What one number is; an empty text has nothing to say."""

    code: str
    """Fields of this document point at it as `x-definition`."""
    also: list[str]
    """Other words for the same number."""
    name_zh: str
    name_en: str
    definition_zh: str
    definition_en: str
    formula_zh: str
    formula_en: str
    unit_zh: str
    unit_en: str
    source_zh: str
    source_en: str
    quality_zh: str
    quality_en: str
    related: list[str]
    """Codes of numbers that it is made of, or easily taken for."""

    @classmethod
    def of(cls, each: Definition) -> Self:
        """From the value."""
        return cls(
            code=each.code,
            also=list(each.also),
            name_zh=each.name.zh,
            name_en=each.name.en,
            definition_zh=each.definition.zh,
            definition_en=each.definition.en,
            formula_zh=each.formula.zh,
            formula_en=each.formula.en,
            unit_zh=each.unit.zh,
            unit_en=each.unit.en,
            source_zh=each.source.zh,
            source_en=each.source.en,
            quality_zh=each.quality.zh,
            quality_en=each.quality.en,
            related=list(each.related),
        )


class DefinitionsOut(BaseModel):
    """All of them."""

    items: list[DefinitionOut]


@router.get("/v1/definitions")
def list_definitions() -> DefinitionsOut:
    """What every number is: one definition each, with formula, unit and source."""
    return DefinitionsOut(items=[DefinitionOut.of(each) for each in definitions().values()])
