"""A solution: what came of a task and is taken away."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from zhisuan.core.clock import Instant


class SolutionState(StrEnum):
    """A solution is wrapped (receipt, report, archive) before it can be taken away."""

    WRAPPING = "wrapping"
    READY = "ready"


@dataclass(frozen=True, slots=True)
class Solution:
    """What a tenant takes away.

    Attributes:
        folder: where its files lie, from the data folder on; of long ago, absolute.
        summary: the algorithm's `solution.json`.
        receipt: the five blocks, empty while wrapping.
        archive: SHA-256 of the zip in the object store, None while wrapping.
    """

    solution_id: str
    tenant: str
    task_id: str
    job_id: str
    state: SolutionState
    folder: str
    summary: Mapping[str, Any]
    receipt: Mapping[str, Any]
    archive: str | None
    created_at: Instant


@dataclass(frozen=True, slots=True)
class Made:
    """That a solution was learned from a dataset, and what it predicts."""

    solution_id: str
    dataset_id: str
    target: str
    at: Instant
