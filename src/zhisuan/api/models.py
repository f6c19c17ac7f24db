"""What the API says, as pydantic models: the doors' own shapes, made from the centre's values.

Money is decimal text in yuan, exact to the micro-yuan; instants are RFC 3339 in UTC.
"""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Generic, Self, TypeVar

from pydantic import AwareDatetime, BaseModel

from zhisuan.access.tenant import Category, Role, Tenant
from zhisuan.algorithms.package import Algorithm, Bilingual
from zhisuan.api.defined import defined
from zhisuan.compute.allocation import Allocation
from zhisuan.compute.device import DeviceKind
from zhisuan.compute.explain import sentence
from zhisuan.compute.job import Job, JobReason, JobState, Leave
from zhisuan.compute.node import Node, NodeState
from zhisuan.compute.request import Together
from zhisuan.compute.scheduler.values import Waiting, WaitingReason
from zhisuan.core.clock import Instant
from zhisuan.core.money import MicroYuan, to_yuan
from zhisuan.core.quantities import MILLI
from zhisuan.core.task import Effort, TaskKind
from zhisuan.services.tasks.cost import Cost
from zhisuan.services.tasks.task import EffortOffer

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
    category: Category
    created_at: AwareDatetime

    @classmethod
    def of(cls, tenant: Tenant) -> Self:
        """From the value."""
        return cls(
            tenant_id=tenant.tenant_id,
            name=tenant.name,
            category=tenant.category,
            created_at=tenant.created_at,
        )


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
    available_yuan: Annotated[Decimal | None, defined("available")]
    held_yuan: Annotated[Decimal | None, defined("held")]


class OfferOut(BaseModel):
    """What one effort would cost; the charge never passes `money_high_yuan`."""

    effort: Effort
    quote_id: str
    money_low_yuan: Annotated[Decimal, defined("quote")]
    money_high_yuan: Annotated[Decimal, defined("quote")]
    seconds_low: Annotated[float, defined("wall_seconds")]
    seconds_high: Annotated[float, defined("wall_seconds")]
    energy_low_wh: Annotated[float, defined("energy")]
    energy_high_wh: Annotated[float, defined("energy")]
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
    starts_between: tuple[AwareDatetime, AwareDatetime] | None
    """Right about four times in five; null while nothing can be told."""


class WantedOut(BaseModel):
    """Devices that would do."""

    kind: DeviceKind
    milli: int
    model: str


class RequestOut(BaseModel):
    """What a job asks for, on each of its nodes."""

    cpu_milli: int
    memory_mb: int
    any_of: list[WantedOut]
    nodes: int
    most_nodes: int
    together: Together


class JobMoneyOut(BaseModel):
    """The price before, while it runs, and after; exact yuan."""

    quote_low_yuan: Annotated[Decimal, defined("quote")]
    quote_high_yuan: Annotated[Decimal, defined("quote")]
    so_far_yuan: Annotated[Decimal | None, defined("so_far")]
    """If it ended well now, without its energy, which is read at the end; null once it ended."""
    so_far_at: AwareDatetime | None
    charge_yuan: Annotated[Decimal | None, defined("charge")]
    """Null until it is settled."""
    explanation_zh: str | None
    explanation_en: str | None

    @classmethod
    def of(cls, cost: Cost) -> Self:
        """From the value."""
        quote, charge = cost.offer.quote, cost.charge
        return cls(
            quote_low_yuan=to_yuan(quote.low),
            quote_high_yuan=to_yuan(quote.high),
            so_far_yuan=None if cost.so_far is None else to_yuan(cost.so_far),
            so_far_at=None if cost.so_far is None else cost.at,
            charge_yuan=None if charge is None else to_yuan(charge.amount),
            explanation_zh=None if charge is None else charge.explanation_zh,
            explanation_en=None if charge is None else charge.explanation_en,
        )


