"""The receipt inside a report: who paid what, in both languages."""

import pytest

from zhisuan.services.tasks.wrap import receipt_html

MONEY = {
    "charge_yuan": "1.000000",
    "own_yuan": "0.800000",
    "voucher": {"voucher_id": "vch_1", "yuan": "0.200000"},
    "quote": {"low_yuan": "0.5", "high_yuan": "2"},
    "explanation_zh": "甲",
    "explanation_en": "a",
}
RECEIPT = {"energy": None, "money": MONEY, "compute": {"wall_s": 1.0, "cpu_s": 1.0}}


@pytest.mark.parametrize("part", ["其中自付", "¥0.800000", "其中算力券", "¥0.200000"])
def test_a_charge_that_a_voucher_shared_is_shown_in_two_parts(part):
    assert part in receipt_html(RECEIPT)


def test_a_charge_without_a_voucher_has_no_parts():
    money = MONEY | {"voucher": None}
    assert "算力券" not in receipt_html(RECEIPT | {"money": money})
