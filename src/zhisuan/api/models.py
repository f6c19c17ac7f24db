"""What the API says, as pydantic models: the doors' own shapes, made from the centre's values.

Money is decimal text in yuan, exact to the micro-yuan; instants are RFC 3339 in UTC.
"""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Generic, Self, TypeVar

from pydantic import AwareDatetime, BaseModel

from zhisuan.access.tenant import Role, Tenant
from zhisuan.algorithms.package import Algorithm, Bilingual
from zhisuan.compute.device import DeviceKind
from zhisuan.compute.explain import sentence
from zhisuan.compute.job import Job, JobReason, JobState
from zhisuan.compute.node import Node
from zhisuan.compute.scheduler import Waiting, WaitingReason
from zhisuan.core.money import MicroYuan, to_yuan
from zhisuan.core.task import Effort, TaskKind
from zhisuan.data.dataset import Dataset
from zhisuan.services.records import Solution, SolutionState
from zhisuan.services.solve import warning
from zhisuan.services.task import EffortOffer, Task

Item = TypeVar("Item", bound=BaseModel)


class Page(BaseModel, Generic[Item]):
    """A part of a list."""

    items: list[Item]
    next: str | None
    """Send as `after` for the next page; null on the last."""


class TenantOut(BaseModel):
    """A tenant."""

    tenant_id: str
    name: str
    created_at: AwareDatetime

    @classmethod
    def of(cls, tenant: Tenant) -> Self:
        """From the value."""
        return cls(tenant_id=tenant.tenant_id, name=tenant.name, created_at=tenant.created_at)


class NewTenantOut(BaseModel):
    """A tenant just registered, with its first key, which is told once and kept nowhere."""

    tenant: TenantOut
    key: str | None
    role: Role


class NewKeyOut(BaseModel):
    """A key just made; its text is told once and kept nowhere."""

    tenant_id: str
    key_id: str
    key: str | None
    role: Role


class AccountOut(BaseModel):
    """Who the key belongs to and what it may spend."""

    tenant: TenantOut
    role: Role
    available_yuan: Decimal | None
    held_yuan: Decimal | None


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
    profile: Mapping[str, Any] | None = None
    warnings: list[Mapping[str, Any]] | None = None

    @classmethod
    def of(cls, dataset: Dataset, *, whole: bool = False) -> Self:
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
            profile=json.loads(dataset.profile.to_json()) if whole else None,
            warnings=[warning(each) for each in dataset.profile.all_findings()] if whole else None,
        )


class OfferOut(BaseModel):
    """What one effort would cost; the charge never passes `money_high_yuan`."""

    effort: Effort
    quote_id: str
    money_low_yuan: Decimal
    money_high_yuan: Decimal
    seconds_low: float
    seconds_high: float
    energy_low_wh: float
    energy_high_wh: float
    energy_quality: str = "modelled"

    @classmethod
    def of(cls, offer: EffortOffer) -> Self:
        """From the value."""
        return cls(
            effort=offer.effort,
            quote_id=offer.quote_id,
            money_low_yuan=to_yuan(MicroYuan(offer.money_low)),
            money_high_yuan=to_yuan(MicroYuan(offer.money_high)),
            seconds_low=offer.seconds_low,
            seconds_high=offer.seconds_high,
            energy_low_wh=offer.energy_low_wh,
            energy_high_wh=offer.energy_high_wh,
        )


class TaskOut(BaseModel):
    """A question asked of a dataset."""

    task_id: str
    dataset_id: str
    kind: TaskKind
    target: str
    target_guessed: bool
    why_zh: str
    why_en: str
    warnings: list[Mapping[str, Any]]
    offers: list[OfferOut]
    created_at: AwareDatetime
    expires_at: AwareDatetime
    effort: Effort | None
    job_id: str | None
    solution_id: str | None
    state: str

    @classmethod
    def of(cls, task: Task, job: Job | None = None, solution: Solution | None = None) -> Self:
        """From the value, and what became of it."""
        return cls(
            task_id=task.task_id,
            dataset_id=task.dataset_id,
            kind=task.question.kind,
            target=task.question.target,
            target_guessed=task.question.guessed,
            why_zh=task.question.why_zh,
            why_en=task.question.why_en,
            warnings=list(task.warnings),
            offers=[OfferOut.of(offer) for offer in task.offers],
            created_at=task.created_at,
            expires_at=task.expires_at,
            effort=task.effort,
            job_id=task.job_id,
            solution_id=solution.solution_id if solution else None,
            state=_task_state(job, solution),
        )


