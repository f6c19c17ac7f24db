"""The whole story: a table in, a result out, and the result stands on its own."""

import csv
import io
import json
import random
import re
import shutil
import subprocess
import sys
import time
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
UV = Path(sys.executable).with_name("uv")

pytestmark = [pytest.mark.environment, pytest.mark.timeout(900)]

LABELS = random.Random(3)
NOISE = "a,b,c,label\n" + "".join(
    f"{LABELS.random():.4f},{LABELS.randint(0, 9)},{LABELS.choice('xyz')},{LABELS.choice('01')}\n"
    for _ in range(400)
)
ODD = "值,价格,日期,长,公式,target\n" + "".join(
    ",".join(
        (
            ("NaN", "inf", "-inf", f"{n / 7:.3f}")[n % 4],
            "unknown" if n % 9 == 4 else str(n % 11),
            f"2024年{1 + n % 12}月{1 + n % 28}日",
            "长" * 300 if n % 3 else "短",
            f'"=HYPERLINK(""http://example.invalid/"",""{n % 3}"")"',
            ("=1+1", "<script>alert(1)</script>")[n % 3 == 0],
        )
    )
    + "\n"
    for n in range(400)
)


def solved(tenant, content, name, effort="fast"):
    """Bring, ask, accept, wait; returns the task as accepted and the solution."""
    dataset = tenant.brought(content, name)
    task = tenant.ask(dataset["dataset_id"]).json()
    job = tenant.client.post(f"/v1/tasks/{task['task_id']}/accept", json={"effort": effort}).json()
    tenant.until(job["job_id"], "succeeded", within_s=600)
    path = f"/v1/solutions/{job['job_id']}"
    deadline = time.monotonic() + 60
    while not (solution := tenant.client.get(path)).is_success or (
        solution.json()["state"] != "ready"
    ):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return task, solution.json()


@pytest.fixture(scope="module")
def owner(centre):
    return centre.tenant()


@pytest.fixture(scope="module")
def concrete(owner):
    """The Chinese sample, in GB18030, solved over a socket."""
    return solved(owner, (EXAMPLES / "混凝土.csv").read_bytes(), "混凝土")


def test_the_task_tells_its_whole_course_long_after_its_end(owner, concrete):
    task, solution = concrete
    path = f"/v1/tasks/{task['task_id']}"
    told, course = owner.client.get(path).json(), owner.client.get(f"{path}/progress").json()
    assert (told["state"], told["dataset_name"], told["fraction"]) == ("solved", "混凝土", 1.0)
    assert told["quality"] == course["quality"]
    assert told["quality"]["score"] == solution["summary"]["score"]
    assert told["money"]["charge_yuan"] == solution["receipt"]["money"]["charge_yuan"]
    assert Decimal(told["money"]["charge_yuan"]) <= Decimal(told["money"]["quote_high_yuan"])
    assert (course["metric"], course["lower_is_better"], course["eta_s"]) == ("rmse", True, None)
    stages = list(dict.fromkeys(point["stage_en"] for point in course["points"]))
    assert stages == [
        "Reading your table",
        "Comparing methods",
        "Checking on rows never seen",
        "Finding out which columns matter",
        "Writing the report",
        "Done",
    ]
    scores = [p["best_score"] for p in course["points"] if p["best_score"] is not None]
    assert scores == sorted(scores, reverse=True)
    assert scores
    seconds = [point["seconds"] for point in course["points"]]
    assert seconds == sorted(seconds)
    listed = owner.client.get("/v1/tasks", params={"state": "solved", "dataset": "混凝土"})
    assert told in listed.json()["items"]


def archive_of(tenant, solution):
    answer = tenant.client.get(f"/v1/solutions/{solution['solution_id']}/archive")
    assert answer.headers["content-type"] == "application/zip"
    return zipfile.ZipFile(io.BytesIO(answer.content))


def unpacked(archive, folder):
    archive.extractall(folder)
    (top,) = folder.iterdir()
    return top


def in_an_environment_of_its_own(folder, scratch):
    """The Python of a new environment made from the solution's own requirements."""
    python = scratch / "own" / "bin" / "python"
    uv = UV if UV.exists() else shutil.which("uv")
    for step in (
        [uv, "venv", "--quiet", "--python", sys.executable, scratch / "own"],
        [uv, "pip", "install", "--quiet", "--python", python, "-r", folder / "requirements.txt"],
    ):
        subprocess.run(step, check=True)
    return python


