"""Availability and credits: what a promise allows, and what missing it costs the centre."""

import tomllib
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from zhisuan.core.money import from_yuan
from zhisuan.ledger.accounts.business import PREPAID, CreditStep
from zhisuan.ledger.accounts.sla import Availability, allowed_bad, credit

MONTH = timedelta(days=30)
STEPS = (CreditStep(Decimal("0.99"), Decimal("0.25")), CreditStep(Decimal("0.999"), Decimal("0.1")))
BUSINESS = replace(PREPAID, sla_credits=STEPS)


def test_a_promise_allows_so_many_bad_minutes():
    vector = tomllib.loads(Path(__file__).with_name("vectors").joinpath("sla.toml").read_text())
    allowed = allowed_bad(Decimal(vector["target"]), timedelta(days=vector["days"]))
    assert allowed == timedelta(minutes=vector["bad_minutes"])


@pytest.mark.parametrize(
    ("bad_minutes", "owed"), [(0, "0"), (43.2, "0"), (43.3, "10"), (431, "10"), (433, "25")]
)
def test_the_deepest_mark_that_was_missed_counts(bad_minutes, owed):
    measured = Availability(MONTH, timedelta(minutes=bad_minutes))
    assert credit(BUSINESS, measured, from_yuan("100")) == from_yuan(owed)


def test_without_steps_nothing_is_credited():
    assert credit(PREPAID, Availability(MONTH, MONTH), from_yuan("100")) == 0
    assert Availability(timedelta(0), timedelta(0)).share == 1
