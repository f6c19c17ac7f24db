"""The price list through the API and on the command line: published, previewed, met by a job."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import httpx
import pytest

from zhisuan.ledger.tariff import default_tariff


def changed(version: int, at: datetime, price: str = "0.60") -> str:
    text = default_tariff().text.replace("version = 1", f"version = {version}")
    text = text.replace("2025-01-01T00:00:00Z", at.isoformat())
    return text.replace('yuan = "0.06"', f'yuan = "{price}"')


@pytest.fixture
def own(start_centre, tmp_path):
    """A centre of its own, whose price list may change."""
    folder = tmp_path / "priced"
    folder.mkdir()
    return start_centre(folder)


def soon(**span: float) -> datetime:
    return datetime.now(UTC) + timedelta(**span)


def test_the_price_list_is_open_to_everybody(own):
    listed = httpx.get(f"{own.url}/v1/tariffs").json()["items"]
    assert [(each["version"], each["state"]) for each in listed] == [(1, "in_force")]
    assert httpx.get(f"{own.url}/v1/tariffs/1").json()["text"] == default_tariff().text
    assert httpx.get(f"{own.url}/v1/tariffs/7").status_code == 404


def test_a_price_that_changes_while_a_job_runs_splits_its_charge_exactly(own):
    tenant = own.tenant()
    tenant.ended(tenant.submitted()["job_id"])  # the runner is warm from here on
    with own.operator() as operator:
        made = operator.post("/v1/tariffs", json={"text": changed(2, soon(seconds=2))})
        assert made.status_code == 201, made.text
        assert made.json()["state"] == "coming"
        submitted = tenant.submitted(cpu_milli=1000, parameters={"rest": 4.0})
        job = tenant.ended(submitted["job_id"])
        listed = operator.get("/v1/tariffs").json()["items"]
        assert [each["state"] for each in listed] == ["past", "in_force"]
    money = job["money"]
    assert Decimal(money["charge_yuan"]) <= Decimal(money["quote_high_yuan"])
    receipt = tenant.client.get(f"/v1/jobs/{job['job_id']}/receipt").json()
    cores = [line for line in receipt["money"]["lines"] if line["item"] == "core"]
    assert [(line["tariff_version"], line["price_yuan"]) for line in cores] == [
        (1, "0.060000"),
        (2, "0.600000"),
    ]
    seconds = sum(Decimal(line["quantity"]) for line in cores)
    assert float(seconds) == pytest.approx(receipt["compute"]["wall_s"])
    assert "1, 2" in money["explanation_en"]


def test_a_running_job_tells_what_it_costs_so_far(own):
    tenant = own.tenant()
    job_id = tenant.submitted(parameters={"rest": 60.0})["job_id"]
    tenant.until(job_id, "running")
    first, second = (tenant.client.get(f"/v1/jobs/{job_id}").json()["money"] for _ in range(2))
    assert 0 <= Decimal(first["so_far_yuan"]) <= Decimal(second["so_far_yuan"])
    assert Decimal(second["so_far_yuan"]) <= Decimal(second["quote_high_yuan"])
    assert second["charge_yuan"] is None
    tenant.client.post(f"/v1/jobs/{job_id}/stop")
    money = tenant.ended(job_id)["money"]
    assert money["so_far_yuan"] is None
    assert Decimal(money["charge_yuan"]) >= Decimal(second["so_far_yuan"])


def test_what_is_published_is_never_changed_and_never_of_the_past(own):
    with own.operator() as operator:
        late = operator.post("/v1/tariffs", json={"text": changed(2, soon(seconds=-5))})
        assert (late.status_code, late.json()["code"]) == (422, "wrong_input")
        again = operator.post("/v1/tariffs", json={"text": changed(1, soon(days=1))})
        assert (again.status_code, again.json()["code"]) == (409, "conflict")
        points = changed(2, soon(days=1)).replace("version = 2", 'version = 2\ncurrency = "points"')
        other = operator.post("/v1/tariffs", json={"text": points})
        assert (other.status_code, other.json()["code"]) == (409, "conflict")
        wrong = operator.post("/v1/tariffs", json={"text": "version = 2"})
        assert wrong.status_code == 422
        assert len(operator.get("/v1/tariffs").json()["items"]) == 1
    refused = own.tenant().client.post("/v1/tariffs", json={"text": changed(2, soon(days=1))})
    assert refused.status_code == 403


def test_a_publication_repeated_with_its_key_happens_once(own):
    body, key = {"text": changed(2, soon(days=1))}, {"Idempotency-Key": "once"}
    with own.operator() as operator:
        answers = [operator.post("/v1/tariffs", json=body, headers=key) for _ in range(2)]
        assert [each.status_code for each in answers] == [201, 201]
        assert answers[0].content == answers[1].content
        assert len(operator.get("/v1/tariffs").json()["items"]) == 2


def test_a_preview_compares_two_price_lists_over_a_month_and_changes_nothing(own):
    tenant = own.tenant()
    tenant.ended(tenant.submitted(parameters={"rest": 0.2})["job_id"])
    month = f"{datetime.now(UTC):%Y-%m}"
    body = {"text": changed(2, soon(days=1)), "month": month}
    body["text"] = body["text"].replace("version = 2", 'version = 2\nzone = "UTC"', 1)
    with own.operator() as operator:
        made = operator.post("/v1/tariffs/preview", json=body).json()
        assert len(operator.get("/v1/tariffs").json()["items"]) == 1
    (core,) = (each for each in made["items"] if each["item"] == "core")
    assert Decimal(core["after_yuan"]) == pytest.approx(
        10 * Decimal(core["before_yuan"]), abs=Decimal("0.00001")
    )
    assert sum(Decimal(each["after_yuan"]) for each in made["items"]) == Decimal(made["after_yuan"])


def test_the_command_line_publishes_lists_and_shows(own, alone, tmp_path):
    file = tmp_path / "next.toml"
    file.write_text(changed(2, soon(days=1)))
    where = ("--data", own.folder)
    assert alone("tariff", "publish", file, *where, "--json").json()["version"] == 2
    listed = alone("tariff", "list", *where, "--json").json()
    assert [each["version"] for each in listed] == [1, 2]
    assert alone("tariff", "show", "2", *where).out == file.read_text()
    month = f"{datetime.now(UTC):%Y-%m}"
    made = alone("tariff", "preview", file, "--month", month, *where, "--json").json()
    assert made["items"] == []
