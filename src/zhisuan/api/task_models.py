"""What the API says of tasks: the question, how far it is, what it costs, what came of it."""

from decimal import Decimal
from typing import Annotated, Self

from pydantic import AwareDatetime, BaseModel

from zhisuan.api.dataset_models import WarningOut
from zhisuan.api.defined import defined
from zhisuan.api.models import OfferOut
from zhisuan.compute.explain import sentence
from zhisuan.compute.job import JobReason
from zhisuan.compute.scheduler.values import WaitingReason
from zhisuan.core.money import MicroYuan, to_yuan
from zhisuan.core.task import Effort, TaskKind
from zhisuan.services.tasks.failure import Failure
from zhisuan.services.tasks.task import TaskState
from zhisuan.services.tasks.taskview import Quality, TaskView


class QualityOut(BaseModel):
    """How good a result is, on rows never learned from."""

    metric: str
    """What the score is measured by; its words are in `GET /v1/definitions`."""
    score: float
    baseline: Annotated[float | None, defined("baseline")]
    """The score of the naive answer on the same rows."""
    lower_is_better: bool
    usable: Annotated[bool, defined("usable")]

    @classmethod
    def of(cls, quality: Quality) -> Self:
        """From the value."""
        return cls(
            metric=quality.metric,
            score=quality.score,
            baseline=quality.baseline,
            lower_is_better=quality.lower_is_better,
            usable=quality.usable,
        )


class TaskMoneyOut(BaseModel):
    """What a task costs: the most that was accepted, so far, and in the end; exact yuan."""

    quote_high_yuan: Annotated[Decimal | None, defined("quote")]
    """The most it can cost; null until an offer is accepted."""
    so_far_yuan: Annotated[Decimal | None, defined("so_far")]
    """If it ended well now, without its energy, which is read at the end; null once it ended."""
    charge_yuan: Annotated[Decimal | None, defined("charge")]
    """Null until it is settled."""


class FailureOut(BaseModel):
    """Why there is no result, and what to do."""

    reason: JobReason
    zh: str
    en: str
    next_zh: str
    next_en: str
    message: str
    """What the algorithm or the centre said in its own words; may be empty."""

    @classmethod
    def of(cls, failure: Failure) -> Self:
        """From the value."""
        return cls(
            reason=failure.reason,
            zh=failure.zh,
            en=failure.en,
            next_zh=failure.next_zh,
            next_en=failure.next_en,
            message=failure.message,
        )


class TaskWaitingOut(BaseModel):
    """Why the work has not begun yet."""

    reason: WaitingReason
    zh: str
    en: str
    ahead: Annotated[int, defined("ahead")]
    starts_between: Annotated[tuple[AwareDatetime, AwareDatetime] | None, defined("starts_between")]
    """Right about four times in five; null while nothing can be told."""


class TaskOut(BaseModel):
    """A question asked of a dataset."""

    task_id: str
    dataset_id: str
    dataset_name: str
    """Empty where nothing is known of it any more."""
    dataset_version: int | None
    kind: TaskKind
    target: str
    target_guessed: bool
    why_zh: str
    why_en: str
    warnings: list[WarningOut]
    offers: list[OfferOut]
    created_at: AwareDatetime
    expires_at: AwareDatetime
    effort: Effort | None
    job_id: str | None
    solution_id: str | None
    state: TaskState
    stage: str | None
    """What is being done, a word of the algorithm or of the centre; null before acceptance."""
    stage_zh: str | None
    stage_en: str | None
    fraction: Annotated[float | None, defined("fraction")]
    """0 to 1 of the whole; null where it is not under way."""
    eta_s: Annotated[float | None, defined("eta")]
    """Seconds still expected, modelled; only while it runs."""
    started_at: AwareDatetime | None
    ended_at: AwareDatetime | None
    quality: QualityOut | None
    """Once solved."""
    money: TaskMoneyOut
    failure: FailureOut | None
    waiting: TaskWaitingOut | None

    @classmethod
    def of(cls, view: TaskView) -> Self:
        """From the value."""
        task, stage = view.task, view.stage
        return cls(
            task_id=task.task_id,
            dataset_id=task.dataset_id,
            dataset_name=view.label.name if view.label else "",
            dataset_version=view.label.version if view.label else None,
            kind=task.question.kind,
            target=task.question.target,
            target_guessed=task.question.guessed,
            why_zh=task.question.why_zh,
            why_en=task.question.why_en,
            warnings=[WarningOut.model_validate(each) for each in task.warnings],
            offers=[OfferOut.of(offer) for offer in task.offers],
            created_at=task.created_at,
            expires_at=task.expires_at,
            effort=task.effort,
            job_id=task.job_id,
            solution_id=view.solution_id,
            state=view.state,
            stage=stage.code if stage else None,
            stage_zh=stage.zh if stage else None,
            stage_en=stage.en if stage else None,
            fraction=view.fraction,
            eta_s=view.eta_s,
            started_at=view.started_at,
            ended_at=view.job.ended_at if view.job else None,
            quality=QualityOut.of(view.quality) if view.quality else None,
            money=_money(view),
            failure=FailureOut.of(view.failure) if view.failure else None,
            waiting=_waiting(view),
        )


def _money(view: TaskView) -> TaskMoneyOut:
    return TaskMoneyOut(
        quote_high_yuan=to_yuan(MicroYuan(view.offer.money_high)) if view.offer else None,
        so_far_yuan=None if view.so_far is None else to_yuan(view.so_far),
        charge_yuan=None if view.charge is None else to_yuan(view.charge),
    )


def _waiting(view: TaskView) -> TaskWaitingOut | None:
    if view.waiting is None:
        return None
    return TaskWaitingOut(
        reason=view.waiting.reason,
        zh=sentence(view.waiting.reason, "zh"),
        en=sentence(view.waiting.reason, "en"),
        ahead=view.waiting.ahead,
        starts_between=view.promised,
    )
