"""The ledger's tables: three chains of records, and the few rows that change beside them.

Usage, charges and entries are chains: each row holds the exact text that was hashed (`body`),
its link, and columns for queries that repeat parts of the body. `ledger_chain` keeps the head
of each. Triggers forbid changing or deleting what was appended.
"""

from sqlalchemy import (
    DDL,
    BigInteger,
    Column,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    event,
)
from sqlalchemy.schema import SchemaItem

from zhisuan.store.database import METADATA


def _chain(name: str, *columns: SchemaItem) -> Table:
    return Table(
        name,
        METADATA,
        Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
        *columns,
        Column("body", Text, nullable=False),
        Column("hash", String(64), nullable=False),
    )


USAGE = _chain(
    "ledger_usage",
    Column("job_id", String(40), nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("tenant", String(40), nullable=False),
    Column("started_at", String(27), nullable=False, index=True),
    UniqueConstraint("job_id", "attempt"),
)

CHARGE = _chain(
    "ledger_charge",
    Column("job_id", String(40), nullable=False, unique=True),
    Column("tenant", String(40), nullable=False, index=True),
    Column("amount", BigInteger, nullable=False),
    Column("settled_at", String(27), nullable=False),
)

ENTRY = _chain(
    "ledger_entry",
    Column("transaction_seq", BigInteger, nullable=False),
    Column("account", String(80), nullable=False, index=True),
    Column("amount", BigInteger, nullable=False),
    Column("job_id", String(40), index=True),
)

CHAINS = {"usage": USAGE, "charge": CHARGE, "entry": ENTRY}

HEAD = Table(
    "ledger_chain",
    METADATA,
    Column("name", String(16), primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("hash", String(64), nullable=False),
)

CHECKPOINT = Table(
    "ledger_checkpoint",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("body", Text, nullable=False),
    Column("signature", String(64), nullable=False),
)

ACCOUNT = Table(
    "ledger_account",
    METADATA,
    Column("account", String(80), primary_key=True),
    Column("balance", BigInteger, nullable=False),
    Column("floor", BigInteger),
)

QUOTE = Table(
    "ledger_quote",
    METADATA,
    Column("quote_id", String(40), primary_key=True),
    Column("tenant", String(40), nullable=False, index=True),
    Column("created_at", String(27), nullable=False),
    Column("expires_at", String(27), nullable=False),
    Column("quote", Text, nullable=False),
    Column("subject", Text, nullable=False),
)

HOLD = Table(
    "ledger_hold",
    METADATA,
    Column("job_id", String(40), primary_key=True),
    Column("tenant", String(40), nullable=False, index=True),
    Column("project", String(40)),
    Column("quote_id", String(40), nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("tariff_version", Integer, nullable=False),
    Column("price_class", String(16), nullable=False),
    Column("at", String(27), nullable=False),
    Column("closed_at", String(27)),
)

TARIFF = Table(
    "ledger_tariff",
    METADATA,
    Column("version", Integer, primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("text", Text, nullable=False),
)

_APPEND_ONLY = (USAGE, CHARGE, ENTRY, CHECKPOINT, TARIFF)

# One statement each, for the migration that makes the tables on SQLite.
APPEND_ONLY_TRIGGERS = tuple(
    f"CREATE TRIGGER {table.name}_no_{verb.lower()} BEFORE {verb} ON {table.name} "
    f"BEGIN SELECT RAISE(ABORT, '{table.name} is append-only'); END"
    for table in _APPEND_ONLY
    for verb in ("UPDATE", "DELETE")
)


def _guard(table: Table) -> None:
    for statement in APPEND_ONLY_TRIGGERS:
        if f" ON {table.name} " in statement:
            event.listen(table, "after_create", DDL(statement).execute_if(dialect="sqlite"))


for _table in _APPEND_ONLY:
    _guard(_table)
