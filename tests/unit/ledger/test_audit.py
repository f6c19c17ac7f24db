"""Tampering: whatever is changed behind the ledger's back is found and named."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from zhisuan.core.chain import GENESIS, canonical, link
from zhisuan.ledger.audit import FaultKind
from zhisuan.ledger.tables import APPEND_ONLY_TRIGGERS
from zhisuan.ledger.tariff import Outcome

JOBS = 6
CHAINS = {"usage": "ledger_usage", "charge": "ledger_charge", "entry": "ledger_entry"}


@pytest.fixture(scope="session")
def busy_office(open_office: Callable):
    """Six settled jobs with two checkpoints, and one that still runs; no triggers."""
    office = open_office()
    for number in range(JOBS):
        offer = office.offer()
        with office.write() as connection:
            job = f"job_{number}"
            office.ledger.hold(connection, job, offer)
            usage = [office.usage(job, 600.0 + number)]
            office.ledger.settle(connection, job, usage, Outcome.USABLE)
            if number in (JOBS // 2, JOBS - 1):
                office.ledger.checkpoint(connection, office.key)
    with office.write() as connection:
        office.ledger.hold(connection, "job_open", offer)
        for statement in APPEND_ONLY_TRIGGERS:
            connection.exec_driver_sql(f"DROP TRIGGER {statement.split()[2]}")
    assert office.verify().ok
    return office


def after(office, *changes: tuple[str, tuple[object, ...]]):
    """The report after some raw SQL, which is undone afterwards."""
    office.database._engine.dispose()
    with (
        closing(sqlite3.connect(office.database.path)) as raw,
        closing(sqlite3.connect(":memory:")) as kept,
    ):
        raw.backup(kept)
        try:
            for statement, values in changes:
                raw.execute(statement, values)
            raw.commit()
            return office.verify()
        finally:
            raw.rollback()
            office.database._engine.dispose()
            kept.backup(raw)


def first(report):
    assert not report.ok
    return report.faults[0]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_changed_byte_of_a_record_is_found_and_its_record_named(busy_office, data):
    chain = data.draw(st.sampled_from(sorted(CHAINS)))
    column = data.draw(st.sampled_from(columns(busy_office, CHAINS[chain])))
    seq = data.draw(st.integers(1, JOBS))
    value = field(busy_office, CHAINS[chain], column, seq)
    if isinstance(value, str):
        raw = bytearray(value.encode())
        place = data.draw(st.integers(0, len(raw) - 1))
        raw[place] ^= data.draw(st.integers(1, 255))
        change = f"UPDATE {CHAINS[chain]} SET {column} = CAST(? AS TEXT) WHERE seq = ?"
        try:
            report = after(busy_office, (change, (bytes(raw), seq)))
        except sqlite3.IntegrityError:
            reject()  # the database itself refuses a second record of one job
    else:
        change = f"UPDATE {CHAINS[chain]} SET {column} = ? WHERE seq = ?"
        report = after(busy_office, (change, ((value or 0) + 1_000, seq)))
    found = [fault for fault in report.faults if fault.part == chain]
    assert [fault.place for fault in found] == [seq], report
    assert found[0].sentence("en")
    assert found[0].sentence("zh")


def columns(office, table: str) -> list[str]:
    with office.read() as connection:
        info = connection.exec_driver_sql(f"PRAGMA table_info({table})").all()
    return [row.name for row in info if row.name != "seq"]


def field(office, table: str, column: str, seq: int):
    with office.read() as connection:
        return connection.exec_driver_sql(
            f"SELECT {column} FROM {table} WHERE seq = {seq}"
        ).scalar()


@pytest.mark.parametrize("chain", CHAINS)
def test_a_removed_record_is_missing(busy_office, chain: str):
    fault = first(after(busy_office, (f"DELETE FROM {CHAINS[chain]} WHERE seq = 3", ())))
    assert (fault.part, fault.place, fault.kind) == (chain, 3, FaultKind.MISSING)


@pytest.mark.parametrize("chain", CHAINS)
def test_a_cut_tail_is_truncated_also_when_the_head_was_moved_back(busy_office, chain: str):
    table = CHAINS[chain]
    cut = (f"DELETE FROM {table} WHERE seq >= 5", ())
    fourth = field(busy_office, table, "hash", 4)
    move = ("UPDATE ledger_chain SET seq = 4, hash = ? WHERE name = ?", (fourth, chain))
    for changes in ([cut], [cut, move]):
        fault = first(after(busy_office, *changes))
        assert (fault.part, fault.place, fault.kind) == (chain, 5, FaultKind.TRUNCATED)


def test_two_exchanged_records_are_reordered(busy_office):
    swap = "UPDATE ledger_charge SET seq = ? WHERE seq = ?"
    report = after(busy_office, (swap, (99, 2)), (swap, (2, 4)), (swap, (4, 99)))
    fault = first(report)
    assert (fault.part, fault.place, fault.name) == ("charge", 2, "job_3")
    assert fault.kind is FaultKind.REORDERED


def rewritten(office, chain: str, seq: int, **changes: object) -> list[tuple[str, tuple]]:
    """The raw SQL by which a chain is written anew, sound in itself, with one record changed."""
    table, previous, statements = CHAINS[chain], GENESIS, []
    with office.read() as connection:
        bodies = connection.exec_driver_sql(f"SELECT body FROM {table} ORDER BY seq").scalars()
        records = [json.loads(body) for body in bodies]
    for record in records:
        text = canonical({**record, **(changes if record["seq"] == seq else {})})
        previous = link(previous, text)
        statement = f"UPDATE {table} SET body = ?, hash = ? WHERE seq = ?"
        statements.append((statement, (text.decode(), previous, record["seq"])))
    for column, value in changes.items():
        if column in columns(office, table):
            statements.append((f"UPDATE {table} SET {column} = ? WHERE seq = ?", (value, seq)))
    return [*statements, ("UPDATE ledger_chain SET hash = ? WHERE name = ?", (previous, chain))]


def test_a_chain_written_anew_is_betrayed_by_the_next_checkpoint(busy_office):
    fault = first(after(busy_office, *rewritten(busy_office, "usage", 2, wall_s=1.0)))
    assert (fault.part, fault.place, fault.kind) == ("usage", JOBS // 2 + 1, FaultKind.REWRITTEN)


def test_a_transaction_written_anew_must_still_balance(busy_office):
    forget = ("DELETE FROM ledger_checkpoint", ())
    change = rewritten(busy_office, "entry", 4, amount=1)
    fault = first(after(busy_office, forget, *change))
    assert (fault.part, fault.place, fault.kind) == ("entry", 3, FaultKind.UNBALANCED)


def test_a_record_the_ledger_did_not_append_is_named(busy_office):
    with busy_office.read() as connection:
        last = busy_office.ledger.usage_of(connection, f"job_{JOBS - 1}")[0]
    body = {**last.body(), "seq": JOBS + 1, "job_id": "job_false"}
    previous = field(busy_office, "ledger_usage", "hash", JOBS)
    values = (JOBS + 1, "job_false", 1, body["tenant"], body["started_at"])
    text = canonical(body)
    insert = (
        "INSERT INTO ledger_usage (seq, job_id, attempt, tenant, started_at, body, hash)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)"
    )
    fault = first(after(busy_office, (insert, (*values, text.decode(), link(previous, text)))))
    assert (fault.place, fault.name, fault.kind) == (JOBS + 1, "job_false", FaultKind.ADDED)


@pytest.mark.parametrize(
    ("change", "part", "kind"),
    [
        ("UPDATE ledger_checkpoint SET body = replace(body, '2026', '2027') WHERE number = 1",
         "checkpoint", FaultKind.CHANGED),
        ("DELETE FROM ledger_checkpoint WHERE number = 1", "checkpoint", FaultKind.MISSING),
        ("UPDATE ledger_account SET balance = balance + 1 WHERE account LIKE '%available'",
         "account", FaultKind.UNBALANCED),
        ("DELETE FROM ledger_account WHERE account = 'centre:revenue'",
         "account", FaultKind.UNBALANCED),
        ("UPDATE ledger_hold SET closed_at = NULL WHERE job_id = 'job_2'",
         "account", FaultKind.UNBALANCED),
        ("DELETE FROM ledger_hold WHERE job_id = 'job_open'", "account", FaultKind.UNBALANCED),
        ("UPDATE ledger_tariff SET text = replace(text, '0.06', '0.07')",
         "tariff", FaultKind.CHANGED),
        ("UPDATE ledger_chain SET hash = '' WHERE name = 'charge'", "charge", FaultKind.CHANGED),
        ("DELETE FROM ledger_chain WHERE name = 'charge'", "charge", FaultKind.ADDED),
    ],
)  # fmt: skip
def test_what_stands_beside_the_chains_is_verified_too(
    busy_office, change: str, part: str, kind: FaultKind
):
    fault = first(after(busy_office, (change, ())))
    assert (fault.part, fault.kind) == (part, kind)


def test_another_key_does_not_verify(busy_office):
    report = busy_office.verify(key=b"another key")
    assert first(report).part == "checkpoint"


def test_a_sound_ledger_tells_how_much_it_holds(busy_office):
    report = busy_office.verify()
    assert report.ok
    assert report.records == {
        "usage": JOBS,
        "charge": JOBS,
        "entry": 2 + 5 * JOBS + 2,
        "voucher": 0,
    }
    assert report.checkpoints == 2
