"""The operator's day and the auditor's, on a centre of their own, in both languages.

The operator lets simulated nodes in, drains one, tries and publishes a price, asks what would have
been, and verifies. The auditor verifies, takes the raw records and rates them again, follows
money, and can change nothing.
"""

import re
import uuid
import zipfile

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def house(start_shared_centre, tmp_path_factory):
    """A centre with one job done."""
    centre = start_shared_centre(tmp_path_factory.mktemp("house") / "data")
    tenant = centre.tenant()
    tenant.ended(tenant.submitted()["job_id"])
    return centre


@pytest.fixture(params=["zh", "en"])
def operator(request, person, house):
    who = person(request.param, here=house)
    who.enters(house.kept_key("operator"))
    return who


@pytest.fixture(params=["zh", "en"])
def auditor(request, person, house):
    with house.operator() as client:
        tenant = client.post("/v1/tenants", json={"name": f"audit {uuid.uuid4().hex}"}).json()
        made = client.post(
            f"/v1/tenants/{tenant['tenant']['tenant_id']}/keys", json={"role": "auditor"}
        )
    who = person(request.param, here=house)
    who.enters(made.json()["key"])
    return who


def test_simulated_nodes_are_let_in_watched_and_drained(operator, house):
    name = f"walk-{operator.language}"
    operator.goes("run:nav.pool")
    operator.press("button", "run:pool.add")
    operator.fill("run:add.name", name)
    operator.fill("run:add.count", "2")
    operator.press("button", "run:add.do")
    operator.sees(operator.word("run:add.done", count=2))
    operator.page.get_by_text(operator.word("run:pool.view_list"), exact=True).first.click()
    node = operator.page.get_by_role("button", name=re.compile(f"^{name}"))
    expect(node).to_have_count(2)
    node.first.click()
    operator.press("button", "run:pool.move.draining")
    drained = node.first.inner_text()
    operator.sees(operator.word("run:pool.became.draining", name=drained))
    states = {each["name"]: each["state"] for each in nodes(house) if name in each["name"]}
    assert states.pop(drained) == "draining"
    assert set(states.values()) == {"ready"}
    operator.assert_nothing_went_wrong()


def nodes(house):
    with house.operator() as client:
        return client.get("/v1/nodes").json()["items"]


def test_a_price_is_tried_on_a_month_before_it_is_published(operator, house):
    operator.goes("business:nav.prices")
    operator.press("button", "business:prices.draft")
    draft = operator.element("textbox", "business:prices.draft")
    version = int(re.search(r"version = (\d+)", draft.input_value())[1])
    operator.press("button", "business:prices.preview")
    expect(operator.page.get_by_text(operator.word("business:prices.before")).first).to_be_visible()
    operator.press("button", "business:prices.publish")
    operator.press_in_dialog("business:prices.publish")
    operator.sees(operator.word("business:prices.published", version=version))
    with house.operator() as client:
        newest = client.get("/v1/tariffs").json()["items"][-1]
    assert (newest["version"], newest["state"]) == (version, "coming")
    operator.assert_nothing_went_wrong()


def test_what_would_have_been_is_asked_and_drawn(operator):
    operator.goes("run:nav.replay")
    operator.press("button", "run:replay.run")
    expect(operator.element("button", "run:replay.give_up")).to_have_count(0, timeout=120_000)
    expect(operator.page.get_by_role("alert")).to_have_count(0)
    expect(operator.page.get_by_role("table").first).to_be_visible()
    operator.assert_nothing_went_wrong()


def test_the_operator_verifies_the_ledger(operator):
    operator.goes("proof:nav.verify")
    operator.press("button", "proof:verify.go")
    operator.sees(operator.word("proof:verify.ok"))
    operator.assert_nothing_went_wrong()


def test_the_auditor_verifies_rates_a_month_again_and_follows_one_yuan(auditor):
    auditor.goes("proof:nav.verify")
    auditor.press("button", "proof:verify.go")
    auditor.sees(auditor.word("proof:verify.ok"))
    with auditor.page.expect_download() as taken:
        auditor.press("link", "proof:rerate.export")
    archive = zipfile.ZipFile(taken.value.path())
    assert any(name.endswith("rerate.py") for name in archive.namelist())
    auditor.press("button", "proof:rerate.go")
    auditor.sees(auditor.word("proof:rerate.equal"))
    auditor.goes("proof:nav.follow")
    auditor.page.get_by_role("link", name=re.compile("job_")).first.click()
    auditor.reaches("/follow/job_")
    auditor.settles()
    expect(auditor.page.get_by_role("alert")).to_have_count(0)
    auditor.assert_nothing_went_wrong()


def test_the_auditor_finds_nothing_to_change(auditor):
    for place, change in (
        ("/ops/pool", "run:pool.add"),
        ("/ops/prices", "business:prices.draft"),
        ("/ops/tenants", "business:tenants.add"),
    ):
        auditor.opens(place)
        auditor.settles()
        expect(auditor.element("button", change)).to_have_count(0)
    auditor.opens("/new")
    expect(auditor.element("heading", "shell:lost.title")).to_be_visible()
    status = auditor.posts("/v1/nodes", {"name": "n", "cores": 1, "memory_mb": 1})[0]
    assert status == 403
    auditor.assert_nothing_went_wrong()
