"""The schema of the database, brought forward by Alembic's revisions in `migrations/`.

Revisions only move forward. A database that is newer than this program is left alone and said
so; one that is older is copied beside itself before the first revision touches it, if it is a
file. All revisions are one transaction: when one fails, the database is what it was.
"""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from zhisuan.core.errors import Conflict, DataFolderReadOnly, DiskFull, Unavailable
from zhisuan.store.chains import guard_all
from zhisuan.store.database import Database

HEAD = "0007"
"""The revision this program works with."""

MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(database: Database, to: str = HEAD) -> None:
    """Bring the schema to `HEAD`; nothing is done, or loaded, where it is there already.

    Args:
        database: which.
        to: an earlier revision, for an empty database that is to be filled with rows of then.

    Raises:
        Conflict: the database was written by a newer version of the program.
        Unavailable: a revision failed; the database is what it was.
    """
    with database.read() as connection:
        found = revision(connection)
    if found == to:
        return
    if found is not None:
        if found > HEAD:
            raise Conflict(
                f"The data folder was written by a newer version (schema {found}, here {HEAD}).",
                hint="Use the newer version, or another data folder.",
            )
        if database.path is not None:
            database.copy_to(database.path.with_suffix(f".before-{HEAD}.db"))
    # Imported here: Alembic is needed only when there is something to do.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    try:
        with database.write() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, to)
            if to == HEAD and connection.dialect.name == "postgresql":
                guard_all(connection)
    except (DiskFull, DataFolderReadOnly):
        raise
    except Exception as error:
        said = " ".join(str(getattr(error, "orig", None) or error).split())
        raise Unavailable(
            f"The data could not be brought from schema {found} to {to}: {said}.",
            hint="Nothing was changed; go on with the version that wrote it, and report this.",
        ) from error


def revision(connection: Connection) -> str | None:
    """The schema's revision; None for an empty database."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
