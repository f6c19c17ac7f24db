"""Tables as text and back: one JSON row a line, the same for either database.

What a database keeps beside its rows, the next number of a table that numbers them, goes along, so
that a number that was given once is never given again.
"""

import base64
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, cast

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    MetaData,
    String,
    Table,
    insert,
    inspect,
    select,
    text,
)

_MANY = 500
_BYTES = "base64"


def rows(connection: Connection, table: Table) -> Iterator[bytes]:
    """Every row as a line of JSON, in the order of its primary key."""
    query = select(table).order_by(*map(_in_bytes(connection), table.primary_key.columns))
    for row in connection.execution_options(stream_results=True).execute(query).mappings():
        values = {name: _told(value) for name, value in row.items()}
        yield json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _in_bytes(connection: Connection) -> Callable[[Column[Any]], ColumnElement[Any]]:
    """What orders a column the same on either database: text by its bytes."""
    if connection.dialect.name == "sqlite":
        return lambda column: column
    return lambda column: column.collate("C") if isinstance(column.type, String) else column


def fill(connection: Connection, table: Table, lines: Iterable[bytes]) -> int:
    """Insert rows written by `rows`; how many there were."""
    count = 0
    batch: list[dict[str, Any]] = []
    for line in lines:
        batch.append({name: _read(value) for name, value in json.loads(line).items()})
        count += 1
        if len(batch) == _MANY:
            connection.execute(insert(table), batch)
            batch = []
    if batch:
        connection.execute(insert(table), batch)
    return count


def reflected(connection: Connection) -> MetaData:
    """The tables as the database has them, whatever its revision."""
    found = MetaData()
    found.reflect(connection)
    return found


def numbers(connection: Connection, metadata: MetaData) -> Mapping[str, int]:
    """The last number given, of every table that numbers its rows."""
    if connection.dialect.name == "sqlite":
        if not inspect(connection).has_table("sqlite_sequence"):
            return {}
        found = connection.execute(text("SELECT name, seq FROM sqlite_sequence"))
        return {row.name: row.seq for row in found}
    given: dict[str, int] = {}
    for table, sequence in _sequences(connection, metadata):
        row = connection.execute(text(f"SELECT last_value, is_called FROM {sequence}")).one()  # noqa: S608  a name of our own schema
        given[table] = row.last_value if row.is_called else 0
    return given


def go_on_from(connection: Connection, metadata: MetaData, given: Mapping[str, int]) -> None:
    """Let tables number their next rows after what was given before."""
    if connection.dialect.name == "sqlite":
        if not inspect(connection).has_table("sqlite_sequence"):
            return
        for name, last in given.items():
            connection.execute(
                text("DELETE FROM sqlite_sequence WHERE name = :name"), {"name": name}
            )
            connection.execute(
                text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :last)"),
                {"name": name, "last": last},
            )
        return
    for table, sequence in _sequences(connection, metadata):
        (column,) = metadata.tables[table].primary_key.columns
        held = connection.execute(select(column).order_by(column.desc()).limit(1)).scalar() or 0
        last = max(held, given.get(table, 0))
        if last:
            connection.execute(
                text("SELECT setval(:name, :last)"), {"name": sequence, "last": last}
            )


def _sequences(connection: Connection, metadata: MetaData) -> Iterator[tuple[str, str]]:
    """Tables of PostgreSQL that number their rows, and what gives the numbers."""
    for table in metadata.sorted_tables:
        for column in table.primary_key.columns:
            name = connection.execute(
                text("SELECT pg_get_serial_sequence(:table, :column)"),
                {"table": table.name, "column": column.name},
            ).scalar()
            if name is not None:
                yield table.name, str(name)


def _told(value: Any) -> Any:  # noqa: ANN401  whatever a column holds
    if isinstance(value, bytes):
        return {_BYTES: base64.b64encode(value).decode()}
    return value


def _read(value: Any) -> Any:  # noqa: ANN401  whatever a column holds
    if isinstance(value, dict):
        return base64.b64decode(cast("dict[str, str]", value)[_BYTES])
    return value
