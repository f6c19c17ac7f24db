import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from tables.budget import Budget
from tables.dense import Dense
from tables.link import log_link, long_tailed, plain_link

AMOUNTS = arrays(np.float64, st.integers(3, 20), elements=st.floats(0.01, 1e6), unique=True)


@given(AMOUNTS)
def test_the_way_to_the_raw_target_and_back_is_the_identity(y: np.ndarray) -> None:
    for link in (plain_link(y), log_link(y)):
        back = link.answer(link.raw_target(y)[:, None])
        np.testing.assert_allclose(back, y, rtol=1e-6, atol=1e-6 * y.max())


def test_probabilities_of_two_links_sum_to_one() -> None:
    from tables.link import Link  # noqa: PLC0415  only here

    raw = np.random.default_rng(0).normal(size=(9, 3)) * 30
    assert np.allclose(Link("softmax").answer(raw).sum(axis=1), 1)
    assert np.allclose(Link("sigmoid").answer(raw[:, :1]).sum(axis=1), 1)


def test_prices_are_long_tailed_and_heights_are_not() -> None:
    rng = np.random.default_rng(0)
    assert long_tailed(rng.lognormal(10, 1, 2000))
    assert not long_tailed(rng.normal(170, 10, 2000))
    assert not long_tailed(rng.normal(0, 1, 2000) ** 3)
    assert not long_tailed(np.where(rng.random(2000) < 0.7, 0.0, rng.lognormal(0, 1, 2000)))


def test_an_outlier_cannot_rule_the_prepared_numbers() -> None:
    x = np.array([[0.0], [1.0], [2.0], [3.0], [1e30], [np.nan]], np.float32)
    prepared = Dense.prepare_for(x).prepare(x)
    assert np.isfinite(prepared).all()
    assert abs(prepared[:, 0]).max() <= 3
    assert prepared[:, 1].tolist() == [0, 0, 0, 0, 0, 1]


def test_a_budget_never_gives_away_what_is_kept_back() -> None:
    used = [0.0]
    budget = Budget(10.0, clock=lambda: used[0])
    assert budget.allows(8.0)
    assert not budget.allows(9.5)
    part = budget.portion(0.5)
    used[0] = 5.0
    assert not part.allows(0.0)
    assert budget.allows(3.0)
    budget.close_stage("search")
    assert budget.stages == {"search": 5.0}


def test_what_earlier_attempts_used_counts_against_the_budget() -> None:
    used = [100.0]
    budget = Budget(10.0, clock=lambda: used[0])
    used[0] = 101.0
    budget.resume({"read": 1.0, "search": 5.0})
    assert budget.used() == 7.0
    assert not budget.allows(2.0)
    budget.close_stage("read")
    assert budget.stages == {"read": 2.0, "search": 5.0}
