"""A task as its tenant sees it, and what looking at two hundred of them costs."""

import pytest
from asking import answer, asked, dataset, seen, tell
from sqlalchemy import event

from zhisuan.compute.job import JobReason, JobState
from zhisuan.core.work import EndReason
from zhisuan.services import records
from zhisuan.services.tasks.failure import _WORDS
from zhisuan.services.tasks.task import TaskState
from zhisuan.services.tasks.wrap import wrap


def test_an_offer_that_nobody_took_costs_nothing_and_does_not_move(workshop):
    (view,) = seen(workshop, asked(workshop, dataset(workshop), accept=False))
    assert view.state is TaskState.OFFERED
    assert (view.label.name, view.label.version) == ("shop", 1)
    assert (view.stage, view.fraction, view.offer, view.so_far, view.charge) == (None,) * 5


def test_waiting_work_says_why_and_costs_nothing_yet(workshop):
    for _ in range(3):
        workshop.submit(asked={"any_of": ()})
    workshop.turn()
    tasks = [asked(workshop, dataset(workshop)) for _ in range(30)]
    workshop.turn()
    view = seen(workshop, *tasks)[-1]
    assert view.state is TaskState.QUEUED
    assert view.waiting.reason
    assert view.waiting.ahead > 0
    assert view.stage.code == "waiting"
    assert (view.so_far, view.charge, view.eta_s) == (0, None, None)


def test_running_work_has_a_stage_a_share_an_estimate_and_a_cost_that_grows(workshop):
    task = asked(workshop, dataset(workshop))
    workshop.turn()
    (view,) = seen(workshop, task)
    assert (view.state, view.stage.code) == (TaskState.STARTING, "starting")
    workshop.turn()
    workshop.clock.turn(10.0)
    tell(workshop, task.job_id, "float_mops", 0.5, eta_s=20.0)
    workshop.clock.turn(5.0)
    (view,) = seen(workshop, task)
    assert view.state is TaskState.RUNNING
    assert (view.stage.en, view.fraction, view.eta_s) == (
        "Measuring floating-point numbers",
        0.5,
        15.0,
    )
    workshop.clock.turn(20.0)
    (later,) = seen(workshop, task)
    assert later.eta_s == 0.0
    assert 0 < view.so_far < later.so_far <= view.offer.money_high
    assert later.started_at == view.started_at < workshop.clock.now()


def test_without_a_word_the_estimate_is_the_quotes(workshop):
    task = asked(workshop, dataset(workshop))
    workshop.turn()
    workshop.turn()
    workshop.clock.turn(30.0)
    assert seen(workshop, task)[0].eta_s == 70.0


def test_solved_work_says_how_good_it_is_and_what_it_cost(workshop):
    task = asked(workshop, dataset(workshop))
    workshop.turn()
    answer(workshop, task.job_id, higher_is_better=False)
    workshop.end(task.job_id)
    workshop.turn(50.0)
    (view,) = seen(workshop, task)
    assert (view.state, view.fraction) == (TaskState.WRAPPING, 1.0)
    wrap(workshop.centre, view.solution_id)
    (view,) = seen(workshop, task)
    assert view.state is TaskState.SOLVED
    assert (view.quality.metric, view.quality.score, view.quality.baseline) == ("rmse", 2.0, 8.0)
    assert view.quality.lower_is_better
    assert view.quality.usable
    assert view.charge == workshop.charge(task.job_id).amount > 0
    assert view.so_far is None


@pytest.mark.parametrize(
    ("end", "reason"),
    [
        (EndReason.OVER_TIME, JobReason.OVER_TIME),
        (EndReason.WRONG_INPUT, JobReason.WRONG_INPUT),
        (EndReason.PROGRAM_ERROR, JobReason.PROGRAM_ERROR),
    ],
)
def test_work_that_failed_says_why_and_what_to_do(workshop, end, reason):
    task = asked(workshop, dataset(workshop))
    workshop.turn()
    workshop.end(task.job_id, end, 1)
    workshop.turn()
    (view,) = seen(workshop, task)
    assert view.job.state is JobState.FAILED
    assert view.failure.reason is reason
    assert view.failure.next_zh
    assert view.failure.next_en
    assert view.stage.code == "ended"


def test_every_reason_has_words_for_whoever_asked():
    assert set(_WORDS) == set(JobReason)
    assert all(text for pairs in _WORDS.values() for pair in pairs for text in pair)


def test_a_forgotten_dataset_keeps_its_name_on_the_task(workshop):
    of = dataset(workshop)
    task = asked(workshop, of, accept=False)
    workshop.centre.shelf.delete(workshop.tenant, of.id)
    (view,) = seen(workshop, task)
    assert (view.label.name, view.label.deleted) == ("shop", True)


def test_two_hundred_tasks_cost_as_many_statements_as_two(workshop):
    of = dataset(workshop)
    first = [asked(workshop, of) for _ in range(2)]
    workshop.turn()
    answer(workshop, first[0].job_id)
    workshop.end(first[0].job_id)
    workshop.turn(1.0)
    many = [*first, *(asked(workshop, of) for _ in range(30))]
    workshop.turn()
    engine = workshop.centre.database._engine
    counts = []
    for tasks in (first, many):
        said = []

        def heard(*about, said=said):
            said.append(about[2])

        event.listen(engine, "before_cursor_execute", heard)
        assert len(seen(workshop, *tasks)) == len(tasks)
        event.remove(engine, "before_cursor_execute", heard)
        counts.append(len(said))
    assert counts[0] == counts[1] <= 10


def test_tasks_are_found_by_state_and_by_dataset(workshop):
    shop, farm = dataset(workshop), dataset(workshop, "farm", "a,b\n1,2\n3,4\n")
    offered = asked(workshop, shop, accept=False)
    running = asked(workshop, shop)
    solved = asked(workshop, farm)
    workshop.turn()
    workshop.turn()
    answer(workshop, solved.job_id)
    workshop.end(solved.job_id)
    workshop.turn()
    (wrapping,) = found(workshop, TaskState.WRAPPING)
    wrap(workshop.centre, seen(workshop, wrapping)[0].solution_id)
    assert [each.task_id for each in found(workshop, TaskState.SOLVED)] == [solved.task_id]
    assert [each.task_id for each in found(workshop, TaskState.OFFERED, TaskState.RUNNING)] == [
        running.task_id,
        offered.task_id,
    ]
    assert found(workshop, TaskState.FAILED) == []
    assert [each.task_id for each in found(workshop, datasets=[farm.id])] == [solved.task_id]
    assert found(workshop, datasets=[]) == []
    for task in (offered, running, solved):
        (view,) = seen(workshop, task)
        assert task.task_id in {each.task_id for each in found(workshop, view.state)}


def found(workshop, *states, datasets=None):
    with workshop.centre.database.read() as connection:
        return records.tasks(
            connection, workshop.tenant, None, 50, states=states, datasets=datasets
        )
