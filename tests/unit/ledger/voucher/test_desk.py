"""What each move does to a voucher, to the budget and to the books."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy.exc import IntegrityError

from zhisuan.core.errors import (
    Conflict,
    IllegalTransition,
    NotEligible,
    NotFound,
    WrongInput,
)
from zhisuan.core.money import from_yuan
from zhisuan.ledger.account import DEPOSITS, REVENUE, VOUCHERS_DUE, available, voucher_owed
from zhisuan.ledger.tariff import Outcome
from zhisuan.ledger.voucher import desk, money, records
from zhisuan.ledger.voucher.programme import shipped_text
from zhisuan.ledger.voucher.voucher import Actor, By, Move, VoucherState

GRANTED = from_yuan("600000")
BUDGET = from_yuan("10000000")
HOUR = 65_000
"""One core-hour and one GB-hour, micro-yuan."""


def small(bureau, left):
    """A bound voucher that holds `left` micro-yuan."""
    return bureau.bound(yuan=str(left * 5 / 1_000_000))


def test_the_whole_life_of_a_voucher(bureau):
    made = bureau.bound()
    assert (made.state, made.granted) == (VoucherState.BOUND, GRANTED)
    assert bureau.budget() == (BUDGET - GRANTED, GRANTED, 0)
    charge = bureau.settled()
    assert bureau.get(made.voucher_id).state is VoucherState.CONSUMING
    closed = bureau.do(made.voucher_id, Move.CLOSE)
    assert closed.given_back == GRANTED - HOUR // 5
    asked = bureau.do(made.voucher_id, Move.REQUEST, documents=bureau.papers("1"))
    assert asked.redeemed == HOUR // 5
    bureau.do(made.voucher_id, Move.VERIFY)
    paid = bureau.do(made.voucher_id, Move.PAY, note="bank slip 7")
    assert paid.state is VoucherState.PAID
    assert bureau.budget() == (BUDGET - HOUR // 5, 0, HOUR // 5)
    assert charge.amount == HOUR
    with bureau.database.read() as connection:
        told = records.moves(connection, made.voucher_id)
    assert [each["move"] for each in told] == [
        *("draft", "submit", "approve", "bind", "consume", "close", "request", "verify", "pay")
    ]
    assert bureau.verify().ok


def test_a_job_is_paid_in_two_parts(bureau):
    made = bureau.bound()
    before = bureau.balances()
    charge = bureau.settled()
    gained = {name: now - before.get(name, 0) for name, now in bureau.balances().items()}
    assert charge.amount == HOUR
    assert gained[available("ten_one")] == -(HOUR - HOUR // 5)
    assert gained[REVENUE] == HOUR
    assert gained[VOUCHERS_DUE] == -(HOUR // 5)
    with bureau.database.read() as connection:
        purse = money.purse(connection, made.voucher_id)
        entries = bureau.ledger.entries_of(connection, charge.job_id)
    assert (purse.held, purse.used) == (GRANTED - HOUR // 5, HOUR // 5)
    charged = [each for each in entries if each.movement == "charge"]
    assert sum(each.amount for each in charged) == 0
    assert {each.transaction_seq for each in charged} == {charge.transaction_seq}


def test_a_voucher_pays_no_more_than_it_holds_and_is_then_settled(bureau):
    made = small(bureau, 20_000)
    bureau.settled()
    bureau.settled()
    with bureau.database.read() as connection:
        purse = money.purse(connection, made.voucher_id)
        jobs = records.jobs_paid(connection, made.voucher_id)
    assert (purse.held, purse.used) == (0, 20_000)
    assert sorted(jobs.values()) == [7_000, 13_000]
    assert bureau.get(made.voucher_id).state is VoucherState.SETTLED


def test_a_voucher_pays_nothing_of_work_that_costs_nothing(bureau):
    made = bureau.bound()
    assert bureau.settled(outcome=Outcome.CENTRE_FAULT).amount == 0
    assert bureau.get(made.voucher_id).state is VoucherState.BOUND


def test_of_a_reduced_price_the_share_is_reduced_alike(bureau):
    made = bureau.bound()
    charge = bureau.settled(outcome=Outcome.NO_USABLE_MODEL)
    with bureau.database.read() as connection:
        assert money.purse(connection, made.voucher_id).used == charge.amount // 5 == HOUR // 25


def test_lines_out_of_scope_are_the_tenants_own(bureau):
    programme = bureau.add_programme("1000", models_only())
    bureau.programme_id = programme
    item = {"kind": "model", "title": "model", "amount_yuan": "1000"}
    made = bureau.bound(items=[item])
    bureau.settled()
    assert bureau.get(made.voucher_id).state is VoucherState.BOUND


def models_only():
    text = shipped_text("beijing").partition("[applicant]")[0]
    return text.replace('["compute"]', '["model"]').replace("2025-12-31", "2099-12-31")


def test_nothing_is_paid_before_the_service_begins_or_after_it_ended(bureau):
    made = bureau.bound(starts_on="2026-04-01", ends_on="2026-04-30")
    bureau.settled()
    bureau.clock.turn(days=70)
    bureau.settled()
    assert bureau.get(made.voucher_id).state is VoucherState.BOUND
    with pytest.raises(IllegalTransition):
        bureau.do(made.voucher_id, Move.REVOKE)


def test_the_bound_first_pays_first_and_one_voucher_pays_for_one_job(bureau):
    first = small(bureau, 10_000)
    bureau.clock.turn(minutes=1)
    second = bureau.bound(number="C-2", firm="FIRM2")
    bureau.settled()
    assert bureau.get(first.voucher_id).state is VoucherState.SETTLED
    assert bureau.get(second.voucher_id).state is VoucherState.BOUND
    bureau.settled()
    assert bureau.get(second.voucher_id).state is VoucherState.CONSUMING


def test_a_second_application_for_a_contract_is_refused_until_the_first_is_withdrawn(bureau):
    first, second = bureau.draft(), bureau.draft(firm="FIRM2")
    bureau.do(first.voucher_id, Move.SUBMIT)
    with pytest.raises(NotEligible, match="contract_once"):
        bureau.do(second.voucher_id, Move.SUBMIT)
    assert bureau.get(second.voucher_id).state is VoucherState.DRAFT
    bureau.do(first.voucher_id, Move.WITHDRAW)
    assert bureau.do(second.voucher_id, Move.SUBMIT).state is VoucherState.APPLIED


def test_a_contract_with_a_voucher_of_another_programme_is_subsidised_already(bureau):
    bureau.bound()
    text = models_only().replace('["model"]', '["compute"]')
    bureau.programme_id = bureau.add_programme("1000", text)
    second = bureau.draft()
    with pytest.raises(NotEligible, match="other_subsidy"):
        bureau.do(second.voucher_id, Move.SUBMIT)


def test_what_a_firm_gave_back_it_may_be_given_again(bureau):
    first = bureau.bound(yuan="10000000")
    second = bureau.draft(number="C-2")
    with pytest.raises(NotEligible, match="firm_year_cap"):
        bureau.do(second.voucher_id, Move.SUBMIT)
    bureau.do(first.voucher_id, Move.REVOKE)
    assert bureau.do(second.voucher_id, Move.SUBMIT).state is VoucherState.APPLIED
    assert bureau.budget() == (BUDGET, 0, 0)


def test_two_approvals_never_overdraw_the_budget(poor_bureau):
    bureau = poor_bureau
    made = [bureau.draft(number=f"C-{n}", firm=f"FIRM{n}") for n in range(6)]
    for each in made:
        bureau.do(each.voucher_id, Move.SUBMIT)

    def approve(voucher):
        try:
            return bureau.do(voucher.voucher_id, Move.APPROVE).granted
        except NotEligible:
            return 0

    with ThreadPoolExecutor(6) as pool:
        granted = list(pool.map(approve, made))
    assert sorted(granted) == [0, 0, 0, 0, from_yuan("400000"), from_yuan("600000")]
    assert bureau.budget() == (0, from_yuan("1000000"), 0)
    assert bureau.verify().ok


def test_an_expired_voucher_gives_its_rest_back_when_anything_moves(bureau):
    made = bureau.bound()
    with pytest.raises(Conflict, match="runs until"):
        bureau.do(made.voucher_id, Move.EXPIRE)
    bureau.clock.turn(days=400)
    with bureau.database.write() as connection:
        desk.expire_due(connection, bureau.programme_id, bureau.clock.now())
    assert bureau.get(made.voucher_id).state is VoucherState.EXPIRED
    assert bureau.budget() == (BUDGET, 0, 0)


@pytest.mark.parametrize("move", [Move.EXPIRE, Move.CLOSE])
def test_an_overdue_voucher_that_has_paid_is_settled_whoever_ends_it(bureau, move):
    made = bureau.bound()
    bureau.settled()
    bureau.clock.turn(days=400)
    ended = bureau.do(made.voucher_id, move)
    assert (ended.state, ended.given_back) == (VoucherState.SETTLED, GRANTED - HOUR // 5)
    assert bureau.get(made.voucher_id) == ended
    assert bureau.budget() == (BUDGET - HOUR // 5, HOUR // 5, 0)


@pytest.mark.parametrize("paid", [False, True])
def test_a_claw_back_reverses_all_and_the_tenant_owes_what_it_had(bureau, paid):
    made = bureau.bound()
    bureau.settled()
    if paid:
        bureau.do(made.voucher_id, Move.CLOSE)
        bureau.do(made.voucher_id, Move.REQUEST, documents=bureau.papers("1"))
        bureau.do(made.voucher_id, Move.VERIFY)
        bureau.do(made.voucher_id, Move.PAY)
    bureau.do(made.voucher_id, Move.CLAW_BACK)
    found = bureau.balances()
    assert bureau.budget() == (BUDGET, 0, 0)
    assert found[voucher_owed(made.voucher_id)] == -(HOUR // 5)
    assert found[VOUCHERS_DUE] == (HOUR // 5 if paid else 0)
    assert found[DEPOSITS] == (-(HOUR // 5) if paid else 0)
    assert sum(found.values()) == 0
    assert bureau.verify().ok


REFUNDED = {
    (): ("held", HOUR // 10),
    (Move.CLOSE,): ("budget", HOUR // 10),
    (Move.CLOSE, Move.REQUEST, Move.VERIFY, Move.PAY): ("due", HOUR // 10),
    (Move.CLAW_BACK,): ("owed", HOUR // 10),
}


@pytest.mark.parametrize("moves", REFUNDED)
def test_of_a_refund_the_voucher_gets_its_share(bureau, moves):
    made = bureau.bound()
    charge = bureau.settled()
    for move in moves:
        documents = bureau.papers("1") if move is Move.REQUEST else ()
        bureau.do(made.voucher_id, move, documents=documents)
    before = bureau.balances()
    with bureau.database.write() as connection:
        bureau.ledger.refund(connection, charge.job_id, HOUR // 2, "half of it was our fault")
    gained = {name: now - before[name] for name, now in bureau.balances().items()}
    where, share = REFUNDED[moves]
    account = {
        "held": f"voucher:{made.voucher_id}:held",
        "budget": f"programme:{bureau.programme_id}:budget",
        "due": VOUCHERS_DUE,
        "owed": voucher_owed(made.voucher_id),
    }[where]
    assert gained[account] == share
    assert gained[available("ten_one")] == HOUR // 2 - share
    assert sum(bureau.budget()) == BUDGET
    assert bureau.verify().ok


def test_who_approved_does_not_verify(bureau):
    made = bureau.bound()
    bureau.settled()
    bureau.do(made.voucher_id, Move.CLOSE)
    bureau.do(made.voucher_id, Move.REQUEST, documents=bureau.papers("1"))
    same = Actor(By.FINANCE, "key-operator", "ten_centre")
    with pytest.raises(Conflict, match="Who approved"):
        bureau.do(made.voucher_id, Move.VERIFY, same)
    returned = bureau.do(made.voucher_id, Move.RETURN)
    assert (returned.state, returned.redeemed) == (VoucherState.SETTLED, 0)


def test_a_redemption_without_papers_names_the_rules_and_changes_nothing(bureau):
    made = bureau.bound()
    bureau.settled()
    bureau.do(made.voucher_id, Move.CLOSE)
    with pytest.raises(NotEligible, match=r"evidence_missing.*invoice_short"):
        bureau.do(made.voucher_id, Move.REQUEST)
    assert bureau.get(made.voucher_id).state is VoucherState.SETTLED


def test_a_voucher_is_bound_to_its_own_contract_alone(bureau):
    made = bureau.draft()
    for move in (Move.SUBMIT, Move.APPROVE):
        bureau.do(made.voucher_id, move)
    with pytest.raises(Conflict, match="issued for contract"):
        bureau.do(made.voucher_id, Move.BIND, contract="C-2")


def test_another_tenants_voucher_is_not_found(bureau):
    made = bureau.draft()
    with pytest.raises(NotFound):
        bureau.do(made.voucher_id, Move.SUBMIT, tenant="ten_two")


def test_a_returned_application_is_corrected_and_submitted_again(bureau):
    made = bureau.draft()
    bureau.do(made.voucher_id, Move.SUBMIT)
    bureau.do(made.voucher_id, Move.RETURN)
    better = bureau.application(yuan="1000000")
    again = bureau.do(made.voucher_id, Move.SUBMIT, application=better)
    assert again.application == better
    assert bureau.do(made.voucher_id, Move.APPROVE).granted == from_yuan("200000")


@pytest.mark.parametrize("move", [Move.REFUSE, Move.RETURN])
def test_to_say_no_takes_a_reason(bureau, move):
    made = bureau.draft()
    bureau.do(made.voucher_id, Move.SUBMIT)
    with pytest.raises(WrongInput, match="needs a note"):
        bureau.do(made.voucher_id, move, note="")


@pytest.mark.parametrize(
    ("text", "yuan", "said"),
    [
        (shipped_text("yangzhou"), "1", "no ratio"),
        (shipped_text("hangzhou"), "250000001", "budget"),
        (shipped_text("beijing"), "0", "budget"),
        (shipped_text("beijing") + "x = 1", "1", "x"),
        ("slug =", "1", "TOML"),
    ],
)
def test_a_programme_that_is_wrong_is_refused(bureau, text, yuan, said):
    with pytest.raises(WrongInput, match=said):
        bureau.add_programme(yuan, text)


def test_a_version_is_added_once(bureau):
    with pytest.raises(Conflict, match="added before"):
        bureau.add_programme("1")


def test_moves_are_a_chain_in_which_a_change_is_found(open_bureau):
    bureau = open_bureau()
    made = bureau.bound()
    with (
        pytest.raises(IntegrityError, match="append-only"),
        bureau.database.write() as connection,
    ):
        connection.exec_driver_sql("UPDATE voucher_move SET move = 'pay' WHERE seq = 2")
    with bureau.database.write() as connection:
        connection.exec_driver_sql("DROP TRIGGER voucher_move_no_update")
        connection.exec_driver_sql("UPDATE voucher_move SET move = 'pay' WHERE seq = 2")
    fault = bureau.verify().faults[0]
    assert (fault.part, fault.place, fault.name) == ("voucher", 2, made.voucher_id)


def test_an_order_for_a_voucher_that_is_not_there(bureau):
    with pytest.raises(NotFound):
        bureau.do("vch_0", Move.APPROVE)


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE voucher SET state = 'paid'", "state"),
        ("UPDATE voucher SET granted = granted + 1", "granted"),
        ("UPDATE voucher SET tenant = 'ten_two'", "tenant"),
        ("UPDATE voucher SET application = REPLACE(application, '3000000', '3000001')", "applic"),
        ("UPDATE voucher SET application = '{'", "applic"),
        ("DELETE FROM voucher", "not there"),
    ],
)
def test_a_voucher_that_is_not_as_its_moves_say_is_named(bureau, statement, said):
    made = bureau.bound()
    assert bureau.verify().ok
    with bureau.database.write() as connection:
        connection.exec_driver_sql(statement)
    fault = bureau.verify().faults[0]
    assert (fault.part, fault.name) == ("voucher", made.voucher_id)
    assert said in fault.sentence()


def test_a_programme_whose_text_was_changed_is_named(open_bureau):
    bureau = open_bureau()
    with bureau.database.write() as connection:
        connection.exec_driver_sql("DROP TRIGGER voucher_programme_no_update")
        connection.exec_driver_sql("UPDATE voucher_programme SET text = text || ' '")
    assert bureau.verify().faults[0].name == bureau.programme_id
