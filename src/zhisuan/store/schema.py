"""The schema."""

from zhisuan.store.database import METADATA, Database


def upgrade(database: Database) -> None:
    """Bring the schema to this version's."""
    with database.write() as connection:
        METADATA.create_all(connection)
