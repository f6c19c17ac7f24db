"""A person in front of the console: a browser, the words on the screens, what went wrong.

The browser is the one that is installed; where there is none, these tests are skipped. What a
person presses is found as people find it, by what it is and what stands on it; the words come from
the files that the screens take them from, so that a better word breaks no test.
"""

import io
import json
import re
import subprocess
import sys
import time
import uuid
import zipfile
from dataclasses import dataclass, field
from ipaddress import IPv6Address
from pathlib import Path

import pytest
from playwright.sync_api import TimeoutError  # noqa: A004

sys.path.insert(0, str(Path(__file__).parents[2] / "stage"))
import browser as system

CHECKOUT = Path(__file__).parents[3]
WEB = CHECKOUT / "web"
EXAMPLES = CHECKOUT / "examples"
TABLES = {
    "zh": ("混凝土.csv", "抗压强度(MPa)"),
    "en": ("concrete.csv", "compressive_strength_mpa"),
}
PASSWORD = "eight words and one more"  # noqa: S105  of people who live as long as a test
WIDE = {"width": 1440, "height": 900}
NARROW = {"width": 390, "height": 844}


def words_of(language):
    """Every text of the screens: `area:key` to what stands there."""
    found = {}
    for file in sorted((WEB / "src" / "words" / language).glob("*.json")):
        inside = [(f"{file.stem}:", json.loads(file.read_text("utf-8")))]
        while inside:
            place, texts = inside.pop()
            for key, text in texts.items():
                if isinstance(text, dict):
                    inside.append((f"{place}{key}.", text))
                else:
                    found[place + key] = text
    return found


WORDS = {language: words_of(language) for language in ("zh", "en")}


@dataclass
class Person:
    """Somebody in front of a browser: what they press, read, and what silently went wrong."""

    page: object
    url: str
    language: str
    faults: list = field(default_factory=list)
    clicks: int = 0
    asked: set = field(default_factory=set)

    def __post_init__(self):
        page = self.page
        page.on("requestfinished", self._answered)
        page.on("requestfailed", self._answered)
        page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        page.on("console", self._console)
        page.on("request", self._request)
        page.on("dialog", self._dialog)
        # Whoever only waits for a file chooser may be heard too late: the browser has closed it.
        page.on("filechooser", lambda _: None)

    def _console(self, message):
        # A refused request is told on the page; the browser's own note of it is no fault.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.faults.append(f"console: {message.text}")

    def _request(self, request):
        if "/v1/events" not in request.url:  # which goes on for ever
            self.asked.add(request)
        if not request.url.startswith((f"{self.url}/", "data:", "blob:")):
            self.faults.append(f"a request outside: {request.url}")

    def _answered(self, request):
        self.asked.discard(request)

    def _dialog(self, dialog):
        self.faults.append(f"a dialog: {dialog.message}")
        dialog.dismiss()

    def word(self, key, **values):
        """What stands at this place of the screens in the person's language."""
        text = re.sub(r"</?\w+>", "", WORDS[self.language][key])
        return re.sub(r"\{\{(\w+)\}\}", lambda found: str(values[found[1]]), text)

    @property
    def table(self):
        """What the person brings, and the column they ask for."""
        name, target = TABLES[self.language]
        return EXAMPLES / name, target

    def opens(self, address):
        self.page.goto(f"{self.url}{address}")

    def element(self, role, key, **options):
        """Found as people find it: by what it is and the words on it, or a name that is data."""
        name = self.word(key) if key in WORDS[self.language] else key
        # The icon before the words is part of what is read out.
        whole = re.compile(rf"^([a-z-]+ )?{re.escape(name)}$")
        return self.page.get_by_role(role, name=whole, **options)

    def press(self, role, key):
        """One click."""
        self.clicks += 1
        self.element(role, key).first.click()

    def press_in_dialog(self, key):
        """One click in the dialog in front, once it stands still: one that grows misses it."""
        self.settles()
        self.clicks += 1
        dialog = self.page.get_by_role("dialog")
        dialog.get_by_role("button", name=self.word(key), exact=True).last.click()

    def fill(self, key, text):
        self.page.get_by_label(self.word(key), exact=True).fill(text)

    def sees(self, text, within_s=30):
        """Wait until a text is to be seen."""
        self.page.get_by_text(text).first.wait_for(timeout=within_s * 1000)

    def reaches(self, address, within_s=30):
        """Wait until the page's address matches."""
        self.page.wait_for_url(re.compile(re.escape(self.url) + address), timeout=within_s * 1000)

    def registers(self, tenant=None):
        """From the login page: an organisation of one's own; returns the login."""
        login = f"{uuid.uuid4().hex}@walk.example"
        self.opens("/login")
        self.press("link", "public:login.register")
        self.fill("public:register.tenant", tenant or f"walk {login}")
        self.fill("public:register.name", "Lin")
        self.fill("public:register.login", login)
        self.fill("public:register.password", PASSWORD)
        self.press("button", "public:register.go")
        self.reaches("/home")
        return login

    def logs_in(self, login, password=PASSWORD, address="/login"):
        """With name and password."""
        self.opens(address)
        self.fill("public:login.name", login)
        self.fill("public:login.password", password)
        self.press("button", "public:login.go")
        self.page.locator("#content h1").wait_for()

    def enters(self, key):
        """With a key instead of a name."""
        self.opens("/login")
        # The radio lies under its label, which takes the click.
        self.page.get_by_text(self.word("public:login.key_tab"), exact=True).click()
        self.fill("public:login.key", key)
        self.press("button", "public:login.go")
        self.page.locator("#content h1").wait_for()

    def goes(self, key):
        """By the sidebar."""
        self.page.get_by_role("navigation").get_by_role(
            "link", name=self.word(key), exact=True
        ).click()
        self.settles()

    def posts(self, address, body):
        """A change asked for by a program in this browser: the status and the answer."""
        return self.page.evaluate(POST, [address, body])

    def turns_to(self, address):
        """To another page as a link does it, without loading everything anew."""
        self.page.evaluate(TURN, address)
        self.settles()

    def settles(self, within_s=20):
        """Wait until the page has asked for everything, shows it and stands still."""
        try:
            self.page.locator("h1").first.wait_for(timeout=within_s * 1000)
            until = time.monotonic() + within_s
            # A page may stand still since it waits for the code of the next one.
            quiet = False
            while not quiet:
                quiet = not self.asked
                self.page.wait_for_function(STILL, polling=150, timeout=within_s * 1000)
                quiet = quiet and not self.asked
                if time.monotonic() > until:
                    self.faults.append(f"still asks after {within_s} s: {self.asked}")
                    return
        except TimeoutError:
            self.faults.append(f"never stands still within {within_s} s")

    def assert_nothing_went_wrong(self):
        assert self.faults == []


