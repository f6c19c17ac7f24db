"""Alerts: open as long as what they say is so, and only for whom it is to be seen."""

from dataclasses import replace
from datetime import timedelta
from typing import NamedTuple

import pytest

from zhisuan.access import records as access
from zhisuan.compute.job import JobReason
from zhisuan.compute.node import NodeState
from zhisuan.core.errors import EnvironmentUnavailable
from zhisuan.core.work import EndReason
from zhisuan.ledger.accounts import records as accounts
from zhisuan.ledger.accounts.ladder import Stage, Standing
from zhisuan.ledger.tariff import TariffBook, default_tariff
from zhisuan.services.money.invoices import close_month
from zhisuan.services.monitoring import alerts as module
from zhisuan.services.monitoring.alerts import AlertCode, Severity, alerts
from zhisuan.services.pool.nodes import set_state


class Usage(NamedTuple):
    """How full a disk is."""

    total: int
    used: int
    free: int


@pytest.fixture(autouse=True)
def roomy(monkeypatch):
    """However full the disk of the test run is."""
    monkeypatch.setattr(module.shutil, "disk_usage", lambda _path: Usage(100, 10, 90))


@pytest.fixture
def open_now(workshop):
    """Subjects by code, and the alerts themselves."""

    def look():
        found = {}
        for each in alerts(workshop.centre):
            assert each.zh.endswith("。")
            assert each.en.endswith(".")
            found.setdefault(each.code, {})[each.subject] = each
        return found

    return look


def set_node(workshop, name, state):
    with workshop.centre.database.write() as connection:
        set_state(workshop.centre, connection, workshop.operating(), name, state)


def test_a_quiet_centre_has_none(workshop, open_now):
    workshop.submit()
    workshop.turn()
    assert open_now() == {}


def test_a_node_that_is_down_or_drained_is_told_until_it_is_ready(workshop, open_now):
    job = workshop.submit()
    workshop.turn()
    set_node(workshop, "sim-1", NodeState.DRAINING)
    set_node(workshop, "sim-2", NodeState.DOWN)
    since = workshop.clock.now()
    found = open_now()
    assert set(found) == {AlertCode.NODE_DOWN}, "what still works is not drained yet"
    assert found[AlertCode.NODE_DOWN]["sim-2"].since == since
    workshop.turn(10.0)
    workshop.end(job)
    workshop.turn()
    assert set(open_now()) == {AlertCode.NODE_DOWN, AlertCode.NODE_DRAINED}
    for name in ("sim-1", "sim-2"):
        set_node(workshop, name, NodeState.READY)
    assert open_now() == {}


def test_a_node_on_which_most_jobs_fail_is_told_and_forgotten_after_a_day(workshop, open_now):
    for reason in (EndReason.PROGRAM_ERROR, EndReason.PROGRAM_ERROR, EndReason.SUCCEEDED):
        end_one(workshop, reason)
    assert open_now() == {}, "two of three may be chance"
    end_one(workshop, EndReason.PROGRAM_ERROR)
    told = open_now()[AlertCode.JOBS_FAILING]["sim-1"]
    assert "4 jobs" in told.en
    assert "3 failed" in told.en
    workshop.clock.turn(25 * 3600)
    assert open_now() == {}


def end_one(workshop, reason):
    job = workshop.submit()
    workshop.turn()
    workshop.end(job, reason, 0 if reason is EndReason.SUCCEEDED else 1)
    workshop.turn(1.0)


def test_an_environment_that_failed_is_told_until_it_is_made(workshop, open_now, monkeypatch):
    def none(_self, _lock):
        raise EnvironmentUnavailable("It has not been made.")

    job = workshop.submit()
    error = EnvironmentUnavailable("No network.")
    workshop.operator._refused[job] = error
    workshop.turn()
    assert workshop.job(job).reason is JobReason.ENVIRONMENT_UNAVAILABLE
    assert AlertCode.ENVIRONMENT_FAILED not in open_now()
    monkeypatch.setattr(type(workshop.centre.environments), "made", none)
    told = open_now()[AlertCode.ENVIRONMENT_FAILED]["probe"]
    assert told.severity is Severity.CRITICAL


def test_a_job_that_waits_longer_than_it_was_told_is_late_until_it_starts(workshop, open_now):
    first = workshop.submit(time_limit_s=100.0)
    late = workshop.submit(time_limit_s=100.0)
    workshop.turn()
    _, until = workshop.centre.promised[late]
    assert open_now() == {}
    workshop.clock.turn((until - workshop.clock.now()).total_seconds() + 1)
    workshop.turn()
    assert open_now()[AlertCode.JOB_LATE][late].since == until
    workshop.end(first)
    workshop.turn()
    workshop.turn()
    assert open_now() == {}


