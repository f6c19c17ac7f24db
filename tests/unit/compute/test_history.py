"""How long a job will run, from what ended before."""

from hypothesis import given
from hypothesis import strategies as st

from zhisuan.compute.history import GROWTH, REMEMBERED, History, outran

times = st.lists(st.floats(1.0, 1e5), max_size=12)


@given(times, st.floats(1.0, 1e5))
def test_the_mean_of_the_last_few_within_the_limit(ended, limit_s):
    history = History()
    for run_s in ended:
        history.learn(["a"], run_s)
    last = [min(run_s, limit_s) for run_s in ended[-REMEMBERED:]]
    expected = sum(last) / len(last) if last else limit_s
    assert abs(history.expect(["a"], limit_s) - expected) < 1e-6 * limit_s


@given(times, st.floats(1.0, 1e5))
def test_never_more_than_the_limit_nor_less_than_the_shortest(ended, limit_s):
    history = History()
    for run_s in ended:
        history.learn(["a"], run_s)
    expected = history.expect(["a"], limit_s)
    assert expected <= limit_s * (1 + 1e-12)
    assert expected >= min([*ended, limit_s]) * (1 - 1e-12)


def test_the_narrowest_key_of_which_anything_is_known_tells():
    history = History()
    history.learn(["who, what", "who"], 10.0)
    history.learn(["who, else", "who"], 30.0)
    assert history.expect(["who, what", "who"], 100.0) == 10.0
    assert history.expect(["who, new", "who"], 100.0) == 20.0
    assert history.expect(["nobody"], 100.0) == 100.0


def test_asking_teaches_nothing():
    history = History()
    history.expect(["a"], 5.0)
    assert history.expect(["a"], 7.0) == 7.0


@given(st.floats(0.0, 1e5), st.floats(1.0, 1e5))
def test_what_outran_its_guess_is_expected_to_go_on_for_a_while(ran_s, limit_s):
    expected = outran(ran_s, limit_s)
    assert expected <= limit_s
    assert expected == limit_s or expected > GROWTH * ran_s
