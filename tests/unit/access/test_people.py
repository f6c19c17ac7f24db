"""Passwords, sessions, rates and what a role may give."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from zhisuan.access import password as passwords
from zhisuan.access import session as sessions
from zhisuan.access.front import Noticed
from zhisuan.access.permission import (
    GRANTS,
    SENTENCES,
    Permission,
    permissions,
    require_giving,
)
from zhisuan.access.rates import RateRules, Rates
from zhisuan.access.tenant import Caller, Role
from zhisuan.core.errors import NotAllowed, TooManyRequests, WrongInput

AT = datetime(2026, 1, 2, tzinfo=UTC)
PERSON = sessions.Holder("ten_1", Role.MEMBER, "Li", "li", "mem_1", made_for="mem_1")


def test_a_password_is_recognised_and_kept_as_argon2():
    stored = passwords.hashed("long enough 密码")
    assert stored.startswith("$argon2id$")
    assert passwords.matches("long enough 密码", stored)
    assert not passwords.matches("long enough", stored)


def test_nobodys_password_matches_nothing():
    assert not passwords.matches("anything at all", None)


@pytest.mark.parametrize("password", ["short", "x" * 201])
def test_a_password_has_a_length(password):
    with pytest.raises(WrongInput, match="10 to 200"):
        passwords.hashed(password)


def test_an_unknown_name_costs_one_hash_like_a_known_one(monkeypatch):
    hashed = []
    verify = passwords._HASHER.verify

    class Counting:
        def verify(self, stored, password):
            hashed.append(stored.split("$")[1:4])
            return verify(stored, password)

    stored = passwords.hashed("long enough 1")
    monkeypatch.setattr(passwords, "_HASHER", Counting())
    assert not passwords.matches("wrong one 1", stored)
    assert not passwords.matches("wrong one 1", None)
    assert hashed[0] == hashed[1]


def test_a_session_ends_by_itself_when_idle_or_old():
    session, text = sessions.new_session(PERSON, AT)
    assert sessions.matches(text, session.digest)
    assert text.partition(".")[2] not in repr(session)
    assert session.holds(AT + sessions.IDLE - timedelta(seconds=1))
    assert not session.holds(AT + sessions.IDLE)
    assert not session.holds(AT + sessions.LASTS)


def test_a_session_lasts_no_longer_than_what_it_stands_on():
    soon, later = AT + timedelta(hours=1), AT + timedelta(hours=2)
    key = replace(PERSON, member=None, login=None, key="key_1", until=later)
    assert sessions.new_session(key, AT)[0].expires_at == later
    assert sessions.new_session(key, AT, soon)[0].expires_at == soon
    assert sessions.new_session(PERSON, AT)[0].expires_at == AT + sessions.LASTS


def test_the_token_against_forgery_is_the_cookies_own():
    (_, one), (_, two) = (sessions.new_session(PERSON, AT) for _ in range(2))
    assert sessions.csrf_token(one) == sessions.csrf_token(one) != sessions.csrf_token(two)
    assert one.partition(".")[2] not in sessions.csrf_token(one)


def test_failed_logins_are_counted_by_name_and_by_address():
    rates = Rates(RateRules())
    for _ in range(5):
        rates.login("li", "10.0.0.1")
        rates.login_failed("li", "10.0.0.1")
    with pytest.raises(TooManyRequests) as refused:
        rates.login("li", "10.0.0.2")
    assert 0 < refused.value.retry_after_s <= 15 * 60
    rates.login("wang", "10.0.0.1")
    for number in range(45):
        rates.login_failed(f"name {number}", "10.0.0.1")
    with pytest.raises(TooManyRequests):
        rates.login("wang", "10.0.0.1")


def test_a_key_has_its_share_of_a_minute_and_no_other_ones():
    rates = Rates(RateRules(requests_a_minute=3))
    for _ in range(3):
        rates.request("one")
    with pytest.raises(TooManyRequests):
        rates.request("one")
    rates.request("two")


def test_few_uses_are_written_down():
    noticed = Noticed(timedelta(minutes=10))
    assert noticed.is_new("key", AT)
    assert not noticed.is_new("key", AT + timedelta(minutes=9))
    assert noticed.is_new("key", AT + timedelta(minutes=10))
    assert noticed.is_new("other", AT)


@pytest.mark.parametrize("giver", list(Role))
@pytest.mark.parametrize("given", list(Role))
def test_nobody_gives_what_they_do_not_have(giver, given):
    caller = Caller("ten_1", giver, "key")
    if GRANTS[given] <= GRANTS[giver]:
        require_giving(caller, given)
    else:
        with pytest.raises(NotAllowed):
            require_giving(caller, given)


def test_a_scope_narrows_and_never_widens():
    narrow = Caller("ten_1", Role.OWNER, "key", frozenset({"see_own", "operate"}))
    assert permissions(narrow) == {Permission.SEE_OWN}
    with pytest.raises(NotAllowed):
        require_giving(narrow, Role.MEMBER)
    require_giving(narrow, Role.MEMBER, frozenset({"see_own"}))


def test_every_permission_is_one_sentence_and_somebodys():
    assert set(SENTENCES) == set(Permission)
    assert all(text.endswith(".") and text.count(".") == 1 for text in SENTENCES.values())
    assert set(Permission) == set().union(*GRANTS.values())


def test_a_planner_and_an_engineer_see_no_money_and_an_auditor_changes_nothing():
    changing = {Permission.WORK, Permission.MANAGE, Permission.OPERATE, Permission.SET_NODES}
    assert GRANTS[Role.PLANNER] == {Permission.SEE_POOL}
    assert Permission.SEE_RECORDS not in GRANTS[Role.ENGINEER]
    assert not GRANTS[Role.AUDITOR] & {*changing, Permission.ADMINISTER, Permission.PUBLISH}
