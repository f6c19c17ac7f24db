"""A death between any two statements leaves nothing half done, and trying again completes it."""

from contextlib import contextmanager

import pytest
from sqlalchemy import event

from zhisuan.core.money import MicroYuan
from zhisuan.ledger.demand import Demand
from zhisuan.ledger.tariff import Outcome, Terms

ENDS = Demand.of_grant(0.0, 1000, 1024), Demand.of_grant(3600.0, 1000, 1024)


class DeathError(BaseException):
    """The process is gone."""


@contextmanager
def dying_before(database, number):
    """The process dies before its statement of that number; tells whether it got there."""
    seen = []

    def count(*_):
        seen.append(1)
        if len(seen) == number:
            raise DeathError

    event.listen(database._engine, "before_cursor_execute", count)
    try:
        yield seen
    finally:
        event.remove(database._engine, "before_cursor_execute", count)


def hold(office):
    with office.write() as connection:
        offer = office.ledger.store_quote(
            connection, office.tenant, office.ledger.quote(*ENDS, Terms())
        )
        office.ledger.hold(connection, "job_1", offer)


def settle(office):
    with office.write() as connection:
        office.ledger.settle(connection, "job_1", [office.usage("job_1")], Outcome.USABLE)


def release(office):
    with office.write() as connection:
        office.ledger.release(connection, "job_1")


def deposit(office):
    with office.write() as connection:
        office.ledger.deposit(connection, office.tenant, MicroYuan(5_000_000))


def budget(office):
    with office.write() as connection:
        most = MicroYuan(10_000_000)
        accounts = office.ledger.accounts
        accounts.set_budget(connection, office.tenant, "", most, office.ledger.zone)


def state(office):
    """All that may not be half done."""
    with office.read() as connection:
        charge = office.ledger.charge_of(connection, "job_1")
        entries = office.ledger.entries_of(connection, "job_1")
        budgets = office.ledger.accounts.budgets(connection, office.tenant, office.ledger.zone)
    return office.balance(), charge, entries, tuple(budgets)


@pytest.mark.parametrize(
    "steps",
    [[budget, hold], [budget, hold, settle], [budget, hold, release], [deposit]],
    ids=lambda steps: steps[-1].__name__,
)
def test_a_death_between_two_statements_leaves_all_or_nothing(office, steps):
    *first, last = steps
    for step in first:
        step(office)
    before, number = state(office), 0
    while True:
        number += 1
        with dying_before(office.database, number) as seen:
            try:
                last(office)
            except DeathError:
                pass
            else:
                break
        assert len(seen) == number
        assert state(office) == before
        assert office.verify().ok
    assert number > 3, "it is several statements"
    assert state(office) != before
    assert office.verify().ok
