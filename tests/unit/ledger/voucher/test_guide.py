"""The guide of vouchers says what the product does: every key, move and rule is in it."""

import re
from dataclasses import fields
from pathlib import Path

from zhisuan.ledger.voucher.application import Applicant, Application, Contract, Document
from zhisuan.ledger.voucher.programme import (
    ApplicantRules,
    Caps,
    ContractRules,
    Dates,
    EvidenceRules,
    Programme,
)
from zhisuan.ledger.voucher.rules import Rule
from zhisuan.ledger.voucher.voucher import Move

GUIDE = (Path(__file__).parents[4] / "docs/how-to/run-a-voucher-programme.md").read_text("utf-8")


def section(name):
    return GUIDE.partition(f"## {name}\n")[2].partition("\n## ")[0]


def codes(text):
    return set(re.findall(r"`(\w+)`", text))


def test_every_rule_is_in_its_table_and_no_other():
    rows = re.findall(r"(?m)^\| (`[^|]+`) \|", section("Rules"))
    assert set().union(*map(codes, rows)) == {each.value for each in Rule}


def test_every_move_is_in_its_table_and_no_other():
    rows = re.findall(r"(?m)^\| [^|`]+ \| (`[^|]+`) \|", section("Moves"))
    assert set().union(*map(codes, rows)) == {each.value for each in Move}


def test_every_key_of_a_programme_and_an_application_is_explained():
    tables = (Programme, Dates, Caps, ContractRules, ApplicantRules, EvidenceRules)
    tables += (Application, Applicant, Contract, Document)
    names = {field.name for table in tables for field in fields(table)} - {"text", "digest"}
    shown = set(re.findall(r"(?m)^(\w+) = ", GUIDE))
    headed = set(re.findall(r"\[(?:\w+\.)?(\w+)\]", GUIDE))
    assert names <= codes(GUIDE) | shown | headed
