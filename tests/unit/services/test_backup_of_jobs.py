"""What a backup holds of the folders of jobs, and that nothing in them knows where they lay."""

import tarfile
from dataclasses import replace

import pytest
from asking import answer, asked, dataset, folder_of, seen, tell

from zhisuan.services import records
from zhisuan.services.backup import write_backup
from zhisuan.services.tasks.wrap import RECEIPT_MARK, wrap


@pytest.fixture
def unwrapped(workshop):
    """A task whose result waits to be wrapped."""
    task = asked(workshop, dataset(workshop))
    workshop.turn()
    tell(workshop, task.job_id, "fit", 0.5)
    answer(workshop, task.job_id)
    output = folder_of(workshop, task.job_id).output
    (output / "report.html").write_text(f"<p>{RECEIPT_MARK}</p>")
    workshop.end(task.job_id)
    workshop.turn(60.0)
    return task, seen(workshop, task)[0].solution_id


def held(workshop, job_id):
    """The files of a job that are in a backup, from its folder on."""
    path = workshop.centre.folder / "centre.tar"
    with path.open("wb") as file:
        write_backup(workshop.centre.folder, workshop.centre.database, file, workshop.clock.now())
    with tarfile.open(path) as tar:
        place = f"files/jobs/{job_id}/"
        return {each.removeprefix(place) for each in tar.getnames() if each.startswith(place)}


def test_a_result_is_in_it_whole_until_it_is_wrapped(workshop, unwrapped):
    task, solution_id = unwrapped
    course = {"1/events.jsonl"}
    result = {"1/output/solution.json", "1/output/report.html"}
    assert held(workshop, task.job_id) == course | result
    wrap(workshop.centre, solution_id)
    assert held(workshop, task.job_id) == course


def test_typed_rows_and_answers_are_in_it_but_nothing_of_a_live_attempt(workshop):
    task = asked(workshop, dataset(workshop))
    workshop.turn()
    tell(workshop, task.job_id, "fit", 0.5)
    folder = folder_of(workshop, task.job_id)
    for name in ("prediction.json", "predictions.csv", "other.bin"):
        (folder.output / name).write_text("1")
    folder.log.write_text("words")
    (folder.path.parent / "rows.json").write_text("[]")
    for odd in (folder.path.parent / "odd.json", folder_of(workshop, task.job_id, 2).events_file):
        odd.mkdir()
    assert held(workshop, task.job_id) == {"rows.json"}
    workshop.end(task.job_id, code=1)
    workshop.stop(task.job_id)
    workshop.turn(60.0)
    assert workshop.job(task.job_id).state.ended
    told = {"1/events.jsonl", "1/output/prediction.json", "1/output/predictions.csv"}
    assert held(workshop, task.job_id) >= {"rows.json"} | told
    assert "1/log" not in held(workshop, task.job_id)


def test_a_result_is_wrapped_wherever_the_data_folder_went(workshop, unwrapped, tmp_path):
    task, solution_id = unwrapped
    moved = tmp_path / "elsewhere"
    moved.mkdir()
    (tmp_path / "jobs").rename(moved / "jobs")
    centre = replace(workshop.centre, folder=moved)
    wrap(centre, solution_id)
    with centre.database.read() as connection:
        assert records.solution(connection, None, solution_id).archive
    report = moved / "jobs" / task.job_id / "1" / "output" / "report.html"
    assert RECEIPT_MARK not in report.read_text()
    assert not (report.parent.parent / report.name).exists()
