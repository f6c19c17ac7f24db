"""What the live centre expects of its jobs, learned from those that ended."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from zhisuan.compute.allocation import Allocation, DeviceShare
from zhisuan.compute.device import DeviceKind
from zhisuan.compute.job import Job, JobState, Work
from zhisuan.compute.request import DeviceRequest, ResourceRequest
from zhisuan.services.pool.foresight import Foresight

NOW = datetime(2026, 1, 2, tzinfo=UTC)
EITHER = (DeviceRequest(DeviceKind.GPU, 1000), DeviceRequest(DeviceKind.NPU, 1000))


def job(number=1, tenant="ten_a", limit_s=600.0, any_of=EITHER):
    work = Work("probe", "1.0.0", {}, {}, limit_s)
    request = ResourceRequest(any_of=any_of)
    return Job(f"job_{number}", number, tenant, work, request, "standard", 10, JobState.QUEUED, NOW)


def ended(run_s, *, kind=DeviceKind.GPU, state=JobState.SUCCEEDED, **made):
    share = DeviceShare("d0", 1000, kind, f"{kind}-64g")
    held = (Allocation("n", 1000, 1024, (0,), (share,)),)
    over = {"started_at": NOW, "ended_at": NOW + timedelta(seconds=run_s), "attempt": 1}
    return replace(job(**made), state=state, allocations=held, **over)


def test_a_job_is_expected_to_run_as_long_as_the_last_ones_of_its_tenant():
    foresight = Foresight(None, [ended(100.0), ended(140.0)])
    assert foresight.expected_s(job()) == pytest.approx(120.0)


def test_what_nobody_has_run_before_is_expected_to_take_its_limit():
    assert Foresight(None).expected_s(job(limit_s=50.0)) == 50.0


def test_no_expectation_passes_what_the_limit_leaves():
    foresight = Foresight(None, [ended(500.0)])
    assert foresight.expected_s(job(limit_s=50.0)) == 50.0


def test_a_job_that_failed_says_nothing_of_how_long_such_work_takes():
    foresight = Foresight(None, [ended(3.0, state=JobState.FAILED)])
    assert foresight.expected_s(job()) == 600.0


def test_the_faster_kind_is_asked_first_once_both_have_been_seen():
    foresight = Foresight(None, [ended(100.0)])
    assert foresight.preferring(job()).any_of == EITHER
    foresight.learn(ended(20.0, kind=DeviceKind.NPU))
    assert foresight.preferring(job()).any_of == EITHER[::-1]


def test_what_is_typically_asked_for_is_known_from_the_first_job_on():
    foresight = Foresight(None)
    assert foresight.mix is None
    assert foresight.arrived(job())
    assert foresight.mix is not None


def test_intervals_learn_from_starts_and_outlive_the_centre(tmp_path):
    foresight = Foresight(tmp_path)
    for number in range(30):
        told = foresight.intervals(1000.0, {f"job_{number}": 1100.0})
        assert told[f"job_{number}"][0] <= told[f"job_{number}"][1]
        foresight.started(f"job_{number}", 1150.0)
    low, high = foresight.intervals(1000.0, {"job_x": 1100.0})["job_x"]
    assert low == pytest.approx(1150.0)
    assert high == pytest.approx(1150.0)
    foresight.keep()
    assert Foresight(tmp_path).intervals(1000.0, {"job_y": 1100.0})["job_y"] == (low, high)


def test_a_spoilt_file_is_learned_again(tmp_path):
    (tmp_path / "foresight.json").write_text("{")
    low, high = Foresight(tmp_path).intervals(0.0, {"job_1": 60.0})["job_1"]
    assert low <= 60.0 <= high
