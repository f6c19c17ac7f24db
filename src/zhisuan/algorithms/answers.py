"""What an algorithm writes that answered new rows: `prediction.json` beside `predictions.csv`.

The file comes out of a program that the centre does not know, so it is read as what it must be,
or counts as absent.
"""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from zhisuan.algorithms.package import Bilingual

ANSWERS = "prediction.json"
TABLE = "predictions.csv"
MOST_SHOWN = 200
"""Rows in `prediction.json`; all of them are in the CSV."""


class Interval(BaseModel):
    """How far off the answers may be.

    Attributes:
        share: of rows never learned from, those whose true value was no further away.
        off_by: than this, in the target's own unit.
        rows: on which that was seen.
        how: the same as a sentence.
    """

    model_config = ConfigDict(frozen=True, allow_inf_nan=False)
    share: float = Field(gt=0, lt=1)
    off_by: float = Field(ge=0)
    rows: int = Field(ge=1)
    how: Bilingual


class Answers(BaseModel):
    """The answers to new rows.

    Attributes:
        rows: answered, all of them.
        classes: in the order of their probabilities; empty where a number is predicted.
        columns: the header of the CSV.
        first: its first rows, cell by cell.
        unread: column to cells that could not be read and count as missing.
        unused: columns that came and are not asked for.
        interval: None where the solution honestly has none.
    """

    model_config = ConfigDict(frozen=True)
    rows: int = Field(ge=0)
    target: str
    classes: tuple[str, ...] = ()
    columns: tuple[str, ...]
    first: tuple[tuple[str, ...], ...] = Field(max_length=MOST_SHOWN)
    unread: dict[str, int] = Field(default_factory=dict[str, int])
    unused: tuple[str, ...] = ()
    interval: Interval | None = None


def read_answers(output: Path) -> Answers | None:
    """What lies in an attempt's output folder; None if it is gone or is not what it must be."""
    try:
        return Answers.model_validate_json((output / ANSWERS).read_bytes())
    except (OSError, ValidationError):
        return None
