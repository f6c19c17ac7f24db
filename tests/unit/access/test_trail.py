"""The chain of changes: appended, linked, signed for, and taken along from the first schema."""

from datetime import UTC, datetime

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy.exc import DatabaseError

from zhisuan.access import records
from zhisuan.access.tables import AUDIT, AUDIT_CHAIN
from zhisuan.access.tenant import Caller, Role
from zhisuan.ledger.audit import FaultKind, audit
from zhisuan.ledger.checkpoint import sign
from zhisuan.ledger.records import add_checkpoint, heads
from zhisuan.store.database import METADATA, Database
from zhisuan.store.schema import MIGRATIONS, upgrade

AT = datetime(2026, 1, 2, tzinfo=UTC)
WHO = Caller("ten_1", Role.OPERATOR, "key_1")
KEY = b"a key of this test"
OTHERS = {AUDIT_CHAIN: AUDIT}


@pytest.fixture
def database(tmp_path):
    opened = Database(tmp_path / "centre.db")
    with opened.write() as connection:
        METADATA.create_all(connection)
        records.prepare(connection)
        for number in range(5):
            records.audit(
                connection, WHO, "thing.set", f"t{number}", {"n": number}, AT, before={"n": None}
            )
    yield opened
    opened.close()


def tampered(database, statement):
    """The one fault that verification finds after a change behind the centre's back."""
    with database.write() as connection:
        for name in ("audit_no_update", "audit_no_delete"):
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        connection.exec_driver_sql(statement)
        (fault,) = audit(connection, KEY, OTHERS).faults
    assert fault.part == "audit"
    return fault


def test_what_was_written_is_whole(database):
    with database.read() as connection:
        report = audit(connection, KEY, OTHERS)
        newest, *_ = records.changes(connection)
    assert report.ok
    assert report.records["audit"] == 5
    assert (newest.seq, newest.before, newest.after) == (5, {"n": None}, {"n": 4})


@pytest.mark.parametrize("column", ["body", "hash", "actor", "tenant", "action", "subject", "at"])
def test_one_changed_byte_is_found_and_named(database, column):
    fault = tampered(
        database, f"UPDATE audit SET {column} = 'x' || substr({column}, 2) WHERE seq = 3"
    )
    assert (fault.place, fault.kind) == (3, FaultKind.CHANGED)
    assert "audit 3" in fault.sentence()


def test_a_missing_change_and_a_cut_tail_are_found(database):
    assert tampered(database, "DELETE FROM audit WHERE seq = 2").kind is FaultKind.MISSING


def test_a_cut_tail_is_found(database):
    assert tampered(database, "DELETE FROM audit WHERE seq = 5").kind is FaultKind.TRUNCATED


def test_a_signed_checkpoint_covers_the_chain(database):
    with database.write() as connection:
        signed = sign(KEY, None, heads(connection), AT)
        add_checkpoint(connection, signed.number, signed.body, signed.signature)
        assert signed.heads["audit"][0] == 5
        records.audit(connection, WHO, "thing.set", "t6", {}, AT)
        assert audit(connection, KEY, OTHERS).ok


@pytest.mark.parametrize("statement", ["UPDATE audit SET actor = 'me'", "DELETE FROM audit"])
def test_the_database_itself_lets_nobody_change_it(database, statement):
    with pytest.raises(DatabaseError, match="append-only"), database.write() as connection:
        connection.exec_driver_sql(statement)


def test_changes_are_found_by_what_is_asked(database):
    with database.read() as connection:
        assert [each.seq for each in records.changes(connection, subject="t3")] == [4]
        assert records.changes(connection, actor="key_2") == []
        assert [each.seq for each in records.changes(connection, before=3, limit=1)] == [2]
        assert records.changes(connection, until=AT) == []
        assert len(records.changes(connection, since=AT, action="thing.set")) == 5


def test_changes_of_the_first_schema_are_taken_into_the_chain(tmp_path):
    database = Database(tmp_path / "centre.db")
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
        for number in (1, 2, 3):
            connection.exec_driver_sql(
                "INSERT INTO audit (at, key_id, tenant, action, subject, facts) "
                "VALUES ('2026-01-02T00:00:00.000000Z', 'k', 'ten_1', 'key.made', 'ten_2', ?)",
                (f'{{"key_id": "{number}"}}',),
            )
        connection.exec_driver_sql(
            "INSERT INTO api_key VALUES ('k', 'ten_1', 'operator', 'd', "
            "'2026-01-02T00:00:00.000000Z')"
        )
    upgrade(database)
    with database.read() as connection:
        assert audit(connection, KEY, OTHERS).records["audit"] == 3
        assert audit(connection, KEY, OTHERS).ok
        found = records.changes(connection)
        assert records.key(connection, "ten_1", "k").role is Role.ADMIN
    assert [each.after for each in found] == [{"key_id": "3"}, {"key_id": "2"}, {"key_id": "1"}]
    assert {each.actor for each in found} == {"k"}
    database.close()
