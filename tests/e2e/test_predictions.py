"""A result is tried through the API: one row, many rows, a table; by its tenant alone."""

import csv
import io
import json
import time
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest
from tests.e2e.conftest import share_environments

EXAMPLES = Path(__file__).parents[2] / "examples"
ENDED = {"succeeded", "failed", "cancelled"}

pytestmark = [pytest.mark.environment, pytest.mark.timeout(900)]


def solved(tenant, content, name, **question):
    """Bring, ask, accept, wait until it is ready."""
    dataset = tenant.brought(content, name)
    task = tenant.ask(dataset["dataset_id"], **question).json()
    accept = f"/v1/tasks/{task['task_id']}/accept"
    job = tenant.client.post(accept, json={"effort": "fast"}).json()
    tenant.until(job["job_id"], "succeeded", within_s=600)
    deadline = time.monotonic() + 60
    while True:
        answer = tenant.client.get(f"/v1/solutions/{job['job_id']}")
        if answer.is_success and answer.json()["state"] == "ready":
            return dataset, answer.json()
        assert time.monotonic() < deadline
        time.sleep(0.05)


def asked(tenant, solution, headers=None, **body):
    return tenant.client.post(
        f"/v1/solutions/{solution['solution_id']}/predictions", json=body, headers=headers
    )


def answered(tenant, answer):
    """The prediction when it has ended."""
    assert answer.status_code == 201, answer.text
    path = f"/v1/predictions/{answer.json()['prediction_id']}"
    deadline = time.monotonic() + 120
    while (found := tenant.client.get(path).json())["state"] not in ENDED:
        assert time.monotonic() < deadline, found
        time.sleep(0.02)
    return found


@pytest.fixture(scope="module")
def owner(centre):
    return centre.tenant()


@pytest.fixture(scope="module")
def concrete(owner):
    """The Chinese sample, solved."""
    return solved(owner, (EXAMPLES / "混凝土.csv").read_bytes(), "混凝土")


@pytest.fixture(scope="module")
def sample(owner, concrete):
    """The solution's own sample and what it should be answered, by its zip."""
    path = f"/v1/solutions/{concrete[1]['solution_id']}/archive"
    with zipfile.ZipFile(io.BytesIO(owner.client.get(path).content)) as pack:
        name = concrete[1]["solution_id"]
        read = {
            part: list(csv.DictReader(pack.read(f"{name}/{part}").decode("utf-8-sig").splitlines()))
            for part in ("sample.csv", "sample_predictions.csv")
        }
    return read["sample.csv"], read["sample_predictions.csv"]


def test_the_solutions_own_sample_is_answered_as_its_zip_says(owner, concrete, sample):
    rows, expected = sample
    found = answered(owner, asked(owner, concrete[1], rows=rows))
    assert found["state"] == "succeeded", found
    assert (found["rows"], found["asked_rows"]) == (len(rows), len(rows))
    assert found["columns"] == ["row", "prediction"]
    for line, want in zip(found["first"], expected, strict=True):
        assert float(line[1]) == pytest.approx(float(want["prediction"]), 1e-5)
    assert found["target"] == "抗压强度(MPa)"
    assert (found["unread"], found["unused"], found["classes"]) == ({}, [], [])


def test_a_form_is_enough_to_ask(owner, concrete, sample):
    form = owner.client.get(f"/v1/solutions/{concrete[1]['solution_id']}/form").json()
    fields = form["items"]
    weights = [field["weight"] for field in fields]
    assert weights == sorted(weights, reverse=True)
    assert {field["name"] for field in fields} | {form["target"]} == set(sample[0][0])
    for field in fields:
        assert field["kind"] in {"integer", "number"}
        assert field["required"]
        assert field["low"] < field["high"]
        assert field["examples"][0] == sample[0][0][field["name"]]
    row = {field["name"]: float(field["examples"][0]) for field in fields}
    found = answered(owner, asked(owner, concrete[1], rows=[row]))
    assert float(found["first"][0][1]) == pytest.approx(float(sample[1][0]["prediction"]), 1e-5)
    assert Decimal(found["most_yuan"]) == Decimal(form["most_yuan"])


