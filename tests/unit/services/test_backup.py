"""Backup and restore of a data folder: what goes along, what is refused, what is left behind."""

import os
import secrets
import tarfile
import tomllib
from contextlib import closing
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

import zhisuan.app  # noqa: F401  every capability declares its tables
from zhisuan.access import records as access
from zhisuan.access.tenant import Caller, Role
from zhisuan.core.clock import WallClock
from zhisuan.core.errors import TamperFound
from zhisuan.ledger.book import Ledger
from zhisuan.ledger.tariff import TariffBook, default_tariff
from zhisuan.services import backup
from zhisuan.services.backup import restore, write_backup
from zhisuan.store import dump
from zhisuan.store.archive import digest_of
from zhisuan.store.database import Database
from zhisuan.store.objects import ObjectStore
from zhisuan.store.schema import HEAD, MIGRATIONS, revision, upgrade

NOW = datetime(2027, 1, 2, 3, 4, 5, 6, UTC)
EARLIER = sorted(path.name.split("_")[0] for path in (MIGRATIONS / "versions").glob("0*.py"))[:-1]
REST = {"at": "2026-01-02T03:04:05.000006Z", "tenant": "ten_1"}
ROWS = {
    "event": {**REST, "kind": "job.queued", "subject": "job_1", "facts": '{"name":"砖"}'},
    "idempotency": {
        "tenant": "ten_1",
        "key": "k",
        "request_hash": "0" * 64,
        "status": 201,
        "body": bytes(range(256)),
        "created_at": REST["at"],
    },
    "audit": {**REST, "key_id": "k", "action": "a", "subject": "s", "facts": "{}"},
}
"""Rows that every schema has, and what was noted before changes were a chain."""


@pytest.fixture
def folder(tmp_path):
    """A data folder with its keys and nothing else."""
    place = tmp_path / "data"
    (place / "keys").mkdir(parents=True)
    (place / "keys" / "ledger").write_text(secrets.token_hex(32))
    return place


@pytest.fixture
def centre(folder):
    """A centre with a tenant and one change in its audit."""
    with closing(Database(folder / "centre.db")) as database:
        upgrade(database)
        with database.write() as connection:
            Ledger(TariffBook([default_tariff()]), WallClock()).prepare(connection)
            access.prepare(connection)
            tenant = access.add_tenant(connection, "砖厂", NOW)
            who = Caller(tenant.tenant_id, Role.ADMIN, "key")
            access.audit(connection, who, "tenant.register", tenant.tenant_id, {}, NOW)
        objects = ObjectStore(folder / "objects")
        yield SimpleNamespace(folder=folder, database=database, objects=objects)


def taken(folder, database):
    path = folder.with_name("centre.tar")
    with path.open("wb") as file:
        write_backup(folder, database, file, NOW)
    return path


def digests(database):
    with database.read() as connection:
        found = dump.reflected(connection).sorted_tables
        return {table.name: digest_of(dump.rows(connection, table)) for table in found}


def test_tables_go_from_one_database_to_the_other_and_back_with_equal_hashes(
    centre, tmp_path, postgres
):
    address = postgres.fresh()
    restore(taken(centre.folder, centre.database), tmp_path / "there", address)
    with closing(Database(address)) as there:
        assert digests(there) == digests(centre.database)
        restore(taken(tmp_path / "there", there), tmp_path / "back")
    with closing(Database(tmp_path / "back" / "centre.db")) as back:
        assert digests(back) == digests(centre.database)


def test_a_restored_centre_opens_its_own_database_and_never_that_of_the_old_one(
    centre, tmp_path, postgres
):
    settings = 'port = 9000\ndatabase = "postgresql://centre@old/centre"\nregion = "CN-ZJ"\n'
    (centre.folder / "centre.toml").write_text(settings)
    file, address = taken(centre.folder, centre.database), postgres.fresh()
    restore(file, tmp_path / "file")
    restore(file, tmp_path / "url", address)
    rest = {"port": 9000, "region": "CN-ZJ"}
    assert tomllib.loads((tmp_path / "file" / "centre.toml").read_text()) == rest
    told = tomllib.loads((tmp_path / "url" / "centre.toml").read_text())
    assert told == {**rest, "database": address}