def predictions(path):
    """The numbers and words a predictions file holds, row by row."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [list(row.values()) for row in csv.DictReader(file)]


def agree(one, other):
    try:
        return abs(float(one) - float(other)) <= 1e-5 * max(1.0, abs(float(one)))
    except ValueError:
        return one == other


def assert_it_predicts_the_same(folder, scratch):
    python = in_an_environment_of_its_own(folder, scratch)
    mine = scratch / "mine.csv"
    subprocess.run(
        [python, folder / "predict.py", folder / "sample.csv", "-o", mine],
        check=True,
        cwd=scratch,
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        timeout=120,
    )
    got, promised = predictions(mine), predictions(folder / "sample_predictions.csv")
    assert len(got) == len(promised) > 5
    for row, its in zip(got, promised, strict=True):
        assert all(agree(one, other) for one, other in zip(row, its, strict=True)), (row, its)


def test_a_chinese_table_is_solved_and_beats_the_baseline(concrete):
    task, solution = concrete
    summary = solution["summary"]
    assert task["target"] == "抗压强度(MPa)"
    assert task["kind"] == "regression"
    assert task["target_guessed"]
    assert summary["usable"]
    assert not summary["higher_is_better"]
    assert summary["score"] < 0.6 * summary["baseline_score"]


def test_the_zip_gives_the_same_predictions_in_an_environment_of_its_own(owner, concrete, tmp_path):
    _, solution = concrete
    folder = unpacked(archive_of(owner, solution), tmp_path / "zip")
    assert_it_predicts_the_same(folder, tmp_path)


def test_the_zip_holds_what_is_promised_and_nothing_else(owner, concrete):
    _, solution = concrete
    archive = archive_of(owner, solution)
    assert archive.testzip() is None
    names = {name.removeprefix(f"{solution['solution_id']}/") for name in archive.namelist()}
    assert {
        "report.html",
        "predict.py",
        "requirements.txt",
        "sample.csv",
        "sample_predictions.csv",
        "receipt.json",
        "MODEL_CARD.md",
        "DATA_CARD.md",
        "model/model.onnx",
    } <= names
    assert not [name for name in names if "__pycache__" in name]
    whole = b"".join(archive.read(name) for name in archive.namelist())
    assert str(owner.centre.folder).encode() not in whole


def test_the_report_stands_alone_in_two_languages(owner, concrete):
    _, solution = concrete
    answer = owner.client.get(f"/v1/solutions/{solution['solution_id']}/files/report.html")
    assert answer.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    report = answer.text
    assert 'lang="zh"' in report
    assert 'lang="en"' in report
    assert "抗压强度(MPa)" in report
    assert solution["receipt"]["money"]["charge_yuan"] in report
    assert not re.findall(r"""(?:src|href)=["'](?!#|data:)""", report)


@pytest.mark.parametrize(
    "path", ["../../../../centre.db", "%2e%2e/%2e%2e/final.json", "/etc/passwd", "model", "", "%00"]
)
def test_no_path_leads_out_of_a_solution(owner, concrete, path):
    _, solution = concrete
    answer = owner.client.get(f"/v1/solutions/{solution['solution_id']}/files/{path}")
    assert answer.status_code == 404


def test_the_receipt_links_five_blocks_and_agrees_with_the_books(owner, concrete):
    task, solution = concrete
    receipt = owner.client.get(f"/v1/receipts/{solution['solution_id']}").json()
    assert receipt == solution["receipt"]
    assert receipt["result"]["dataset"]["dataset_id"] == task["dataset_id"]
    assert receipt["algorithm"]["name"] == "tables"
    (attempt,) = receipt["compute"]["attempts"]
    money = receipt["money"]
    assert money["usage_seq"] == [attempt["usage_seq"]]
    assert money["quote"]["quote_id"] in {offer["quote_id"] for offer in task["offers"]}
    lines = sum(Decimal(line["amount_yuan"]) for line in money["lines"] if line["charged"])
    asked = min(lines * Decimal(money["factor"]), Decimal(money["quote"]["high_yuan"]))
    assert abs(asked - Decimal(money["charge_yuan"])) <= Decimal("0.000001")
    assert sum(Decimal(entry["yuan"]) for entry in money["entries"]) == 0
    assert receipt["energy"]["energy_quality"] in ("modelled", "measured")
    assert receipt["energy"]["factor"]["source"]
    ((used,),) = owner.centre.rows(
        "SELECT body FROM ledger_usage WHERE seq = ?", attempt["usage_seq"]
    )
    booked = json.loads(used)
    assert booked["job_id"] == solution["job_id"]
    for name in ("wall_s", "cpu_s"):
        assert float(booked[name]) == pytest.approx(attempt[name])
    with owner.centre.operator() as operator:
        assert operator.post("/v1/ledger/verify").json()["ok"]


