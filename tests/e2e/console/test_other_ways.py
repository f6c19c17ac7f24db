"""Other ways: with the keyboard alone, and away again: data are forgotten with a certificate."""

import re
import zipfile

import pytest

MOST_STEPS = 60
"""Presses of Tab from one place to another before it counts as out of reach."""

FOCUSED = "each => each === document.activeElement"

pytestmark = [pytest.mark.environment, pytest.mark.timeout(900)]


def steps_to(who, found):
    """Tab by Tab until it has the focus, and the focus is to be seen."""
    found.wait_for(state="attached", timeout=600_000)
    for _ in range(MOST_STEPS):
        who.page.keyboard.press("Tab")
        if found.evaluate(FOCUSED):
            return
    pytest.fail(f"no Tab leads to {found}")


def test_from_a_table_to_a_result_without_a_mouse(person, centre):
    who = person("en")
    who.enters(centre.tenant().key)
    who.settles()
    table, target = who.table
    steps_to(who, who.element("button", "tasks:drop.choose").first)
    with who.page.expect_file_chooser() as chooser:
        who.page.keyboard.press("Enter")
    chooser.value.set_files(table)
    who.reaches(r"/new\?.*task=")
    who.sees(target)
    who.settles()
    standard = who.word("tasks:offers.effort.standard")
    steps_to(who, who.page.get_by_role("radio", name=re.compile(f"^{standard}")))
    fast = who.word("tasks:offers.effort.fast")
    chosen = who.page.get_by_role("radio", name=re.compile(f"^{fast}"))
    who.page.keyboard.press("ArrowUp")
    assert chosen.is_checked()
    who.reaches(r"/new\?.*effort=fast")
    steps_to(who, who.element("button", "tasks:offers.start").first)
    who.page.keyboard.press("Enter")
    who.reaches("/tasks/")
    take = who.element("link", "tasks:task.take").first
    take.wait_for(timeout=600_000)
    steps_to(who, take)
    with who.page.expect_download() as taken:
        who.page.keyboard.press("Enter")
    assert zipfile.ZipFile(taken.value.path()).testzip() is None
    who.assert_nothing_went_wrong()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_table_is_forgotten_with_a_certificate(person, centre, language):
    who = person(language)
    who.enters(centre.tenant().key)
    name = {"zh": "concrete-zh", "en": "concrete"}[language]
    status, made = who.posts("/v1/datasets/from-sample", {"name": name})
    assert status in {200, 201}, made
    who.opens(f"/data/{made['dataset_id']}")
    who.press("button", "library:forget.do")
    who.press_in_dialog("library:forget.do")
    who.sees(who.word("library:forget.done"))
    who.press_in_dialog("parts:close")
    who.sees(who.word("library:certificate.holds"))
    who.opens("/data")
    who.settles()
    assert made["dataset_id"] not in who.page.content()
    who.assert_nothing_went_wrong()
