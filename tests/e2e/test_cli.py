"""The command line: one JSON document on standard output, two lines for an error."""

import http.server
import json
import socket
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing

import pytest

TABLE = "width,height,quality\n" + "".join(f"{n % 31},{n % 13},{n % 3}\n" for n in range(60))


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text(TABLE)
    return path


@pytest.fixture
def at_work(tenant):
    """One thing of each kind."""
    dataset = tenant.brought(TABLE)
    task = tenant.ask(dataset["dataset_id"], target="quality").json()
    job = tenant.ended(tenant.submitted(parameters={"fail": "error"})["job_id"])
    return {
        "dataset": dataset["dataset_id"],
        "task": task["task_id"],
        "job": job["job_id"],
    }


def test_every_noun_lists_and_shows_as_one_json_document(command, at_work):
    for noun, made in at_work.items():
        (listed,) = command(noun, "list", "--json").json()
        assert listed[f"{noun}_id"] == made
        assert command(noun, "show", made, "--json").json()[f"{noun}_id"] == made
    assert "The probe was asked" in command("job", "logs", at_work["job"], "--json").json()["log"]
    receipt = command("receipt", "show", at_work["job"], "--json").json()
    assert receipt["job_id"] == at_work["job"]


def test_every_noun_reads_well_for_people(command, at_work):
    for noun, made in at_work.items():
        assert made in command(noun, "list").out
        said = command(noun, "show", made)
        assert said.status == 0
        assert said.err == ""
    receipt = command("receipt", "show", at_work["job"]).out
    for block in ("Algorithm 算法", "Compute 算力", "Energy and carbon 能耗与碳", "Money 费用"):
        assert block in receipt
    assert "The probe was asked" in command("job", "logs", at_work["job"]).out


def test_an_empty_list_says_what_to_do_and_keeps_standard_output_clean(command):
    for noun in ("dataset", "task", "job"):
        said = command(noun, "list")
        assert (said.status, said.out) == (0, "")
        assert "zhisuan " in said.err
        assert command(noun, "list", "--json").json() == []


def test_a_table_is_added_and_deleted(command, table):
    added = command("dataset", "add", table, "--name", "mine", "--json").json()
    assert (added["name"], added["version"], added["rows"]) == ("mine", 1, 60)
    again = command("dataset", "add", table, "--name", "mine", "--json").json()
    assert again["dataset_id"] == added["dataset_id"]
    certificate = command("dataset", "delete", added["dataset_id"], "--json").json()
    assert certificate["verified"] is True
    assert command("dataset", "show", added["dataset_id"]).status == 3


@pytest.mark.parametrize("name", ["[/]", "[bold red]x", "水泥 🧱 [", "../../etc"])
def test_a_name_is_shown_as_it_is(command, table, name):
    added = command("dataset", "add", table, "--name", name)
    assert added.status == 0, added.err
    assert f"  {name} v1: 60 rows" in added.out
    shown = command("dataset", "show", added.out.split()[0])
    assert shown.out.startswith(f"{name} v1: 60 rows")
    assert name in command("dataset", "list").out


def test_a_job_is_stopped(command, tenant):
    job_id = tenant.submitted(parameters={"rest": 60})["job_id"]
    assert command("job", "stop", job_id, "--json").json()["job_id"] == job_id
    assert tenant.ended(job_id)["state"] == "cancelled"
    assert command("job", "stop", job_id).status == 5


def test_an_operator_sees_the_pool_and_verifies_the_ledger(centre, command):
    key = centre.kept_key("operator")
    nodes = command("node", "list", "--json", "--key", key).json()
    assert {node["simulated"] for node in nodes} == {True, False}
    assert "(simulated)" in command("node", "list", "--key", key).out
    assert command("ledger", "verify", "--json", "--key", key).json()["ok"] is True
    assert command("node", "list").status == 4


def test_doctor_looks_without_opening_anything(alone, tmp_path):
    findings = alone("doctor", "--json").json()
    assert {"disk", "machine", "power"} <= {finding["what"] for finding in findings}
    assert not (tmp_path / "data" / "centre.db").exists()


MISTYPED = [
    ("frobnicate",),
    ("job", "show"),
    ("job", "show", "x", "--bogus"),
    ("job", "list", "--limit", "0"),
    ("solve", "table.csv", "--effort", "quick"),
]


@pytest.mark.parametrize("arguments", MISTYPED, ids=" ".join)
def test_what_is_mistyped_is_exit_two_and_one_json_error(command, arguments):
    said = command(*arguments)
    assert (said.status, said.out) == (2, "")
    assert "Traceback" not in said.err
    said = command(*arguments, "--json")
    assert (said.status, said.out) == (2, "")
    assert said.error()["code"] == "wrong_input"
    assert len(said.err.splitlines()) == 1


def test_a_file_that_is_not_there(command):
    said = command("solve", "nowhere.csv")
    assert said.status == 2
    assert said.err == "✗ There is no file nowhere.csv.\n  Check the path.\n"


