"""The centre as a utility: accounts, budgets, the ladder, statements, rates, profiles."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

POOL = """
[[node]]
name = "sim-1"
cores = 4
memory_mb = 8192
simulated = true
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def start(request, start_centre, tmp_path):
    """Starts a centre with an operating profile, on either database."""

    def begin(profile=""):
        folder = tmp_path / "data"
        folder.mkdir(exist_ok=True)
        (folder / "pool.toml").write_text(POOL)
        (folder / "operating.toml").write_text(profile)
        environment = {}
        if request.param == "postgresql":
            environment["ZHISUAN_DATABASE"] = request.getfixturevalue("postgres").fresh()
        return start_centre(folder, environment=environment)

    return begin


def owner(centre):
    """A tenant whose key may manage it."""
    tenant = centre.tenant()
    with centre.operator() as operator:
        made = operator.post(f"/v1/tenants/{tenant.tenant_id}/keys", json={"role": "owner"})
    return tenant, centre.client(made.json()["key"])


def settled(tenant, **order):
    order = {"cpu_milli": 1000, "memory_mb": 1024, **order}
    job = tenant.submitted(parameters={"rest": 0.5}, **order)
    assert tenant.ended(job["job_id"])["state"] == "succeeded"
    receipt = tenant.client.get(f"/v1/jobs/{job['job_id']}/receipt").json()
    return job["job_id"], receipt


def test_money_comes_in_is_limited_spent_and_stated(start):
    centre = start()
    tenant, manager = owner(centre)
    with centre.operator() as operator:
        paid = operator.post(
            f"/v1/tenants/{tenant.tenant_id}/deposits", json={"yuan": "50", "note": "transfer 7"}
        )
        assert paid.status_code == 201
        assert Decimal(paid.json()["available_yuan"]) == 150
        job_id, _ = settled(tenant)
        statement = tenant.client.get("/v1/statement").json()
        (item,) = statement["items"]
        assert (item["job_id"], statement["number"]) == (job_id, None)
        assert Decimal(statement["exact_yuan"]) == Decimal(item["charged_yuan"])
        spent = Decimal(150) - Decimal(tenant.account()["available_yuan"])
        assert spent == Decimal(item["charged_yuan"]) > 0
        limited = manager.post("/v1/budgets", json={"month_yuan": str(spent + Decimal("0.000001"))})
        assert limited.status_code == 200
        (budget,) = limited.json()["budgets"]
        assert Decimal(budget["committed_yuan"]) == spent
        refused = tenant.submit(parameters={"rest": 0})
        assert (refused.status_code, refused.json()["code"]) == (402, "budget_exhausted")
        assert tenant.listed("jobs")[0]["job_id"] == job_id, "a refusal leaves nothing behind"
        assert manager.post("/v1/budgets", json={"month_yuan": None}).json()["budgets"] == []
        settled(tenant)
        assert operator.post("/v1/ledger/verify").json()["ok"]


def test_one_yuan_is_followed_from_the_receipt_to_the_entries(start, alone):
    centre = start()
    tenant, _ = owner(centre)
    job_id, receipt = settled(tenant)
    found = tenant.client.get(f"/v1/jobs/{job_id}/money").json()
    assert found["charge"]["usage_seq"] == [each["seq"] for each in found["usage"]]
    assert found["charge"]["amount_yuan"] == receipt["money"]["charge_yuan"]
    amounts = [Decimal(line["amount_yuan"]) for line in found["lines"] if line["charged"]]
    assert sum(amounts) == Decimal(found["charge"]["metered_yuan"])
    assert found["paid_sum_micro_yuan"] == 0
    assert {line["tariff_file_text"] for line in found["lines"]} >= {"[core_hour]"}
    assert all(len(each["hash"]) == 64 for each in found["usage"] + found["entries"])
    assert found["invoice"]["number"] is None
    with centre.operator() as operator:
        text = operator.get("/v1/tariffs/1").json()["text"].splitlines()
    for line in found["lines"]:
        assert text[line["tariff_file_line"] - 1].startswith(line["tariff_file_text"])
    said = alone("ledger", "follow", job_id, "--url", centre.url, "--key", tenant.key)
    assert said.status == 0, said.err
    for step in ("1 What was used", "2 By which price", "core_hour", "4 Where the money went"):
        assert step in said.out
    other = centre.tenant()
    assert other.client.get(f"/v1/jobs/{job_id}/money").status_code == 404
    later = (datetime.now(UTC) + timedelta(days=100)).isoformat()
    waits = tenant.submitted(parameters={"rest": 0}, not_before=later)
    assert tenant.client.get(f"/v1/jobs/{waits['job_id']}/money").status_code == 409


