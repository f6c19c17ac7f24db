"""One database, two kinds of transaction: `read()` and `write()`.

Every capability keeps its SQL in its own `records.py`, takes a `Connection` as first argument
and declares its tables on `METADATA`; a use case opens the transaction and so decides what
belongs together. Transactions are short: no network, no sleeping, no computing inside.

Two sides keep the same promises: a read sees one instant, one write goes on at a time, and what
was committed survives a killed process and a lost power supply. SQLite, a file of the data
folder, does so in WAL mode with `synchronous=FULL`; PostgreSQL with snapshots, an advisory lock
and its own log.
"""

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from sqlalchemy import Connection, MetaData, create_engine, event
from sqlalchemy.engine import URL, Engine, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from zhisuan.core.errors import CentreError, DataFolderReadOnly, DiskFull, Unavailable, WrongInput

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_BUSY_TIMEOUT_MS = 30_000

_WRITERS = 0x7A68_6973_7561_6E00
"""The advisory lock of whoever writes: "zhisuan" in ASCII."""

_BEGIN = {
    "sqlite": ("BEGIN", "BEGIN IMMEDIATE"),
    "postgresql": (
        "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY",
        f"SELECT pg_advisory_xact_lock({_WRITERS})",
    ),
}
"""By dialect, what opens a read and a write; PostgreSQL's driver has said BEGIN before."""

_POOL = {"poolclass": QueuePool, "pool_size": 16, "max_overflow": 48}


class Database:
    """The centre's database.

    Args:
        place: the SQLite file, whose folder must exist; or the URL of a PostgreSQL database,
            such as `postgresql://centre:secret@db.example/centre`.

    Attributes:
        path: the file; None for PostgreSQL.

    Raises:
        WrongInput: the URL is not one of PostgreSQL.
    """

    def __init__(self, place: Path | str) -> None:
        self.path = place if isinstance(place, Path) else None
        self._engine = _sqlite(place) if isinstance(place, Path) else _postgresql(place)
        self._begin_read, self._begin_write = _BEGIN[self._engine.dialect.name]
        # One writer at a time inside the process: threads queue here instead of in SQLite's
        # busy handler, which sleeps in steps and is unfair.
        self._writing = Lock()

    @contextmanager
    def read(self) -> Generator[Connection]:
        """A consistent view; nothing written through it is kept."""
        with _translated(), self._engine.connect() as connection:
            connection.exec_driver_sql(self._begin_read)
            try:
                yield connection
            finally:
                connection.rollback()

    @contextmanager
    def write(self) -> Generator[Connection]:
        """All of the block or, if it raises, nothing of it.

        Raises:
            DiskFull, DataFolderReadOnly, Unavailable: the database cannot be written.
        """
        with _translated(), self._writing, self._engine.connect() as connection:
            connection.exec_driver_sql(self._begin_write)
            try:
                yield connection
                connection.commit()
            except BaseException:
                connection.rollback()
                raise

    def copy_to(self, path: Path) -> None:
        """Write a whole, consistent copy of an SQLite database into a new file."""
        path.unlink(missing_ok=True)
        with _translated(), self._engine.connect() as connection:
            connection.exec_driver_sql("VACUUM INTO ?", (str(path),))

    def close(self) -> None:
        """Give back every connection."""
        self._engine.dispose()


def _sqlite(path: Path) -> Engine:
    engine = create_engine(
        URL.create("sqlite+pysqlite", database=str(path)),
        connect_args={"check_same_thread": False, "timeout": _BUSY_TIMEOUT_MS / 1000},
        **_POOL,
    )
    event.listen(engine, "connect", _prepare)
    return engine


def _postgresql(address: str) -> Engine:
    try:
        url = make_url(address)
        if url.get_backend_name() != "postgresql":
            raise WrongInput(
                "The setting `database` is not the URL of a PostgreSQL database.",
                hint="Write it as postgresql://user:password@host/database.",
            )
        return create_engine(url.set(drivername="postgresql+psycopg"), pool_pre_ping=True, **_POOL)
    except (ArgumentError, NoSuchModuleError) as error:
        raise WrongInput(
            "The setting `database` is no URL.",
            hint="Write it as postgresql://user:password@host/database.",
        ) from error
    except ModuleNotFoundError as error:
        raise WrongInput(
            "A PostgreSQL database needs the package psycopg, which is not installed.",
            hint="Install it beside the centre: pip install 'psycopg[binary]'.",
        ) from error


def _prepare(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    # Autocommit at the driver, so that BEGIN is ours (SQLAlchemy's advice for pysqlite).
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "cache_size=-2000",
        f"busy_timeout={_BUSY_TIMEOUT_MS}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@contextmanager
def _translated() -> Generator[None]:
    try:
        yield
    except OperationalError as error:
        raise _as_centre_error(error) from error


def _as_centre_error(error: OperationalError) -> CentreError:
    text = " ".join(str(error.orig).split())
    if "full" in text or "No space left" in text:
        return DiskFull(
            "There is no room left for the centre's database.",
            hint="Free some space on the disk of the data folder, then try again.",
        )
    if "readonly" in text or "unable to open" in text:
        return DataFolderReadOnly(
            "The centre's database cannot be written.",
            hint="Check who owns the data folder and whether its disk is mounted read-only.",
        )
    return Unavailable(
        f"The centre's database does not answer: {text}.", hint="Try again in a moment."
    )
