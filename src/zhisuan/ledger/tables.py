"""The ledger's tables: three chains of records, and the few rows that change beside them.

Usage, charges and entries are chains: each row holds the exact text that was hashed (`body`),
its link, and columns for queries that repeat parts of the body. `ledger_chain` keeps the head
of each. Triggers forbid changing or deleting what was appended.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from zhisuan.store.chains import HEAD, append_only_triggers, chained, guard
from zhisuan.store.database import METADATA

__all__ = [
    "ACCOUNT",
    "APPEND_ONLY_TRIGGERS",
    "CHAINS",
    "CHARGE",
    "CHECKPOINT",
    "ENTRY",
    "HEAD",
    "HOLD",
    "INVOICE",
    "MONTH",
    "QUOTE",
    "TARIFF",
    "USAGE",
]


USAGE = chained(
    "ledger_usage",
    Column("job_id", String(40), nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("tenant", String(40), nullable=False),
    Column("started_at", String(27), nullable=False, index=True),
    UniqueConstraint("job_id", "attempt"),
)

CHARGE = chained(
    "ledger_charge",
    Column("job_id", String(40), nullable=False, unique=True),
    Column("tenant", String(40), nullable=False, index=True),
    Column("amount", BigInteger, nullable=False),
    Column("settled_at", String(27), nullable=False),
)

ENTRY = chained(
    "ledger_entry",
    Column("transaction_seq", BigInteger, nullable=False),
    Column("account", String(80), nullable=False, index=True),
    Column("amount", BigInteger, nullable=False),
    Column("job_id", String(40), index=True),
)

CHAINS = {"usage": USAGE, "charge": CHARGE, "entry": ENTRY}

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
    Column("category", String(16), nullable=False, server_default="external"),
    Column("shadow", BigInteger, nullable=False, server_default="0"),
)

MONTH = Table(
    "ledger_month",
    METADATA,
    Column("tenant", String(40), primary_key=True),
    Column("month", String(7), primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("quantity", Text, nullable=False),
)

INVOICE = Table(
    "ledger_invoice",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("tenant", String(40), nullable=False),
    Column("month", String(7), nullable=False),
    Column("made_at", String(27), nullable=False),
    Column("total", BigInteger, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("body", Text, nullable=False),
    UniqueConstraint("tenant", "month"),
)

TARIFF = Table(
    "ledger_tariff",
    METADATA,
    Column("version", Integer, primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("text", Text, nullable=False),
)

_APPEND_ONLY = (USAGE, CHARGE, ENTRY, CHECKPOINT, TARIFF, INVOICE)

# One statement each, for the migration that makes the tables on SQLite.
APPEND_ONLY_TRIGGERS = tuple(
    statement for table in _APPEND_ONLY for statement in append_only_triggers(table.name)
)

for _table in _APPEND_ONLY:
    guard(_table)