def test_a_statement_is_a_table_a_page_and_a_pdf_in_two_languages(start):
    tenant, _ = owner(start())
    job_id, _ = settled(tenant)
    get = tenant.client.get
    table = get("/v1/statement", params={"form": "csv"})
    assert table.headers["content-type"].startswith("text/csv")
    assert job_id in table.text
    for language, word in (("zh", "对账单"), ("en", "Statement")):
        page = get("/v1/statement", params={"form": "html", "language": language})
        assert word in page.text
        assert job_id in page.text
        paper = get("/v1/statement", params={"form": "pdf", "language": language})
        assert paper.content.startswith(b"%PDF-")
        assert paper.headers["content-type"] == "application/pdf"


def test_a_month_that_is_not_over_is_not_closed_and_another_tenants_invoice_is_not_there(start):
    centre = start()
    tenant, _ = owner(centre)
    now = datetime.now(UTC)
    with centre.operator() as operator:
        early = operator.post("/v1/invoices", json={"month": f"{now:%Y-%m}"})
        assert (early.status_code, early.json()["code"]) == (409, "conflict")
        wrong = operator.post("/v1/invoices", json={"month": "2026-13"})
        assert wrong.status_code == 422
        past = operator.post("/v1/invoices", json={"month": "2025-03"})
        assert (past.status_code, past.json()["invoices"]) == (201, [])
    assert tenant.client.get("/v1/invoices").json()["items"] == []
    assert tenant.client.get("/v1/invoices/1").status_code == 404
    assert tenant.client.post("/v1/invoices", json={"month": "2025-03"}).status_code == 403


def test_the_five_rates_are_what_anyone_counts_from_the_records(start):
    centre = start()
    tenant, _ = owner(centre)
    for _ in range(3):
        settled(tenant, cpu_milli=500)
    with centre.operator() as operator:
        until = datetime.now(UTC).isoformat()
        since = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
        span = {"since": since, "until": until}
        told = operator.get("/v1/utilisation", params=span).json()
        raw = operator.get("/v1/utilisation/records", params=span).json()
    begin, end = (datetime.fromisoformat(told[name]) for name in ("since", "until"))

    def inside(each):
        first, last = (datetime.fromisoformat(each[name]) for name in ("since", "until"))
        return max(0.0, (min(last, end) - max(first, begin)).total_seconds())

    for kind in told["kinds"]:
        key = [kind["kind"], kind["simulated"]]
        rates = {rate["code"]: rate for rate in kind["rates"]}
        available = sum(
            inside(node) * milli / 1000
            for node in raw["supply"]
            for *name, milli in node["capacity"]
            if name == key and node["state"] != "down"
        )
        allocated = sum(
            inside(use) * milli / 1000
            for use in raw["use"]
            for *name, milli in use["held"]
            if name == key
        )
        assert rates["U2"]["denominator"] == pytest.approx(available, rel=0.05)
        assert rates["U2"]["numerator"] == pytest.approx(allocated, rel=1e-6)
        assert rates["U1"]["quality"] == ("simulated" if kind["simulated"] else "measured")
        assert all(rate["formula_zh"] and rate["unit"] for rate in kind["rates"])
    assert told["application_level"] == "U3"
    assert any(kind["rates"][1]["numerator"] > 0 for kind in told["kinds"])


