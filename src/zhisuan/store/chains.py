"""Chained tables: rows that are only ever appended, each linked to the one before it.

A chained table keeps for each row the exact text that was hashed (`body`), its link (`hash`),
its place (`seq`, from 1 without gaps) and columns for queries that repeat parts of the text. One
table, `ledger_chain`, keeps the head of every chain. Whoever appends locks all the heads first,
in the order of their names, so that one transaction at a time writes to any chain and no two can
wait for each other.
"""

from collections.abc import Mapping

from sqlalchemy import (
    DDL,
    BigInteger,
    Column,
    Connection,
    Integer,
    String,
    Table,
    Text,
    event,
    insert,
    select,
    update,
)
from sqlalchemy.schema import SchemaItem

from zhisuan.core.chain import GENESIS, canonical, link
from zhisuan.store.database import METADATA

HEAD = Table(
    "ledger_chain",
    METADATA,
    Column("name", String(16), primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("hash", String(64), nullable=False),
)

_GUARDED = "append_only"

_LOCK = select(HEAD).order_by(HEAD.c.name).with_for_update()


def chained(name: str, *columns: SchemaItem) -> Table:
    """A chained table with these columns for queries."""
    return Table(
        name,
        METADATA,
        Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
        *columns,
        Column("body", Text, nullable=False),
        Column("hash", String(64), nullable=False),
    )


_APPEND_ONLY_FUNCTION = (
    "CREATE OR REPLACE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is append-only'; END $$"
)


def append_only_triggers(name: str, dialect: str = "sqlite") -> tuple[str, ...]:
    """The statements that forbid changing or deleting a table's rows."""
    if dialect == "postgresql":
        trigger = (
            f"CREATE OR REPLACE TRIGGER {name}_append_only BEFORE UPDATE OR DELETE ON {name} "
            "FOR EACH ROW EXECUTE FUNCTION append_only()"
        )
        return _APPEND_ONLY_FUNCTION, trigger
    return tuple(
        f"CREATE TRIGGER {name}_no_{verb.lower()} BEFORE {verb} ON {name} "
        f"BEGIN SELECT RAISE(ABORT, '{name} is append-only'); END"
        for verb in ("UPDATE", "DELETE")
    )


def guard(table: Table) -> None:
    """Let a table be appended to alone, where it is made from its declaration."""
    table.info[_GUARDED] = True
    for dialect in ("sqlite", "postgresql"):
        for statement in append_only_triggers(table.name, dialect):
            event.listen(table, "after_create", DDL(statement).execute_if(dialect=dialect))


def guard_all(connection: Connection) -> None:
    """Guard every such table on PostgreSQL, where no revision has done so by itself."""
    for table in METADATA.sorted_tables:
        if table.info.get(_GUARDED):
            for statement in append_only_triggers(table.name, connection.dialect.name):
                connection.exec_driver_sql(statement)


def append(connection: Connection, chain: str, table: Table, record: Mapping[str, object]) -> int:
    """Append one record to a chain and move its head; returns its place.

    Args:
        connection: the transaction it belongs to.
        chain: the name of the head.
        table: where the chain's rows are.
        record: what is hashed, without `seq`; it holds every column of the table by name.
    """
    heads = {row.name: (row.seq, row.hash) for row in connection.execute(_LOCK)}
    last, previous = heads.get(chain, (0, GENESIS))
    body = {"seq": last + 1, **record}
    text = canonical(body)
    columns = {column.name: body[column.name] for column in table.columns if column.name in body}
    linked = link(previous, text)
    connection.execute(insert(table), {**columns, "body": text.decode(), "hash": linked})
    moved = {"seq": last + 1, "hash": linked}
    if chain in heads:
        connection.execute(update(HEAD).where(HEAD.c.name == chain).values(moved))
    else:
        connection.execute(insert(HEAD), {"name": chain, **moved})
    return last + 1


def prepare(connection: Connection, chain: str) -> None:
    """Make the head of a chain where there is none yet."""
    if connection.execute(select(HEAD.c.name).where(HEAD.c.name == chain)).first() is None:
        connection.execute(insert(HEAD), {"name": chain, "seq": 0, "hash": GENESIS})
