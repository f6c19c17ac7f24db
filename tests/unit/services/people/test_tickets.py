"""Tickets and sessions on keys: whoever they stand on, they end with it."""

from datetime import timedelta

import pytest

from zhisuan.access import key as keys
from zhisuan.access import records as access
from zhisuan.access import ticket as tickets
from zhisuan.access.session import Holder
from zhisuan.access.tenant import Caller, Role
from zhisuan.core.errors import NotAuthenticated
from zhisuan.services.people.keys import revoke, rotate
from zhisuan.services.people.letin import by_cookie, by_key
from zhisuan.services.people.members import begin_session, end_session
from zhisuan.services.people.tickets import enter, make_ticket

SCOPE = frozenset({"see_own", "work"})


@pytest.fixture
def house(workshop):
    """A centre with a key, and what is done with both."""
    with workshop.centre.database.write() as connection:
        access.prepare(connection)
        made = access.add_key(
            connection, workshop.tenant, Role.OWNER, workshop.clock.now(), name="k", scope=SCOPE
        )
    return House(workshop, made)


class House:
    def __init__(self, workshop, made):
        self.workshop, self.centre, self.made = workshop, workshop.centre, made

    @property
    def key(self):
        with self.centre.database.read() as connection:
            return access.key(connection, self.workshop.tenant, self.made.key_id)

    def write(self, act, *arguments):
        with self.centre.database.write() as connection:
            return act(self.centre, connection, *arguments)

    def begun(self):
        """The cookie of a session on the key."""
        return self.write(begin_session, Holder.of_key(self.key))[1]

    def ticket(self, who=None):
        return self.write(make_ticket, who or by_key(self.centre, self.made.text))[1]


def test_a_session_on_a_key_may_what_the_key_may(house):
    who = by_cookie(house.centre, house.begun(), None)
    by = by_key(house.centre, house.made.text)
    assert (who.tenant, who.role, who.actor, who.scope) == (by.tenant, by.role, by.actor, SCOPE)
    assert who.session is not None
    assert who.member is None


def test_a_session_on_a_key_ends_when_the_key_is_revoked(house):
    cookie = house.begun()
    house.write(revoke, Caller(house.workshop.tenant, Role.ADMIN, "key_a"), house.key)
    with pytest.raises(NotAuthenticated):
        by_cookie(house.centre, cookie, None)


def test_a_session_on_a_key_ends_when_its_secret_does(house):
    cookie = house.begun()
    admin = Caller(house.workshop.tenant, Role.ADMIN, "key_a")
    house.write(rotate, admin, house.key, timedelta(minutes=5))
    assert by_cookie(house.centre, cookie, None).actor == house.made.key_id
    house.workshop.clock.turn(300)
    with pytest.raises(NotAuthenticated):
        by_cookie(house.centre, cookie, None)


def test_a_ticket_lets_in_once_as_whoever_asked_for_it(house):
    text = house.ticket()
    session, holder, cookie = house.write(enter, text)
    assert (holder.key, holder.member, holder.login) == (house.made.key_id, None, None)
    assert session.member is None
    assert by_cookie(house.centre, cookie, None).scope == SCOPE
    with pytest.raises(NotAuthenticated):
        house.write(enter, text)


def test_a_ticket_comes_too_late_after_ten_minutes(house):
    text = house.ticket()
    house.workshop.clock.turn(600)
    with pytest.raises(NotAuthenticated):
        house.write(enter, text)
    with house.centre.database.write() as connection:
        house.workshop.clock.turn(1)
        assert access.forget_tickets(connection, house.workshop.clock.now()) == 1


def test_a_ticket_of_a_session_lasts_as_long_as_that_session_and_ends_with_it(house):
    session, cookie = house.write(begin_session, Holder.of_key(house.key))
    who = by_cookie(house.centre, cookie, None)
    house.workshop.clock.turn(60)
    second, _, _ = house.write(enter, house.ticket(who))
    assert second.expires_at == session.expires_at
    unused = house.ticket(who)
    house.write(end_session, who, session.session_id)
    with pytest.raises(NotAuthenticated):
        house.write(enter, unused)


def test_a_ticket_of_a_revoked_key_lets_nobody_in(house):
    text = house.ticket()
    house.write(revoke, Caller(house.workshop.tenant, Role.ADMIN, "key_a"), house.key)
    with pytest.raises(NotAuthenticated):
        house.write(enter, text)


def test_a_ticket_that_is_no_good_costs_the_same_whatever_is_wrong_with_it(house, monkeypatch):
    """Comparisons are counted: a wall clock would only guess."""
    good = house.ticket()
    wrong = good[:-1] + ("0" if good[-1] != "0" else "1")
    used = house.ticket()
    house.write(enter, used)
    compare, counted = tickets.hmac.compare_digest, []
    monkeypatch.setattr(
        tickets.hmac, "compare_digest", lambda one, two: counted.append(1) or compare(one, two)
    )
    told = set()
    for text in ("hello", "", "票", wrong, used, f"tic_{keys.new_key().text}"):
        counted.clear()
        with pytest.raises(NotAuthenticated) as refused:
            house.write(enter, text)
        told.add((refused.value.message, len(counted)))
    assert len(told) == 1


def test_neither_ticket_nor_cookie_is_stored(house, tmp_path):
    secrets = [house.ticket().partition(".")[2], house.begun().partition(".")[2]]
    house.centre.database.close()
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("centre.db*"))
    assert not [each for each in secrets if each.encode() in stored]
