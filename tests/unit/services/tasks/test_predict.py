"""New rows for a solution: what is asked for, what is refused, what a form shows."""

import json
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from zhisuan.algorithms.answers import ANSWERS, TABLE
from zhisuan.algorithms.catalogue import Catalogue
from zhisuan.core.errors import Conflict, NotFound, Unavailable, WrongInput
from zhisuan.core.quantities import Quality
from zhisuan.core.work import EndReason
from zhisuan.data.profile import Kind
from zhisuan.services import records
from zhisuan.services.pool.foresight import Foresight
from zhisuan.services.pool.launch import spec
from zhisuan.services.solution import Solution, SolutionState
from zhisuan.services.tasks.form import form
from zhisuan.services.tasks.predict import NewRows, answerer, prediction, submit
from zhisuan.services.tasks.tried import file_of, tried

TABLE_BROUGHT = "size,colour,price\n" + "".join(
    f"{n % 9}.5,{'red' if n % 3 else 'blue'},{n % 7}\n" for n in range(40)
)
SUMMARY = {
    "usable": True,
    "target": "price",
    "importance": [{"column": "size", "share": 0.8}],
    "columns": [
        {"name": "colour", "kind": "category", "reading": "text"},
        {"name": "size", "kind": "number", "reading": "number"},
    ],
}
ANSWERED = {
    "rows": 1,
    "target": "price",
    "classes": [],
    "columns": ["row", "prediction"],
    "first": [["1", "7.0"]],
    "unread": {"size": 1},
    "unused": ["price"],
    "interval": {"share": 0.9, "off_by": 2.0, "rows": 50, "how": {"zh": "九成", "en": "nine"}},
}


@pytest.fixture
def solved(workshop, tmp_path):
    """A solution of a job that was made by the tables algorithm, with the parts a form reads."""
    centre = workshop.centre
    centre.catalogue = Catalogue.presets()
    brought = centre.shelf.add(workshop.tenant, "shop", [TABLE_BROUGHT.encode()])
    profile = centre.objects.put([brought.profile.to_json().encode()])
    job_id = workshop.submit()
    with centre.database.write() as connection:
        connection.exec_driver_sql(
            "UPDATE job SET algorithm = 'tables', version = '1.2.0', inputs = ?, state = 'failed'"
            " WHERE job_id = ?",
            (json.dumps({"profile": profile}), job_id),
        )
    pack = tmp_path / "solution.zip"
    with zipfile.ZipFile(pack, "w") as archive:
        archive.writestr("sol_1/sample.csv", "\ufeffsize,colour,price\n2.0,red,7\n3.0,,8\n")
    return Solution(
        solution_id="sol_1",
        tenant=workshop.tenant,
        task_id="tsk_1",
        job_id=job_id,
        state=SolutionState.READY,
        folder=str(tmp_path),
        summary=SUMMARY,
        receipt={},
        archive=centre.objects.adopt(pack),
        created_at=workshop.clock.now(),
    )


def who(workshop, solution):
    with workshop.centre.database.read() as connection:
        return answerer(workshop.centre, connection, solution)


def asked(workshop, solution, *rows, dataset=None):
    centre, asks = workshop.centre, who(workshop, solution)
    with centre.database.write() as connection:
        return submit(centre, connection, asks, NewRows(rows, dataset))


def seen(workshop, job_id):
    with workshop.centre.database.read() as connection:
        job = prediction(connection, workshop.tenant, job_id)
        return tried(workshop.centre, connection, job)


def answered(workshop, job_id, told):
    """The algorithm writes its answers, and the job ends well."""
    output = workshop.centre.attempt_folder(job_id, 1) / "output"
    output.mkdir(parents=True)
    (output / TABLE).write_text("row,prediction\r\n1,7.0\r\n")
    (output / ANSWERS).write_text(told)
    workshop.end(job_id, wall_s=0.3)
    workshop.turn(0.3)


def test_rows_become_a_small_job_whose_price_is_held(workshop, solved):
    row = {"size": 2, "colour": "红"}
    job = asked(workshop, solved, row, {"size": None, "colour": True})
    assert job.work.predicts
    assert (job.work.algorithm, job.task_id) == ("tables", None)
    found = seen(workshop, job.job_id)
    assert 0 < found.cost.offer.quote.high < 10_000
    workshop.turn()
    (order,) = [each for each in workshop.engine.launched if each.job_id == job.job_id]
    assert order.entry == "tables.predict:main"
    assert order.preload == ("tables.predict",)
    assert len(order.cores) == 1
    assert order.inputs["solution"] == str(workshop.centre.objects.path(solved.archive))
    kept = Path(order.inputs["rows"])
    assert json.loads(kept.read_text("utf-8")) == [row, {"size": None, "colour": True}]
    assert kept.parent == workshop.centre.job_folder(job.job_id)


