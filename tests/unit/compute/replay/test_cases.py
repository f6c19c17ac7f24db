"""The policies by their names, and the combinations that make no sense."""

import pytest

from zhisuan.compute.count import Count
from zhisuan.compute.policy import Backfill, Order, Packing
from zhisuan.compute.replay.cases import (
    BOUND,
    Estimates,
    GpuPolicy,
    Placement,
    SwfBackfill,
    SwfOrder,
    gpu_case,
    swf_case,
)
from zhisuan.compute.replay.predicted import Predicted
from zhisuan.compute.replay.predictor import Perfect, UserEstimate
from zhisuan.compute.replay.run import Run
from zhisuan.compute.replay.trace import Trace, TraceJob
from zhisuan.compute.request import ResourceRequest
from zhisuan.core.errors import Unsatisfiable, WrongInput


def test_without_more_words_a_log_is_backfilled_by_what_users_said():
    case = swf_case(SwfOrder.FCFS, None, None)
    assert (case.policy.order, case.policy.backfill) == (Order.FIRST_COME, Backfill.EASY)
    assert isinstance(case.predictor, UserEstimate)
    assert not case.caution


def test_the_centres_own_policy_predicts_and_lets_nobody_wait_for_ever():
    case = swf_case(SwfOrder.CENTRE, None, None)
    assert isinstance(case.predictor, Predicted)
    assert case.policy.patience_s < float("inf")


@pytest.mark.parametrize("backfill", [SwfBackfill.NONE, SwfBackfill.CONSERVATIVE])
def test_the_centres_own_policy_brings_its_backfilling(backfill):
    with pytest.raises(WrongInput, match=f"not by {backfill}"):
        swf_case(SwfOrder.CENTRE, backfill, None)


def test_who_knows_the_truth_is_called_a_bound():
    assert swf_case(SwfOrder.SJF, None, Estimates.PERFECT).caution == BOUND
    knowing = [each for each in GpuPolicy if isinstance(gpu_case(each).predictor, Perfect)]
    assert knowing == [GpuPolicy.SJF, GpuPolicy.EASY]
    assert all((gpu_case(each).caution == BOUND) == (each in knowing) for each in GpuPolicy)


def test_every_placement_has_its_packing():
    assert {each.packing for each in Placement} <= set(Packing)
    assert Placement.FGD.packing is Packing.FRAGMENTATION


def test_a_job_that_would_wait_for_ever_is_told_before_the_work():
    job = TraceJob("a", "t", 0.0, 1.0, 1.0, ResourceRequest(5000))
    run = Run(Trace("t", [job]), gpu_case(GpuPolicy.FCFS))
    with pytest.raises(Unsatisfiable, match="1 of the 1 jobs would never start") as error:
        run.through(Count(4000), lambda _: None)
    assert "5" in error.value.hint
