"""A solution as its tenant sees it: of which data and question, and which version of one result.

Solutions of the same dataset name and target are the versions of one result: 1, 2, 3 and so on,
as they were made.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from zhisuan.compute import records as jobs
from zhisuan.compute.job import Job
from zhisuan.data.dataset import Label
from zhisuan.services import records
from zhisuan.services.centre import Centre
from zhisuan.services.solution import Made, Solution
from zhisuan.services.tasks.task import Task
from zhisuan.services.tasks.taskview import Quality, quality_of


@dataclass(frozen=True, slots=True)
class SolutionView:
    """One solution.

    Attributes:
        label: what its dataset is called; None where nothing is known of it any more.
        number: which version of its result it is, from 1.
    """

    solution: Solution
    task: Task
    job: Job
    label: Label | None
    number: int
    quality: Quality | None


def solution_views(
    centre: Centre, connection: Connection, solutions: Sequence[Solution]
) -> list[SolutionView]:
    """Solutions of one tenant as it sees them, in their order; in a fixed number of statements."""
    if not solutions:
        return []
    tenant = solutions[0].tenant
    tasks = records.some_tasks(connection, [each.task_id for each in solutions])
    found = jobs.some(connection, [each.job_id for each in solutions])
    ids = [task.dataset_id for task in tasks.values()]
    labels = centre.shelf.labels(connection, tenant, ids)
    family = centre.shelf.namesakes(connection, tenant, [each.name for each in labels.values()])
    number = numbers(records.made_from(connection, tenant, list({*ids, *family})), family)
    return [
        SolutionView(
            solution=each,
            task=tasks[each.task_id],
            job=found[each.job_id],
            label=labels.get(tasks[each.task_id].dataset_id),
            number=number[each.solution_id],
            quality=quality_of(each.summary),
        )
        for each in solutions
    ]


def numbers(made: Iterable[Made], labels: Mapping[str, Label]) -> dict[str, int]:
    """Which version of its result each solution is, in the order they were made."""
    counts: dict[tuple[str, str], int] = {}
    told: dict[str, int] = {}
    for each in made:
        result = result_of(each, labels)
        counts[result] = counts.get(result, 0) + 1
        told[each.solution_id] = counts[result]
    return told


def result_of(made: Made, labels: Mapping[str, Label]) -> tuple[str, str]:
    """What its versions have in common: the name of the dataset and the target."""
    label = labels.get(made.dataset_id)
    return label.name if label else made.dataset_id, made.target
