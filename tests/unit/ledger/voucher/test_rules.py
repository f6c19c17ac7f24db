"""The published rules of cities, case by case, and the laws that hold for all of them."""

import tomllib
from copy import deepcopy
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhisuan.core.errors import WrongInput
from zhisuan.core.money import MicroYuan, from_yuan
from zhisuan.ledger.voucher.application import read_application
from zhisuan.ledger.voucher.programme import read_programme, shipped, shipped_text
from zhisuan.ledger.voucher.rules import (
    Rule,
    Standing,
    assess,
    assess_redemption,
    last_day,
    share,
)

VECTORS = Path(__file__).with_name("vectors")
AMPLE = from_yuan("900000000")


def cases():
    for path in sorted(VECTORS.glob("*.toml")):
        vector = tomllib.loads(path.read_text("utf-8"))
        for case in vector["case"]:
            yield pytest.param(vector, case, id=f"{path.stem}: {case['title']}")


def applied(vector, step):
    """The vector's application with what a step changes."""
    said = deepcopy(vector["application"]) | {"programme": vector["programme"]}
    for part in ("applicant", "contract"):
        said[part] |= step.get(part, {})
    for name in step.get("drop", ()):
        del said["contract"][name]
    for name in ("other_subsidy", "documents"):
        if name in step:
            said[name] = step[name]
    said["contract"]["items"] = [
        {"kind": kind, "title": kind, "amount_yuan": amount} for kind, amount in step["items"]
    ]
    return read_application(said)


@pytest.mark.parametrize(("vector", "case"), list(cases()))
def test_a_published_case_comes_out_as_published(vector, case):
    programme = read_programme(shipped_text(vector["programme"]))
    left = from_yuan(case.get("budget", "900000000"))
    contracts, given_in = set(), {}
    for step in case["step"]:
        application = applied(vector, step)
        contract, firm = application.contract.key, application.applicant.code
        year = (firm, step["on"].year)
        standing = Standing(
            step["on"], contract in contracts, False, given_in.get(year, MicroYuan(0)), left
        )
        found = assess(programme, application, standing)
        assert [each.rule for each in found.refusals] == step.get("refused", [])
        assert found.amount == from_yuan(step.get("amount", "0"))
        if "steps" in step:
            assert [each.name for each in found.steps] == step["steps"]
        if found.eligible:
            contracts.add(contract)
            given_in[year] = MicroYuan(given_in.get(year, 0) + found.amount)
            left = MicroYuan(left - found.amount)
        assert all(each.zh.endswith("。") and each.en.endswith(".") for each in found.refusals)


def test_every_shipped_programme_names_its_sources():
    for name, text in shipped().items():
        programme = read_programme(text)
        assert programme.slug == name
        assert all(source.where and source.says for source in programme.sources)


BEIJING = tomllib.loads((VECTORS / "beijing.toml").read_text("utf-8"))


@settings(max_examples=60, deadline=None)
@given(
    contract=st.integers(1, 50_000_000),
    given_before=st.integers(0, 3_000_000),
    left=st.integers(0, 5_000_000),
)
def test_no_amount_passes_the_ratio_or_any_cap(contract, given_before, left):
    programme = read_programme(shipped_text("beijing"))
    step = {"on": date(2024, 3, 1), "items": [["compute", str(contract)]]}
    standing = Standing(step["on"], False, False, from_yuan(given_before), from_yuan(left))
    found = assess(programme, applied(BEIJING, step), standing)
    most = min(
        share(from_yuan(contract), Decimal("0.20")),
        max(0, from_yuan(2_000_000) - from_yuan(given_before)),
        from_yuan(left),
    )
    assert found.amount == most
    assert found.eligible == bool(most)


def papers(**amounts):
    return read_application(
        deepcopy(BEIJING["application"])
        | {"programme": "beijing"}
        | {
            "contract": BEIJING["application"]["contract"]
            | {"items": [{"kind": "compute", "title": "x", "amount_yuan": "1"}]},
            "documents": [
                {"kind": kind, "number": "1", "issued_on": date(2024, 9, 1), "amount_yuan": amount}
                for kind, amount in amounts.items()
            ],
        }
    ).documents


@pytest.mark.parametrize(
    ("documents", "redeemed", "rules"),
    [
        (papers(invoice="1000", delivery="0"), 0, []),
        (papers(invoice="1000"), 0, [Rule.EVIDENCE_MISSING]),
        (papers(), 0, [Rule.EVIDENCE_MISSING, Rule.EVIDENCE_MISSING, Rule.INVOICE_SHORT]),
        (papers(invoice="999.99", delivery="0"), 0, [Rule.INVOICE_SHORT]),
        (papers(invoice="1000", delivery="0"), 1_999_800, []),
        (papers(invoice="1000", delivery="0"), 1_999_801, [Rule.FIRM_YEAR_REDEEM_CAP]),
    ],
)
def test_a_redemption_needs_its_papers_and_keeps_the_yearly_cap(documents, redeemed, rules):
    found = assess_redemption(
        read_programme(shipped_text("beijing")),
        documents,
        from_yuan(200),
        from_yuan(1000),
        from_yuan(redeemed),
        date(2024, 9, 30),
    )
    assert [each.rule for each in found] == rules


def test_redeeming_ends_with_its_window():
    text = shipped_text("beijing").replace("[dates]", "[dates]\nredeem_to = 2024-12-31")
    programme = read_programme(text)
    documents = papers(invoice="1000", delivery="0")
    asked = (documents, from_yuan(200), from_yuan(1000), MicroYuan(0))
    assert not assess_redemption(programme, *asked, date(2024, 12, 31))
    found = assess_redemption(programme, *asked, date(2025, 1, 1))
    assert [each.rule for each in found] == [Rule.REDEEM_WINDOW]


@pytest.mark.parametrize(
    ("first", "months", "last"),
    [
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2024, 1, 31), 13, date(2025, 2, 28)),
        (date(2024, 12, 1), 1, date(2025, 1, 1)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
    ],
)
def test_a_month_later_is_the_same_day_or_the_months_last(first, months, last):
    assert last_day(first, months) == last


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("ends_on", date(9999, 12, 31)),
        ("starts_on", "tomorrow"),
        ("items", []),
        ("items", [{"kind": "compute", "title": "x", "amount_yuan": 0.1}]),
        ("items", [{"kind": "compute", "title": "x", "amount_yuan": "NaN"}]),
        ("items", [{"kind": "compute", "title": "x", "amount_yuan": "-1"}]),
        ("items", [{"kind": "compute", "title": "x", "amount_yuan": "0.0000001"}]),
        ("supplier_code", "示例"),
        ("colour", "red"),
    ],
)
def test_an_application_that_is_none_names_the_place(place, value):
    said = deepcopy(BEIJING["application"]) | {"programme": "beijing"}
    said["contract"]["items"] = [{"kind": "compute", "title": "x", "amount_yuan": "1"}]
    said["contract"][place] = value
    with pytest.raises(WrongInput, match=f"contract.{place}"):
        read_application(said)
