"""All SQL of services, a file for each noun: tasks, solutions, the event feed."""

from zhisuan.services.records.events import append_events, events_after, forget_events, last_event
from zhisuan.services.records.solutions import (
    add_solution,
    asked_of,
    finish_solution,
    made_from,
    solution,
    solution_of_job,
    solutions,
    solutions_of_jobs,
    summaries_of,
    wrapping,
)
from zhisuan.services.records.tasks import accept_task, add_task, some_tasks, task, tasks

__all__ = [
    "accept_task",
    "add_solution",
    "add_task",
    "append_events",
    "asked_of",
    "events_after",
    "finish_solution",
    "forget_events",
    "last_event",
    "made_from",
    "solution",
    "solution_of_job",
    "solutions",
    "solutions_of_jobs",
    "some_tasks",
    "summaries_of",
    "task",
    "tasks",
    "wrapping",
]
