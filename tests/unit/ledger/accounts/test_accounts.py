"""Budgets, credit, shadow billing and providers' shares in the book itself."""

import runpy
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhisuan.core.errors import BudgetExhausted, InsufficientBalance
from zhisuan.core.money import MicroYuan, from_yuan
from zhisuan.ledger.account import provider
from zhisuan.ledger.accounts.business import PREPAID, Billing
from zhisuan.ledger.accounts.ladder import Stage
from zhisuan.ledger.book import Settlement
from zhisuan.ledger.records import all_balances
from zhisuan.ledger.tariff import Outcome

HOUR = 65_000  # one core-hour and one GB-hour, micro-yuan


def hold(office, job_id, project=None, hours=1):
    offer = office.offer(3600.0 * hours)
    with office.write() as connection:
        return office.ledger.hold(connection, job_id, offer, project)


def settle(office, job_id, wall_s=3600.0, **more):
    usage = [office.usage(job_id, wall_s)]
    with office.write() as connection:
        settlement = Settlement(job_id, usage, Outcome.USABLE, **more)
        return office.ledger.settle_many(connection, [settlement])[0]


def limit(office, project, micro):
    with office.write() as connection:
        office.ledger.accounts.set_budget(
            connection, office.tenant, project, micro and MicroYuan(micro), "Asia/Shanghai"
        )


def committed(office):
    with office.read() as connection:
        found = office.ledger.accounts.budgets(connection, office.tenant, "Asia/Shanghai")
    return {budget.project: int(budget.committed) for budget in found}


