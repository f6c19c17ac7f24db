import numpy as np
import pytest
from tables.judge import Answers, judge
from tables.metrics import auc, classification_facts, regression_facts, row_losses, score


def answers(rng: np.random.Generator, rows: int, slope: float, trust: float) -> Answers:
    """Numbers with a share of signal, and a model that trusts what it sees."""
    x = rng.normal(size=rows)
    y = slope * x + rng.normal(size=rows)
    return Answers(y, trust * x, np.zeros(rows))


def test_a_strong_model_is_usable() -> None:
    rng = np.random.default_rng(0)
    verdict = judge(answers(rng, 200, 2.0, 1.9), answers(rng, 800, 2.0, 1.9), 0)
    assert verdict.usable
    low, high = verdict.interval
    assert low < verdict.score < high < verdict.baseline_score


def test_the_naive_answer_itself_is_never_usable() -> None:
    rng = np.random.default_rng(0)
    noise = answers(rng, 500, 2.0, 1e-9)
    verdict = judge(noise, noise, 0)
    assert not verdict.usable
    assert verdict.z == 0.0


@pytest.mark.parametrize("seed", range(20))
def test_answers_to_noise_are_not_usable(seed: int) -> None:
    rng = np.random.default_rng(seed)
    assert not judge(answers(rng, 200, 0.0, 0.2), answers(rng, 800, 0.0, 0.2), 0).usable


def test_a_model_worse_than_naive_is_refused_however_well_it_orders() -> None:
    rng = np.random.default_rng(0)
    verdict = judge(answers(rng, 200, 1.0, 9.0), answers(rng, 800, 1.0, 9.0), 0)
    assert verdict.z > 5
    assert not verdict.usable


def test_auc_counts_ordered_pairs_with_ties_half() -> None:
    rng = np.random.default_rng(0)
    positive, value = rng.integers(0, 2, 60), rng.integers(0, 9, 60)
    pairs = [(p > n) + 0.5 * (p == n) for p in value[positive == 1] for n in value[positive == 0]]
    assert auc(positive, value) == pytest.approx(np.mean(pairs))


def test_log_loss_of_the_class_shares_is_their_entropy() -> None:
    y = np.array([0] * 30 + [1] * 10)
    shares = np.broadcast_to([0.75, 0.25], (40, 2))
    assert score(y, shares) == pytest.approx(-(0.75 * np.log(0.75) + 0.25 * np.log(0.25)))


def test_one_wrong_certainty_costs_a_bounded_amount() -> None:
    assert row_losses(np.array([1]), np.array([[1.0, 0.0]]))[0] < 14


def test_facts_of_a_perfect_and_of_a_naive_answer() -> None:
    y = np.array([0, 1, 2, 1])
    assert classification_facts(y, np.eye(3)[y]) == {
        "accuracy": 1.0, "balanced_accuracy": 1.0, "f1_macro": 1.0, "auc": 1.0,
    }  # fmt: skip
    numbers = np.array([1.0, 2.0, 3.0])
    assert regression_facts(numbers, np.full(3, 2.0))["r2"] == 0.0
