"""`zhisuan replay`, from files to figures."""

import json

import pytest

from zhisuan.cli.main import app
from zhisuan.core.errors import NotFound, Unsatisfiable, WrongInput

ROW = "{} {} -1 {} {} -1 -1 {} {} -1 1 7 1 1 1 -1 -1 -1"
LOG = "; MaxProcs: 4\n" + "\n".join(
    ROW.format(number, arrival, run, cores, cores, said)
    for number, arrival, run, cores, said in [
        (1, 0, 10, 4, 10),
        (2, 1, 10, 2, 20),
        (3, 2, 5, 4, 5),
        (4, 3, 4, 2, 4),
        (5, 3, -1, 2, 4),
    ]
)
JOBS = """\
timestamp,duration,num_gpus,gpu_time,cluster
2017-10-01 00:00:00,9000,4,36000,red
2017-10-01 01:00:00,60,2,120,blue
2017-10-02 00:00:00,60,2,120,blue
"""
NODES = "sn,cpu_milli,memory_mib,gpu,model\na,32000,65536,4,T4\nb,32000,65536,4,A10\n"
PODS = """\
name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec
p,1000,64,1,1000,
q,1000,64,1,500,T4
r,1000,64,2,1000,
"""


@pytest.fixture
def traces(tmp_path):
    for name, text in (
        *(("log.swf", LOG), ("jobs.csv", JOBS)),
        *(("nodes.csv", NODES), ("pods.csv", PODS)),
    ):
        (tmp_path / name).write_text(text)
    return tmp_path


def said(capsys, *words):
    """What the command printed."""
    app(["replay", *map(str, words)], standalone_mode=False)
    return capsys.readouterr()


def figures(capsys, *words):
    return json.loads(said(capsys, *words, "--json").out)


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_promises_are_told_for_people_and_for_programs(traces, capsys, form):
    out = said(capsys, "swf", traces / "log.swf", "--procs", 4, "--promise", *form).out
    assert ("promise_coverage" if form else "Starts within their interval") in out


def test_a_log_is_told_by_these_figures(traces, capsys):
    told = figures(capsys, "swf", traces / "log.swf", "--procs", 4, "--backfill", "none")
    assert told.pop("jobs_per_second") > 0
    assert told == {
        "jobs": 4,
        "average_wait_s": 12.25,
        "bounded_slowdown": pytest.approx(1.95),
        "p99_wait_s": 22.0,
        "utilisation": pytest.approx(88 / 116),
        "makespan_s": 29.0,
    }


def test_only_the_last_jobs_that_are_kept(traces, capsys):
    told = figures(capsys, "swf", traces / "log.swf", "--procs", 4, "--last", 2)
    assert (told["jobs"], told["average_wait_s"]) == (2, 2.0)


@pytest.mark.parametrize("order", ["fcfs", "sjf", "centre"])
@pytest.mark.parametrize("estimates", ["user", "perfect", "predicted"])
def test_every_order_goes_with_every_estimate(traces, capsys, order, estimates):
    words = ("--procs", 4, "--order", order, "--estimates", estimates)
    printed = said(capsys, "swf", traces / "log.swf", *words)
    assert ("a bound, not a policy" in printed.err) == (estimates == "perfect")
    assert "Bounded slowdown" in printed.out


def test_a_cluster_is_told_by_these_figures(traces, capsys):
    words = ("--gpus", 4, "--policy", "fcfs", "--to", "2017-10-02")
    told = figures(capsys, "philly", traces / "jobs.csv", *words)
    assert told.pop("jobs_per_second") > 0
    assert told == {
        "jobs": 2,
        "average_jct_s": (9000 + 5460) / 2,
        "average_wait_s": 2700.0,
        "p99_wait_s": 5400.0,
        "jain_fairness": pytest.approx((1 + 91) ** 2 / (2 * (1 + 91**2))),
    }


@pytest.mark.parametrize("policy", ["fcfs", "sjf", "easy", "centre", "centre-nonpreemptive"])
@pytest.mark.parametrize("more", [(), ("--nodes-of", 2, "--tenants", "vc")])
def test_every_policy_ends_every_job(traces, capsys, policy, more):
    words = ("--gpus", 4, "--policy", policy, *more)
    printed = said(capsys, "philly", traces / "jobs.csv", *words, "--json")
    assert json.loads(printed.out)["jobs"] == 3
    assert ("a bound, not a policy" in printed.err) == (policy in {"sjf", "easy"})


@pytest.mark.parametrize("policy", ["random", "bestfit", "fgd", "centre"])
def test_a_cluster_that_is_filled_is_told_by_these_figures(traces, capsys, policy):
    words = ("--nodes", traces / "nodes.csv", "--pods", traces / "pods.csv", "--policy", policy)
    told = figures(capsys, "openb", *words, "--seed", 7)
    assert list(told) == [
        "unallocated_gpu_percent_at_100",
        "unallocated_gpu_percent_at_130",
        "fragmentation_percent",
        "placements_per_second",
        "decision_ms_p50",
        "decision_ms_p99",
    ]
    assert 0 <= told["unallocated_gpu_percent_at_130"] <= 100


def test_a_page_is_drawn_of_each(traces, capsys):
    html = traces / "page.html"
    pods = ("--nodes", traces / "nodes.csv", "--pods", traces / "pods.csv")
    for words, charts in (
        (("swf", traces / "log.swf", "--procs", 4), 3),
        (("philly", traces / "jobs.csv", "--gpus", 4), 3),
        (("openb", *pods), 2),
    ):
        html.unlink(missing_ok=True)
        assert str(html.name) in said(capsys, *words, "--html", html).out
        assert html.read_text("utf-8").count("<svg") == charts


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (WrongInput, ("swf", "log.swf", "--procs", 4, "--order", "centre", "--backfill", "none")),
        (Unsatisfiable, ("swf", "log.swf", "--procs", 3)),
        (NotFound, ("swf", "nowhere.swf", "--procs", 4)),
        (WrongInput, ("swf", "jobs.csv", "--procs", 4)),
        (WrongInput, ("swf", "log.swf", "--procs", 4, "--html", "nowhere/page.html")),
        (WrongInput, ("philly", "jobs.csv", "--gpus", 4, "--nodes-of", 3)),
        (Unsatisfiable, ("philly", "jobs.csv", "--gpus", 3)),
        (
            WrongInput,
            ("philly", "jobs.csv", "--gpus", 4, "--from", "2017-10-02", "--to", "2017-10-02"),
        ),
        (WrongInput, ("philly", "jobs.csv", "--gpus", 4, "--from", "2018-10-02")),
        (WrongInput, ("openb", "--nodes", "pods.csv", "--pods", "pods.csv")),
    ],
)
def test_what_makes_no_sense_is_one_clear_error(traces, monkeypatch, capsys, error, words):
    monkeypatch.chdir(traces)
    with pytest.raises(error) as told:
        said(capsys, *words)
    assert told.type is error
    assert told.value.hint
