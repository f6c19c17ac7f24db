"""The schema: the revisions make just what the tables declare, and only move forward."""

import shutil
import sqlite3
from contextlib import closing

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import inspect

import zhisuan.app  # noqa: F401  every capability declares its tables
from zhisuan.compute import records as jobs
from zhisuan.compute.job import JobState, Times
from zhisuan.core.errors import Conflict, Unavailable
from zhisuan.store import schema
from zhisuan.store.database import METADATA, Database
from zhisuan.store.schema import HEAD, MIGRATIONS, revision, upgrade


@pytest.fixture
def database(tmp_path):
    opened = Database(tmp_path / "centre.db")
    yield opened
    opened.close()


def test_the_revisions_make_just_what_the_tables_declare(place):
    with closing(Database(place)) as database:
        upgrade(database)
        with database.read() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            assert compare_metadata(context, METADATA) == []


def test_the_revisions_guard_just_what_the_tables_declare(place):
    """What is appended to is neither changed nor deleted, however its table was made."""
    guarded = {table.name for table in METADATA.sorted_tables if table.info.get("append_only")}
    assert guarded
    with closing(Database(place)) as database:
        upgrade(database)
        with database.read() as connection:
            query = {
                "sqlite": "SELECT DISTINCT tbl_name FROM sqlite_master WHERE type = 'trigger'",
                "postgresql": "SELECT DISTINCT event_object_table FROM information_schema.triggers",
            }[connection.dialect.name]
            assert set(connection.exec_driver_sql(query).scalars()) == guarded


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
    assert {"job", "event"} <= numbered


def at_revision(database, revision):
    """Bring an empty database to an earlier schema."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


FIRST_JOB = {
    "tenant": "ten_1",
    "tariff_version": 1,
    "algorithm": "probe",
    "version": "1.0.0",
    "parameters": "{}",
    "inputs": "{}",
    "time_limit_s": 60.0,
    "isolated": 0,
    "request": '{"cpu_milli": 100, "memory_mb": 64, "any_of": [], "nodes": 1}',
    "price_class": "standard",
    "priority": 10,
    "message": "",
    "allocations": "[]",
    "submitted_at": "2026-01-02T03:04:05.000006Z",
    "story": '["2026-01-02T03:04:06.000006Z placed"]',
}
"""A row as the first schema has it."""


def test_jobs_of_the_first_schema_are_taken_along(database):
    at_revision(database, "0001")
    rows = [("job_1", "queued", 2), ("job_2", "running", 2), ("job_3", "queued", 0)]
    with database.write() as connection:
        for job_id, state, attempt in rows:
            row = FIRST_JOB | {"job_id": job_id, "state": state, "attempt": attempt}
            names = ", ".join(row)
            places = ", ".join(f":{name}" for name in row)
            connection.exec_driver_sql(f"INSERT INTO job ({names}) VALUES ({places})", row)
    upgrade(database)
    with database.read() as connection:
        found = jobs.live_since(connection, 0)
    assert [(job.job_id, job.state, job.attempt, job.lost) for job in found] == [
        ("job_1", JobState.QUEUED, 2, 2),
        ("job_2", JobState.RUNNING, 2, 1),
        ("job_3", JobState.QUEUED, 0, 0),
    ]
    assert all(job.times == Times() and job.leave_for is None for job in found)
    assert database.path.with_suffix(f".before-{HEAD}.db").exists()


EARLIER = sorted(path.name.split("_")[0] for path in (MIGRATIONS / "versions").glob("0*.py"))[:-1]


@pytest.mark.parametrize("earlier", EARLIER)
def test_every_earlier_schema_is_brought_forward(place, earlier):
    with closing(Database(place)) as database:
        upgrade(database, earlier)
        with database.read() as connection:
            assert revision(connection) == earlier
        upgrade(database)
        with database.read() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            assert compare_metadata(context, METADATA) == []


def test_a_revision_that_fails_leaves_the_database_as_it_was(place, tmp_path, monkeypatch):
    broken = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, broken)
    (broken / "versions" / "9999_broken.py").write_text(
        "import sqlalchemy as sa\nfrom alembic import op\n"
        f'revision = "9999"\ndown_revision = "{HEAD}"\n\n\n'
        "def upgrade() -> None:\n"
        '    op.create_table("half", sa.Column("a", sa.Integer()))\n'
        '    op.execute("DELETE FROM job")\n'
        '    op.execute("THIS IS NO SQL")\n'
    )
    with closing(Database(place)) as database:
        upgrade(database)
        monkeypatch.setattr(schema, "MIGRATIONS", broken)
        monkeypatch.setattr(schema, "HEAD", "9999")
        with pytest.raises(Unavailable, match=f"from schema {HEAD} to 9999"):
            upgrade(database, "9999")
        with database.read() as connection:
            assert revision(connection) == HEAD
            assert not inspect(connection).has_table("half")