def test_a_dataset_is_given_as_a_task_is_and_as_it_was_brought(workshop, solved):
    dataset = workshop.centre.shelf.newest(workshop.tenant, "shop")
    job = asked(workshop, solved, dataset=dataset)
    assert set(job.work.inputs) == {"solution", "table", "profile", "original"}
    assert job.work.inputs["original"] == dataset.sha256
    assert job.work.parameters["rows"] == 40


def test_more_rows_are_allowed_more_and_may_cost_more(workshop, solved):
    row = {"size": 2, "colour": "red"}
    few, many = (asked(workshop, solved, *[row] * count) for count in (1, 1000))
    assert many.request.memory_mb >= few.request.memory_mb
    highs = [seen(workshop, job.job_id).cost.offer.quote.high for job in (few, many)]
    assert highs[0] < highs[1]


def test_the_answers_are_told_with_their_charge_and_energy(workshop, solved):
    job_id = asked(workshop, solved, {"size": 2, "colour": "red"}).job_id
    workshop.turn()
    assert seen(workshop, job_id).answers is None
    answered(workshop, job_id, json.dumps(ANSWERED))
    found = seen(workshop, job_id)
    assert found.answers.first == (("1", "7.0"),)
    assert found.answers.interval.off_by == 2.0
    assert 0 < found.cost.charge.amount <= found.cost.offer.quote.high
    assert found.energy[0] > 0
    assert found.energy[1] in set(Quality)
    assert file_of(workshop.centre, found.job).read_text().startswith("row")


@pytest.mark.parametrize("told", ["", "[]", "{}", json.dumps(ANSWERED | {"first": [["1"]] * 201})])
def test_what_is_no_answer_counts_as_absent(workshop, solved, told):
    job_id = asked(workshop, solved, {"size": 2, "colour": "red"}).job_id
    workshop.turn()
    answered(workshop, job_id, told)
    assert seen(workshop, job_id).answers is None


def test_answers_that_are_gone_with_their_folder_are_said_to_be(workshop, solved):
    job_id = asked(workshop, solved, {"size": 2, "colour": "red"}).job_id
    workshop.turn()
    workshop.end(job_id)
    workshop.turn()
    found = seen(workshop, job_id)
    assert found.answers is None
    with pytest.raises(NotFound, match="no longer kept"):
        file_of(workshop.centre, found.job)


def test_before_its_end_a_prediction_has_no_file(workshop, solved):
    job = asked(workshop, solved, {"size": 1, "colour": "red"})
    with pytest.raises(Conflict, match="is queued"):
        file_of(workshop.centre, job)


def test_a_prediction_is_no_solution_of_its_own(workshop, solved):
    job_id = asked(workshop, solved, {"size": 1, "colour": "red"}).job_id
    workshop.turn()
    answered(workshop, job_id, json.dumps(ANSWERED))
    with workshop.centre.database.read() as connection:
        assert records.solutions(connection, workshop.tenant, None, 9) == []
        assert records.tasks(connection, workshop.tenant, None, 9) == []


def test_how_long_a_prediction_ran_says_nothing_of_how_long_solving_takes(workshop, solved):
    job_id = asked(workshop, solved, {"size": 1, "colour": "red"}).job_id
    workshop.turn()
    workshop.turn()
    workshop.end(job_id)
    workshop.turn(0.5)
    quick = workshop.job(job_id)
    solving = replace(quick, work=replace(quick.work, inputs={}, time_limit_s=900.0))
    foresight = Foresight(None, [quick])
    assert foresight.expected_s(replace(quick, job_id="again")) == 1.0
    assert foresight.expected_s(solving) == 900.0


@pytest.mark.parametrize(
    ("row", "missing", "hint"),
    [
        ({"colour": "red"}, "“size”", "A cell may be empty"),
        ({"color": "red", "size": 1}, "“colour”", "Is “color” “colour”?"),
        ({"x": 1}, "“colour”, “size”", "A cell may be empty"),
    ],
)
def test_rows_without_a_column_are_refused_before_anything_is_held(
    workshop, solved, row, missing, hint
):
    with pytest.raises(WrongInput, match=missing) as refused:
        asked(workshop, solved, row)
    assert hint in refused.value.hint
    with workshop.centre.database.read() as connection:
        rows = connection.exec_driver_sql("SELECT count(*) FROM job WHERE algorithm = 'tables'")
        assert rows.scalar() == 1