def test_an_object_that_a_row_names_is_in_the_backup_however_late_both_came(centre, monkeypatch):
    link = backup._link_objects
    came = []

    def late(*arguments):
        link(*arguments)
        came.append(centre.objects.put([b"late"]))
        # While objects are linked nobody writes, so no row of the backup can name this one.
        with pytest.raises(TimeoutError), write_at_once(centre.database) as connection:
            access.add_tenant(connection, came[0], NOW)

    monkeypatch.setattr(backup, "_link_objects", late)
    with tarfile.open(taken(centre.folder, centre.database)) as tar:
        assert f"objects/{came[0]}" not in tar.getnames()
        assert came[0] not in tar.extractfile("tables/tenant.jsonl").read().decode()


def write_at_once(database):
    """As `database.write()`, for who does not wait."""
    if not database._writing.acquire(timeout=0):
        raise TimeoutError
    database._writing.release()
    return database.write()


def test_an_object_whose_bytes_changed_on_the_disk_is_named(centre):
    digest = centre.objects.put([b"hello"])
    place = centre.objects.path(digest)
    place.chmod(0o600)
    place.write_bytes(b"hellp")
    with pytest.raises(TamperFound, match=digest):
        taken(centre.folder, centre.database)


def test_a_killed_backup_leaves_nothing_that_the_next_start_does_not_remove(centre):
    digest = centre.objects.put([b"to be forgotten"])
    process = os.fork()
    if process == 0:
        write_backup(centre.folder, centre.database, Dying(), NOW)
    assert os.waitpid(process, 0)[1] != 0
    assert list(centre.folder.rglob(f"object-{digest}"))
    centre.objects.sweep()
    assert not list(centre.folder.rglob(f"object-{digest}"))


class Dying:
    """A file at whose first byte the process dies."""

    def write(self, _block):
        os._exit(9)


def test_a_folder_that_happens_to_have_a_like_name_is_left_alone(centre, tmp_path):
    other = tmp_path / "new.restoring"
    other.mkdir()
    (other / "mine").write_text("precious")
    restore(taken(centre.folder, centre.database), tmp_path / "new")
    assert (other / "mine").read_text() == "precious"
    assert {path.name for path in tmp_path.iterdir()} == {
        "data",
        "centre.tar",
        "new",
        "new.restoring",
    }


@pytest.mark.parametrize("earlier", EARLIER)
def test_a_backup_of_an_earlier_schema_is_brought_forward_with_its_rows(folder, tmp_path, earlier):
    (folder / "objects").mkdir()
    with closing(Database(folder / "centre.db")) as database:
        upgrade(database, earlier)
        with database.write() as connection:
            tables = dump.reflected(connection).tables
            chained = "hash" in tables["audit"].columns
            for name, row in ROWS.items():
                if name != "audit" or not chained:
                    connection.execute(tables[name].insert(), row)
            connection.execute(tables["event"].insert(), ROWS["event"])
            connection.execute(tables["event"].delete().where(tables["event"].c.seq == 2))
        file = taken(folder, database)
    restored = restore(file, tmp_path / "new")
    assert restored.ledger.records["audit"] == (0 if chained else 1)
    assert not list((tmp_path / "new").glob("centre.before-*"))
    with closing(Database(tmp_path / "new" / "centre.db")) as database:
        with database.write() as connection:
            assert revision(connection) == HEAD
            tables = dump.reflected(connection).tables
            body = connection.execute(tables["idempotency"].select()).one().body
            made = connection.execute(tables["event"].insert(), ROWS["event"])
        assert body == ROWS["idempotency"]["body"]
        assert made.inserted_primary_key == (3,), "a number given once is never given again"
