"""Who decides about how much: the published rules of real programmes, and ours."""

import tomllib
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from zhisuan.access.application import (
    MOVES,
    Application,
    ApplicationState,
    Step,
    Vote,
    accept,
    decide,
    move,
    report,
    vote,
)
from zhisuan.access.granting import Wish, parse_granting, shipped
from zhisuan.core.errors import Conflict, IllegalTransition, WrongInput
from zhisuan.core.money import MicroYuan, from_yuan

VECTORS = Path(__file__).parent / "vectors"
AT = datetime(2026, 1, 2, tzinfo=UTC)


def programme(name):
    """The rules of a file and its vectors."""
    text = (VECTORS / f"{name}.toml").read_text("utf-8")
    rules, _, _ = text.partition("[[vector]]")
    return parse_granting(rules), tomllib.loads(text)["vector"]


def wish(vector):
    yuan = from_yuan(Decimal(vector.get("yuan", "1")))
    return Wish(yuan, vector.get("device_hours", 0), vector.get("devices", 0))


def application(level, yuan="100"):
    asked = Wish(from_yuan(Decimal(yuan)), 1, 1)
    return Application("app_1", "ten_1", "key_1", "t", "p", asked, level.name, AT)


@pytest.mark.parametrize("name", ["access_explore", "indiaai"])
def test_every_vector_goes_to_its_level(name):
    granting, vectors = programme(name)
    for vector in vectors:
        assert granting.level(wish(vector)).name == vector["level"], vector


def test_half_is_paid_with_the_award_and_half_after_the_report():
    granting, (vector,) = programme("access_explore")
    level = granting.named("explore")
    fresh = application(level, vector["yuan"])
    awarded = vote(fresh, level, Vote("reviewer", AT, fresh.wish.amount))
    assert awarded.state is ApplicationState.AWARDED
    assert awarded.paid == from_yuan(vector["with_the_award"])
    completed = accept(report(awarded, "what we found"))
    assert completed.state is ApplicationState.COMPLETED
    assert completed.paid - awarded.paid == from_yuan(vector["after_the_report"])


def test_more_than_every_level_is_refused():
    granting, _ = programme("access_explore")
    with pytest.raises(Conflict, match="No level"):
        granting.level(Wish(from_yuan(400_001), 0, 0))


def test_small_ones_add_up_until_somebody_must_look():
    small = Wish(from_yuan(600), 1, 1)
    assert shipped().level(small).name == "short_form"
    assert shipped().level(small, from_yuan(400)).name == "short_form"
    assert shipped().level(small, MicroYuan(from_yuan(400) + 1)).name == "verifier"


def test_a_rule_without_people_awards_and_pays_at_once():
    level = shipped().named("short_form")
    decided = decide(application(level), level)
    assert (decided.state, decided.paid) == (ApplicationState.COMPLETED, from_yuan(100))


def test_a_committee_awards_the_least_that_enough_would_give():
    level = shipped().named("committee")
    one = vote(application(level), level, Vote("a", AT, from_yuan(90)))
    assert one.state is ApplicationState.IN_REVIEW
    two = vote(one, level, Vote("b", AT, from_yuan(80)))
    assert (two.state, two.awarded, two.paid) == (
        ApplicationState.AWARDED,
        from_yuan(80),
        from_yuan(40),
    )


def test_a_committee_refuses_when_as_many_refuse_and_nobody_speaks_twice():
    level = shipped().named("committee")
    one = vote(application(level), level, Vote("a", AT, MicroYuan(0)))
    with pytest.raises(Conflict, match="reviewed"):
        vote(one, level, Vote("a", AT, MicroYuan(0)))
    assert vote(one, level, Vote("b", AT, MicroYuan(0))).state is ApplicationState.REFUSED


def test_nobody_awards_more_than_was_asked_for():
    level = shipped().named("verifier")
    with pytest.raises(WrongInput, match="Asked for"):
        vote(application(level), level, Vote("a", AT, from_yuan(101)))


@pytest.mark.parametrize("state", list(ApplicationState))
@pytest.mark.parametrize("step", list(Step))
def test_an_application_moves_by_its_table_alone(state, step):
    level = shipped().named("verifier")
    at = Application("app_1", "t", "k", "t", "p", Wish(MicroYuan(1), 0, 0), level.name, AT, state)
    if (state, step) in MOVES:
        assert move(at, step).state is MOVES[state, step]
    else:
        with pytest.raises(IllegalTransition):
            move(at, step)


def test_what_is_decided_stays_decided():
    ends = {ApplicationState.COMPLETED, ApplicationState.REFUSED, ApplicationState.WITHDRAWN}
    assert not [state for state, _ in MOVES if state in ends]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[registration", "not valid TOML"),
        ("[registration]\ngrant_yuan='1'\nan_hour=1\nlevel=[]", "level"),
        ("[registration]\ngrant_yuan='-1'\nan_hour=1\n[[level]]\nname='a'\napprovals=0", "grant"),
        (
            "[registration]\ngrant_yuan='1'\nan_hour=1\n[[level]]\nname='a'\napprovals=0\nmust=1",
            "must",
        ),
    ],
)
def test_a_wrong_file_is_refused_with_its_place(text, said):
    with pytest.raises(WrongInput, match=said):
        parse_granting(text)
