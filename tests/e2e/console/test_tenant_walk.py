"""Someone who has never seen the centre: from the login page to a result taken away, and on.

In both languages. The first walk, in `conftest.py`, solves a table and counts its clicks; these
tests look at what it left.
"""

import json
import re
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import expect

MOST_CLICKS = 9

pytestmark = [pytest.mark.environment, pytest.mark.timeout(900)]


@pytest.fixture(params=["zh", "en"])
def after(request, walked):
    """Somebody inside who has walked already, and what the walk left."""
    return walked(request.param)


def test_from_the_login_page_to_a_result_in_hand_without_a_manual(after):
    _, walked = after
    assert walked.clicks <= MOST_CLICKS
    assert walked.archive.testzip() is None
    names = {name.partition("/")[2] for name in walked.archive.namelist()}
    assert {"report.html", "predict.py", "receipt.json", "model/model.onnx"} <= names


def test_the_report_is_read_in_the_language_of_the_screens(after):
    who, walked = after
    who.opens(f"/tasks/{walked.task}?tab=report")
    report = who.page.frame_locator("iframe")
    shown = report.locator(f'[lang="{who.language}"]').filter(has_text=walked.target).first
    expect(shown).to_be_visible()
    who.assert_nothing_went_wrong()


def test_the_course_the_cost_and_the_files_are_told(after):
    who, walked = after
    who.opens(f"/tasks/{walked.task}")
    who.press("tab", "tasks:task.tab.progress")
    expect(who.element("heading", "tasks:course.stages")).to_be_visible()
    who.press("tab", "tasks:task.tab.take")
    expect(who.element("link", "report.html")).to_be_visible()
    who.press("tab", "tasks:task.tab.cost")
    expect(who.element("heading", "tasks:cost.footprint")).to_be_visible()
    who.assert_nothing_went_wrong()


def test_a_row_is_tried_and_answered_with_how_sure_it_is(after):
    who, walked = after
    who.opens(f"/tasks/{walked.task}?tab=try")
    who.press("button", "tasks:try.go")
    who.sees(who.word("tasks:try.answer", target=walked.target), within_s=120)
    answer = float(who.page.locator(".answer").inner_text().replace(",", ""))
    assert 0 < answer < 120, "no concrete is like that"
    who.assert_nothing_went_wrong()


def test_a_whole_table_is_tried_and_taken_away(after):
    who, walked = after
    who.opens(f"/tasks/{walked.task}?tab=try")
    who.element("combobox", "tasks:try.choose").click()
    who.page.locator(".ant-select-item-option").first.click()
    who.page.get_by_role("button", name=who.word("tasks:try.go")).nth(1).click()
    download = who.element("link", "tasks:try.download")
    download.wait_for(timeout=120_000)
    with who.page.expect_download() as taken:
        download.click()
    rows = Path(taken.value.path()).read_text("utf-8-sig").splitlines()
    assert len(rows) == 1 + 1030, "a heading and every row of the table"
    who.assert_nothing_went_wrong()


def test_from_the_result_to_its_receipt_and_to_the_bill(after):
    who, walked = after
    who.opens(f"/tasks/{walked.task}")
    who.press("link", "tasks:task.receipt")
    who.reaches(f"/receipts/{walked.solution}")
    for block in ("result", "algorithm", "compute", "energy", "money"):
        expect(who.element("heading", f"library:receipt.block.{block}")).to_be_visible()
    receipt = json.loads(walked.archive.read(receipt_in(walked.archive)))
    charge = Decimal(receipt["money"]["charge_yuan"])
    assert charge > 0
    who.goes("account:nav.usage")
    who.press("tab", "account:usage.tab.bills")
    expect(who.page.get_by_role("main").get_by_text(re.compile("¥0\\.\\d+")).first).to_be_visible()
    who.assert_nothing_went_wrong()


def receipt_in(archive):
    return next(name for name in archive.namelist() if name.endswith("receipt.json"))
