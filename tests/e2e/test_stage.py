"""The stage on which the console is shown: its month is real enough to be verified."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "stage"))
import cast
import month as months
import pages
from played import played

from zhisuan import rerate


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """The end of a month with a little work in it."""
    folder = tmp_path_factory.mktemp("stage") / "data"
    folder.mkdir()
    (folder / "pool.toml").write_text(cast.POOL, "utf-8")
    (folder / "operating.toml").write_text(cast.OPERATING, "utf-8")
    end = datetime.now(UTC)
    begin = end - timedelta(days=months.DAYS)
    with played(folder, begin) as here:
        month = months.Month(here, begin, end, pace=0.08)
        month.tell()
        yield SimpleNamespace(here=here, ask=month.operator, begin=begin, end=end)


def test_every_chain_of_the_month_verifies(told):
    report = told.ask("POST", "ledger/verify")
    assert report["ok"], report["faults"]
    assert min(report["records"].values()) > 0


def test_its_months_come_out_the_same_when_they_are_rated_again(told, tmp_path):
    zone = months.ZONE
    names = sorted({f"{at.astimezone(zone):%Y-%m}" for at in (told.begin, told.end)})
    invoices = told.ask("GET", "invoices?limit=200")["items"]
    assert {each["month"] for each in invoices} == set(names[:-1])
    for name in names:
        file = tmp_path / f"{name}.zip"
        file.write_bytes(told.ask.ask("GET", f"ledger/export?month={name}").content)
        command = [sys.executable, "-I", rerate.__file__, file]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_whatever_a_page_can_show_is_there(told):
    def states(noun):
        return {each["state"] for each in told.ask("GET", f"{noun}?limit=200")["items"]}

    assert {"paid", "consuming", "refused", "applied", "draft"} <= states("vouchers")
    assert {"in_review", "reported", "completed", "refused"} <= states("applications")
    assert "succeeded" in states("jobs")
    assert states("tariffs") == {"past", "in_force", "coming"}
    assert states("nodes") == {"ready", "draining"}


def test_every_address_of_the_console_is_known_by_its_own_routes():
    found = pages.routes()
    assert len({each.path for each in found}) == len(found)
    assert {"/login", "/board", "/usage"} <= {each.path for each in found}
