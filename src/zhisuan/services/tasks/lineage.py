"""Lineage: from which data, by which question and work a solution came, and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection

from zhisuan.compute import records as jobs
from zhisuan.core.clock import Instant
from zhisuan.data.dataset import Label
from zhisuan.services import records
from zhisuan.services.centre import Centre
from zhisuan.services.solution import Solution
from zhisuan.services.tasks.solutionview import SolutionView, numbers, result_of, solution_views

_MOST = 100


class Later(StrEnum):
    """What can come after a solution."""

    DATA = "data"
    SOLUTION = "solution"
    PREDICTION = "prediction"


@dataclass(frozen=True, slots=True)
class Next:
    """One thing that came after a solution.

    Attributes:
        number: of the data or of the result, which version; 0 for a prediction.
    """

    what: Later
    id: str
    number: int
    at: Instant


@dataclass(frozen=True, slots=True)
class Lineage:
    """The chain of one solution.

    Attributes:
        digest: of the algorithm's package, None if the catalogue has another version by now.
        later: newer versions of its data and of its result, and what was predicted with it; at
            most a hundred of each.
    """

    view: SolutionView
    digest: str | None
    later: Sequence[Next]


def lineage(centre: Centre, connection: Connection, solution: Solution) -> Lineage:
    """The chain data, task, job, solution, and what was made from it later."""
    view = solution_views(centre, connection, [solution])[0]
    work = view.job.work
    algorithm = next((each for each in centre.catalogue if each.name == work.algorithm), None)
    same = algorithm is not None and algorithm.card.version == work.version
    return Lineage(
        view=view,
        digest=algorithm.digest if algorithm is not None and same else None,
        later=[
            *_newer_data(centre, connection, solution.tenant, view.label),
            *_newer_solutions(centre, connection, view),
            *_predictions(connection, solution),
        ],
    )


def _newer_data(
    centre: Centre, connection: Connection, tenant: str, label: Label | None
) -> list[Next]:
    if label is None:
        return []
    family = centre.shelf.namesakes(connection, tenant, [label.name]).values()
    newer = sorted((each for each in family if each.version > label.version), key=_version)
    return [Next(Later.DATA, each.id, each.version, each.created_at) for each in newer[:_MOST]]


def _version(label: Label) -> int:
    return label.version


def _newer_solutions(centre: Centre, connection: Connection, view: SolutionView) -> list[Next]:
    tenant, label = view.solution.tenant, view.label
    names = [label.name] if label else []
    family = centre.shelf.namesakes(connection, tenant, names)
    made = records.made_from(connection, tenant, list({view.task.dataset_id, *family}))
    number = numbers(made, family)
    ours = next(each for each in made if each.solution_id == view.solution.solution_id)
    newer = [
        each
        for each in made
        if result_of(each, family) == result_of(ours, family)
        and number[each.solution_id] > view.number
    ]
    return [
        Next(Later.SOLUTION, each.solution_id, number[each.solution_id], each.at)
        for each in newer[:_MOST]
    ]


def _predictions(connection: Connection, solution: Solution) -> list[Next]:
    found = jobs.naming(
        connection, solution.tenant, "solution_id", solution.solution_id, limit=_MOST
    )
    return [Next(Later.PREDICTION, job.job_id, 0, job.submitted_at) for job in found]