def test_a_result_folder_that_is_a_file_is_refused_before_anything_is_paid(command, tenant, table):
    said = command("solve", table, "--target", "quality", "--yes", "--out", table)
    assert said.status == 2
    assert "is a file, not a folder." in said.err
    assert tenant.listed("jobs") == []


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "nonsense", "http://[", "ftp://127.0.0.1"])
def test_nobody_answers(command, url):
    said = command("job", "list", "--url", url)
    assert said.status == 7
    assert said.err.startswith(f"✗ No centre answers at {url}.\n")
    assert len(said.err.splitlines()) == 2


def test_what_answers_is_not_a_centre(command):
    class Other(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_error(404)

        def log_message(self, *_):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Other) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        said = command("job", "list", "--url", f"http://127.0.0.1:{server.server_port}")
        server.shutdown()
        thread.join()
    assert said.status == 7
    assert "is not a centre (HTTP 404)." in said.err


def test_a_centre_elsewhere_needs_a_key(alone, centre):
    said = alone("job", "list", "--url", centre.url)
    assert said.status == 4
    assert said.err.startswith("✗ A key is needed for a centre elsewhere.\n")


def test_two_commands_at_once_share_the_one_centre_of_a_folder(tmp_path):
    command = [sys.executable, "-m", "zhisuan", "node", "list", "--json"]
    data = ["--data", tmp_path / "data"]
    started = [
        subprocess.Popen([*command, *data], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(2)
    ]
    answers = [process.communicate(timeout=60) for process in started]
    assert [process.returncode for process in started] == [0, 0], answers
    assert len({out for out, _ in answers}) == 1
    assert [err for _, err in answers] == [b"", b""]


def test_a_command_finds_the_running_centre_of_its_folder(start_centre, alone, tmp_path):
    centre = start_centre(tmp_path / "data")
    assert alone("job", "list", "--json").json() == []
    assert (centre.folder / "keys" / "tenant").exists()
    said = alone("up", "--port", "0")
    assert said.status == 7
    assert f"runs already: it answers at {centre.url}." in said.err


@pytest.mark.parametrize("verb", [("up",), ("demo", "table.csv")], ids=" ".join)
def test_a_busy_port_is_one_sentence_and_nothing_is_made(alone, table, tmp_path, verb):
    assert table.exists()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = alone(*verb, "--port", port, "--data", tmp_path / "other")
    assert said.status == 7
    sentence, hint = said.err.splitlines()[-2:]
    assert str(port) in sentence
    assert "--port" in hint
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize("below", ["", "deeper"])
def test_a_file_in_the_way_of_the_data_folder(alone, tmp_path, below):
    (tmp_path / "file").write_text("")
    said = alone("job", "list", "--data", tmp_path / "file" / below)
    assert said.status == 2
    assert "a file is in its way." in said.err
    assert len(said.err.splitlines()) == 2


def test_a_place_where_no_folder_can_be_made(alone):
    said = alone("node", "list", "--data", "/proc/centre")
    assert said.status == 2
    assert "no folder can be made there." in said.err
    assert len(said.err.splitlines()) == 2


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pool.toml", "[[node]]\nname = 1\n"),
        ("centre.toml", "colour = 'red'\n"),
        ("centre.toml", "="),
    ],
)
def test_a_wrong_file_of_the_operators_is_one_sentence(alone, tmp_path, name, text):
    (tmp_path / "data" / name).write_text(text)
    said = alone("job", "list", "--json")
    assert (said.status, said.out) == (2, "")
    error = json.loads(said.err)["error"]
    assert error["code"] == "wrong_input"
    assert error["hint"]


def test_a_changed_record_is_named_and_is_exit_eight(alone, start_centre, tmp_path):
    centre = start_centre(tmp_path / "data")
    tenant = centre.tenant()
    for _ in range(3):
        tenant.ended(tenant.submitted()["job_id"])
    assert centre.stop() == 0
    assert alone("ledger", "verify").status == 0
    with closing(sqlite3.connect(tmp_path / "data" / "centre.db")) as database:
        database.execute("DROP TRIGGER ledger_charge_no_update")
        database.execute("UPDATE ledger_charge SET amount = amount + 1 WHERE seq = 2")
        database.commit()
    report = alone("ledger", "verify", "--json")
    assert (report.status, report.json()["ok"]) == (8, False)
    assert report.error()["code"] == "tamper_found"
    said = alone("ledger", "verify")
    assert said.status == 8
    sentence, hint = said.err.splitlines()
    assert sentence.startswith("✗ The ledger is not what was written: ")
    assert "2" in sentence
    assert "backup" in hint


def test_the_keys_are_for_the_owner_alone(alone, tmp_path):
    alone("job", "list")
    keys = tmp_path / "data" / "keys"
    assert keys.stat().st_mode & 0o077 == 0
    assert {key.stat().st_mode & 0o777 for key in keys.iterdir()} == {0o600}
