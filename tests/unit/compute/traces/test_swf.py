"""The Standard Workload Format as its definition says."""

import pytest

from zhisuan.compute.traces.swf import read_swf
from zhisuan.core.errors import WrongInput

GOOD = "7 100 5 60 4 -1 -1 8 90 -1 1 12 3 44 2 -1 -1 -1"


def read(tmp_path, *rows):
    path = tmp_path / "log.swf"
    path.write_text("; Version: 2.2\n;\n" + "\n".join(rows) + "\n")
    return read_swf(path)


def changed(number, value, row=GOOD):
    """The row with another value in a field, counted from 1."""
    fields = row.split()
    fields[number - 1] = str(value)
    return " ".join(fields)


def test_every_field_finds_its_place(tmp_path):
    (job,) = read(tmp_path, GOOD).jobs
    assert (job.job_id, job.arrival_s, job.run_s, job.estimate_s) == ("7", 100.0, 60.0, 90.0)
    assert job.request.cpu_milli == 8000
    assert (job.user, job.tenant, job.group, job.executable, job.queue) == (
        *("12", "12", "3"),
        *("44", "2"),
    )


def test_processors_are_those_allocated_if_none_were_requested(tmp_path):
    (job,) = read(tmp_path, changed(8, -1)).jobs
    assert job.request.cpu_milli == 4000


def test_a_missing_estimate_is_the_run_time(tmp_path):
    (job,) = read(tmp_path, changed(9, -1)).jobs
    assert job.estimate_s == 60.0


def test_nobody_runs_longer_than_his_estimate(tmp_path):
    (job,) = read(tmp_path, changed(9, 45)).jobs
    assert (job.run_s, job.estimate_s) == (45.0, 45.0)


def test_what_never_ran_and_parts_of_jobs_are_dropped(tmp_path):
    never, nothing = changed(4, -1), changed(8, -1, changed(5, -1))
    trace = read(tmp_path, GOOD, never, nothing, changed(11, 3))
    assert (len(trace.jobs), trace.dropped) == (1, 3)


def test_jobs_stand_in_order_of_arrival_and_ties_as_in_the_file(tmp_path):
    rows = [changed(1, 3), changed(1, 2), changed(2, 50, changed(1, 1))]
    assert [job.job_id for job in read(tmp_path, *rows).jobs] == ["1", "3", "2"]


def test_unknown_users_are_nobody(tmp_path):
    (job,) = read(tmp_path, changed(12, -1)).jobs
    assert job.user == ""


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("1 2 3", "line 3: there are 3 fields"),
        (changed(2, "soon"), r"line 3: the submit time \(field 2\) is “soon”"),
        (changed(2, -1), r"the submit time \(field 2\)"),
        (changed(4, "nan"), r"the run time \(field 4\)"),
        (changed(8, 2.5), r"requested processors \(field 8\) is “2.5”"),
        (f"{GOOD}\n{GOOD}", "line 4: job 7 stands there twice"),
        (changed(4, 0), "holds no job that ran"),
    ],
)
def test_a_fault_names_file_line_and_field(tmp_path, row, told):
    with pytest.raises(WrongInput, match=told) as error:
        read(tmp_path, row)
    assert "log.swf" in error.value.message
    assert error.value.hint
