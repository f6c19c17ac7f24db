"""What the API says of solutions: what is taken away, where it came from, what it consists of."""

from collections.abc import Mapping
from typing import Any, Self

from pydantic import AwareDatetime, BaseModel

from zhisuan.api.task_models import QualityOut
from zhisuan.core.task import Effort, TaskKind
from zhisuan.services.solution import SolutionState
from zhisuan.services.tasks.lineage import Later, Lineage
from zhisuan.services.tasks.parcel import PackedFile
from zhisuan.services.tasks.solutionview import SolutionView
from zhisuan.services.tasks.taskview import first_start


class SolutionOut(BaseModel):
    """What is taken away."""

    solution_id: str
    task_id: str
    job_id: str
    state: SolutionState
    created_at: AwareDatetime
    dataset_id: str
    dataset_name: str
    """Empty where nothing is known of it any more."""
    dataset_version: int | None
    target: str
    kind: TaskKind
    effort: Effort | None
    algorithm: str
    version: str
    """Of the algorithm."""
    number: int
    """Which version of one result: the solutions of the same dataset name and target, from 1."""
    quality: QualityOut | None
    summary: Mapping[str, Any]
    receipt: Mapping[str, Any] | None
    archive_sha256: str | None

    @classmethod
    def of(cls, view: SolutionView) -> Self:
        """From the value."""
        solution = view.solution
        return cls(
            solution_id=solution.solution_id,
            task_id=solution.task_id,
            job_id=solution.job_id,
            state=solution.state,
            created_at=solution.created_at,
            dataset_id=view.task.dataset_id,
            dataset_name=view.label.name if view.label else "",
            dataset_version=view.label.version if view.label else None,
            target=view.task.question.target,
            kind=view.task.question.kind,
            effort=view.task.effort,
            algorithm=view.job.work.algorithm,
            version=view.job.work.version,
            number=view.number,
            quality=QualityOut.of(view.quality) if view.quality else None,
            summary=solution.summary,
            receipt=solution.receipt or None,
            archive_sha256=solution.archive,
        )


class LineageDataOut(BaseModel):
    """The data a solution was learned from."""

    dataset_id: str
    name: str
    version: int | None
    sha256: str | None
    """Of the bytes as they were brought."""
    brought_at: AwareDatetime | None
    forgotten: bool
    """Whether the bytes were removed; the certificate of it has the dataset's id."""


class LineageTaskOut(BaseModel):
    """The question."""

    task_id: str
    target: str
    kind: TaskKind
    effort: Effort | None
    asked_at: AwareDatetime


class LineageJobOut(BaseModel):
    """The work."""

    job_id: str
    algorithm: str
    version: str
    digest: str | None
    """SHA-256 of the algorithm's package; null if the catalogue has another version by now."""
    submitted_at: AwareDatetime
    started_at: AwareDatetime | None
    ended_at: AwareDatetime | None
    attempts: int


class LineageSolutionOut(BaseModel):
    """What is taken away."""

    solution_id: str
    number: int
    made_at: AwareDatetime
    archive_sha256: str | None


class LaterOut(BaseModel):
    """What came after it."""

    what: Later
    id: str
    number: int | None
    """Which version of the data or of the result; null for a prediction."""
    at: AwareDatetime


class LineageOut(BaseModel):
    """The chain data, task, job, solution, and what was made from it later."""

    data: LineageDataOut
    task: LineageTaskOut
    job: LineageJobOut
    solution: LineageSolutionOut
    later: list[LaterOut]

    @classmethod
    def of(cls, told: Lineage) -> Self:
        """From the value."""
        view = told.view
        task, job, label = view.task, view.job, view.label
        return cls(
            data=LineageDataOut(
                dataset_id=task.dataset_id,
                name=label.name if label else "",
                version=label.version if label else None,
                sha256=label.sha256 if label else None,
                brought_at=label.created_at if label else None,
                forgotten=label is None or label.deleted,
            ),
            task=LineageTaskOut(
                task_id=task.task_id,
                target=task.question.target,
                kind=task.question.kind,
                effort=task.effort,
                asked_at=task.created_at,
            ),
            job=LineageJobOut(
                job_id=job.job_id,
                algorithm=job.work.algorithm,
                version=job.work.version,
                digest=told.digest,
                submitted_at=job.submitted_at,
                started_at=first_start(job),
                ended_at=job.ended_at,
                attempts=job.attempt,
            ),
            solution=LineageSolutionOut(
                solution_id=view.solution.solution_id,
                number=view.number,
                made_at=view.solution.created_at,
                archive_sha256=view.solution.archive,
            ),
            later=[
                LaterOut(what=each.what, id=each.id, number=each.number or None, at=each.at)
                for each in told.later
            ],
        )


class FileOut(BaseModel):
    """One file of a solution."""

    path: str
    """For `GET /v1/solutions/{solution_id}/files/{path}`."""
    bytes: int
    zh: str
    en: str

    @classmethod
    def of(cls, file: PackedFile) -> Self:
        """From the value."""
        return cls(path=file.path, bytes=file.bytes, zh=file.about.zh, en=file.about.en)


class FilesOut(BaseModel):
    """Every file of a solution."""

    items: list[FileOut]
