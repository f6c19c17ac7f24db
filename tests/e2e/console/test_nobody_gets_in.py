"""Whatever somebody brings, names or links to: nothing of it runs, and nothing of it gets in."""

import random
import re
import urllib.parse

import httpx
import pytest
from playwright.sync_api import expect

ATTACKS = (
    '<img src=x onerror="window.top.__hit=1;window.__hit=1">',
    '"><script>window.__hit=1</script>',
    "'-alert(1)-'",
    "javascript:alert(1)",
    "{{constructor.constructor('alert(1)')()}}",
    "</textarea><svg onload=alert(1)>",
    "=HYPERLINK(CONCAT(1))",
)
ELSEWHERE = ("https://evil.example/", "//evil.example/", "/\\evil.example/", "javascript:alert(1)")


@pytest.fixture(params=["/", "/login", "/ops/pool", "/tasks/none"])
def page_headers(request, centre):
    return httpx.get(f"{centre.url}{request.param}", trust_env=False).headers


@pytest.mark.usefixtures("screens")
def test_a_page_says_what_may_run_in_it_and_that_nobody_frames_it(page_headers):
    policy = page_headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe-eval" not in policy
    assert "frame-ancestors 'none'" in policy
    assert page_headers["x-frame-options"] == "DENY"
    assert page_headers["x-content-type-options"] == "nosniff"
    assert page_headers["cache-control"] == "no-store"


@pytest.fixture
def login(kept, person):
    """Of somebody who has registered; once, since an address may do so only a few times an hour."""
    if "newcomer" not in kept:
        kept["newcomer"] = person().registers()
    return kept["newcomer"]


def test_a_script_sees_that_there_is_a_session_and_nothing_of_it(person, login):
    who = person()
    who.logs_in(login)
    told = who.page.evaluate("document.cookie")
    assert told == "zhisuan_here=1"
    cookies = {each["name"]: each for each in who.page.context.cookies()}
    assert cookies["zhisuan_session"]["httpOnly"]
    assert cookies["zhisuan_session"]["sameSite"] == "Strict"


def test_a_change_without_the_sessions_token_is_refused(person, login):
    who = person()
    who.logs_in(login)
    status = who.page.evaluate(
        """async () => (await fetch('/v1/projects', {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify({ name: 'forged' }),
        })).status"""
    )
    assert status == 403
    assert "forged" not in who.page.evaluate("fetch('/v1/projects').then((a) => a.text())")


@pytest.mark.parametrize("address", ELSEWHERE)
def test_after_the_login_nobody_is_sent_elsewhere(person, login, address):
    who = person()
    who.logs_in(login, address=f"/login?next={urllib.parse.quote(address, safe='')}")
    assert who.page.url.startswith(f"{who.url}/")
    who.assert_nothing_went_wrong()


def attacking_table():
    """A table whose every column name and cell is an attack, and whose last column follows."""
    chance = random.Random(1)
    quoted = [f'"{each.replace(chr(34), chr(34) * 2)}"' for each in ATTACKS]
    rows = [",".join(quoted[:4])]
    for _ in range(90):
        one, other, third = (chance.choice(quoted[:3]) for _ in range(3))
        follows = quoted[4] if one == quoted[0] or chance.random() < 0.1 else quoted[5]
        rows.append(f"{one},{other},{third},{follows}")
    return "\n".join(rows) + "\n"


@pytest.mark.environment
@pytest.mark.timeout(900)
def test_a_table_of_attacks_is_looked_at_solved_and_billed_and_nothing_of_it_runs(person, tmp_path):
    file = tmp_path / "<img src=x onerror=alert(1)>.csv"
    file.write_text(attacking_table(), "utf-8")
    who = person("en")
    who.registers(tenant=f"{ATTACKS[0]} {ATTACKS[1]}")
    assert who.posts("/v1/projects", {"name": ATTACKS[0]})[0] == 201
    with who.page.expect_file_chooser() as chooser:
        who.press("button", "tasks:drop.choose")
    chooser.value.set_files(file)
    who.reaches(r"/new\?.*dataset=")
    dataset = re.search(r"dataset=([^&]+)", who.page.url)[1]
    status, task = who.posts("/v1/tasks", {"dataset_id": dataset, "target": ATTACKS[3]})
    assert status == 201, task
    status, job = who.posts(f"/v1/tasks/{task['task_id']}/accept", {"effort": "fast"})
    assert status == 201, job

    who.opens(f"/tasks/{task['task_id']}")
    take = who.element("link", "tasks:task.take")
    take.wait_for(timeout=600_000)
    solution = re.search(r"/solutions/([^/]+)/", take.get_attribute("href"))[1]
    for address in (
        "/home",
        "/tasks",
        f"/data/{dataset}",
        "/data",
        "/results",
        f"/results/{solution}",
        f"/receipts/{solution}",
        f"/tasks/{task['task_id']}?tab=try",
        f"/tasks/{task['task_id']}?tab=take",
        "/usage",
        "/account?tab=projects",
        f"/new?dataset={dataset}&task={task['task_id']}",
    ):
        who.opens(address)
        who.settles()
        assert who.page.evaluate("window.__hit") is None, address

    # The report and the bill are pages of their own, made of the same words.
    for address in (f"/v1/solutions/{solution}/files/report.html", "/v1/statement?form=html"):
        who.opens(address)
        assert who.page.evaluate("window.__hit") is None, address
    who.assert_nothing_went_wrong()


@pytest.mark.environment
@pytest.mark.timeout(900)
def test_a_report_opened_from_the_console_cannot_reach_the_session(walked):
    who, hand = walked("zh")
    who.opens(f"/tasks/{hand.task}?tab=report")
    frame = who.page.locator("iframe")
    expect(frame).to_be_visible()
    inside = frame.element_handle().content_frame()
    inside.wait_for_load_state()
    asked = "fetch('/v1/me').then((answer) => answer.status, () => 'refused')"
    assert inside.evaluate(asked) == "refused"
    for reach in ("document.cookie", "localStorage.length", "parent.document.title"):
        told = f"(() => {{ try {{ return String({reach}) }} catch {{ return 'refused' }} }})()"
        assert inside.evaluate(told) == "refused", reach
    assert inside.evaluate("origin") == "null"


@pytest.mark.environment
@pytest.mark.timeout(900)
def test_a_report_in_a_window_of_its_own_cannot_either(walked):
    who, hand = walked("zh")
    who.opens(f"/v1/solutions/{hand.solution}/files/report.html")
    asked = "fetch('/v1/me').then((answer) => answer.status, () => 'refused')"
    assert who.page.evaluate(asked) == "refused"
    assert who.page.evaluate("origin") == "null"
