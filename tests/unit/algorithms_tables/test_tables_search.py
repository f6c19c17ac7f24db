"""The search itself needs the libraries; what it may cost and how it fails is told here."""

import pytest

pytestmark = pytest.mark.environment


def test_a_learner_that_fails_does_not_cost_the_result(in_environment) -> None:
    answer = in_environment("failing_learner.py")
    assert answer["tried"] == ["lightgbm", "linear"]
    assert answer["failed"] == {
        "broken": "ValueError: no such thing",
        "wild": "its answers are not finite",
    }


def test_random_answers_leave_the_naive_one(in_environment) -> None:
    answer = in_environment("failing_learner.py")
    assert answer["naive_weight_on_noise"] == 1.0
    assert answer["weight_on_truth"] > 0.9
