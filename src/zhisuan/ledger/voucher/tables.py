"""The tables of vouchers: programmes, vouchers as they stand, and the chain of their moves."""

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text

from zhisuan.store.chains import chained, guard
from zhisuan.store.database import METADATA

CHAIN = "voucher"
"""The chain of moves, among the heads."""

PROGRAMME = Table(
    "voucher_programme",
    METADATA,
    Column("programme_id", String(40), primary_key=True),
    Column("slug", String(40), nullable=False, index=True),
    Column("digest", String(64), nullable=False),
    Column("text", Text, nullable=False),
    Column("budget", BigInteger, nullable=False),
    Column("added_at", String(27), nullable=False),
)

VOUCHER = Table(
    "voucher",
    METADATA,
    Column("voucher_id", String(40), primary_key=True),
    Column("programme_id", String(40), nullable=False, index=True),
    Column("tenant", String(40), nullable=False),
    Column("state", String(24), nullable=False),
    Column("firm", String(40), nullable=False),
    Column("contract", String(64), nullable=False, index=True),
    Column("application", Text, nullable=False),
    Column("papers", Text, nullable=False),
    Column("created_at", String(27), nullable=False),
    Column("changed_at", String(27), nullable=False),
    Column("year", Integer),
    Column("granted", BigInteger, nullable=False),
    Column("given_back", BigInteger, nullable=False),
    Column("redeemed", BigInteger, nullable=False),
    Column("redeem_year", Integer),
    Column("expires_at", String(27)),
    Column("bound_at", String(27)),
    Index("ix_voucher_tenant_state", "tenant", "state"),
    Index("ix_voucher_firm", "firm"),
)

MOVE = chained(
    "voucher_move",
    Column("voucher_id", String(40), nullable=False, index=True),
    Column("move", String(16), nullable=False),
    Column("state", String(24), nullable=False),
    Column("at", String(27), nullable=False),
)

for _table in (PROGRAMME, MOVE):
    guard(_table)