class JobOut(BaseModel):
    """A job."""

    job_id: str
    tenant_id: str
    tenant_name: str | None = None
    """Told to those who see everybody's jobs."""
    task_id: str | None
    project: str | None
    algorithm: str
    version: str
    state: JobState
    reason: JobReason | None
    message: str
    why_zh: str | None
    why_en: str | None
    waiting: WaitingOut | None
    leaving: Leave | None
    attempt: int
    price_class: str
    request: RequestOut
    not_before: AwareDatetime | None
    start_by: AwareDatetime | None
    finish_by: AwareDatetime | None
    green: bool
    allocations: list[AllocationOut]
    submitted_at: AwareDatetime
    started_at: AwareDatetime | None
    ended_at: AwareDatetime | None
    story: list[str]
    money: JobMoneyOut | None = None
    """Told of one job, to those who may see its money; null in a list."""

    @classmethod
    def of(
        cls,
        job: Job,
        waiting: Waiting | None = None,
        promised: tuple[Instant, Instant] | None = None,
    ) -> Self:
        """From the value; why it waits, and till when, only while it is queued."""
        why = job.reason or job.leave_for
        return cls(
            job_id=job.job_id,
            tenant_id=job.tenant,
            task_id=job.task_id,
            project=job.project,
            algorithm=job.work.algorithm,
            version=job.work.version,
            state=job.state,
            reason=job.reason,
            message=job.message,
            why_zh=sentence(why, "zh") if why else None,
            why_en=sentence(why, "en") if why else None,
            waiting=None
            if waiting is None or job.state is not JobState.QUEUED
            else WaitingOut(
                reason=waiting.reason,
                ahead=waiting.ahead,
                why_zh=sentence(waiting.reason, "zh"),
                why_en=sentence(waiting.reason, "en"),
                starts_between=promised,
            ),
            leaving=job.leave_for if job.state.holds_devices else None,
            attempt=job.attempt,
            price_class=job.price_class,
            request=RequestOut.model_validate(job.request.to_json()),
            not_before=job.times.not_before,
            start_by=job.times.start_by,
            finish_by=job.times.finish_by,
            green=job.times.green,
            allocations=[AllocationOut.model_validate(each.to_json()) for each in job.allocations],
            submitted_at=job.submitted_at,
            started_at=job.started_at,
            ended_at=job.ended_at,
            story=list(job.story),
        )


class DeviceOut(BaseModel):
    """An accelerator, and how much of it is free, 1000 being all."""

    name: str
    kind: str
    vendor: str
    model: str
    memory_mb: int
    simulated: bool
    milli_free: int


class NodeOut(BaseModel):
    """A machine of the pool."""

    name: str
    state: NodeState
    simulated: bool
    added: bool
    """While the centre ran: it can be taken out again."""
    rack: str
    cores: int
    memory_mb: int
    cpu_milli_free: int
    memory_mb_free: int
    devices: list[DeviceOut]

    @classmethod
    def of(cls, node: Node, here: Sequence[Allocation], *, added: bool) -> Self:
        """From the value and what live jobs hold of it."""
        taken: Counter[str] = Counter()
        for share in (share for each in here for share in each.devices):
            taken[share.device] += share.milli
        return cls(
            name=node.name,
            state=node.state,
            simulated=node.simulated,
            added=added,
            rack=node.rack,
            cores=len(node.cores),
            memory_mb=node.memory_mb,
            cpu_milli_free=node.cpu_milli - sum(each.cpu_milli for each in here),
            memory_mb_free=node.memory_mb - sum(each.memory_mb for each in here),
            devices=[
                DeviceOut(
                    name=device.name,
                    kind=device.kind,
                    vendor=device.vendor,
                    model=device.model,
                    memory_mb=device.memory_mb,
                    simulated=device.simulated,
                    milli_free=MILLI - taken[device.name],
                )
                for device in node.devices
            ],
        )


class ReclaimedOut(BaseModel):
    """Hours that idle jobs gave back; simulated devices are counted apart."""

    core_hours: float
    device_hours: float
    simulated_device_hours: float


class LatelyOut(BaseModel):
    """How the last 24 hours were."""

    since: AwareDatetime
    started: int
    """Jobs that started; of the newest 20,000 where there were more."""
    median_wait_s: Annotated[float | None, defined("median_wait")]
    """From submission to start; null if none started."""
    ended: int
    failed: Annotated[int, defined("failed_jobs")]
    charged_today_yuan: Annotated[Decimal | None, defined("charged_today")]
    """To all tenants since midnight; null for who may not see it."""


class CentreOut(BaseModel):
    """The centre at a glance."""

    nodes: dict[NodeState, int]
    jobs: dict[JobState, int]
    reclaimed: ReclaimedOut
    lately: LatelyOut


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
