"""The schema: the revisions make just what the tables declare, and only move forward."""

import sqlite3

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

import zhisuan.app  # noqa: F401  every capability declares its tables
from zhisuan.core.errors import Conflict
from zhisuan.ledger.tables import APPEND_ONLY_TRIGGERS
from zhisuan.store.database import METADATA, Database
from zhisuan.store.schema import HEAD, MIGRATIONS, upgrade


@pytest.fixture
def database(tmp_path):
    opened = Database(tmp_path / "centre.db")
    yield opened
    opened.close()


def test_the_revisions_make_just_what_the_tables_declare(database):
    upgrade(database)
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []
        triggers = connection.exec_driver_sql(
            "SELECT count(*) FROM sqlite_master WHERE type = 'trigger'"
        ).scalar()
    assert triggers == len(APPEND_ONLY_TRIGGERS)


def test_the_head_is_the_newest_revision():
    newest = max(path.name.split("_")[0] for path in (MIGRATIONS / "versions").glob("0*.py"))
    assert newest == HEAD


def test_upgrading_twice_changes_nothing(database):
    upgrade(database)
    with database.read() as connection:
        before = connection.exec_driver_sql("SELECT sql FROM sqlite_master").fetchall()
    upgrade(database)
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT sql FROM sqlite_master").fetchall() == before


def test_a_newer_database_is_left_alone(database):
    upgrade(database)
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(Conflict, match="newer version"):
        upgrade(database)


def test_ids_of_deleted_rows_are_never_given_again(database):
    upgrade(database)
    with sqlite3.connect(database.path) as raw:
        made = raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'").fetchall()
    numbered = {name for name, sql in made if sql and "AUTOINCREMENT" in sql}
    assert {"job", "event", "audit"} <= numbered
