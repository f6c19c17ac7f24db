"""A mix counts what is asked for, and forgets what is no longer."""

import pytest
from ground import ask, law
from hypothesis import given
from hypothesis import strategies as st

from zhisuan.compute.packing.mix import Arrivals, Mix


def shares(mix):
    return {(each.cpu_milli, sum(d.milli for d in each.any_of)): each.share for each in mix.typical}


def learned(arrivals, requests):
    """The last mix that was told, and after how many requests mixes were."""
    told = [(number, mix) for number, mix in enumerate(map(arrivals.learn, requests), 1) if mix]
    return told[-1][1], [number for number, _ in told]


def test_memory_makes_no_difference_and_a_gang_counts_for_each_node():
    mix = Mix.of([ask(500, memory_mb=1), ask(500, memory_mb=9), ask(1000, nodes=2)])
    assert shares(mix) == {(1000, 500): 0.5, (1000, 1000): 0.5}


def test_the_rarest_are_not_typical():
    mix = Mix.of([ask(500)] * 96 + [ask(200)] * 4)
    assert shares(mix) == {(1000, 500): 1.0}
    assert len(mix.asked) == 2


def test_the_order_of_equally_frequent_requests_does_not_matter():
    one, other = ask(500), ask(200, cores=2)
    assert Mix.of([one, other]) == Mix.of([other, one])


@given(st.lists(st.sampled_from([ask(100), ask(500), ask(1000), ask()]), min_size=1))
def test_the_shares_make_up_one(requests):
    mix = Mix.of(requests)
    assert sum(each.share for each in mix.asked) == pytest.approx(1)
    assert sum(each.share for each in mix.typical) == pytest.approx(1)


def test_a_mix_without_devices_says_so():
    assert not Mix().devices
    assert not Mix.of([ask()]).devices
    assert Mix.of([ask(), ask(100)]).devices


def test_a_mix_is_made_anew_whenever_arrivals_have_doubled_and_then_at_even_steps():
    _, told = learned(Arrivals(half_life=64), [ask(500)] * 100)
    assert told == [1, 2, 4, 8, 16, 32, 48, 64, 80, 96]


@law(20)
@given(st.lists(st.sampled_from([ask(100), ask(500), ask(1000), ask()]), min_size=16, max_size=16))
def test_at_first_a_learned_mix_is_that_of_all_arrivals(requests):
    mix, _ = learned(Arrivals(half_life=10**9), requests)
    assert shares(mix) == pytest.approx(shares(Mix.of(requests)))


def test_what_was_asked_for_a_half_life_ago_counts_half():
    mix, _ = learned(Arrivals(half_life=64), [ask(500)] * 64 + [ask(200)] * 64)
    assert shares(mix) == pytest.approx({(1000, 500): 1 / 3, (1000, 200): 2 / 3})


def test_what_has_long_not_been_asked_for_is_forgotten():
    mix, _ = learned(Arrivals(half_life=8), [ask(500)] + [ask(200)] * 4000)
    assert [each.any_of[0].milli for each in mix.asked] == [200]