POST = """async ([address, body]) => {
  const session = await (await fetch('/v1/session')).json()
  const key = String(performance.now()) + Math.random()
  const answer = await fetch(address, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'X-CSRF-Token': session.csrf_token,
      'Idempotency-Key': key,
    },
    body: JSON.stringify(body),
  })
  return [answer.status, await answer.json()]
}"""

TURN = """(address) => {
  history.pushState(null, '', address)
  dispatchEvent(new PopStateEvent('popstate', { state: null }))
}"""

STILL = """() => {
  const asked = performance.getEntriesByType('resource').length
  const now = document.body.innerHTML.length + ' ' + asked
  const same = now === window.__before
  window.__before = now
  const waiting = document.querySelector('.ant-skeleton, .ant-spin-spinning, .ant-btn-loading')
  const moves = (each) =>
    each.playState === 'running' && Number.isFinite(each.effect?.getComputedTiming().endTime)
  return same && !waiting && !document.getAnimations().some(moves)
}"""


@pytest.fixture(scope="session")
def screens():
    """The screens as the sources say today."""
    done = subprocess.run(
        [sys.executable, WEB / "build.py"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def browser(screens):  # noqa: ARG001  built first
    """The system's browser, ended with the tests of a file: its event loop is in others' way."""
    if system.program() is None:
        pytest.skip(system.MISSING)
    with system.opened() as browser:
        yield browser


@pytest.fixture
def person(browser, centre):
    """Makes people, who are gone with the test."""
    contexts = []

    def comes(language="zh", *, dark=False, narrow=False, here=centre):
        context = browser.new_context(
            locale={"zh": "zh-CN", "en": "en-GB"}[language],
            color_scheme="dark" if dark else "light",
            viewport=NARROW if narrow else WIDE,
            reduced_motion="reduce",
            accept_downloads=True,
            # Everybody comes from elsewhere: few may register from one address in an hour.
            extra_http_headers={"X-Forwarded-For": str(IPv6Address(uuid.uuid4().int))},
        )
        context.set_default_timeout(30_000)
        contexts.append(context)
        return Person(context.new_page(), here.url, language)

    yield comes
    for context in contexts:
        context.close()


@dataclass
class Walked:
    """What someone has in hand at the end of the first walk."""

    login: str
    task: str
    solution: str
    target: str
    archive: zipfile.ZipFile
    clicks: int
    own: tuple
    """Words that are the person's own: names they gave, columns of what they brought."""


def first_walk(who):
    """Register, bring, ask, choose, start, wait, take away."""
    table, target = who.table
    who.opens("/")
    who.reaches("/login")
    login = who.registers()
    with who.page.expect_file_chooser() as chooser:
        who.press("button", "tasks:drop.choose")
    chooser.value.set_files(table)
    who.reaches(r"/new\?.*task=")
    who.sees(target)
    who.page.reload()  # leaving loses nothing
    who.sees(target)
    fast = who.word("tasks:offers.effort.fast")
    who.clicks += 1
    who.page.get_by_role("radio", name=re.compile(f"^{fast}")).check()
    who.press("button", "tasks:offers.start")
    who.reaches("/tasks/")
    task = re.search(r"/tasks/([^?]+)", who.page.url)[1]
    take = who.element("link", "tasks:task.take")
    take.wait_for(timeout=600_000)
    solution = re.search(r"/solutions/([^/]+)/", take.get_attribute("href"))[1]
    with who.page.expect_download() as taken:
        who.press("link", "tasks:task.take")
    archive = zipfile.ZipFile(io.BytesIO(Path(taken.value.path()).read_bytes()))
    who.assert_nothing_went_wrong()
    encoding = {"zh": "gb18030", "en": "utf-8"}[who.language]
    columns = table.read_text(encoding).splitlines()[0].split(",")
    own = (*columns, table.stem, login, "Lin")
    return Walked(login, task, solution, target, archive, who.clicks, own)


@pytest.fixture(scope="session")
def kept():
    """The first walk of each language, once it was made."""
    return {}


@pytest.fixture
def walked(kept, person):
    """Somebody inside who has walked before, and what the walk left; it is made only once."""

    def inside(language, **options):
        if language not in kept:
            kept[language] = first_walk(person(language))
        who = person(language, **options)
        who.logs_in(kept[language].login)
        who.settles()
        return who, kept[language]

    return inside
