"""Jobs of a GPU cluster: when, how long, how many, for whom."""

from datetime import UTC, datetime

import pytest

from zhisuan.compute.count import Count
from zhisuan.compute.replay.cases import Tenants
from zhisuan.compute.traces.philly import UNSAID_S, Cluster, Window, read_philly
from zhisuan.core.errors import WrongInput

HEAD = "timestamp,duration,num_gpus,gpu_time,cluster\n"
ROWS = """\
2017-10-09 00:00:10,66.0,1,66.0,blue
2017-10-09 00:00:05,2951.5,12,35418.0,red
2017-10-09 00:00:10,7,8,56,red
2017-10-10 00:00:00,7,8,56,red
"""


def read(tmp_path, rows=ROWS, **settings):
    path = tmp_path / "jobs.csv"
    path.write_text(HEAD + rows)
    window = settings.pop("window", None)
    return read_philly(path, Cluster(**settings), window)


def test_jobs_stand_by_time_and_ties_as_in_the_file(tmp_path):
    trace = read(tmp_path)
    assert [job.job_id for job in trace.jobs] == ["3", "2", "4", "5"]
    first = trace.jobs[0]
    assert first.arrival_s == datetime(2017, 10, 9, 0, 0, 5, tzinfo=UTC).timestamp()
    assert (first.run_s, first.estimate_s, first.group) == (2951.5, UNSAID_S, "red")
    assert first.request.size == 12_000


def test_a_window_takes_its_beginning_and_leaves_its_end(tmp_path):
    window = Window(datetime(2017, 10, 9, 0, 0, 10, tzinfo=UTC), datetime(2017, 10, 10, tzinfo=UTC))
    trace = read(tmp_path, window=window)
    assert [job.job_id for job in trace.jobs] == ["2", "4"]
    assert trace.dropped == 2


def test_everybody_is_one_tenant_or_every_cluster_its_own(tmp_path):
    assert len({job.tenant for job in read(tmp_path).jobs}) == 1
    assert {job.tenant for job in read(tmp_path, tenants=Tenants.VC).jobs} == {"blue", "red"}


def test_a_job_larger_than_a_node_is_a_gang_of_equal_parts():
    request = Cluster(node_gpus=8).request(12)
    assert (request.nodes, request.device_milli, request.size) == (2, 6000, 12_000)
    assert Cluster(node_gpus=8).request(8).nodes == 1


def test_a_cluster_is_a_number_or_nodes():
    assert isinstance(Cluster().pool(10), Count)
    pool = Cluster(node_gpus=4).pool(8)
    assert pool.admits(Cluster(node_gpus=4).request(8))
    assert not pool.admits(Cluster(node_gpus=4).request(9))
    with pytest.raises(WrongInput, match="10 GPUs do not make up nodes of 4"):
        Cluster(node_gpus=4).pool(10)


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("yesterday,1,1,1,red\n", "line 2: timestamp is “yesterday”"),
        ("2017-10-09 00:00:10,-1,1,1,red\n", "line 2: duration is “-1”"),
        ("2017-10-09 00:00:10,1,0.5,1,red\n", "line 2: num_gpus is “0.5”"),
        ("2017-10-09 00:00:10,0,1,1,red\n", "holds no job that came in that time"),
    ],
)
def test_a_fault_names_file_line_and_column(tmp_path, row, told):
    with pytest.raises(WrongInput, match=told) as error:
        read(tmp_path, row)
    assert "jobs.csv" in error.value.message
