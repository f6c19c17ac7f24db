"""An auditor takes a month away and rates it again, beside the centre and without it."""

import io
import json
import subprocess
import sys
import zipfile
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest


@pytest.fixture
def month():
    return f"{datetime.now(ZoneInfo('Asia/Shanghai')):%Y-%m}"


def zhisuan(centre, *arguments):
    """A command of the operator; exit status, standard output and error."""
    command = [sys.executable, "-m", "zhisuan", *arguments]
    command += ["--url", centre.url, "--key", centre.kept_key("operator")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


def test_a_month_of_real_jobs_comes_out_the_same(centre, tmp_path, month):
    tenant = centre.tenant()
    job = tenant.ended(tenant.submitted(parameters={"rest": 0.3})["job_id"])
    status, out, err = zhisuan(centre, "ledger", "rerate", "--month", month, "--json")
    assert (status, err) == (0, "")
    report = json.loads(out)
    (mine,) = [each for each in report["tenants"] if each["tenant_id"] == tenant.tenant_id]
    assert (report["equal"], mine["jobs"], mine["invoice"]) == (True, 1, None)
    receipt = tenant.client.get(f"/v1/jobs/{job['job_id']}/receipt").json()
    assert mine["charged_yuan"] == receipt["money"]["charge_yuan"]
    assert "comes out the same" in zhisuan(centre, "ledger", "rerate", "--month", month)[1]

    file = tmp_path / "month.zip"
    assert zhisuan(centre, "ledger", "export", str(file), "--month", month)[0] == 0
    with zipfile.ZipFile(file) as export:
        assert job["job_id"] in export.read("charges.jsonl").decode()
        export.extract("rerate.py", tmp_path)
    alone = [sys.executable, "-I", tmp_path / "rerate.py", file]
    assert subprocess.run(alone, capture_output=True, check=False).returncode == 0


def test_an_auditor_has_a_month_rated_again_over_the_api(centre, month):
    tenant = centre.tenant()
    job = tenant.ended(tenant.submitted(parameters={"rest": 0.3})["job_id"])
    with centre.operator() as operator:
        path = f"/v1/tenants/{tenant.tenant_id}/keys"
        auditor = centre.client(operator.post(path, json={"role": "auditor"}).json()["key"])
    answer = auditor.post("/v1/ledger/rerate", json={"month": month})
    report = answer.json()
    assert answer.status_code == 200, answer.text
    assert (report["equal"], report["differences"], report["invoices_unequal"]) == (True, [], 0)
    (mine,) = [each for each in report["tenants"] if each["tenant_id"] == tenant.tenant_id]
    receipt = tenant.client.get(f"/v1/jobs/{job['job_id']}/receipt").json()
    assert mine["charged_yuan"] == receipt["money"]["charge_yuan"]
    assert (mine["tenant_name"], mine["equal"]) == (tenant.account()["tenant"]["name"], True)
    assert report["usage_records"] >= 1
    assert report["seconds"] > 0
    refused = tenant.client.post("/v1/ledger/rerate", json={"month": month})
    assert refused.status_code == 403
    assert auditor.post("/v1/ledger/rerate", json={"month": "2026-13"}).status_code == 422


def test_only_who_verifies_takes_a_month_away(centre, month):
    assert centre.tenant().client.get(f"/v1/ledger/export?month={month}").status_code == 403
    with centre.operator() as operator:
        answer = operator.get(f"/v1/ledger/export?month={month}")
        assert answer.headers["content-type"] == "application/zip"
        names = zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
        assert {"usage.jsonl", "invoices.jsonl", "manifest.json", "tariffs/1.toml"} <= set(names)
        assert operator.get("/v1/ledger/export?month=2026-13").status_code == 422


def test_a_changed_charge_ends_the_command_with_its_own_status(month, start_centre, tmp_path):
    own = start_centre(tmp_path / "data")
    tenant = own.tenant()
    tenant.ended(tenant.submitted(parameters={"rest": 0.3})["job_id"])
    database = own.folder / "centre.db"
    script = (
        "import sqlite3, sys; d = sqlite3.connect(sys.argv[1]);"
        "d.execute('DROP TRIGGER ledger_charge_no_update');"
        "d.execute('UPDATE ledger_charge SET body = replace(body, ?, ?)',"
        " ('\"held\":', '\"held\":1'));"
        "d.commit()"
    )
    subprocess.run([sys.executable, "-c", script, database], check=True)
    status, out, err = zhisuan(own, "ledger", "rerate", "--month", month)
    assert status == 8
    assert f"✗ {tenant.tenant_id} job_" in out
    assert "held" in out
    assert month in err
    with own.operator() as operator:
        report = operator.post("/v1/ledger/rerate", json={"month": month}).json()
    assert not report["equal"]
    named = {each["what"].partition(",")[2].strip() for each in report["differences"]}
    assert "held" in named
    assert report["differences_total"] == len(report["differences"])
    assert [each["equal"] for each in report["tenants"]] == [False]


def test_a_generated_month_of_twenty_thousand_records_comes_out_the_same():
    folder = Path(__file__).parents[2] / "benchmarks"
    command = [sys.executable, "rerate.py", "--records", "20000", "--tenants", "20"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "20 invoices equal" in done.stdout
