"""Guesses from jobs that ended, and what they may and may not change."""

from zhisuan.compute.count import Count
from zhisuan.compute.policy import Backfill, Order, Policy
from zhisuan.compute.replay.predicted import UNKNOWN_S, Predicted
from zhisuan.compute.replay.simulate import Replay
from zhisuan.compute.replay.trace import TraceJob
from zhisuan.compute.request import ResourceRequest


def job(name, user="u", run_s=10.0, estimate_s=100.0, cores=1, arrival_s=0.0, group=""):
    return TraceJob(
        *(name, "t", arrival_s, run_s, estimate_s),
        ResourceRequest(1000 * cores),
        group,
        user,
    )


def test_the_estimate_is_believed_until_somebody_like_it_has_ended():
    predictor = Predicted.of_users()
    assert predictor.predict(job("a"), 0) == 100
    predictor.learn(job("a"), 10, 0)
    assert predictor.predict(job("b"), 0) == 10
    assert predictor.predict(job("c", estimate_s=5.0), 0) == 5
    assert predictor.predict(job("d", user="v"), 0) == 100


def test_jobs_of_the_same_estimate_tell_more_than_other_jobs_of_the_user():
    predictor = Predicted.of_users()
    predictor.learn(job("a", estimate_s=100.0), 10, 0)
    predictor.learn(job("b", estimate_s=200.0), 50, 0)
    assert predictor.predict(job("c", estimate_s=200.0), 0) == 50
    assert predictor.predict(job("d", estimate_s=300.0), 0) == 30


def test_where_nobody_said_anything_it_is_an_hour_until_any_job_has_ended():
    predictor = Predicted.of_groups()
    silent = job("a", estimate_s=1e9, group="x")
    assert predictor.predict(silent, 0) == UNKNOWN_S
    predictor.learn(job("b", estimate_s=1e9, group="y"), 7000, 0)
    assert predictor.predict(silent, 0) == 7000


def test_only_kin_of_what_ended_is_guessed_anew_and_only_once():
    predictor = Predicted.of_users()
    waiting = [job("a"), job("b", user="v")]
    predictor.learn(job("c"), 10, 0)
    assert [each.job_id for each in predictor.news(waiting)] == ["a"]
    assert not list(predictor.news(waiting))


def test_what_outlasts_its_guess_is_expected_to_go_on_at_most_to_its_estimate():
    predictor = Predicted.of_users()
    assert predictor.extend(job("a"), 20, 0) == 41
    assert predictor.extend(job("a"), 80, 0) == 100
    assert predictor.extend(job("a"), 100, 0) > 100


def test_a_job_that_waits_moves_up_when_its_like_turn_out_short():
    # By what they say u goes before v; but as soon as one of v has ended early, v goes first.
    def order(jobs):
        ended = []
        policy = Policy(order=Order.SHORTEST)
        replay = Replay(Count(4000), policy, Predicted.of_users(), ended.append)
        list(replay.run(jobs))
        return [one.job.job_id for one in ended]

    jobs = [
        job("first u", "u", 90.0, 100.0, 4),
        job("first v", "v", 5.0, 400.0, 4),
        job("next u", "u", 90.0, 100.0, 4),
        job("next v", "v", 5.0, 400.0, 4),
    ]
    assert order(jobs) == ["first u", "next u", "first v", "next v"]
    early = job("early v", "v", 5.0, 50.0, 4)
    assert order([early, *jobs]) == ["early v", "first v", "next v", "first u", "next u"]


def test_a_wrong_guess_delays_nobody_who_was_promised_a_start():
    # s is guessed to run 1 s, as its owner's last did, but says 100 s: it may not pass w, who
    # is promised the end of r.
    jobs = [
        job("before", "s", 1.0, 100.0, 1),
        job("r", "r", 50.0, 50.0, 2, arrival_s=10.0),
        job("w", "w", 10.0, 10.0, 4, arrival_s=11.0),
        job("s", "s", 90.0, 100.0, 2, arrival_s=12.0),
    ]
    began = {}
    replay = Replay(
        Count(4000),
        Policy(backfill=Backfill.EASY),
        Predicted.of_users(),
        lambda one: began.update({one.job.job_id: one.started_at}),
    )
    list(replay.run(jobs))
    assert (began["w"], began["s"]) == (60, 70)
