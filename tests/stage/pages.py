"""The console's pages, read from its own routes, and what no page may show.

The list is made from `web/src/pages/*/area.tsx` and `App.tsx`, so that a new page cannot be
forgotten: one whose address has a part to fill in must say here where an example comes from.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx
from playwright.sync_api import Page

SOURCES = Path(__file__).parents[2] / "web" / "src"
WORDS = SOURCES / "words" / "zh"

_PAGE = re.compile(r"path:\s*'(?P<path>[^']+)',\s*needs:\s*\[(?P<needs>[^\]]*)\]")
_PUBLIC = re.compile(r'<Route path="(/\w[^"]*)"')
_SIDE = re.compile(r"side:\s*'(tenant|operator)'")
_FILE = re.compile(r"\.(csv|tsv|json|jsonl|html|zip|onnx|py|txt|md|toml|pdf|log|parquet|xlsx)$")

FIRST: Mapping[str, tuple[str, str]] = {
    "/tasks/:id": ("tasks?state=solved&limit=1", "task_id"),
    "/bills/:number": ("invoices?limit=1", "number"),
    "/data/:id": ("datasets?limit=1", "dataset_id"),
    "/follow/:job": ("jobs?limit=1&state=succeeded", "job_id"),
    "/receipts/:id": ("solutions?limit=1", "solution_id"),
    "/results/:id": ("solutions?limit=1", "solution_id"),
    "/catalogue/:name": ("algorithms", "name"),
    "/ops/jobs/:id": ("jobs?limit=1&state=running", "job_id"),
    "/ops/tenants/:id": ("tenants?limit=3", "tenant_id"),
}
"""Where an address with a part to fill in finds its example, if not in the list of its own name."""


@dataclass(frozen=True)
class Route:
    """A page of the console.

    Attributes:
        side: `public`, `tenant` or `operator`.
        needs: permissions, of which whoever sees it has one.
    """

    path: str
    side: str
    needs: tuple[str, ...] = ()

    def address(self, session: httpx.Client) -> str:
        """With its parts filled in for somebody who is logged in."""
        if ":" not in self.path:
            return self.path
        noun = self.path.split("/:")[0].rsplit("/", 1)[-1]
        place, name = FIRST.get(self.path, (f"{noun}?limit=1", f"{noun.removesuffix('s')}_id"))
        answer = session.get(place)
        assert answer.is_success, f"{self.path}: say in pages.py where an example comes from"
        items = answer.json()["items"]
        assert items, f"{self.path}: the stage has none of {place}"
        # The last of the first ones: the centre's own tenant and its own tools come before others'.
        return re.sub(r":\w+", str(items[-1][name]), self.path)


def routes() -> list[Route]:
    """Every page, in the order of the sidebar."""
    app = (SOURCES / "App.tsx").read_text("utf-8")
    found = [Route(path, "public") for path in _PUBLIC.findall(app)]
    for file in sorted(SOURCES.glob("pages/*/area.tsx")):
        text = file.read_text("utf-8")
        side = _SIDE.search(text)
        assert side is not None, f"{file} names no side"
        pages = [
            Route(each["path"], side[1], tuple(re.findall(r"'(\w+)'", each["needs"])))
            for each in _PAGE.finditer(text)
        ]
        assert len(pages) == text.count("load:"), f"{file}: not every page could be read"
        found += pages
    return found


def settled(page: Page) -> None:
    """Wait until a page has its content: a heading, nothing loading, fonts there, two frames."""
    page.wait_for_selector("h1", state="attached")
    page.wait_for_function(
        """() => !document.querySelector(
             '.ant-skeleton, .ant-spin-spinning, [aria-busy="true"]')"""
    )
    for frame in page.frames[1:]:
        frame.wait_for_load_state("networkidle")
    page.evaluate(
        """() => document.fonts.ready.then(() => new Promise(done =>
             requestAnimationFrame(() => requestAnimationFrame(() => done()))))"""
    )


def unfinished(page: Page) -> list[str]:
    """Texts that no person wrote: raw keys, holes that nothing filled, values of the program."""
    texts: list[str] = page.evaluate(_TEXTS)
    areas = "|".join(file.stem for file in WORDS.glob("*.json"))
    bad = re.compile(
        rf"^[a-z]\w*(\.[a-z_]\w*)+$|\b({areas}):[a-z]\w*\.\w|\{{\{{|\bundefined\b|\bNaN\b|\[object "
    )
    return sorted({text for text in texts if bad.search(text) and not _FILE.search(text)})


def is_nowhere(page: Page) -> bool:
    """Whether the console says that there is no such page, or not for this person."""
    titles = {
        json.loads((WORDS.parent / language / "shell.json").read_text("utf-8"))["lost"]["title"]
        for language in ("zh", "en")
    }
    return page.locator("h1").first.inner_text() in titles


_TEXTS = """() => {
  const texts = []
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (walker.nextNode()) {
    const inside = walker.currentNode.parentElement?.closest('pre, code, script, style, textarea')
    if (!inside) texts.push(walker.currentNode.data.trim())
  }
  for (const each of document.querySelectorAll('[aria-label], [title], [placeholder], [alt]')) {
    for (const name of ['aria-label', 'title', 'placeholder', 'alt']) {
      texts.push((each.getAttribute(name) ?? '').trim())
    }
  }
  return texts.concat(document.title).filter(Boolean)
}"""
