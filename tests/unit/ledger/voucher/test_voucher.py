"""The table of moves: what it allows, and that nothing else is possible."""

from datetime import UTC, datetime
from itertools import product

import pytest

from zhisuan.core.errors import IllegalTransition, NotAllowed
from zhisuan.ledger.voucher.application import read_application
from zhisuan.ledger.voucher.voucher import MOVES, WHO, By, Move, Voucher, VoucherState, may, moved

NOW = datetime(2026, 3, 1, tzinfo=UTC)
APPLICATION = {
    "programme": "beijing",
    "applicant": {"name": "x", "code": "X1", "region": "x", "industry": "x"},
    "contract": {
        "number": "1",
        "supplier": "y",
        "supplier_code": "Y1",
        "signed_on": "2026-01-01",
        "starts_on": "2026-01-01",
        "ends_on": "2026-12-31",
        "items": [{"kind": "compute", "title": "x", "amount_yuan": "1"}],
    },
}


def at(state):
    return Voucher("vch_1", "vpr_1", "ten_1", state, read_application(APPLICATION), NOW, NOW)


@pytest.mark.parametrize(("state", "move"), list(product(VoucherState, Move)))
def test_a_move_goes_where_the_table_says_or_is_refused_with_what_is_possible(state, move):
    by = next(iter(WHO[move]))
    if (state, move) in MOVES:
        assert moved(at(state), move, by, NOW).state is MOVES[state, move]
        return
    with pytest.raises(IllegalTransition) as refused:
        moved(at(state), move, by, NOW)
    for possible in may(state, by):
        assert possible.value.replace("_", " ") in refused.value.hint


@pytest.mark.parametrize(("move", "by"), list(product(Move, By)))
def test_a_move_is_for_those_the_table_names(move, by):
    state = next(state for state, each in MOVES if each is move)
    if by in WHO[move]:
        assert moved(at(state), move, by, NOW).state is MOVES[state, move]
    else:
        with pytest.raises(NotAllowed):
            moved(at(state), move, by, NOW)


def test_every_state_is_reached_and_terminal_means_no_way_out():
    reached, grown = {VoucherState.DRAFT}, True
    while grown:
        further = {to for (state, _), to in MOVES.items() if state in reached}
        grown = not further <= reached
        reached |= further
    assert reached == set(VoucherState)
    ended = {state for state in VoucherState if not may(state)}
    assert ended == {
        VoucherState.WITHDRAWN,
        VoucherState.REFUSED,
        VoucherState.EXPIRED,
        VoucherState.REVOKED,
        VoucherState.CLAWED_BACK,
    }
