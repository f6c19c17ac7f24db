"""Form: what a new row of a solution consists of, so that somebody can fill one in.

Made of what the solution and the profile of its data know; nothing is run.
"""

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from zhisuan.compute import records as jobs
from zhisuan.data.profile import Kind, Profile, Scalar
from zhisuan.services.centre import Centre
from zhisuan.services.tasks.predict import Answerer

_EXAMPLES = 20
_SAMPLE = "sample.csv"
_LISTED = (Kind.CATEGORY, Kind.BOOLEAN)

Rows = Sequence[Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Field:
    """One column that a new row has.

    Attributes:
        required: it was never empty in the data learned from. An empty cell is answered all the
            same, but as a guess.
        choices: its frequent values, of a category or yes and no; the most frequent first.
        other_choices: whether there were more than these.
        low, high: the least and the greatest value learned from.
        examples: cells of real rows that were never learned from.
        weight: its share in the answer, 0 to 1, as far as it was told.
    """

    name: str
    kind: Kind
    required: bool
    choices: tuple[str, ...]
    other_choices: bool
    low: Scalar | None
    high: Scalar | None
    examples: tuple[str | None, ...]
    weight: float


def form(centre: Centre, connection: Connection, who: Answerer) -> list[Field]:
    """What a form for one row asks: the columns that the model uses, the weightiest first."""
    profile = _profile(centre, connection, who)
    rows = _sample(centre.objects.path(who.archive), profile)
    summary = who.solution.summary
    weights = {each["column"]: float(each["share"]) for each in summary.get("importance", ())}
    fields = [
        _field(str(each["name"]), Kind(each["kind"]), profile, rows, weights)
        for each in summary.get("columns", ())
    ]
    return sorted(fields, key=lambda field: -field.weight)


def _field(
    name: str, kind: Kind, profile: Profile | None, rows: Rows, weights: Mapping[str, float]
) -> Field:
    column = profile.column(name) if profile else None
    choices = tuple(_word(value) for value, _ in column.top) if column and kind in _LISTED else ()
    return Field(
        name=name,
        kind=kind,
        required=column is not None and column.missing == 0,
        choices=choices,
        other_choices=column is not None and bool(choices) and column.distinct > len(choices),
        low=column.minimum if column else None,
        high=column.maximum if column else None,
        examples=tuple(row.get(name) or None for row in rows),
        weight=weights.get(name, 0.0),
    )


def _word(value: Scalar) -> str:
    """A value as the cell of a file."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _profile(centre: Centre, connection: Connection, who: Answerer) -> Profile | None:
    """Of the data learned from, as the solution's job was given it; it outlives the data."""
    kept = jobs.get(connection, who.solution.job_id).work.inputs.get("profile")
    if kept is None:
        return None
    try:
        return Profile.from_json(centre.objects.path(kept).read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError):
        return None


def _sample(archive: Path, profile: Profile | None) -> Rows:
    """The first rows of the solution's sample, if it has one."""
    with zipfile.ZipFile(archive) as pack:
        place = next((name for name in pack.namelist() if name.endswith(f"/{_SAMPLE}")), None)
        text = "" if place is None else pack.read(place).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    if not rows:
        return []
    named = profile is None or profile.header
    names = rows.pop(0) if named else [f"column_{n}" for n in range(1, 1 + len(rows[0]))]
    return [dict(zip(names, row, strict=False)) for row in rows[:_EXAMPLES]]
