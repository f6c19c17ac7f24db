"""The system's browser, and what it must never do while a page of the console is open.

No browser is ever fetched: one of the system is used, and whoever has none is told what to install.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MISSING = "no browser is installed (Debian: apt-get install chromium fonts-noto-cjk)"
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
LANGUAGES, MODES = ("zh", "en"), ("light", "dark")
LOCALES = {"zh": "zh-CN", "en": "en-GB"}


def program() -> str | None:
    """The path of a browser, None if the system has none."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


@contextmanager
def opened() -> Iterator[Browser]:
    """The system's browser without a window, for the time of a block."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program(), args=list(QUIET))
        try:
            yield browser
        finally:
            browser.close()


def visitor(
    browser: Browser, url: str, language: str = "zh", mode: str = "light", width: int = 1440
) -> BrowserContext:
    """Somebody who visits a centre with a fresh browser."""
    narrow = width < 700
    context = browser.new_context(
        base_url=url,
        viewport={"width": width, "height": 844 if narrow else 900},
        locale=LOCALES[language],
        timezone_id="Asia/Shanghai",
        color_scheme=mode,
        reduced_motion="reduce",
        has_touch=narrow,
        is_mobile=narrow,
    )
    context.set_default_timeout(60_000)
    return context


@dataclass
class Faults:
    """What went wrong in a visitor's pages, as sentences; empty is good.

    Attributes:
        expected: parts of messages that a test causes on purpose.
    """

    url: str
    found: list[str] = field(default_factory=list)
    expected: tuple[str, ...] = ()

    def watch(self, context: BrowserContext) -> "Faults":
        """Listen to everything that the pages of a visitor say and ask."""
        context.on("console", lambda said: self._said(said.type, said.text, said.location))
        context.on("weberror", lambda error: self.note(f"an exception: {error.error}"))
        context.on("request", lambda request: self._asked(request.url))
        return self

    def note(self, sentence: str) -> None:
        if not any(part in sentence for part in self.expected):
            self.found.append(sentence)

    def taken(self) -> list[str]:
        """What was found since the last time."""
        found, self.found = self.found, []
        return found

    def _said(self, kind: str, text: str, where: object) -> None:
        if kind in {"error", "warning", "assert"}:
            place = where.get("url", "") if isinstance(where, dict) else ""
            self.note(f"the console says ({kind}): {text} {place}".strip())

    def _asked(self, address: str) -> None:
        parts, own = urlsplit(address), urlsplit(self.url)
        if parts.scheme in {"data", "blob", "about"}:
            return
        if (parts.scheme, parts.netloc) != (own.scheme, own.netloc):
            self.note(f"another place was asked: {address}")