def test_a_budget_stops_what_the_balance_would_allow(office):
    limit(office, "", 2 * HOUR)
    hold(office, "job_1")
    hold(office, "job_2")
    before = office.balance()
    with pytest.raises(BudgetExhausted, match="of this month's budget"):
        hold(office, "job_3")
    assert office.balance() == before
    settle(office, "job_1", wall_s=900.0)
    assert committed(office) == {"": HOUR + HOUR // 4}
    hold(office, "job_4", hours=0.75)
    assert office.verify().ok


def test_a_project_has_its_own_and_falls_under_the_whole(office):
    limit(office, "", 3 * HOUR)
    limit(office, "prj_1", HOUR)
    hold(office, "job_1", "prj_1")
    with pytest.raises(BudgetExhausted, match="prj_1"):
        hold(office, "job_2", "prj_1")
    hold(office, "job_3", "prj_2")
    assert committed(office) == {"": 2 * HOUR, "prj_1": HOUR}
    with office.write() as connection:
        office.ledger.release(connection, "job_1")
    assert committed(office) == {"": HOUR, "prj_1": 0}


def test_a_new_budget_knows_what_the_month_has_spent(office):
    hold(office, "job_1", "prj_1")
    settle(office, "job_1", wall_s=1800.0)
    hold(office, "job_2", "prj_1")
    hold(office, "job_3")
    limit(office, "prj_1", 10 * HOUR)
    limit(office, "", 10 * HOUR)
    assert committed(office) == {"": 2 * HOUR + HOUR // 2, "prj_1": HOUR + HOUR // 2}
    limit(office, "", None)
    assert committed(office) == {"prj_1": HOUR + HOUR // 2}


def test_a_new_month_begins_anew(office):
    limit(office, "", HOUR)
    hold(office, "job_1")
    settle(office, "job_1")
    office.clock.turn(days=31)
    assert committed(office) == {"": 0}
    hold(office, "job_2")


def test_credit_lets_an_account_be_in_debt_and_no_further(open_office):
    office = open_office(grant="0.1", business=replace(PREPAID, credit=MicroYuan(2 * HOUR)))
    for number in range(3):
        hold(office, f"job_{number}")
    with pytest.raises(InsufficientBalance):
        hold(office, "job_3")
    assert office.balance() == (from_yuan("0.1") - 3 * HOUR, 3 * HOUR)
    assert office.verify().ok


def test_shadow_billing_tells_what_it_would_cost_and_moves_nothing(open_office):
    office = open_office(grant="0", business=replace(PREPAID, billing=Billing.SHADOW))
    hold(office, "job_1")
    made = settle(office, "job_1", wall_s=1800.0)
    assert (made.amount, made.waived, made.held) == (0, HOUR // 2, 0)
    assert "免收" in made.explanation_zh
    assert "waived" in made.explanation_en
    assert office.balance() == (0, 0)
    with office.read() as connection:
        assert office.ledger.entries_of(connection, "job_1") == ()
    assert office.verify().ok


def test_the_provider_of_an_algorithm_gets_its_share(open_office):
    office = open_office(business=replace(PREPAID, provider_share=Fraction(7, 10)))
    hold(office, "job_1")
    settle(office, "job_1", provider="acme")
    hold(office, "job_2")
    settle(office, "job_2")
    with office.read() as connection:
        balances = all_balances(connection)
    assert balances[provider("acme")] == HOUR * 7 // 10
    assert balances["centre:revenue"] == 2 * HOUR - HOUR * 7 // 10
    assert office.verify().ok


def test_an_account_that_runs_dry_is_found_and_paying_in_finds_it_again(open_office):
    office = open_office(grant="0.065")
    hold(office, "job_1")
    settle(office, "job_1")
    accounts = office.ledger.accounts
    with office.write() as connection:
        (step,) = accounts.review(connection)
    assert (step.before, step.now.stage) == (Stage.GOOD, Stage.NO_NEW_WORK)
    office.clock.turn(hours=25)
    with office.write() as connection:
        assert [step.now.stage for step in accounts.review(connection)] == [Stage.PAUSED]
        assert accounts.review(connection) == []
        office.ledger.deposit(connection, office.tenant, from_yuan("5"))
        assert [step.now.stage for step in accounts.review(connection)] == [Stage.GOOD]


CROWD = Path(__file__).with_name("crowd.py")


def crowd_of_threads(asked):
    submit = runpy.run_path(CROWD)["submit"]
    with ThreadPoolExecutor(len(asked)) as pool:
        return sum(pool.map(lambda each: submit(*each), asked))


def crowd_of_processes(asked):
    started = [
        subprocess.Popen(
            [sys.executable, CROWD, *map(str, each[:3]), each[3].isoformat()],
            stdout=subprocess.PIPE,
            text=True,
        )
        for each in asked
    ]
    return sum(int(each.communicate()[0]) for each in started)


@pytest.mark.parametrize("crowd", [crowd_of_threads, crowd_of_processes])
@pytest.mark.parametrize("limited", ["balance", "budget"])
def test_a_thousand_submits_at_once_never_overdraw(open_office, tables, crowd, limited):
    affordable = 37
    grant = (
        str(MicroYuan(affordable * HOUR + HOUR // 2) / 1_000_000)
        if limited == "balance"
        else "1000"
    )
    office = open_office(grant=grant, place=tables)
    if limited == "budget":
        limit(office, "", affordable * HOUR + HOUR // 2)
    now = office.clock.now()
    taken = crowd([(tables, number * 250, 250, now) for number in range(4)])
    assert taken == affordable
    assert office.balance()[1] == affordable * HOUR
    assert office.verify().ok
    office.database.close()


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["hold", "settle", "release", "limit"]),
            st.integers(0, 5),
            st.sampled_from([None, "prj_1", "prj_2"]),
        ),
        max_size=25,
    )
)
def test_what_a_month_committed_is_what_is_held_and_was_charged(open_office, moves):
    office, live, spent = open_office(), {}, {"": 0, "prj_1": 0, "prj_2": 0}
    ended = 0
    for project in spent:
        limit(office, project, 4 * HOUR)
    for verb, number, project in moves:
        if verb == "hold":
            job_id = f"job_{len(live) + ended}"
            try:
                hold(office, job_id, project)
            except BudgetExhausted:
                continue
            live[job_id] = project
        elif verb == "limit":
            limit(office, project or "", (number + 1) * HOUR)
        elif live:
            job_id = sorted(live)[number % len(live)]
            mine = live.pop(job_id)
            ended += 1
            if verb == "settle":
                cost = settle(office, job_id, wall_s=600.0 * number).amount
                spent[""] += cost
                spent.update({mine: spent[mine] + cost} if mine else {})
            else:
                with office.write() as connection:
                    office.ledger.release(connection, job_id)
    held = {name: sum(HOUR for at in live.values() if name in ("", at)) for name in spent}
    assert committed(office) == {name: held[name] + spent[name] for name in spent}
    assert office.verify().ok
    office.database.close()
