"""A task: a question asked of a dataset, with what answering it would cost.

A task is offered once and accepted at most once; what it then does is told by its job.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from zhisuan.core.clock import Instant
from zhisuan.core.task import Effort
from zhisuan.services.tasks.question import Question


class TaskState(StrEnum):
    """How far a task is: offered, then as its job, and at last its solution."""

    OFFERED = "offered"
    QUEUED = "queued"
    STARTING = "starting"
    RUNNING = "running"
    WRAPPING = "wrapping"
    SOLVED = "solved"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class EffortOffer:
    """What one effort would cost, before the start.

    Attributes:
        effort: how much work.
        quote_id: the quote that can be accepted.
        money_low, money_high: micro-yuan; the charge never passes the upper end.
        seconds_low, seconds_high: wall seconds.
        energy_low_wh, energy_high_wh: watt-hours, modelled.
    """

    effort: Effort
    quote_id: str
    money_low: int
    money_high: int
    seconds_low: float
    seconds_high: float
    energy_low_wh: float
    energy_high_wh: float


@dataclass(frozen=True, slots=True)
class Task:
    """One task.

    Attributes:
        task_id: `tsk_…`.
        algorithm, version: the algorithm that would answer it.
        warnings: what to beware of in the data, as the profile found it.
        expires_at: offers are accepted until then.
        effort, job_id: set when an offer was accepted.
    """

    task_id: str
    tenant: str
    dataset_id: str
    question: Question
    algorithm: str
    version: str
    offers: tuple[EffortOffer, ...]
    warnings: tuple[Mapping[str, Any], ...]
    created_at: Instant
    expires_at: Instant
    effort: Effort | None = None
    job_id: str | None = None

    def offer(self, effort: Effort) -> EffortOffer:
        """The offer for an effort; every task has all of them."""
        return next(offer for offer in self.offers if offer.effort is effort)
