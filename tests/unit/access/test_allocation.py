"""Projects never have more than their tenant: vectors, and a law over any order of moves."""

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhisuan.access.allocation import Share, require_divisible, require_room
from zhisuan.core.errors import InsufficientBalance, OverAllocated

VECTORS = tomllib.loads((Path(__file__).parent / "vectors/allocations.toml").read_text("utf-8"))
AMOUNTS = st.integers(0, 120)
WHOSE = st.sampled_from(["a", "b", ""])
MOVES = st.lists(
    st.tuples(st.sampled_from(["allocate", "hold", "settle", "release"]), WHOSE, AMOUNTS),
    max_size=30,
)


@pytest.mark.parametrize("vector", VECTORS["vector"])
def test_the_vectors(vector):
    given_ = [Share(str(n), amount) for n, amount in enumerate(vector["given"])]
    shares = [*given_, Share("asked", vector["asked"])]
    if vector["refused"]:
        with pytest.raises(OverAllocated):
            require_divisible(vector["has"], shares)
    else:
        require_divisible(vector["has"], shares)


@given(MOVES)
@settings(max_examples=200, deadline=None)
def test_after_any_moves_what_projects_have_left_is_what_their_tenant_has(moves):
    available, loose = 100, 0
    shares = {}
    for move, whose, amount in moves:
        share = shares.get(whose)
        held = share.held if share else loose
        if move == "allocate" and whose:
            asked = replace(share or Share(whose, 0), allocated=amount)
            try:
                require_divisible(available, {**shares, whose: asked}.values())
            except OverAllocated:
                continue
            shares[whose] = asked
        elif move == "hold":
            try:
                require_room(available, shares.values(), whose or None, amount)
            except InsufficientBalance:
                continue
            if amount > available:
                continue
            available -= amount
            if share:
                shares[whose] = replace(share, held=share.held + amount)
            else:
                loose += amount
        elif held:
            charge = min(amount, held) if move == "settle" else 0
            available += held - charge
            if share:
                shares[whose] = replace(share, held=0, charged=share.charged + charge)
            else:
                loose = 0
        total = available + loose + sum(each.held for each in shares.values())
        assert sum(each.left for each in shares.values()) <= total


def test_work_outside_the_projects_uses_what_is_nobodys():
    shares = [Share("a", 80)]
    require_room(100, shares, None, 20)
    with pytest.raises(InsufficientBalance, match="outside"):
        require_room(100, shares, None, 21)
    require_room(100, shares, "a", 80)
    with pytest.raises(InsufficientBalance, match="in this project"):
        require_room(100, shares, "a", 81)