def test_a_column_that_some_rows_have_is_empty_in_the_others(workshop, solved):
    assert asked(workshop, solved, {"size": 1}, {"colour": "red"}).work.parameters["rows"] == 2


def changed(solution, **summary):
    return replace(solution, summary={**solution.summary, **summary})


def test_a_solution_that_is_not_wrapped_waits(workshop, solved):
    with pytest.raises(Conflict, match="wrapped"):
        who(workshop, replace(solved, archive=None))


def test_a_solution_without_a_usable_model_says_so(workshop, solved):
    with pytest.raises(Conflict, match="no usable model"):
        who(workshop, changed(solved, usable=False))


def test_a_solution_whose_files_are_gone_says_so(workshop, solved):
    workshop.centre.objects.delete(solved.archive)
    with pytest.raises(Conflict, match="no longer kept"):
        who(workshop, solved)


def made_by(workshop, solution, algorithm, version):
    with workshop.centre.database.write() as connection:
        connection.exec_driver_sql(
            "UPDATE job SET algorithm = ?, version = ? WHERE job_id = ?",
            (algorithm, version, solution.job_id),
        )


@pytest.mark.parametrize(
    ("algorithm", "version", "sentence"),
    [
        ("tables", "1.1.9", "made by tables 1.1.9; new rows are answered by solutions of 1.2.0"),
        ("probe", "1.2.0", "probe answers no new rows"),
        ("gone", "1.0.0", "There is no algorithm 'gone'"),
    ],
)
def test_a_solution_that_nobody_can_ask_says_what_to_do(
    workshop, solved, algorithm, version, sentence
):
    made_by(workshop, solved, algorithm, version)
    with pytest.raises(Conflict, match=sentence) as refused:
        who(workshop, solved)
    assert "predicts on your own computer" in refused.value.hint


def test_versions_are_compared_as_numbers(workshop, solved):
    made_by(workshop, solved, "tables", "1.10.0")
    assert who(workshop, solved).columns == ("colour", "size")


def test_a_job_whose_algorithm_answers_no_more_is_not_started(workshop, solved):
    job = asked(workshop, solved, {"size": 1, "colour": "red"})
    with pytest.raises(Unavailable, match="answers no new rows"):
        spec(workshop.centre, replace(job, work=replace(job.work, algorithm="probe")))


def test_rows_it_cannot_answer_end_it_with_a_sentence_and_no_answers(workshop, solved):
    job_id = asked(workshop, solved, {"size": 1, "colour": "red"}).job_id
    workshop.turn()
    workshop.end(job_id, EndReason.WRONG_INPUT, 1)
    workshop.turn()
    found = seen(workshop, job_id)
    assert (found.job.state, found.job.reason, found.answers) == ("failed", "wrong_input", None)


def test_a_job_that_is_no_prediction_is_none(workshop):
    job_id = workshop.submit()
    with workshop.centre.database.read() as connection, pytest.raises(NotFound):
        prediction(connection, workshop.tenant, job_id)


def test_a_prediction_of_another_tenant_is_as_if_it_were_not_there(workshop, solved):
    job = asked(workshop, solved, {"size": 1, "colour": "red"})
    with workshop.centre.database.read() as connection, pytest.raises(NotFound):
        prediction(connection, "ten_other", job.job_id)


def asked_for(workshop, solution):
    with workshop.centre.database.read() as connection:
        return form(workshop.centre, connection, answerer(workshop.centre, connection, solution))


def test_a_form_asks_the_weightiest_column_first_and_fills_in_real_rows(workshop, solved):
    size, colour = asked_for(workshop, solved)
    assert (size.name, size.kind, size.weight) == ("size", Kind.NUMBER, 0.8)
    assert (size.low, size.high, size.choices) == (0.5, 8.5, ())
    assert size.examples == ("2.0", "3.0")
    assert (colour.choices, colour.other_choices) == (("red", "blue"), False)
    assert colour.examples == ("red", None)
    assert size.required
    assert colour.required


def test_a_form_does_without_the_profile_of_forgotten_data(workshop, solved):
    with workshop.centre.database.write() as connection:
        connection.exec_driver_sql(
            "UPDATE job SET inputs = '{}' WHERE job_id = ?", (solved.job_id,)
        )
    size, _ = asked_for(workshop, solved)
    assert (size.name, size.low, size.choices, size.required) == ("size", None, (), False)
