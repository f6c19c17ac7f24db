"""What the API says of datasets: one version, what each of its columns holds, what to beware of."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Self

from pydantic import AwareDatetime, BaseModel

from zhisuan.api.defined import defined
from zhisuan.data.dataset import Dataset
from zhisuan.data.findings import Finding
from zhisuan.data.profile import ColumnProfile, Kind, Profile
from zhisuan.data.sample import Sample

Scalar = str | int | float | bool


class WarningOut(BaseModel):
    """What to beware of in the data."""

    code: str
    column: str | None
    """Null where it is about the whole table."""
    parameters: Mapping[str, Scalar]
    zh: str
    en: str

    @classmethod
    def of(cls, finding: Finding) -> Self:
        """From the value."""
        return cls(
            code=finding.code,
            column=finding.column,
            parameters=finding.parameters,
            zh=finding.text("zh"),
            en=finding.text("en"),
        )


class ColumnOut(BaseModel):
    """What one column holds."""

    name: str
    kind: Kind
    reading: str
    """How its cells are read, a word of the profile's own."""
    missing: Annotated[int, defined("missing")]
    infinite: int
    distinct: Annotated[int, defined("distinct")]
    distinct_exact: bool
    """False where it is right within some 2 %."""
    minimum: Scalar | None
    maximum: Scalar | None
    """Of numbers, and of dates as ISO 8601 text."""
    mean: float | None
    deviation: float | None
    quartiles: list[float]
    """25, 50 and 75 %, approximate; empty for what is no number."""
    histogram: list[int]
    """Rows in equally wide bins from the minimum to the maximum; empty for what is no number, and
    for a dataset brought before histograms were kept."""
    top: list[tuple[Scalar, int]]
    """The most frequent values, each with its rows."""
    characters: int
    """Of the longest text."""
    identifier: bool
    """Whether it names its row rather than describing it."""
    warnings: list[WarningOut]

    @classmethod
    def of(cls, column: ColumnProfile) -> Self:
        """From the value."""
        return cls(
            name=column.name,
            kind=column.kind,
            reading=column.reading,
            missing=column.missing,
            infinite=column.infinite,
            distinct=column.distinct,
            distinct_exact=column.distinct_exact,
            minimum=column.minimum,
            maximum=column.maximum,
            mean=column.mean,
            deviation=column.deviation,
            quartiles=list(column.quartiles),
            histogram=list(column.histogram),
            top=list(column.top),
            characters=column.characters,
            identifier=column.identifier,
            warnings=[WarningOut.of(each) for each in column.findings],
        )


class ProfileOut(BaseModel):
    """What a dataset holds."""

    format: str
    packed: str
    encoding: str
    delimiter: str
    header: bool
    bytes: int
    rows: int
    duplicate_rows: int
    columns: list[ColumnOut]

    @classmethod
    def of(cls, profile: Profile) -> Self:
        """From the value."""
        return cls(
            format=profile.format,
            packed=profile.packed,
            encoding=profile.encoding,
            delimiter=profile.delimiter,
            header=profile.header,
            bytes=profile.bytes,
            rows=profile.rows,
            duplicate_rows=profile.duplicate_rows,
            columns=[ColumnOut.of(each) for each in profile.columns],
        )


class DatasetOut(BaseModel):
    """One version of a dataset."""

    dataset_id: str
    name: str
    version: int
    sha256: str
    bytes: int
    rows: int
    columns: int
    created_at: AwareDatetime
    tasks: int
    """Questions asked of it."""
    solutions: int
    """Results that came of it."""
    profile: ProfileOut | None = None
    """Told of one dataset; null in a list."""
    warnings: list[WarningOut] | None = None
    """Of the table, then of its columns; null in a list."""

    @classmethod
    def of(cls, dataset: Dataset, asked: tuple[int, int] = (0, 0), *, whole: bool = False) -> Self:
        """From the value; the profile only when it is asked for."""
        return cls(
            dataset_id=dataset.id,
            name=dataset.name,
            version=dataset.version,
            sha256=dataset.sha256,
            bytes=dataset.bytes,
            rows=dataset.rows,
            columns=dataset.columns,
            created_at=dataset.created_at,
            tasks=asked[0],
            solutions=asked[1],
            profile=ProfileOut.of(dataset.profile) if whole else None,
            warnings=_warnings(dataset.profile.all_findings()) if whole else None,
        )


class SampleOut(BaseModel):
    """A small real table that comes with the centre."""

    name: str
    title_zh: str
    title_en: str
    question_zh: str
    question_en: str
    target: str
    """The column that answers the question."""
    rows: int
    columns: int
    licence: str
    licence_url: str
    origin: str
    origin_url: str
    changes_zh: str
    changes_en: str

    @classmethod
    def of(cls, sample: Sample) -> Self:
        """From the value."""
        return cls(
            name=sample.name,
            title_zh=sample.title_zh,
            title_en=sample.title_en,
            question_zh=sample.question_zh,
            question_en=sample.question_en,
            target=sample.target,
            rows=sample.rows,
            columns=sample.columns,
            licence=sample.licence,
            licence_url=sample.licence_url,
            origin=sample.origin,
            origin_url=sample.origin_url,
            changes_zh=sample.changes_zh,
            changes_en=sample.changes_en,
        )


class SamplesOut(BaseModel):
    """All of them."""

    items: list[SampleOut]


def _warnings(findings: Sequence[Finding]) -> list[WarningOut]:
    return [WarningOut.of(each) for each in findings]
