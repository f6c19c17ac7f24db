"""Quote → hold → charge → release, under every order of calls and many callers."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import DBAPIError

from zhisuan.core.errors import Conflict, InsufficientBalance, NotFound, QuoteExpired
from zhisuan.core.money import MicroYuan, from_yuan
from zhisuan.ledger.book import Ledger, Settlement
from zhisuan.ledger.tariff import Outcome, Tariff, TariffBook, default_tariff

HOUR = 65_000  # one core-hour and one GB-hour, micro-yuan


def held_job(office, job_id: str, high_s: float = 3600.0) -> None:
    offer = office.offer(high_s)
    with office.write() as connection:
        office.ledger.hold(connection, job_id, offer)


def settle(office, job_id: str, wall_s: float = 1800.0, outcome: Outcome = Outcome.USABLE):
    with office.write() as connection:
        return office.ledger.settle(connection, job_id, [office.usage(job_id, wall_s)], outcome)


def test_the_story_of_one_yuan_can_be_followed_both_ways(office):
    held_job(office, "job_1")
    assert office.balance() == (from_yuan("100") - HOUR, HOUR)
    made = settle(office, "job_1")
    assert office.balance() == (from_yuan("100") - HOUR // 2, 0)
    with office.read() as connection:
        ledger = office.ledger
        assert ledger.charge_of(connection, "job_1") == made
        assert ledger.get_quote(connection, office.tenant, made.quote_id).quote.high == made.held
        usage = ledger.usage_of(connection, "job_1")
        entries = ledger.entries_of(connection, "job_1")
    assert [record.seq for record in usage] == list(made.usage)
    assert sum(line.amount for line in made.lines if line.charged) == made.metered == HOUR // 2
    paid = [entry for entry in entries if entry.transaction_seq == made.transaction_seq]
    assert {entry.account: entry.amount for entry in paid} == {
        "tenant:ten_one:held": -HOUR,
        "tenant:ten_one:available": HOUR // 2,
        "centre:revenue": HOUR // 2,
    }


def test_settling_twice_is_settling_once(office):
    held_job(office, "job_1")
    first, after = settle(office, "job_1"), office.balance()
    again = settle(office, "job_1", wall_s=9.0, outcome=Outcome.CENTRE_FAULT)
    assert (again, office.balance()) == (first, after)
    assert office.verify().ok


def test_a_batch_gives_each_job_its_own_charge_in_order(office):
    for number in range(3):
        held_job(office, f"job_{number}")
    batch = [
        Settlement(f"job_{n}", [office.usage(f"job_{n}", 360.0 * n)], Outcome.USABLE)
        for n in (2, 0, 1, 2)
    ]
    with office.write() as connection:
        made = office.ledger.settle_many(connection, batch)
    assert [charge.job_id for charge in made] == ["job_2", "job_0", "job_1", "job_2"]
    assert [charge.amount for charge in made] == [HOUR // 5, 0, HOUR // 10, HOUR // 5]
    assert office.verify().ok


def test_a_requeued_job_has_a_record_for_each_attempt_and_one_charge(office):
    held_job(office, "job_1")
    lost = office.usage("job_1", 900.0, billable=False, gap_s=900.0, reason="node_lost")
    with office.write() as connection:
        office.ledger.record_usage(connection, [lost])
    with office.write() as connection:
        final = office.usage("job_1", 1800.0, attempt=2)
        made = office.ledger.settle(connection, "job_1", [final], Outcome.USABLE)
    assert made.usage == (1, 2)
    assert made.amount == HOUR // 2
    with office.read() as connection:
        assert [r.gap_s for r in office.ledger.usage_of(connection, "job_1")] == [900.0, 0.0]


def test_an_attempt_is_metered_once(office):
    with office.write() as connection:
        office.ledger.record_usage(connection, [office.usage("job_1")])
    with pytest.raises(Conflict), office.write() as connection:
        office.ledger.record_usage(connection, [office.usage("job_1", 1.0)])
    assert office.verify().records["usage"] == 1


def test_a_release_gives_all_back_once(office):
    held_job(office, "job_1")
    with office.write() as connection:
        assert office.ledger.release(connection, "job_1") == HOUR
    with office.write() as connection:
        assert office.ledger.release(connection, "job_1") == 0
    assert office.balance() == (from_yuan("100"), 0)
    with pytest.raises(Conflict, match="released"):
        settle(office, "job_1")
    assert office.verify().ok


def test_nothing_is_settled_for_which_nothing_was_held(office):
    with pytest.raises(NotFound):
        settle(office, "job_none")
    assert office.verify().records["usage"] == 0


def test_a_hold_beyond_the_balance_takes_nothing_and_says_how_much_there_is(open_office):
    office = open_office(grant="0.1")
    held_job(office, "job_1")
    offer = office.offer()
    with pytest.raises(InsufficientBalance) as caught, office.write() as connection:
        office.ledger.hold(connection, "job_2", offer)
    assert "¥0.065 " in caught.value.message
    assert "¥0.035 is available" in caught.value.message
    assert caught.value.hint
    assert office.balance() == (100_000 - HOUR, HOUR)


def test_a_job_has_one_hold(office):
    held_job(office, "job_1")
    with pytest.raises(Conflict):
        held_job(office, "job_1")
    assert office.balance() == (from_yuan("100") - HOUR, HOUR)
    assert office.verify().ok


def test_an_old_quote_is_not_accepted(office):
    offer = office.offer()
    office.clock.turn(minutes=60, seconds=1)
    with pytest.raises(QuoteExpired), office.write() as connection:
        office.ledger.hold(connection, "job_1", offer)


def test_another_tenants_quote_is_as_absent_as_none(office):
    offer = office.offer()
    messages = []
    for tenant, quote_id in (("ten_two", offer.quote_id), (office.tenant, "quo_none")):
        with pytest.raises(NotFound) as caught, office.read() as connection:
            office.ledger.get_quote(connection, tenant, quote_id)
        messages.append(caught.value.message.replace(quote_id, "…"))
    assert messages[0] == messages[1]


def test_a_tenant_is_granted_once_and_may_pay_more_in(office):
    with office.write() as connection:
        office.ledger.open_account(connection, office.tenant, from_yuan("100"))
        office.ledger.deposit(connection, office.tenant, from_yuan("5"), "bank slip 7")
    assert office.balance() == (from_yuan("105"), 0)
    with pytest.raises(NotFound), office.write() as connection:
        office.ledger.deposit(connection, "ten_none", from_yuan("5"))
    with pytest.raises(ValueError, match="none"), office.write() as connection:
        office.ledger.deposit(connection, office.tenant, MicroYuan(0))
    assert office.verify().ok


def test_work_is_priced_by_the_tariff_of_its_hours_and_never_beyond_what_was_accepted(office):
    held_job(office, "job_1")
    dearer = default_tariff().text.replace("version = 1", "version = 2")
    dearer = dearer.replace('yuan = "0.06"', 'yuan = "0.60"').replace("2025-01-01", "2026-03-02")
    office.ledger = Ledger(TariffBook([Tariff.from_text(dearer)]), office.clock)
    with office.write() as connection:
        office.ledger.prepare(connection)
    office.clock.turn(days=2)
    assert office.ledger.tariff.version == 2
    dear = settle(office, "job_1")
    assert (dear.metered, dear.amount) == ((600_000 + 5_000) // 2, HOUR)
    held_job(office, "job_2")
    assert settle(office, "job_2").amount == (600_000 + 5_000) // 2


def test_a_published_tariff_never_changes(office):
    changed = Tariff.from_text(default_tariff().text.replace("0.06", "0.07"))
    with pytest.raises(Conflict), office.write() as connection:
        Ledger(TariffBook([changed]), office.clock).prepare(connection)


def test_charges_are_listed_newest_first_in_pages(office):
    for number in range(5):
        held_job(office, f"job_{number}", 60.0)
        settle(office, f"job_{number}", 60.0)
    with office.read() as connection:
        first = office.ledger.charges(connection, office.tenant, limit=3)
        rest = office.ledger.charges(connection, office.tenant, before=first[-1].seq, limit=3)
        assert office.ledger.charges(connection, "ten_two") == ()
    assert [charge.job_id for charge in (*first, *rest)] == [f"job_{n}" for n in (4, 3, 2, 1, 0)]


def test_a_charge_is_refunded_with_a_reason_and_never_beyond_itself(office):
    held_job(office, "job_1")
    settle(office, "job_1", 3600.0)
    with office.write() as connection:
        left = office.ledger.refund(connection, "job_1", MicroYuan(50_000), "disk failed")
        assert left == HOUR - 50_000
    for amount in (left + 1, 0, -1):
        with pytest.raises(Conflict, match=r"¥0\.015 "), office.write() as connection:
            office.ledger.refund(connection, "job_1", MicroYuan(amount), "again")
    with pytest.raises(NotFound), office.write() as connection:
        office.ledger.refund(connection, "job_none", MicroYuan(1), "nothing")
    assert office.balance() == (from_yuan("100") - left, 0)
    with office.read() as connection:
        assert office.ledger.entries_of(connection, "job_1")[-1].note == "disk failed"
    assert office.verify().ok


class PowerCut(Exception):
    """Something outside the ledger fails half way."""


def test_a_transaction_that_breaks_half_way_leaves_nothing(office):
    held_job(office, "job_1")
    before = office.balance(), office.verify()
    for statements in range(12):
        with pytest.raises(PowerCut):
            settle_and_fail(office, "job_1", statements)
        assert (office.balance(), office.verify()) == before
    assert settle(office, "job_1").amount == HOUR // 2


def settle_and_fail(office, job_id: str, statements: int) -> None:
    """Settle in a transaction that breaks after so many statements, or else at its end."""
    with office.write() as connection:
        cut_after(connection, statements)
        office.ledger.settle(connection, job_id, [office.usage(job_id)], Outcome.USABLE)
        raise PowerCut


def cut_after(connection, statements: int) -> None:
    """Let some statements of this connection through, then fail."""
    execute, left = connection.execute, iter(range(statements))

    def failing(*arguments, **options):
        if next(left, None) is None:
            raise PowerCut
        return execute(*arguments, **options)

    connection.execute = failing


def test_concurrent_holds_never_overdraw(open_office: Callable):
    office = open_office(grant="1")
    offer = office.offer()
    affordable = from_yuan("1") // HOUR

    def try_hold(number: int) -> bool:
        try:
            with office.write() as connection:
                office.ledger.hold(connection, f"job_{number}", offer)
        except InsufficientBalance:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        won = sum(threads.map(try_hold, range(3 * affordable)))
    assert won == affordable
    assert office.balance() == (from_yuan("1") - affordable * HOUR, affordable * HOUR)
    assert office.verify().ok


def test_concurrent_settlements_of_one_job_pay_once(office):
    held_job(office, "job_1")
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda _: settle(office, "job_1"), range(16)))
    assert len({charge.seq for charge in made}) == 1
    assert office.balance() == (from_yuan("100") - HOUR // 2, 0)
    assert office.verify().ok


JOBS = st.integers(0, 4)
OPERATIONS = st.lists(
    st.one_of(
        st.tuples(st.just("hold"), JOBS, st.integers(0, 8000)),
        st.tuples(st.just("settle"), JOBS, st.integers(0, 9000)),
        st.tuples(st.just("lost"), JOBS, st.integers(0, 9000)),
        st.tuples(st.just("release"), JOBS, st.just(0)),
        st.tuples(st.just("deposit"), JOBS, st.integers(1, 10**6)),
    ),
    max_size=25,
)


@settings(max_examples=40, deadline=None)
@given(OPERATIONS, st.sampled_from(Outcome))
def test_the_book_balances_after_any_sequence_of_operations(
    open_office: Callable, operations: list[tuple[str, int, int]], outcome: Outcome
):
    office = open_office(grant="0.2")
    attempts: dict[str, int] = {}
    for name, number, amount in operations:
        job = f"job_{number}"
        try:
            if name == "hold":
                held_job(office, job, float(amount))
            elif name == "settle":
                settle_next(office, attempts, job, float(amount), outcome)
            elif name == "lost":
                lose(office, attempts, job, float(amount))
            else:
                with office.write() as connection:
                    if name == "release":
                        office.ledger.release(connection, job)
                    else:
                        office.ledger.deposit(connection, office.tenant, MicroYuan(amount))
        except (Conflict, NotFound, InsufficientBalance):
            pass
        available, held = office.balance()
        assert available >= 0
        assert held >= 0
    report = office.verify()
    assert report.ok, report.faults
    with office.read() as connection:
        for charge in office.ledger.charges(connection, office.tenant):
            offer = office.ledger.get_quote(connection, office.tenant, charge.quote_id)
            assert charge.amount <= charge.held == offer.quote.high


def settle_next(office, attempts: dict[str, int], job: str, wall_s: float, outcome: Outcome):
    attempts[job] = attempts.get(job, 0) + 1
    record = office.usage(job, wall_s, attempt=attempts[job])
    with office.write() as connection:
        office.ledger.settle(connection, job, [record], outcome)


def lose(office, attempts: dict[str, int], job: str, wall_s: float):
    attempts[job] = attempts.get(job, 0) + 1
    record = office.usage(job, wall_s, attempt=attempts[job], billable=False, gap_s=wall_s)
    with office.write() as connection:
        office.ledger.record_usage(connection, [record])


@pytest.mark.parametrize("table", ["ledger_usage", "ledger_charge", "ledger_entry"])
@pytest.mark.parametrize("change", ["UPDATE {} SET body = ''", "DELETE FROM {}"])
def test_the_database_itself_refuses_to_change_what_was_appended(office, table: str, change: str):
    held_job(office, "job_1")
    settle(office, "job_1")
    with pytest.raises(DBAPIError, match="append-only"), office.write() as connection:
        connection.exec_driver_sql(change.format(table))
    assert office.verify().ok
