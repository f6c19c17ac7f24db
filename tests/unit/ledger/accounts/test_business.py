"""The terms of business as a file: every value has its place, and a wrong one is named."""

from fractions import Fraction

import pytest

from zhisuan.core.errors import WrongInput
from zhisuan.core.money import from_yuan
from zhisuan.ledger.accounts.business import Billing, Business

TEXT = """
name = "ours"
application_level = "U2"
[billing]
mode = "shadow"
[account]
credit_yuan = "500"
[ladder]
notify_below_yuan = "20"
pause_after_h = 12
stop_after_h = 48
keep_data_days = 30
[share]
provider = "0.7"
[sla]
target = "0.99"
[[sla.credit]]
below = "0.99"
share = "0.1"
[somebody_elses]
key = 1
"""


def test_every_value_finds_its_place():
    terms = Business.from_text(TEXT)
    assert (terms.name, terms.billing, terms.application_level) == ("ours", Billing.SHADOW, "U2")
    assert terms.credit == from_yuan("500")
    assert terms.ladder.notify_below == from_yuan("20")
    assert terms.ladder.stop_after.total_seconds() == 48 * 3600
    assert terms.provider_share == Fraction(7, 10)
    assert [str(step.below) for step in terms.sla_credits] == ["0.99"]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (("shadow", "free"), "billing.mode"),
        (('"500"', '"-1"'), "account.credit_yuan"),
        (("pause_after_h = 12", "pause_after_h = 60"), "stops work before it pauses"),
        (('provider = "0.7"', 'provider = "1.7"'), "share.provider"),
        (("[billing]", "[billing]\nmood = 1"), "billing.mood"),
        (("name", "nom"), "name"),
        (("[sla]", "[sla"), "not valid TOML"),
    ],
)
def test_a_wrong_value_is_named(change, place):
    with pytest.raises(WrongInput, match=place):
        Business.from_text(TEXT.replace(*change, 1))