def test_a_trial_centre_shows_what_it_would_cost_and_charges_nothing(start):
    centre = start('profile = "trial"')
    tenant, _ = owner(centre)
    _, receipt = settled(tenant)
    assert Decimal(tenant.account()["available_yuan"]) == 100
    statement = tenant.client.get("/v1/statement").json()
    assert Decimal(statement["total_yuan"]) == 0
    assert Decimal(statement["waived_yuan"]) > 0
    assert "免收" in str(receipt)


def test_one_file_makes_a_companys_centre_of_a_governments(start_centre, tmp_path):
    """The same journey under both: what a newcomer is given, owes and may apply for differs."""
    seen = {}
    for profile in ("government", "company"):
        folder = tmp_path / profile
        folder.mkdir()
        (folder / "operating.toml").write_text(f'profile = "{profile}"')
        centre = start_centre(folder)
        registered = centre.client().post(
            "/v1/registrations",
            json={
                "tenant": "Mill",
                "login": "mill",
                "name": "M",
                "password": "a long pass 9",
            },
        )
        assert registered.status_code == 201, registered.text
        client = centre.client(registered.json()["key"])
        account = client.get("/v1/account").json()
        asked = client.post(
            "/v1/applications",
            json={
                "title": "Looms",
                "purpose": "find broken threads",
                "yuan": "900",
                "device_hours": 10,
                "devices": 1,
            },
        )
        assert asked.status_code == 201, asked.text
        seen[profile] = (
            Decimal(account["available_yuan"]),
            Decimal(account["credit_yuan"]),
            asked.json()["state"],
        )
    assert seen["government"][:2] == (500, 0)
    assert seen["company"][:2] == (20, 5000)
    assert seen["government"][2] != seen["company"][2], "a rule decides here, a person there"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('profile = "kingdom"', "kingdom"),
        ("[billing]\nmode = 1", "billing.mode"),
        ("[bills]\nx = 1", "bills"),
        ("profile = ", "not valid TOML"),
    ],
)
def test_a_wrong_profile_is_refused_with_its_place(alone, text, said):
    folder = alone.folder / "data"
    folder.mkdir(exist_ok=True)
    (folder / "operating.toml").write_text(text)
    answer = alone("node", "list", "--json")
    assert answer.status == 2
    assert said in answer.error()["detail"]


def test_the_hours_of_a_breakdown_are_those_of_the_rates(centre, tenant):
    tenant.ended(tenant.submitted(parameters={"rest": 0.2})["job_id"])
    operator = centre.client(centre.kept_key("operator"))
    until = datetime.now(UTC).isoformat()
    rates = operator.get("/v1/utilisation", params={"until": until}).json()
    cores = next(k for k in rates["kinds"] if k["kind"] == "cores" and not k["simulated"])
    allocated = next(rate for rate in cores["rates"] if rate["code"] == "U2")
    for by in ("kind", "node", "tenant", "hour"):
        query = {"by": by, "until": until, "since": rates["since"] if by != "hour" else None}
        query = {name: value for name, value in query.items() if value}
        rows = operator.get("/v1/utilisation/breakdown", params=query).json()["rows"]
        rows = [row for row in rows if row["kind"] == "cores" and not row["simulated"]]
        told = sum(row["allocated"] for row in rows) * 3600
        assert told == pytest.approx(allocated["numerator"]), by
        if by == "tenant":
            assert tenant.tenant_id in {row["group"] for row in rows}
            assert all(row["available"] is None for row in rows)
    path = f"/v1/tenants/{tenant.tenant_id}/keys"
    planner = centre.client(operator.post(path, json={"role": "planner"}).json()["key"])
    assert planner.get("/v1/utilisation/breakdown").status_code == 200
    refused = planner.get("/v1/utilisation/breakdown", params={"by": "tenant"})
    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")
