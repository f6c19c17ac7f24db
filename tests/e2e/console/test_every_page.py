"""Every page, as somebody comes to it: along the links, from where each role begins.

On each: one heading, a title, nothing wider than the window, no fault in the browser, nothing that
axe-core finds serious, no key where words should stand, no other language than the one spoken.
What a tenant sees also holds no word of chips or of how a machine learns.
"""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from zhisuan.ledger.voucher.programme import shipped_text

HERE = Path(__file__).parent
WEB = HERE.parents[2] / "web"
LOOK = (HERE / "look.js").read_text("utf-8")
SERIOUS = (HERE / "axe.js").read_text("utf-8")
AXE = (WEB / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")
AREAS = WEB / "src" / "pages"
OTHER_TABS = "main [role=tab]:not([aria-selected=true]):not([aria-disabled=true])"
TENANTS = {"tasks", "library", "account"}
"""Areas of pages that are written for somebody who never heard of a chip."""

pytestmark = [pytest.mark.environment, pytest.mark.timeout(900)]

CHIPS = re.compile(
    r"""\b(?:GPU|CPU|NPU|TPU|FPGA|ASIC|CUDA|H100|A100|NVIDIA|Ascend|910B|VRAM
    |cores?|nodes?|devices?|threads?|clusters?|containers?
    |epochs?|hyper-?parameters?|neural|gradient|boosting|forests?|lightgbm|xgboost|catboost
    |overfit\w*|regression|classifier|train(?:ed|ing|s)?|inference|embeddings?
    |RMSE|AUC|ROC|MAE|R2|SHA-?256|hash(?:es)?)\b
    |显卡|芯片|核心数|个核|核时|卡时|显存|节点|集群|容器|训练|超参数|神经网络|梯度|随机森林|决策树
    |损失函数|轮次|过拟合|回归|分类器|推理|哈希""",
    re.IGNORECASE | re.VERBOSE,
)
CITED = ("MEE and NBS announcement",)
"""What is quoted under its own name in both languages."""
AFTER_A_MONTH = {"/bills/:number"}
"""Pages of what a young centre has none of; the stage shows them."""
KEY = re.compile(r"^(?:[a-z]+:)?[a-z_]+(?:\.[a-z_0-9]+)+$")
FILE = re.compile(r"\.(?:html|py|txt|json|csv|onnx|zip|md|toml)$")
CHINESE = re.compile(r"[\u3400-\u9fff]")
ENGLISH = re.compile(r"(?:\b[A-Za-z']{2,}\b[ ,]*){4,}")


def addresses(area=None):
    """Every page of the areas: its address as it is routed, and who may see it."""
    found = {}
    for file in sorted(AREAS.glob("*/area.tsx")):
        if area is None or file.parent.name in area:
            text = file.read_text("utf-8")
            for path, needs in re.findall(r"path: '([^']+)',\s*needs: \[([^\]]*)\]", text):
                found[path] = set(re.findall(r"'(\w+)'", needs))
    return found


def shape_of(path):
    """What an address of this page looks like."""
    return re.compile(re.sub(r":\w+", "[^/?#]+", path) + r"(?:[?#].*)?$")


class Tour:
    """One person's way along the links, and what was wrong on it."""

    def __init__(self, who, pages):
        self.who = who
        self.pages = pages
        self.links = {}
        self.seen = {}
        self.faults = []

    def goes(self, look):
        """To every page a link leads to, the nearest first."""
        self.notes(self.who.page.evaluate(LOOK)["links"])
        while ahead := [page for page in self.links if page not in self.seen]:
            page = ahead[0]
            self.seen[page] = self.links[page]
            self.who.turns_to(self.links[page])
            self.looks(look)
            for name in self.who.page.locator(OTHER_TABS).all_inner_texts():
                self.who.page.get_by_role("tab", name=name, exact=True).click()
                self.who.settles()
                self.looks(look)
        return self

    def looks(self, look):
        """At what is open now."""
        looked = self.who.page.evaluate(LOOK)
        self.notes(looked["links"])
        place = self.who.page.url.removeprefix(self.who.url)
        self.faults += [f"{place}: {each}" for each in (*look(looked), *self.who.faults)]
        self.who.faults.clear()

    def notes(self, links):
        for link in links:
            for page in self.pages:
                # `/vouchers/new` is a page of its own and not the voucher "new".
                if shape_of(page).match(link) and (page == link or link not in self.pages):
                    self.links.setdefault(page, link)

    def unreached(self):
        return sorted(set(self.pages) - set(self.seen))


def wrong_with(who, looked):
    """What no page may have."""
    if len(looked["headings"]) != 1:
        yield f"headings of the first level: {looked['headings']}"
    if not looked["title"].endswith(who.word("shell:name")) or len(looked["title"]) < 5:
        yield f"the window's title: {looked['title']}"
    if looked["tooWide"] > 1:
        yield f"{looked['tooWide']} px wider than the window"
    for text in looked["texts"]:
        if KEY.match(text) and not FILE.search(text):
            yield f"a key where words should stand: {text}"
    who.page.evaluate(AXE)
    yield from who.page.evaluate(SERIOUS)


def foreign(language, texts, own):
    """Texts in the other language, apart from what the person brought themselves."""
    strange = CHINESE if language == "en" else ENGLISH
    for text in texts:
        if strange.search(text) and not any(each in text for each in own):
            yield f"not {language}: {text}"


def jargon(texts, own):
    """Words that nobody needs to know who only has a question."""
    for text in texts:
        for each in own:
            text = text.replace(each, "")  # noqa: PLW2901  what they brought is theirs
        if found := CHIPS.search(text):
            yield f"jargon {found[0]!r}: {text}"


@pytest.fixture(scope="module")
def programme(centre):
    """A voucher programme that is open, without which nobody has a voucher to look at."""
    text = shipped_text("beijing").replace('slug = "beijing"', f'slug = "walk-{uuid4().hex[:8]}"')
    body = {"text": text.replace("apply_to = 2025-12-31\n", ""), "budget_yuan": "10000000"}
    with centre.operator() as operator:
        answer = operator.post("/v1/voucher-programmes", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()["programme_id"]


def application(programme):
    """What somebody writes who wants a voucher."""
    today = datetime.now(UTC).date()
    return {
        "programme": programme,
        "applicant": {
            "name": "Walk Software",
            "code": f"91110000{uuid4().hex[:10].upper()}",
            "region": "北京市",
            "industry": "软件和信息服务业",
        },
        "contract": {
            "number": "W-1",
            "supplier": "Walk Centre",
            "supplier_code": "91110000EXAMPLE002",
            "signed_on": str(today),
            "starts_on": str(today),
            "ends_on": str(today + timedelta(days=300)),
            "items": [{"kind": "compute", "title": "W", "amount_yuan": "3000000"}],
        },
        "documents": [],
    }


def may(permissions, area=None):
    """The pages a role may see."""
    return {
        page for page, needs in addresses(area).items() if not needs or needs & set(permissions)
    }


@pytest.mark.parametrize(
    ("language", "dark", "narrow"), [("zh", False, False), ("en", True, True)], ids=["zh", "en"]
)
def test_every_page_of_a_tenant(walked, programme, language, dark, narrow):
    who, walk = walked(language, dark=dark, narrow=narrow)
    status, made = who.posts("/v1/vouchers", {"application": application(programme)})
    assert status == 201, made
    pages = may({"see_own", "work", "manage"}, TENANTS)

    def look(looked):
        yield from wrong_with(who, looked)
        yield from foreign(language, looked["texts"], (*walk.own, *CITED))
        yield from jargon(looked["texts"], walk.own)

    tour = Tour(who, pages - AFTER_A_MONTH).goes(look)
    assert tour.faults == []
    assert tour.unreached() == []


@pytest.mark.parametrize(
    ("role", "language", "dark", "narrow"),
    [
        ("operator", "zh", False, False),
        ("operator", "en", True, True),
        ("auditor", "zh", False, False),
        ("auditor", "en", True, True),
        ("engineer", "zh", True, False),
    ],
)
def test_every_page_of_who_runs_and_who_checks(
    role, person, centre, walked, language, dark, narrow
):
    walk = walked(language)[1]  # so that there is something to see
    who = person(language, dark=dark, narrow=narrow)
    who.enters(key_of(centre, role))
    permissions = who.page.evaluate(
        "async () => (await (await fetch('/v1/session')).json()).permissions"
    )
    pages = may(permissions, {"run", "business", "proof"})

    def look(looked):
        yield from wrong_with(who, looked)
        yield from foreign(language, looked["texts"], (*walk.own, *CITED))

    tour = Tour(who, pages).goes(look)
    assert tour.faults == []
    assert tour.unreached() == []


def key_of(centre, role):
    if role == "operator":
        return centre.kept_key("operator")
    tenant = centre.tenant()
    with centre.operator() as operator:
        made = operator.post(f"/v1/tenants/{tenant.tenant_id}/keys", json={"role": role})
    return made.json()["key"]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("address", ["/login", "/register", "/board", "/enter"])
def test_every_page_in_front_of_the_door(person, language, address):
    who = person(language, dark=language == "en", narrow=language == "en")
    who.opens(address)
    who.settles()
    looked = who.page.evaluate(LOOK)
    faults = [*wrong_with(who, looked), *foreign(language, looked["texts"], CITED), *who.faults]
    assert faults == []
