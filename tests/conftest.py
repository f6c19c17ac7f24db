"""Both databases: what a test of the store, the ledger or the doors is told about each of them."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest


@dataclass(frozen=True)
class PostgresServer:
    """A PostgreSQL server of the tests alone, reached through a socket in its own folder."""

    folder: Path
    numbers: count

    def url(self, database):
        return f"postgresql://postgres@/{database}?host={self.folder}"

    def fresh(self, template="template1"):
        """The URL of a new, empty database."""
        name = f"centre_{next(self.numbers)}"
        self.run(f'CREATE DATABASE {name} TEMPLATE "{template}"')
        return self.url(name)

    def run(self, statement):
        import psycopg  # noqa: PLC0415  only where there is a server

        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)


def _programs():
    """The folder of the server's programs, None if they are not installed."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return folders[-1].parent if folders else None


@pytest.fixture(scope="session")
def postgres():
    """A server that ends with the session; tests are skipped where it is not installed."""
    programs = _programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    # Not among pytest's own folders, which another session may tidy away, and short enough for
    # the name of a socket.
    folder = Path(tempfile.mkdtemp(prefix="zhisuan-pg-"))
    user = _unprivileged()
    if user is not None:
        os.chown(folder, user.pw_uid, user.pw_gid)
    options = {} if user is None else {"user": user.pw_uid, "group": user.pw_gid}
    data = folder / "data"
    subprocess.run(
        [programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "-N"],
        check=True,
        stdout=subprocess.DEVNULL,
        cwd=folder,
        **options,
    )
    log = folder / "server.log"
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": folder,
        "fsync": "off",
        "max_connections": 300,
    }
    said = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    with log.open("wb") as file:
        server = subprocess.Popen(
            [programs / "postgres", "-D", data, *said],
            stdout=file,
            stderr=file,
            cwd=folder,
            **options,
        )
    try:
        _until_it_answers(server, folder, log)
        yield PostgresServer(folder, count())
    finally:
        server.send_signal(signal.SIGINT)  # its fast shutdown: whoever is still there is cut off
        server.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


def _unprivileged():
    """Whom the server runs as where the tests run as root, which it refuses."""
    if os.getuid() != 0:
        return None
    names = {user.pw_name: user for user in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]


def _until_it_answers(server, folder, log):
    import psycopg  # noqa: PLC0415  only where there is a server

    deadline = time.monotonic() + 60
    while True:
        try:
            psycopg.connect(PostgresServer(folder, count()).url("postgres")).close()
        except psycopg.OperationalError:
            assert server.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)
        else:
            return


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request, tmp_path):
    """Where a fresh, empty database is: a file, or the URL of one on a PostgreSQL server."""
    if request.param == "sqlite":
        return tmp_path / "centre.db"
    return request.getfixturevalue("postgres").fresh()


@pytest.fixture(scope="session")
def template(postgres):
    """A database with every table declared, of which each test gets a copy."""
    import zhisuan.app  # noqa: F401, PLC0415  every capability declares its tables
    from zhisuan.store.database import METADATA, Database  # noqa: PLC0415

    postgres.run("CREATE DATABASE with_tables")
    database = Database(postgres.url("with_tables"))
    with database.write() as connection:
        METADATA.create_all(connection)
    database.close()
    return "with_tables"


@pytest.fixture(params=["sqlite", "postgresql"])
def tables(request, tmp_path):
    """As `place`, with every table in it on PostgreSQL, where making them takes long."""
    if request.param == "sqlite":
        return tmp_path / "centre.db"
    return request.getfixturevalue("postgres").fresh(request.getfixturevalue("template"))
