"""Versions of one result, where it came from, and what it consists of."""

import pytest
from asking import TABLE, answer, asked, dataset, folder_of, seen
from sqlalchemy import event

from zhisuan.compute.job import SOLUTION, Work
from zhisuan.services import records
from zhisuan.services.pool import run
from zhisuan.services.tasks.lineage import Later, lineage
from zhisuan.services.tasks.parcel import files_of
from zhisuan.services.tasks.solutionview import solution_views
from zhisuan.services.tasks.wrap import wrap


def solved(workshop, of):
    """A solution learned from a dataset, ready to be taken away."""
    task = asked(workshop, of)
    workshop.turn()
    answer(workshop, task.job_id)
    (folder_of(workshop, task.job_id).output / "odd.bin").write_bytes(b"12345")
    workshop.end(task.job_id)
    workshop.turn(60.0)
    solution_id = seen(workshop, task)[0].solution_id
    wrap(workshop.centre, solution_id)
    with workshop.centre.database.read() as connection:
        return records.solution(connection, workshop.tenant, solution_id)


def looked_at(workshop, *solutions):
    with workshop.centre.database.read() as connection:
        return solution_views(workshop.centre, connection, solutions)


def chain(workshop, solution):
    with workshop.centre.database.read() as connection:
        return lineage(workshop.centre, connection, solution)


@pytest.fixture
def versions(workshop):
    """Two of one result over two versions of the data, and one of another in between."""
    first = solved(workshop, dataset(workshop))
    other = solved(workshop, dataset(workshop, "farm"))
    second = solved(workshop, dataset(workshop, text=TABLE + "1,2,1\n"))
    return first, other, second


def test_solutions_of_the_same_name_and_target_are_numbered_as_they_were_made(workshop, versions):
    views = looked_at(workshop, *versions)
    assert [(view.label.name, view.label.version, view.number) for view in views] == [
        ("shop", 1, 1),
        ("farm", 1, 1),
        ("shop", 2, 2),
    ]
    assert views[0].quality.score == 2.0
    assert looked_at(workshop, versions[2]) == views[2:]


def test_forgetting_the_data_changes_no_number(workshop, versions):
    before = looked_at(workshop, *versions)
    workshop.centre.shelf.delete(workshop.tenant, before[0].task.dataset_id)
    after = looked_at(workshop, *versions)
    assert [view.number for view in after] == [view.number for view in before]
    assert after[0].label.deleted


def test_a_page_costs_as_many_statements_as_one(workshop, versions):
    counts = []
    for solutions in (versions[:1], versions):
        said = []

        def heard(*about, said=said):
            said.append(about[2])

        engine = workshop.centre.database._engine
        event.listen(engine, "before_cursor_execute", heard)
        looked_at(workshop, *solutions)
        event.remove(engine, "before_cursor_execute", heard)
        counts.append(len(said))
    assert counts[0] == counts[1]


def test_the_chain_names_data_question_work_and_result(workshop, versions):
    first, _, second = versions
    told = chain(workshop, first)
    algorithm = workshop.centre.catalogue.get("probe")
    assert told.digest == algorithm.digest
    assert told.view.task.job_id == told.view.job.job_id == first.job_id
    assert told.view.label.sha256
    later = [(each.what, each.number) for each in told.later]
    assert later == [(Later.DATA, 2), (Later.SOLUTION, 2)]
    assert told.later[1].id == second.solution_id
    assert chain(workshop, second).later == []


def test_what_was_predicted_with_it_comes_later(workshop, versions):
    first = versions[0]
    centre, job = workshop.centre, workshop.job(first.job_id)
    with centre.database.write() as connection:
        offer = centre.ledger.get_quote(connection, workshop.tenant, job.quote_id)
        work = Work("probe", "1.2.0", {"solution_id": first.solution_id}, {SOLUTION: "x"})
        tried = run.queue(centre, connection, workshop.tenant, work, job.request, offer)
    told = [(each.what, each.id) for each in chain(workshop, first).later]
    assert (Later.PREDICTION, tried.job_id) in told
    assert Later.PREDICTION not in [each.what for each in chain(workshop, versions[2]).later]


def test_its_files_are_told_in_words_those_of_the_card_first(workshop, versions):
    files = files_of(workshop.centre, versions[0], "probe")
    assert [each.path for each in files] == ["solution.json", "receipt.json", "odd.bin"]
    assert files[0].about.zh.startswith("测得的速度")
    assert files[2].bytes == 5
    assert files_of(workshop.centre, versions[0], "gone")[0].path == "receipt.json"


def test_solutions_are_found_by_data_and_target(workshop, versions):
    first, _, second = versions
    with workshop.centre.database.read() as connection:
        ids = list(workshop.centre.shelf.called(connection, workshop.tenant, "shop"))

        def found(**which):
            listed = records.solutions(connection, workshop.tenant, None, 50, **which)
            return [each.solution_id for each in listed]

        assert found(datasets=ids) == [second.solution_id, first.solution_id]
        assert len(found(target="y")) == 3
        assert found(target="%") == found(target="a") == []
