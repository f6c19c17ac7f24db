"""Laws of a budget: they hold after any sequence of moves, jobs and refunds."""

from collections import Counter

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from zhisuan.core.errors import CentreError, Conflict
from zhisuan.core.money import from_yuan
from zhisuan.ledger.voucher.voucher import UNISSUED, Move, VoucherState

BUDGET = from_yuan("1000000")
FIRM_YEAR = from_yuan("2000000")


class BudgetLaw(RuleBasedStateMachine):
    """Two firms, four contracts, a small budget, jobs and every move there is."""

    open_bureau = None

    @initialize()
    def begin(self):
        self.bureau = type(self).open_bureau("1000000")
        self.made = []
        self.jobs = []

    @rule(
        number=st.sampled_from("ABCD"),
        firm=st.sampled_from(["FIRM1", "FIRM2"]),
        yuan=st.sampled_from(["0.2", "100000", "3000000", "30000000"]),
    )
    def draft(self, number, firm, yuan):
        self.made.append(self.bureau.draft(number=number, firm=firm, yuan=yuan).voucher_id)

    @rule(data=st.data(), move=st.sampled_from([move for move in Move if move != Move.CONSUME]))
    def move(self, data, move):
        if not self.made:
            return
        voucher = self.bureau.get(data.draw(st.sampled_from(self.made)))
        order = {}
        if move is Move.BIND:
            order["contract"] = voucher.application.contract.number
        if move is Move.REQUEST:
            order["documents"] = self.bureau.papers("1000")
        try:
            self.bureau.do(voucher.voucher_id, move, **order)
        except Conflict:
            assert self.bureau.get(voucher.voucher_id) == voucher

    @rule(data=st.data())
    def straight_to_bound(self, data):
        if not self.made:
            return
        voucher = self.bureau.get(data.draw(st.sampled_from(self.made)))
        number = voucher.application.contract.number
        try:
            for move, order in (
                (Move.SUBMIT, {}),
                (Move.APPROVE, {}),
                (Move.BIND, {"contract": number}),
            ):
                self.bureau.do(voucher.voucher_id, move, **order)
        except Conflict:
            pass

    @rule(seconds=st.floats(0, 20_000), cores=st.sampled_from([100, 1000, 64_000]))
    def job(self, seconds, cores):
        charge = self.bureau.settled(seconds=seconds, cores=cores)
        self.jobs.append(charge)

    @rule(data=st.data(), part=st.integers(1, 4))
    def refund(self, data, part):
        charged = [charge for charge in self.jobs if charge.amount]
        if not charged:
            return
        charge = data.draw(st.sampled_from(charged))
        try:
            with self.bureau.database.write() as connection:
                self.bureau.ledger.refund(
                    connection, charge.job_id, max(1, charge.amount // part), "a fault"
                )
        except CentreError:
            pass

    @rule(days=st.sampled_from([0.1, 20, 400]))
    def time_passes(self, days):
        self.bureau.clock.turn(days=days)

    @invariant()
    def the_budget_is_what_is_left_held_and_paid(self):
        left, held, paid = self.bureau.budget()
        assert left + held + paid == BUDGET
        assert min(left, held, paid) >= 0

    @invariant()
    def the_books_sum_to_zero_and_no_purse_is_overdrawn(self):
        found = self.bureau.balances()
        assert sum(found.values()) == 0
        ends = (":held", ":used", ":budget", ":paid")
        assert all(amount >= 0 for name, amount in found.items() if name.endswith(ends))

    @invariant()
    def no_contract_has_two_vouchers_and_no_firm_more_than_its_cap(self):
        vouchers = [self.bureau.get(each) for each in self.made]
        spoken_for = [each for each in vouchers if each.state not in UNISSUED]
        contracts = Counter(each.application.contract.key for each in spoken_for)
        assert all(uses == 1 for uses in contracts.values())
        given = Counter()
        for each in spoken_for:
            if each.state is not VoucherState.CLAWED_BACK:
                firm = each.application.applicant.code
                given[firm, each.year] += each.granted - each.given_back
        assert all(amount <= FIRM_YEAR for amount in given.values())

    def teardown(self):
        if hasattr(self, "bureau"):
            assert self.bureau.verify().ok


def test_the_laws_of_a_budget_hold_after_any_moves(open_bureau):
    machine = type("Here", (BudgetLaw,), {"open_bureau": staticmethod(open_bureau)})
    case = machine.TestCase
    case.settings = settings(max_examples=4, stateful_step_count=20, deadline=None)
    case().runTest()
