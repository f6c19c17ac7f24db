"""The past under other rules, through the API and on the command line."""

import pytest

POLICY = """
order = "shortest"
"""
NARROW = """
[[device]]
kind = "npu"
vendor = "Ascend"
model = "910B"
memory_mb = 65536
count = 1
"""


@pytest.fixture
def past(start_centre, tmp_path):
    """A centre of its own that has run a few jobs on two simulated devices."""
    folder = tmp_path / "lived"
    folder.mkdir()
    (folder / "pool.toml").write_text(NARROW.replace("count = 1", "count = 2"))
    centre = start_centre(folder)
    tenant = centre.tenant()
    asked = {"any_of": [{"kind": "npu", "milli": 1000}], "parameters": {"rest": 0.3}}
    jobs = [tenant.submitted(cpu_milli=100, **asked)["job_id"] for _ in range(6)]
    assert {tenant.ended(job_id)["state"] for job_id in jobs} == {"succeeded"}
    return centre


def test_the_past_can_be_asked_what_half_the_pool_would_have_done(past):
    with past.operator() as operator:
        told = operator.post("/v1/replays", json={"pool": NARROW, "policy": POLICY}).json()
    assert told["lived"]["jobs"] == told["today"]["jobs"] == told["changed"]["jobs"] == 6
    assert told["changed"]["average_wait_s"] > told["today"]["average_wait_s"]
    assert told["changed"]["never_started"] == 0
    assert 0 < told["today"]["makespan_s"] <= told["lived"]["makespan_s"]


def test_what_nothing_changes_is_replayed_as_it_is_today(past, alone):
    told = alone("replay", "own", "--json", "--data", past.folder).json()
    assert told["changed"] is None
    assert told["lived"]["jobs"] == told["today"]["jobs"] == 6


def test_the_scheduler_asked_again_decides_as_it_did(past, alone):
    told = alone("replay", "own", "--retrace", "--json", "--data", past.folder).json()
    agreement = told["agreement"]
    assert agreement["starts"] == 6
    assert agreement["agreed"] >= 4, "a job that was being submitted in a turn may be missed"


@pytest.mark.parametrize(
    "body",
    [{"policy": "order = 3"}, {"policy": "not toml"}, {"pool": "[[node]]"}, {"since": "yesterday"}],
)
def test_rules_that_are_none_are_refused_with_a_sentence(past, body):
    with past.operator() as operator:
        answer = operator.post("/v1/replays", json=body)
    assert answer.status_code in (400, 422)
    assert answer.json()["hint"]
