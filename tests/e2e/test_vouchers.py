"""A voucher over HTTP, from the programme to the payment, and who may do what with it."""

import io
import os
import re
import socket
import subprocess
import sys
import zipfile
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import pytest

from zhisuan.ledger.voucher.programme import shipped_text

TODAY = datetime.now(UTC).date()


def beijing(slug):
    """The shipped rules of Beijing, for contracts of these days."""
    text = shipped_text("beijing").replace('slug = "beijing"', f'slug = "{slug}"')
    return text.replace("apply_to = 2025-12-31\n", "")


@pytest.fixture(scope="module")
def people(centre):
    """The operator's and an auditor's client."""
    operator = centre.client(centre.kept_key("operator"))
    tenant = centre.tenant()
    made = operator.post(f"/v1/tenants/{tenant.tenant_id}/keys", json={"role": "auditor"})
    return operator, centre.client(made.json()["key"])


@pytest.fixture
def programme(people):
    body = {"text": beijing(f"beijing-{uuid4().hex[:8]}"), "budget_yuan": "10000000"}
    answer = people[0].post("/v1/voucher-programmes", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()["programme_id"]


def application(programme, **contract):
    number = f"合同-{uuid4().hex[:8]}"
    return {
        "programme": programme,
        "applicant": {
            "name": "示例软件有限公司",
            "code": f"91110000{uuid4().hex[:10].upper()}",
            "region": "北京市",
            "industry": "软件和信息服务业",
        },
        "contract": {
            "number": number,
            "supplier": "示例智算中心",
            "supplier_code": "91110000EXAMPLE002",
            "signed_on": str(TODAY - timedelta(days=9)),
            "starts_on": str(TODAY - timedelta(days=2)),
            "ends_on": str(TODAY + timedelta(days=300)),
            "items": [
                {"kind": "compute", "title": "智能算力", "amount_yuan": "3000000"},
                {"kind": "storage", "title": "存储", "amount_yuan": "500000"},
            ],
            **contract,
        },
        "documents": [{"kind": "contract", "number": number, "issued_on": str(TODAY)}],
    }


def drafted(client, said):
    answer = client.post("/v1/vouchers", json={"application": said})
    assert answer.status_code == 201, answer.text
    return answer.json()


def move(client, voucher_id, name, status=200, **order):
    answer = client.post(f"/v1/vouchers/{voucher_id}/moves", json={"move": name, **order})
    assert answer.status_code == status, answer.text
    return answer.json()


def papers(yuan):
    return [
        {"kind": "invoice", "number": "F-1", "issued_on": str(TODAY), "amount_yuan": yuan},
        {"kind": "delivery", "number": "J-1", "issued_on": str(TODAY)},
    ]


def test_the_film_of_a_voucher(people, programme, tenant, tmp_path):
    operator, auditor = people
    made = drafted(tenant.client, application(programme))
    voucher_id, assessment = made["voucher_id"], made["assessment"]
    assert (made["state"], assessment["eligible"]) == ("draft", True)
    assert Decimal(assessment["amount_yuan"]) == 600_000
    assert [each["name"] for each in assessment["steps"]] == ["base", "ratio"]

    move(tenant.client, voucher_id, "submit")
    issued = move(operator, voucher_id, "approve")
    assert Decimal(issued["granted_yuan"]) == Decimal(issued["left_yuan"]) == 600_000
    move(tenant.client, voucher_id, "bind", contract=made["contract"])

    before = Decimal(tenant.account()["available_yuan"])
    job = tenant.submitted(parameters={"seconds": 0.3}, any_of=[{"kind": "npu", "milli": 500}])
    tenant.ended(job["job_id"])
    money = tenant.client.get(f"/v1/jobs/{job['job_id']}/receipt").json()["money"]
    charge, paid = Decimal(money["charge_yuan"]), Decimal(money["voucher"]["yuan"])
    assert money["voucher"]["voucher_id"] == voucher_id
    assert 0 < paid <= charge / 5 < paid + Decimal("0.000001")
    assert Decimal(money["own_yuan"]) == charge - paid
    assert before - Decimal(tenant.account()["available_yuan"]) == charge - paid

    closed = move(tenant.client, voucher_id, "close")
    assert closed["state"] == "settled"
    told = move(tenant.client, voucher_id, "request", 409, documents=papers("0"))
    assert (told["code"], "[invoice_short]" in told["detail"]) == ("not_eligible", True)
    move(tenant.client, voucher_id, "request", documents=papers("1"))
    assert move(operator, voucher_id, "verify", 409)["code"] == "conflict"
    move(auditor, voucher_id, "verify")
    paid_out = move(operator, voucher_id, "pay", note="slip 7")
    assert (paid_out["state"], Decimal(paid_out["redeemed_yuan"])) == ("paid", paid)
    budget = operator.get(f"/v1/voucher-programmes/{programme}").json()["budget"]
    assert {name: Decimal(text) for name, text in budget.items()} == {
        "budget_yuan": 10_000_000,
        "left_yuan": 10_000_000 - paid,
        "held_yuan": 0,
        "paid_yuan": paid,
    }
    evidence_is_sound(tenant, auditor, voucher_id, tmp_path)
    report = auditor.post("/v1/ledger/verify").json()
    assert report["ok"], report
    assert report["records"]["voucher"] >= len(paid_out["moves"])


def evidence_is_sound(tenant, auditor, voucher_id, folder):
    """The pack is the same for all who may see it, and checks itself in a bare Python."""
    answer = tenant.client.get(f"/v1/vouchers/{voucher_id}/evidence")
    whole = answer.content
    assert answer.headers["ETag"] == f'"{sha256(whole).hexdigest()}"'
    assert auditor.get(f"/v1/vouchers/{voucher_id}/evidence").content == whole
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        (folder / "verify.py").write_bytes(archive.read("verify.py"))
        place = archive.getinfo("entries.jsonl").header_offset + 200
    changed = bytearray(whole)
    changed[place] ^= 1
    for raw, status in ((whole, 0), (bytes(changed), 1)):
        (folder / "pack.zip").write_bytes(raw)
        command = [sys.executable, "-I", "verify.py", "pack.zip"]
        said = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        assert said.returncode == status, said
        assert ("FAULT entries.jsonl" in said.stdout) == bool(status)


def test_a_rejected_case_names_its_rules_and_changes_nothing(people, programme, tenant):
    long, related = str(TODAY + timedelta(days=430)), True
    made = drafted(tenant.client, application(programme, ends_on=long, related=related))
    assert {each["name"] for each in made["assessment"]["refusals"]} == {
        "contract_term",
        "related_party",
    }
    told = move(tenant.client, made["voucher_id"], "submit", 409)
    assert told["code"] == "not_eligible"
    assert "[contract_term]" in told["detail"]
    assert "关联关系" in told["detail"]
    assert tenant.client.get(f"/v1/vouchers/{made['voucher_id']}").json()["state"] == "draft"
    budget = people[0].get(f"/v1/voucher-programmes/{programme}").json()["budget"]
    assert budget["left_yuan"] == budget["budget_yuan"]


def test_the_same_contract_is_not_paid_twice_by_whoever_asks(programme, tenant, other):
    said = application(programme)
    move(tenant.client, drafted(tenant.client, said)["voucher_id"], "submit")
    second = drafted(other.client, said)
    told = move(other.client, second["voucher_id"], "submit", 409)
    assert "[contract_once]" in told["detail"]


def test_another_tenants_voucher_looks_absent_and_absent_looks_the_same(programme, tenant, other):
    voucher_id = drafted(tenant.client, application(programme))["voucher_id"]
    absent = voucher_id[:-1] + ("0" if voucher_id[-1] != "0" else "1")
    for path in ("", "/evidence"):
        answers = [other.client.get(f"/v1/vouchers/{each}{path}") for each in (voucher_id, absent)]
        assert [each.status_code for each in answers] == [404, 404]
        said = [
            each.json()["detail"].replace(name, "")
            for each, name in zip(answers, (voucher_id, absent), strict=True)
        ]
        assert said[0] == said[1]
    assert move(other.client, voucher_id, "submit", 404)["code"] == "not_found"
    assert other.listed("vouchers") == []
    assert [each["voucher_id"] for each in tenant.listed("vouchers")] == [voucher_id]


def test_a_move_is_for_its_part_alone_and_says_what_is_possible(people, programme, tenant):
    operator, auditor = people
    voucher_id = drafted(tenant.client, application(programme))["voucher_id"]
    for name in ("approve", "pay", "claw_back", "verify", "consume"):
        assert move(tenant.client, voucher_id, name, 403)["code"] == "not_allowed"
    for name in ("approve", "submit"):
        assert move(auditor, voucher_id, name, 403)["code"] == "not_allowed"
    assert move(operator, voucher_id, "consume", 403)["code"] == "not_allowed"
    told = move(operator, voucher_id, "approve", 409)
    assert told["code"] == "illegal_transition"
    move(tenant.client, voucher_id, "submit")
    told = move(operator, voucher_id, "pay", 409, note="x")
    assert "approve" in told["hint"]


def test_a_programme_is_the_operators_to_add_and_everybodys_to_read(people, programme, tenant):
    body = {"shipped": "yangzhou", "budget_yuan": "1"}
    assert tenant.client.post("/v1/voucher-programmes", json=body).status_code == 403
    told = people[0].post("/v1/voucher-programmes", json=body)
    assert (told.status_code, "ratio" in told.json()["detail"]) == (422, True)
    seen = tenant.client.get(f"/v1/voucher-programmes/{programme}").json()
    assert 'ratio = "0.20"' in seen["text"]
    assert seen["budget"] is None
    listed = people[1].get("/v1/voucher-programmes", params={"limit": 200}).json()["items"]
    assert programme in [each["programme_id"] for each in listed]


def test_a_repeated_approval_with_one_key_happens_once(people, programme, tenant):
    voucher_id = drafted(tenant.client, application(programme))["voucher_id"]
    move(tenant.client, voucher_id, "submit")
    headers = {"Idempotency-Key": uuid4().hex}
    path, body = f"/v1/vouchers/{voucher_id}/moves", {"move": "approve"}
    first, second = (people[0].post(path, json=body, headers=headers) for _ in range(2))
    assert first.status_code == second.status_code == 200
    assert first.json() == second.json()


def test_the_command_line_makes_the_moves_of_each_part(
    centre, programme, tenant, command, tmp_path
):
    key = ("--key", centre.kept_key("operator"), "--json")
    listed = command("programme", "list", "--limit", "10000", *key).json()
    assert programme in [each["programme_id"] for each in listed]
    refused, returned, withdrawn = (
        drafted(tenant.client, application(programme))["voucher_id"] for _ in range(3)
    )
    for voucher_id in (refused, returned):
        move(tenant.client, voucher_id, "submit")
    told = command("voucher", "refuse", refused, "--note", "名称不符", *key)
    assert (told.status, told.json()["state"]) == (0, "refused")
    assert told.json()["moves"][-1]["facts"]["note"] == "名称不符"
    command("voucher", "return", returned, "--note", "缺页", *key)
    command("voucher", "withdraw", withdrawn)
    listed = {
        each["voucher_id"]: each["state"] for each in command("voucher", "list", "--json").json()
    }
    assert listed == {refused: "refused", returned: "returned", withdrawn: "withdrawn"}
    again = command("voucher", "submit", refused, "--json")
    assert (again.status, again.error()["code"]) == (5, "illegal_transition")
    pack = tmp_path / "pack.zip"
    assert command("voucher", "evidence", returned, "--out", pack).status == 0
    assert command("voucher", "check", pack).status == 0
    raw = pack.read_bytes().replace("示例智算中心".encode(), "示例智算中小".encode())
    pack.write_bytes(raw)
    checked = command("voucher", "check", pack, "--json")
    assert (checked.status, checked.error()["code"]) == (8, "tamper_found")
    assert "application.json" in checked.error()["detail"]


def test_an_issued_voucher_is_revoked_and_a_spent_one_reclaimed(
    centre, people, programme, tenant, command
):
    key = ("--key", centre.kept_key("operator"), "--json")
    first, second = (drafted(tenant.client, application(programme)) for _ in range(2))
    for each in (first, second):
        move(tenant.client, each["voucher_id"], "submit")
        move(people[0], each["voucher_id"], "approve")
    told = command("voucher", "expire", first["voucher_id"], *key)
    assert (told.status, told.error()["code"]) == (5, "conflict")
    command("voucher", "revoke", first["voucher_id"], "--note", "重复", *key)
    move(tenant.client, second["voucher_id"], "bind", contract=second["contract"])
    job = tenant.submitted(parameters={"seconds": 0.3}, any_of=[{"kind": "npu", "milli": 500}])
    tenant.ended(job["job_id"])
    told = command("voucher", "reclaim", second["voucher_id"], "--note", "不实", *key).json()
    assert (told["state"], Decimal(told["owed_yuan"]) > 0) == ("clawed_back", True)
    budget = people[0].get(f"/v1/voucher-programmes/{programme}").json()["budget"]
    assert budget["left_yuan"] == budget["budget_yuan"]


GUIDE = Path(__file__).parents[2] / "docs/how-to/run-a-voucher-programme.md"


def test_the_guide_runs_as_it_stands(tmp_path):
    blocks = re.findall(r"(?ms)^```bash\n(.*?)^```$", GUIDE.read_text("utf-8"))
    typed = "set -eu\ntrap 'kill ${centre:-} 2>/dev/null || true' EXIT\n" + "\n".join(blocks)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    done = subprocess.run(
        ["bash", "-c", typed],
        cwd=tmp_path,
        env={
            **{name: text for name, text in os.environ.items() if not name.startswith("ZHISUAN_")},
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "ZHISUAN_DATA": str(tmp_path / "data"),
            "ZHISUAN_PORT": str(port),
        },
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    assert "600000.000000" in done.stdout
    assert "own money" in done.stdout
    assert "the pack is whole" in done.stdout
    assert "Every record is what was written." in done.stdout