def test_another_tenant_sees_nothing_of_a_solution(other, concrete):
    task, solution = concrete
    for name in (solution["solution_id"], solution["job_id"]):
        for path in ("", "/archive", "/files/report.html"):
            answer = other.client.get(f"/v1/solutions/{name}{path}")
            absent = other.client.get(f"/v1/solutions/{name[:-3]}zzz{path}")
            assert answer.status_code == absent.status_code == 404
            assert answer.text == absent.text.replace(name[:-3] + "zzz", name)
        assert other.client.get(f"/v1/receipts/{name}").status_code == 404
    assert other.client.get(f"/v1/tasks/{task['task_id']}").status_code == 404


def test_accepting_again_is_the_same_job_and_another_effort_is_a_conflict(owner, concrete):
    task, solution = concrete
    path = f"/v1/tasks/{task['task_id']}/accept"
    assert owner.client.post(path, json={"effort": "fast"}).json()["job_id"] == solution["job_id"]
    answer = owner.client.post(path, json={"effort": "best"})
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert owner.client.get(f"/v1/tasks/{task['task_id']}").json()["state"] == "solved"


def test_random_labels_give_no_usable_model_at_the_reduced_price(centre):
    tenant = centre.tenant()
    _, solution = solved(tenant, NOISE, "noise")
    summary, money = solution["summary"], solution["receipt"]["money"]
    assert summary["usable"] is False
    assert summary["reason"]
    assert (money["outcome"], money["factor"]) == ("no_usable_model", "0.2")
    lines = sum(Decimal(line["amount_yuan"]) for line in money["lines"] if line["charged"])
    charge = Decimal(money["charge_yuan"])
    asked = min(lines * Decimal("0.2"), Decimal(money["quote"]["high_yuan"]))
    assert abs(charge - asked) <= Decimal("0.000001")
    assert Decimal(tenant.account()["available_yuan"]) == 100 - charge


def test_an_odd_table_is_solved_and_its_text_stays_text(centre, tmp_path):
    tenant = centre.tenant()
    _, solution = solved(tenant, ODD, "odd")
    folder = unpacked(archive_of(tenant, solution), tmp_path / "zip")
    assert "<script>alert(1)</script>" not in (folder / "report.html").read_text("utf-8")
    assert_it_predicts_the_same(folder, tmp_path)


def test_solve_on_the_command_line_alone(alone, tmp_path):
    shutil.copy(EXAMPLES / "concrete.csv", tmp_path)
    said = alone("solve", "concrete.csv", "--effort", "fast", "--yes", "--json", "--out", "result")
    assert said.status == 0, said.err
    result = said.json()
    promised = {
        *("solution_id", "task", "target", "metric", "higher_is_better", "score"),
        *("baseline_score", "usable", "model", "train_rows", "holdout_rows", "quote"),
        *("charge_yuan", "device_seconds", "energy_wh", "carbon_g", "energy_quality"),
        *("result_dir", "report"),
    }
    assert promised <= set(result)
    assert {"money_yuan", "seconds", "energy_wh"} <= set(result["quote"])
    assert result["usable"]
    assert 0 < result["charge_yuan"] <= result["quote"]["money_yuan"]
    assert Path(result["report"]) == tmp_path / "result" / "report.html"
    receipt = json.loads((tmp_path / "result" / "receipt.json").read_text("utf-8"))
    shown = alone("receipt", "show", result["solution_id"], "--json").json()
    assert shown == receipt
    assert_it_predicts_the_same(tmp_path / "result", tmp_path)
    assert alone("ledger", "verify").status == 0


def test_the_demo_solves_once(alone, tmp_path):
    first = alone("demo", EXAMPLES / "concrete.csv", "--port", "0", "--out", "results")
    assert first.status == 0, first.err
    assert "Solved before" not in first.err
    assert "Report:" in first.out
    second = alone("demo", EXAMPLES / "concrete.csv", "--port", "0", "--out", "results")
    assert second.status == 0
    assert "Solved before" in second.err
    assert second.out == first.out
    assert len(alone("job", "list", "--json").json()) == 1
    shutil.rmtree(tmp_path / "results")
    third = alone("demo", EXAMPLES / "concrete.csv", "--port", "0", "--out", "results")
    assert third.out == first.out
    (report,) = (tmp_path / "results").glob("*/report.html")
    assert str(report) in third.out
