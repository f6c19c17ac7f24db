"""Double entry: what one account gains, others lose."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhisuan.ledger.account import DEPOSITS, Movement, available, entries, held

NOW = datetime(2026, 3, 1, tzinfo=UTC)


@given(st.integers(1, 10**15), st.integers(1, 10**9))
def test_a_transaction_sums_to_zero_and_numbers_its_entries(amount: int, first: int):
    made = entries(first, {available("t"): amount, DEPOSITS: -amount}, Movement.DEPOSIT, NOW)
    assert sum(entry.amount for entry in made) == 0
    assert [entry.seq for entry in made] == [first, first + 1]
    assert {entry.transaction_seq for entry in made} == {first}


@given(
    st.dictionaries(st.sampled_from("abcd"), st.integers(-9, 9)).filter(lambda m: sum(m.values()))
)
def test_a_transaction_that_does_not_balance_is_refused(moves: dict[str, int]):
    with pytest.raises(ValueError, match="sum to zero"):
        entries(1, moves, Movement.HOLD, NOW)


def test_an_account_that_gains_nothing_has_no_entry():
    made = entries(5, {held("t"): -3, "centre:revenue": 0, available("t"): 3}, Movement.CHARGE, NOW)
    assert [(entry.account, entry.seq) for entry in made] == [(held("t"), 5), (available("t"), 6)]
