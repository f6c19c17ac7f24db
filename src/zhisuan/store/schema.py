"""The schema of the database, brought forward by Alembic's revisions in `migrations/`.

Revisions only move forward. A database that is newer than this program is left alone and said
so; one that is older is copied beside itself before the first revision touches it.
"""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from zhisuan.core.errors import Conflict
from zhisuan.store.database import Database

HEAD = "0001"
"""The revision this program works with."""

MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(database: Database) -> None:
    """Bring the schema to `HEAD`; nothing is done, or loaded, where it is there already.

    Raises:
        Conflict: the database was written by a newer version of the program.
    """
    with database.read() as connection:
        found = _revision(connection)
    if found == HEAD:
        return
    if found is not None:
        if found > HEAD:
            raise Conflict(
                f"The data folder was written by a newer version (schema {found}, here {HEAD}).",
                hint="Use the newer version, or another data folder.",
            )
        database.copy_to(database.path.with_suffix(f".before-{HEAD}.db"))
    # Imported here: Alembic is needed only when there is something to do.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
