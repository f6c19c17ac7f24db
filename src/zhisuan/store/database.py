"""One database, two kinds of transaction: `read()` and `write()`.

Every capability keeps its SQL in its own `records.py`, takes a `Connection` as first argument
and declares its tables on `METADATA`; a use case opens the transaction and so decides what
belongs together. Transactions are short: no network, no sleeping, no computing inside.

SQLite runs in WAL mode with `synchronous=FULL`, so that a committed write survives a killed
process and a lost power supply; readers never wait for the writer.
"""

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from sqlalchemy import Connection, MetaData, create_engine, event
from sqlalchemy.engine import URL, Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from zhisuan.core.errors import CentreError, DataFolderReadOnly, DiskFull, Unavailable

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_BUSY_TIMEOUT_MS = 30_000


class Database:
    """The centre's database.

    Args:
        path: the SQLite file; its folder must exist.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        url = URL.create("sqlite+pysqlite", database=str(path))
        self._engine: Engine = create_engine(
            url,
            poolclass=QueuePool,
            pool_size=16,
            max_overflow=48,
            connect_args={"check_same_thread": False, "timeout": _BUSY_TIMEOUT_MS / 1000},
        )
        # One writer at a time inside the process: threads queue here instead of in SQLite's
        # busy handler, which sleeps in steps and is unfair.
        self._writing = Lock()
        event.listen(self._engine, "connect", _prepare)

    @contextmanager
    def read(self) -> Generator[Connection]:
        """A consistent view; nothing written through it is kept."""
        with _translated(), self._engine.connect() as connection:
            connection.exec_driver_sql("BEGIN")
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
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.commit()
            except BaseException:
                connection.rollback()
                raise

    def copy_to(self, path: Path) -> None:
        """Write a whole, consistent copy of the database into a new file."""
        path.unlink(missing_ok=True)
        with _translated(), self._engine.connect() as connection:
            connection.exec_driver_sql("VACUUM INTO ?", (str(path),))

    def close(self) -> None:
        """Give back every connection."""
        self._engine.dispose()


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
    text = str(error.orig)
    if "full" in text:
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
