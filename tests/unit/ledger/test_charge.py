"""What finished work costs, by how it ended."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhisuan.core.money import MicroYuan, shown
from zhisuan.ledger.charge import Charge, Hold, charge
from zhisuan.ledger.rating import rate
from zhisuan.ledger.tariff import Outcome, PriceClass, Tariff, TariffBook, default_tariff
from zhisuan.ledger.usage import UsageRecord

NOW = datetime(2026, 3, 1, tzinfo=UTC)
TARIFF = default_tariff()
HOUR = 65_000  # one core-hour and one GB-hour, micro-yuan


@pytest.fixture(scope="session")
def price(open_office: Callable) -> Callable[..., Charge]:
    office = open_office()

    def make(
        wall_s: tuple[float, ...], outcome: Outcome, held: int, tariff: Tariff = TARIFF, **changes
    ) -> Charge:
        usage: list[UsageRecord] = [
            office.usage("job_1", seconds, attempt=number, **changes)
            for number, seconds in enumerate(wall_s, start=1)
        ]
        hold = Hold("job_1", "t", None, "quo_1", MicroYuan(held), 1, PriceClass.STANDARD, NOW)
        rating = rate(TariffBook([tariff]), hold.terms, usage)
        return charge(tariff, hold, usage, rating, outcome, NOW, seq=1, transaction_seq=1)

    return make


@pytest.mark.parametrize(
    ("outcome", "asked"),
    [
        (Outcome.USABLE, HOUR),
        (Outcome.NO_USABLE_MODEL, HOUR // 5),
        (Outcome.PROGRAM_ERROR, 0),
        (Outcome.WRONG_INPUT, HOUR),
        (Outcome.OVER_LIMIT, HOUR),
        (Outcome.STOPPED, HOUR),
        (Outcome.CENTRE_FAULT, 0),
    ],
)
def test_each_outcome_is_priced_by_its_rule(price: Callable, outcome: Outcome, asked: int):
    made = price((3600.0,), outcome, held=10 * HOUR)
    assert (made.metered, made.amount) == (HOUR, asked)
    assert made.released == 10 * HOUR - asked


@given(
    st.lists(st.floats(0, 1e5), max_size=4),
    st.sampled_from(Outcome),
    st.integers(0, 10**7),
    st.sampled_from(["0", "0.01", "5"]),
)
def test_a_charge_is_never_negative_and_never_more_than_was_accepted(
    price: Callable, seconds: list[float], outcome: Outcome, held: int, minimum: str
):
    tariff = Tariff.from_text(
        TARIFF.text.replace('minimum_charge_yuan = "0"', f'minimum_charge_yuan = "{minimum}"')
    )
    made = price(tuple(seconds), outcome, held, tariff)
    assert 0 <= made.amount <= held
    assert made.amount + made.released == made.held == held


def test_what_passes_the_accepted_price_is_said_and_not_asked(price: Callable):
    made = price((7200.0,), Outcome.USABLE, held=HOUR)
    assert (made.metered, made.amount, made.released) == (2 * HOUR, HOUR, 0)
    assert "never more than the accepted ¥0.065" in made.explanation_en
    assert "不超过已接受的 ¥0.065" in made.explanation_zh


def test_lost_attempts_cost_nothing(price: Callable):
    made = price((3600.0, 3600.0), Outcome.USABLE, held=HOUR, billable=False, gap_s=3600.0)
    assert (made.amount, made.lines) == (0, ())
    assert "lost and cost nothing: 2" in made.explanation_en


def test_work_that_never_ran_pays_no_minimum(price: Callable):
    tariff = Tariff.from_text(
        TARIFF.text.replace('minimum_charge_yuan = "0"', 'minimum_charge_yuan = "0.01"')
    )
    assert price((), Outcome.STOPPED, HOUR, tariff).amount == 0
    assert price((1.0,), Outcome.CENTRE_FAULT, HOUR, tariff).amount == 0
    assert price((1.0,), Outcome.USABLE, HOUR, tariff).amount == 10_000


def test_the_difference_to_the_hold_is_explained_with_its_numbers(price: Callable):
    made = price((1800.0,), Outcome.NO_USABLE_MODEL, held=HOUR)
    assert made.factor == Decimal("0.2")
    for text in (made.explanation_en, made.explanation_zh):
        assert all(
            word in text
            for word in ("1800.0", "20%", shown(made.metered), shown(made.amount), shown(made.held))
        )


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (2_100, "¥0.0021"),
        (12_300_000, "¥12.30"),
        (1, "¥0.000001"),
        (0, "¥0.00"),
        (-5_000, "-¥0.005"),
    ],
)
def test_small_money_is_shown_exactly(amount: int, text: str):
    assert shown(MicroYuan(amount)) == text