@pytest.mark.parametrize(
    ("free", "severity"), [(11, None), (9, Severity.WARNING), (2, Severity.CRITICAL)]
)
def test_a_disk_that_fills_is_told(open_now, monkeypatch, free, severity):
    usage = Usage(100, 100 - free, free)
    monkeypatch.setattr(module.shutil, "disk_usage", lambda _path: usage)
    found = open_now().get(AlertCode.DISK_FULL, {})
    assert [each.severity for each in found.values()] == ([severity] if severity else [])


def test_what_waits_for_somebodys_decision_is_counted(workshop, open_now):
    with workshop.centre.database.write() as connection:
        for number, state in enumerate(("in_review", "in_review", "awarded", "reported")):
            connection.exec_driver_sql(
                "INSERT INTO application (application_id, tenant, state, level, asked, awarded,"
                " paid, created_at, body) VALUES (?, ?, ?, 'small', 1, 0, 0, ?, '{}')",
                (
                    f"app_{number}",
                    workshop.tenant,
                    state,
                    f"2026-02-0{9 - number}T00:00:00.000000Z",
                ),
            )
    found = open_now()[AlertCode.APPLICATIONS_WAITING]
    assert {name: each.en for name, each in found.items()} == {
        "in_review": "2 applications wait for a review.",
        "reported": "1 report waits for a verdict.",
    }
    assert found["in_review"].since.day == 8


def test_vouchers_that_wait_for_a_decision_are_counted(workshop, open_now):
    with workshop.centre.database.write() as connection:
        for number, state in enumerate(("applied", "issued", "verified")):
            connection.exec_driver_sql(
                "INSERT INTO voucher (voucher_id, programme_id, tenant, state, firm, contract,"
                " application, papers, created_at, changed_at, granted, given_back, redeemed)"
                " VALUES (?, 'p', 't', ?, 'f', 'c', '{}', '[]', ?, ?, 0, 0, 0)",
                (f"vch_{number}", state, *["2026-02-01T00:00:00.000000Z"] * 2),
            )
    assert set(open_now()[AlertCode.VOUCHERS_WAITING]) == {"applied", "verified"}


def test_an_account_on_the_ladder_is_told_by_name(workshop, open_now):
    now = workshop.clock.now()
    with workshop.centre.database.write() as connection:
        accounts.keep_standing(connection, workshop.tenant, Standing(Stage.PAUSED, now, now))
    (told,) = open_now()[AlertCode.ACCOUNT_LOW].values()
    assert (told.subject, told.since) == (workshop.tenant, now)
    assert "one" in told.en


def test_a_month_with_charges_is_open_until_it_is_closed(workshop, open_now):
    end_one(workshop, EndReason.SUCCEEDED)
    workshop.clock.turn(20 * 86400)
    assert open_now() == {}, "the month is not over"
    workshop.clock.turn(20 * 86400)
    (told,) = open_now()[AlertCode.MONTH_OPEN].values()
    assert told.subject == "2026-03"
    with workshop.centre.database.write() as connection:
        access.prepare(connection)
        close_month(workshop.centre, connection, workshop.operating(), "2026-03")
    assert AlertCode.MONTH_OPEN not in open_now()


def test_prices_that_come_soon_are_told(workshop, open_now):
    first = default_tariff()
    now = workshop.clock.now()
    book = TariffBook(
        [
            first,
            replace(first, version=2, effective_from=now + timedelta(days=6)),
            replace(first, version=3, effective_from=now + timedelta(days=60)),
        ]
    )
    workshop.centre.ledger.tariffs._book = book
    workshop.centre.ledger.tariffs.refresh = lambda _connection: book
    assert list(open_now()[AlertCode.TARIFF_COMING]) == ["2"]


def test_the_gravest_come_first(workshop, monkeypatch):
    monkeypatch.setattr(module.shutil, "disk_usage", lambda _path: Usage(100, 99, 1))
    set_node(workshop, "sim-1", NodeState.DRAINING)
    set_node(workshop, "sim-2", NodeState.DOWN)
    assert [each.severity for each in alerts(workshop.centre)] == [
        Severity.CRITICAL,
        Severity.WARNING,
        Severity.NOTICE,
    ]
