"""The chains: heads that are locked, records that are linked to them, and the walk along them.

Whoever appends locks the heads first, so one transaction at a time writes the ledger, and a batch
of any size costs the same few statements.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, RowMapping, Table, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError, OperationalError

from zhisuan.core.chain import GENESIS, canonical, link
from zhisuan.core.errors import Conflict
from zhisuan.ledger.records.accounts import add_accounts
from zhisuan.ledger.tables import CHAINS, CHECKPOINT, HEAD

_PAGE = 5_000
_COLUMNS = {
    name: [column.name for column in table.columns if column.name not in ("body", "hash")]
    for name, table in CHAINS.items()
}
_LOCK = select(HEAD).order_by(HEAD.c.name).with_for_update()
_MOVE_HEAD = (
    update(HEAD)
    .where(HEAD.c.name == bindparam("chain"))
    .values(seq=bindparam("new_seq"), hash=bindparam("new_hash"))
)


@dataclass(slots=True)
class Heads:
    """The locked heads of the chains and what is about to follow them."""

    seq: dict[str, int]
    hash: dict[str, str]
    rows: dict[str, list[dict[str, object]]] = field(
        default_factory=lambda: {name: [] for name in CHAINS}
    )

    def next_seq(self, chain: str) -> int:
        """The place the next record of this chain will have."""
        return self.seq[chain] + 1

    def append(self, chain: str, body: Mapping[str, object]) -> None:
        """Link a record to its chain; `body` carries the place `next_seq` gave."""
        text = canonical(body)
        self.seq[chain] += 1
        self.hash[chain] = link(self.hash[chain], text)
        columns = {name: body[name] for name in _COLUMNS[chain]}
        self.rows[chain].append(columns | {"body": text.decode(), "hash": self.hash[chain]})


def prepare(connection: Connection, accounts: Iterable[str]) -> None:
    """Make the heads of empty chains and the centre's accounts, where they are not yet."""
    if connection.execute(select(HEAD.c.name).limit(1)).first() is None:
        connection.execute(
            insert(HEAD), [{"name": name, "seq": 0, "hash": GENESIS} for name in CHAINS]
        )
        add_accounts(connection, accounts, floor=None)


def lock(connection: Connection) -> Heads:
    """The heads of the chains, held until the transaction ends."""
    rows = connection.execute(_LOCK).all()
    return Heads({row.name: row.seq for row in rows}, {row.name: row.hash for row in rows})


def write(connection: Connection, heads: Heads) -> None:
    """Append what was linked and move the heads.

    Raises:
        Conflict: a record of this identity was appended before.
    """
    moved = [chain for chain, rows in heads.rows.items() if rows]
    if not moved:
        return
    try:
        for chain in moved:
            connection.execute(insert(CHAINS[chain]), heads.rows[chain])
    except IntegrityError as error:
        raise Conflict(
            "An attempt or a job that stands in the ledger was to be entered again.",
            hint="Each attempt is metered once and each job charged once.",
        ) from error
    connection.execute(
        _MOVE_HEAD,
        [
            {"chain": chain, "new_seq": heads.seq[chain], "new_hash": heads.hash[chain]}
            for chain in moved
        ],
    )
    heads.rows = {name: [] for name in CHAINS}


def heads(connection: Connection) -> dict[str, tuple[int, str]]:
    """The heads of the chains, read without a lock."""
    return {row.name: (row.seq, row.hash) for row in connection.execute(select(HEAD))}


def links(connection: Connection, chain: str, seqs: Sequence[int]) -> dict[int, str]:
    """The links of some records of a chain, by their places."""
    table = CHAINS[chain]
    query = select(table.c.seq, table.c.hash).where(table.c.seq.in_(seqs))
    return {row.seq: row.hash for row in connection.execute(query)}


def walk(connection: Connection, table: Table) -> Iterator[tuple[int, RowMapping | None]]:
    """Every row of a chain by place; None for one whose text the database cannot decode."""
    after = None
    while True:
        page = select(table).order_by(table.c.seq).limit(_PAGE)
        if after is not None:
            page = page.where(table.c.seq > after)
        try:
            rows = [(row["seq"], row) for row in connection.execute(page).mappings()]
        except OperationalError:
            seqs = connection.execute(page.with_only_columns(table.c.seq)).scalars().all()
            rows = [(seq, _row(connection, table, seq)) for seq in seqs]
        if not rows:
            return
        yield from rows
        after = rows[-1][0]


def _row(connection: Connection, table: Table, seq: int) -> RowMapping | None:
    try:
        return connection.execute(select(table).where(table.c.seq == seq)).mappings().one()
    except OperationalError:
        return None


def checkpoints(connection: Connection, last: int | None = None) -> list[tuple[int, str, str]]:
    """Number, body and signature of every checkpoint in order, or of the last few."""
    query = select(CHECKPOINT).order_by(CHECKPOINT.c.number.desc()).limit(last)
    return [
        (row.number, row.body, row.signature) for row in reversed(connection.execute(query).all())
    ]


def add_checkpoint(connection: Connection, number: int, body: str, signature: str) -> None:
    """Append a checkpoint."""
    connection.execute(insert(CHECKPOINT), {"number": number, "body": body, "signature": signature})
