"""Tariffs that were published."""

from sqlalchemy import Connection, func, insert, select

from zhisuan.ledger.tables import TARIFF

_LATEST_TARIFF = select(func.max(TARIFF.c.version))


def add_tariff(connection: Connection, version: int, digest: str, text: str) -> None:
    """Keep a tariff's text."""
    connection.execute(insert(TARIFF), {"version": version, "digest": digest, "text": text})


def latest_tariff(connection: Connection) -> int:
    """The highest version kept, 0 when there is none."""
    return connection.execute(_LATEST_TARIFF).scalar() or 0


def tariffs(connection: Connection) -> dict[int, tuple[str, str]]:
    """Digest and text of every tariff kept, by version."""
    return {row.version: (row.digest, row.text) for row in connection.execute(select(TARIFF))}