def _task_state(job: Job | None, solution: Solution | None) -> str:
    if job is None:
        return "offered"
    if solution is not None:
        return "solved" if solution.state is SolutionState.READY else "wrapping"
    return "wrapping" if job.state is JobState.SUCCEEDED else job.state


class DeviceShareOut(BaseModel):
    """A share of a device, 1000 = all of it."""

    device: str
    kind: DeviceKind
    milli: int
    simulated: bool


class AllocationOut(BaseModel):
    """What a job holds of a node."""

    node: str
    cpu_milli: int
    memory_mb: int
    cores: list[int]
    devices: list[DeviceShareOut]
    simulated: bool


class WaitingOut(BaseModel):
    """Why a job waits."""

    reason: WaitingReason
    ahead: int
    why_zh: str
    why_en: str


class JobOut(BaseModel):
    """A job."""

    job_id: str
    task_id: str | None
    algorithm: str
    version: str
    state: JobState
    reason: JobReason | None
    message: str
    why_zh: str | None
    why_en: str | None
    waiting: WaitingOut | None
    attempt: int
    price_class: str
    allocations: list[AllocationOut]
    submitted_at: AwareDatetime
    started_at: AwareDatetime | None
    ended_at: AwareDatetime | None
    story: list[str]

    @classmethod
    def of(cls, job: Job, waiting: Waiting | None = None) -> Self:
        """From the value; why it waits only while it is queued."""
        return cls(
            job_id=job.job_id,
            task_id=job.task_id,
            algorithm=job.work.algorithm,
            version=job.work.version,
            state=job.state,
            reason=job.reason,
            message=job.message,
            why_zh=sentence(job.reason, "zh") if job.reason else None,
            why_en=sentence(job.reason, "en") if job.reason else None,
            waiting=None
            if waiting is None or job.state is not JobState.QUEUED
            else WaitingOut(
                reason=waiting.reason,
                ahead=waiting.ahead,
                why_zh=sentence(waiting.reason, "zh"),
                why_en=sentence(waiting.reason, "en"),
            ),
            attempt=job.attempt,
            price_class=job.price_class,
            allocations=[AllocationOut.model_validate(each.to_json()) for each in job.allocations],
            submitted_at=job.submitted_at,
            started_at=job.started_at,
            ended_at=job.ended_at,
            story=list(job.story),
        )


class SolutionOut(BaseModel):
    """What is taken away."""

    solution_id: str
    task_id: str
    job_id: str
    state: SolutionState
    created_at: AwareDatetime
    summary: Mapping[str, Any]
    receipt: Mapping[str, Any] | None
    archive_sha256: str | None

    @classmethod
    def of(cls, solution: Solution) -> Self:
        """From the value."""
        return cls(
            solution_id=solution.solution_id,
            task_id=solution.task_id,
            job_id=solution.job_id,
            state=solution.state,
            created_at=solution.created_at,
            summary=solution.summary,
            receipt=solution.receipt or None,
            archive_sha256=solution.archive,
        )


class DeviceOut(BaseModel):
    """An accelerator."""

    name: str
    kind: str
    vendor: str
    model: str
    memory_mb: int
    simulated: bool


class NodeOut(BaseModel):
    """A machine of the pool."""

    name: str
    state: str
    simulated: bool
    rack: str
    cores: int
    memory_mb: int
    cpu_milli_free: int
    memory_mb_free: int
    devices: list[DeviceOut]

    @classmethod
    def of(cls, node: Node, cpu_milli_free: int, memory_mb_free: int) -> Self:
        """From the value and what is free of it."""
        return cls(
            name=node.name,
            state=node.state,
            simulated=node.simulated,
            rack=node.rack,
            cores=len(node.cores),
            memory_mb=node.memory_mb,
            cpu_milli_free=cpu_milli_free,
            memory_mb_free=memory_mb_free,
            devices=[
                DeviceOut(
                    name=device.name,
                    kind=device.kind,
                    vendor=device.vendor,
                    model=device.model,
                    memory_mb=device.memory_mb,
                    simulated=device.simulated,
                )
                for device in node.devices
            ],
        )


class AlgorithmOut(BaseModel):
    """An algorithm of the catalogue."""

    name: str
    version: str
    digest: str
    title: Bilingual
    summary: Bilingual
    licence: str
    tasks: list[TaskKind]

    @classmethod
    def of(cls, algorithm: Algorithm) -> Self:
        """From the value."""
        card = algorithm.card
        return cls(
            name=card.name,
            version=card.version,
            digest=algorithm.digest,
            title=card.title,
            summary=card.summary,
            licence=card.licence,
            tasks=list(card.tasks),
        )