def test_a_prediction_is_priced_metered_and_settled_as_every_job(owner, concrete, sample):
    before = Decimal(owner.account()["available_yuan"])
    answer = asked(owner, concrete[1], rows=sample[0][:1])
    found = answered(owner, answer)
    charge = Decimal(found["charge_yuan"])
    assert 0 < charge <= Decimal(answer.json()["most_yuan"])
    assert Decimal(owner.account()["available_yuan"]) == before - charge
    assert found["energy_wh"] > 0
    assert found["energy_quality"] in {"measured", "modelled"}
    receipt = owner.client.get(f"/v1/jobs/{found['prediction_id']}/receipt").json()
    assert Decimal(receipt["money"]["charge_yuan"]) == charge
    assert receipt["algorithm"]["digest"]
    with owner.centre.operator() as operator:
        assert operator.post("/v1/ledger/verify").json()["ok"]


def test_numbers_say_how_far_off_they_may_be_and_how_that_is_known(owner, concrete, sample):
    found = answered(owner, asked(owner, concrete[1], rows=sample[0][:1]))
    interval, summary = found["interval"], concrete[1]["summary"]
    assert (interval["share"], interval["rows"]) == (0.9, summary["holdout_rows"])
    assert interval["off_by"] == summary["findings"]["most_within"]
    assert str(summary["holdout_rows"]) in interval["how_zh"]


def test_a_whole_table_is_answered_and_all_of_it_is_in_the_file(owner, concrete):
    dataset, solution = concrete
    found = answered(owner, asked(owner, solution, dataset_id=dataset["dataset_id"]))
    assert (found["rows"], len(found["first"])) == (dataset["rows"], 200)
    answer = owner.client.get(f"/v1/predictions/{found['prediction_id']}/file")
    assert answer.headers["content-type"].startswith("text/csv")
    lines = list(csv.reader(answer.content.decode("utf-8-sig").splitlines()))
    assert lines[0] == found["columns"]
    assert lines[1:201] == found["first"]
    assert len(lines) == 1 + dataset["rows"]


def test_classes_come_with_their_probabilities(centre):
    tenant = centre.tenant()
    rows = "".join(f"{n % 17},{'红蓝'[n % 2]},{'是' if n % 17 > 7 else '否'}\n" for n in range(400))
    _, solution = solved(tenant, f"数,色,合格\n{rows}", "classes", target="合格")
    found = answered(tenant, asked(tenant, solution, rows=[{"数": 16, "色": "绿"}, {"数": "1"}]))
    assert found["classes"] == sorted(("是", "否"))
    shares = [f"probability: {name}" for name in found["classes"]]
    assert found["columns"] == ["row", "prediction", *shares]
    assert [line[1] for line in found["first"]] == ["是", "否"]
    for line in found["first"]:
        assert sum(map(float, line[2:])) == pytest.approx(1.0, abs=1e-5)
    assert found["interval"] is None


def test_the_same_key_asks_once_and_another_question_with_it_is_refused(owner, concrete, sample):
    key = {"Idempotency-Key": "try-once"}
    first, second = (asked(owner, concrete[1], key, rows=sample[0][:1]) for _ in range(2))
    assert first.json() == second.json()
    other = asked(owner, concrete[1], key, rows=sample[0][1:2])
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")
    answered(owner, first)


@pytest.mark.parametrize(
    ("body", "status", "sentence"),
    [
        ({"rows": [{"x": 1}]}, 422, "The rows lack these columns that the solution needs: “"),
        ({"rows": []}, 422, ""),
        ({}, 422, "give either rows or dataset_id"),
        ({"rows": [{"x": 1}], "dataset_id": "dst_1"}, 422, "give either rows or dataset_id"),
        ({"rows": [{"x": [1]}]}, 422, ""),
        ({"rows": [{"x": 1}] * 1001}, 422, "1000"),
        ({"dataset_id": "dst_1"}, 404, "There is no data set"),
    ],
)
def test_what_cannot_be_asked_is_refused_and_costs_nothing(owner, concrete, body, status, sentence):
    before = (owner.account(), len(owner.listed("jobs")))
    answer = asked(owner, concrete[1], **body)
    assert answer.status_code == status, answer.text
    assert sentence in answer.json()["detail"]
    assert (owner.account(), len(owner.listed("jobs"))) == before


