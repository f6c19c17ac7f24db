"""Walks every page of the console on the stage and keeps what it looks like.

`make screenshots` walks them in both languages, light and dark, 1440 and 390 wide, and writes PNGs
to `build/screenshots/`. It fails on an error in the console, a broken policy, a request to another
origin, a raw key or a page wider than its screen; every fault is told at the end.
"""

import argparse
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

import browser
import httpx
import pages
from playwright.sync_api import BrowserContext, Page

from stage import CHECKOUT, Stage, running, solve, tell

OUT = CHECKOUT / "build" / "screenshots"
WIDTHS = (1440, 390)
ON_PURPOSE = {"/enter": ("status of 401",)}
"""Without a ticket nobody gets in, and the browser writes that into the console."""
VISITORS = {"tenant": ("bricks-owner", "lab-owner"), "operator": ("operator", "admin", "auditor")}
"""Who looks at the pages of a side: the first of them who may and has something to see."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, help="a told stage; a fresh one if left out")
    parser.add_argument("--only", default="", help="pages whose address begins so")
    parser.add_argument("--languages", nargs="+", default=list(browser.LANGUAGES))
    parser.add_argument("--modes", nargs="+", default=list(browser.MODES))
    parser.add_argument("--widths", nargs="+", type=int, default=list(WIDTHS))
    parser.add_argument("--pace", type=float, default=1.0)
    given = parser.parse_args()
    if browser.program() is None:
        sys.exit(f"Screenshots cannot be taken: {browser.MISSING}.")
    with TemporaryDirectory() as fresh:
        folder = given.folder or Path(fresh) / "stage"
        if given.folder is None:
            tell(folder, given.pace)
        with running(folder.resolve()) as stage:
            if given.folder is None:
                solve(stage)
            faults = walk(
                stage, given.only, list(product(given.languages, given.modes, given.widths))
            )
    for fault in faults:
        print(fault)
    sys.exit(f"{len(faults)} faults." if faults else None)


def walk(stage: Stage, only: str, looks: list[tuple[str, str, int]]) -> list[str]:
    """Every page in each look; the faults."""
    OUT.mkdir(parents=True, exist_ok=True)
    todo = [route for route in pages.routes() if route.path.startswith(only)]
    faults: list[str] = []
    seen = []
    with ExitStack() as stack:
        sessions = {
            login: stack.enter_context(stage.session(login))
            for logins in VISITORS.values()
            for login in logins
        }
        for route in todo:
            try:
                seen.append((route, *_visit(sessions, route)))
            except AssertionError as problem:
                faults.append(str(problem))
    with browser.opened() as program:
        for language, mode, width in looks:
            for login in sorted({login for _, login, _ in seen}):
                context = browser.visitor(program, stage.url, language, mode, width)
                watch = browser.Faults(stage.url).watch(context)
                _log_in(context, stage, login)
                page = context.new_page()
                for route, whose, address in seen:
                    if whose == login:
                        watch.expected = ON_PURPOSE.get(route.path, ())
                        name = f"{_name(route.path)}.{language}.{mode}.{width}"
                        found = _shoot(page, address, OUT / f"{name}.png")
                        faults += [f"{name}: {each}" for each in found + watch.taken()]
                context.close()
    return faults


def _visit(sessions: Mapping[str, httpx.Client], route: pages.Route) -> tuple[str, str]:
    """Who looks at a page, and at which address."""
    if route.side == "public":
        return "", route.path
    problems = []
    for login in VISITORS[route.side]:
        session = sessions[login]
        may = session.get("session").json()["permissions"]
        if route.needs and not set(route.needs).intersection(may):
            continue
        try:
            return login, route.address(session)
        except (AssertionError, httpx.HTTPStatusError) as problem:
            problems.append(f"{login}: {problem}")
    raise AssertionError(f"nobody on the stage sees {route.path}: {problems}")


def _log_in(context: BrowserContext, stage: Stage, login: str) -> None:
    if login:
        said = {"login": login, "password": stage.told["password"]}
        answer = context.request.post("/v1/session", data=said)
        assert answer.ok, answer.text()


def _shoot(page: Page, address: str, file: Path) -> list[str]:
    page.goto(address, wait_until="load")
    try:
        pages.settled(page)
    except Exception as problem:  # noqa: BLE001  whatever kept it, the picture shows it
        page.screenshot(path=file, full_page=True)
        return [f"it did not settle: {str(problem).splitlines()[0]}"]
    page.screenshot(path=file, full_page=True, animations="disabled")
    found = [f"a text that nobody wrote: {text!r}" for text in pages.unfinished(page)]
    if pages.is_nowhere(page):
        found.append("there is no such page")
    wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return [*found, f"it is {wider} px wider than its screen"] if wider > 1 else found


def _name(path: str) -> str:
    return path.strip("/").replace("/", "-").replace(":", "") or "root"


if __name__ == "__main__":
    main()
