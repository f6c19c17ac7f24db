"""What holds of any trace under any policy."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhisuan.compute.count import Count
from zhisuan.compute.policy import Backfill, Order, Policy
from zhisuan.compute.replay.measures import wait_s
from zhisuan.compute.replay.predicted import Predicted
from zhisuan.compute.replay.predictor import Perfect, UserEstimate
from zhisuan.compute.replay.simulate import Replay, lost_work_s
from zhisuan.compute.replay.trace import TraceJob
from zhisuan.compute.request import ResourceRequest

CORES = 6


@st.composite
def traces(draw):
    now, made = 0.0, []
    for number in range(draw(st.integers(1, 12))):
        now += draw(st.sampled_from([0, 0, 1, 30, 500, 4000]))
        run_s = draw(st.sampled_from([1, 10, 60, 700, 5000, 20_000]))
        made.append(
            TraceJob(
                f"j{number}",
                draw(st.sampled_from("ab")),
                now,
                run_s,
                run_s * draw(st.sampled_from([1, 2, 10])),
                ResourceRequest(1000 * draw(st.integers(1, CORES))),
                draw(st.sampled_from("xy")),
                draw(st.sampled_from("uv")),
            )
        )
    return made


policies = st.builds(
    Policy,
    order=st.sampled_from([each for each in Order if each is not Order.FAIR]),
    backfill=st.sampled_from(Backfill),
    minimum_run_s=st.sampled_from([0.0, 300.0]),
    patience_s=st.sampled_from([600.0, float("inf")]),
    patience_share=st.sampled_from([0.5, 1.0]),
)
predictors = st.sampled_from([UserEstimate, Perfect, Predicted.of_users, Predicted.of_groups])


def run(jobs, policy, predictor, tick_s=60.0):
    ended, seen, pool = [], [], Count(1000 * CORES)
    replay = Replay(
        pool,
        policy,
        predictor(),
        ended.append,
        watch=lambda *what: seen.append(what),
        tick_s=tick_s,
    )
    list(replay.run(jobs))
    assert replay.waiting == 0
    assert pool.free == pool.capacity
    return ended, seen


@given(traces(), policies, predictors)
@settings(max_examples=40, deadline=None)
def test_no_job_is_lost_none_starts_early_and_never_is_more_in_use_than_there_is(
    jobs, policy, predictor
):
    ended, seen = run(jobs, policy, predictor)
    assert sorted(one.job.job_id for one in ended) == sorted(one.job_id for one in jobs)
    assert all(0 <= held <= 1000 * CORES for _, held, _ in seen)
    assert all(one.started_at >= one.job.arrival_s for one in ended)
    for one in ended:
        assert one.lost_s == one.preemptions * lost_work_s(one.job.request)
        assert wait_s(one) >= one.lost_s - 1e-6


@given(traces(), policies, predictors)
@settings(max_examples=40, deadline=None)
def test_what_was_in_use_is_the_work_of_all_jobs_and_what_preemptions_cost(jobs, policy, predictor):
    ended, seen = run(jobs, policy, predictor)
    used = sum(held * (later - now) for (now, held, _), (later, _, _) in pairwise(seen))
    work = sum(one.job.request.size * (one.job.run_s + one.lost_s) for one in ended)
    assert used == pytest.approx(work)


@given(traces(), policies, predictors)
@settings(max_examples=20, deadline=None)
def test_equal_traces_are_replayed_equally(jobs, policy, predictor):
    assert run(jobs, policy, predictor) == run(jobs, policy, predictor)