def test_another_tenant_can_neither_ask_nor_see(owner, other, concrete, sample):
    dataset, solution = concrete
    found = answered(owner, asked(owner, solution, rows=sample[0][:1]))
    absent = {"solution_id": "sol_00000000000000000000000000"}
    for theirs, none in ((solution, absent), ({"solution_id": solution["job_id"]}, absent)):
        answers = [asked(other, each, rows=sample[0][:1]) for each in (theirs, none)]
        forms = [
            other.client.get(f"/v1/solutions/{each['solution_id']}/form") for each in (theirs, none)
        ]
        for told, as_if in (answers, forms):
            assert told.status_code == as_if.status_code == 404
            assert told.text.replace(theirs["solution_id"], none["solution_id"]) == as_if.text
    for path in ("", "/file"):
        assert other.client.get(f"/v1/predictions/{found['prediction_id']}{path}").is_error
    assert asked(owner, solution, dataset_id=other.brought("a,b\n1,2\n")["dataset_id"]).is_error
    assert dataset


def test_tries_are_neither_tasks_nor_solutions(owner, concrete, sample):
    before = [owner.listed(noun) for noun in ("tasks", "solutions")]
    answered(owner, asked(owner, concrete[1], rows=sample[0][:1]))
    assert [owner.listed(noun) for noun in ("tasks", "solutions")] == before


def test_the_command_line_tries_a_row_and_a_file(owner, concrete, sample, command, tmp_path):
    command.environment["ZHISUAN_KEY"] = owner.key
    solution_id, rows = concrete[1]["solution_id"], sample[0]
    row = json.dumps(rows[0], ensure_ascii=False)
    said = command("solution", "try", solution_id, "--row", row, "--json")
    assert said.status == 0, said.err
    wanted = float(sample[1][0]["prediction"])
    assert float(said.json()["first"][0][1]) == pytest.approx(wanted, 1e-5)
    shown = command("solution", "try", solution_id, "--row", row)
    assert shown.out.split()[:2] == ["row", "prediction"]
    assert "nine answers of ten" in shown.err
    with (tmp_path / "new.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    said = command("solution", "try", solution_id, "--file", "new.csv", "--out", "out.csv")
    assert said.status == 0, said.err
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        told = list(csv.DictReader(file))
    assert [float(line["prediction"]) for line in told] == [
        pytest.approx(float(line["prediction"]), 1e-5) for line in sample[1]
    ]
    wrong = command("solution", "try", solution_id, "--row", '{"x": 1}', "--json")
    assert (wrong.status, wrong.error()["code"]) == (2, "wrong_input")
    assert command("solution", "try", solution_id, "--row", "no").status == 2
    assert command("solution", "try", solution_id).status == 2


def test_a_backup_brings_back_answers_and_the_course_of_the_work(
    owner, concrete, sample, start_centre, alone, tmp_path
):
    found = answered(owner, asked(owner, concrete[1], rows=sample[0][:3]))
    paths = (
        f"/v1/predictions/{found['prediction_id']}",
        f"/v1/predictions/{found['prediction_id']}/file",
        f"/v1/tasks/{concrete[1]['task_id']}/progress",
    )
    before = [owner.client.get(path) for path in paths]
    assert all(each.is_success for each in before)
    assert before[2].json()["points"]
    with owner.centre.operator() as operator:
        (tmp_path / "centre.tar").write_bytes(operator.get("/v1/backup").content)
    said = alone("backup", "restore", tmp_path / "centre.tar", "--data", tmp_path / "again")
    assert said.status == 0, said.err
    again = start_centre(share_environments(tmp_path / "again"))
    client = again.client(owner.key)
    assert [client.get(path).content for path in paths] == [each.content for each in before]
