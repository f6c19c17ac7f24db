"""Use of late: an average that fades."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhisuan.compute.fairness import RecentUse


def test_after_a_half_life_of_holding_half_is_counted_and_after_another_a_quarter_more():
    use = RecentUse(100.0, {}, 0.0)
    use.change("a", 0.8, 0.0)
    assert use.used(100.0) == {"a": pytest.approx(0.4)}
    assert use.used(200.0) == {"a": pytest.approx(0.6)}
    use.change("a", -0.8, 200.0)
    assert use.used(300.0) == {"a": pytest.approx(0.3)}


def test_what_was_told_can_be_begun_with():
    use = RecentUse(100.0, {"a": 0.4}, 50.0)
    assert use.used(50.0) == {"a": 0.4}
    assert use.used(150.0) == {"a": pytest.approx(0.2)}


@given(st.lists(st.tuples(st.sampled_from("ab"), st.floats(0, 0.2), st.floats(0, 500)), max_size=9))
@settings(max_examples=100)
def test_it_lies_between_nothing_and_the_most_that_was_held(changes):
    use = RecentUse(100.0, {}, 0.0)
    now = 0.0
    most = {"a": 0.0, "b": 0.0}
    for tenant, share, span in changes:
        now += span
        use.change(tenant, share, now)
        most[tenant] += share
    for tenant, average in use.used(now + 1e6).items():
        assert 0 <= average <= most[tenant] + 1e-9
