"""All SQL of the ledger.

Whoever appends to a chain locks the heads first, so one transaction at a time writes the
ledger, and a batch of any size costs the same few statements.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import (
    Connection,
    Row,
    RowMapping,
    Table,
    bindparam,
    case,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError, OperationalError

from zhisuan.core.chain import GENESIS, canonical, link
from zhisuan.core.clock import Instant, format_instant, parse_instant
from zhisuan.core.errors import Conflict
from zhisuan.core.money import MicroYuan
from zhisuan.ledger.account import Entry
from zhisuan.ledger.charge import Charge, Hold
from zhisuan.ledger.quote import Offer, Quote
from zhisuan.ledger.rating import Counted
from zhisuan.ledger.tables import (
    ACCOUNT,
    CHAINS,
    CHARGE,
    CHECKPOINT,
    ENTRY,
    HEAD,
    HOLD,
    INVOICE,
    MONTH,
    QUOTE,
    TARIFF,
    USAGE,
)
from zhisuan.ledger.tariff import Category, PriceClass
from zhisuan.ledger.usage import UsageRecord

_PAGE = 5_000


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


_COLUMNS = {
    name: [column.name for column in table.columns if column.name not in ("body", "hash")]
    for name, table in CHAINS.items()
}
_QUOTE = TypeAdapter(Quote)
_SUBJECT = TypeAdapter(dict[str, str])
_USAGE = TypeAdapter(UsageRecord)
_CHARGE = TypeAdapter(Charge)
_ENTRY = TypeAdapter(Entry)

_LOCK = select(HEAD).order_by(HEAD.c.name).with_for_update()
_MOVE_HEAD = (
    update(HEAD)
    .where(HEAD.c.name == bindparam("chain"))
    .values(seq=bindparam("new_seq"), hash=bindparam("new_hash"))
)
_ADD = (
    update(ACCOUNT)
    .where(ACCOUNT.c.account == bindparam("id"))
    .values(balance=ACCOUNT.c.balance + bindparam("gain"))
)
_TAKE = (
    update(ACCOUNT)
    .where(
        ACCOUNT.c.account == bindparam("id"),
        ACCOUNT.c.balance - bindparam("sum") >= ACCOUNT.c.floor,
    )
    .values(balance=ACCOUNT.c.balance - bindparam("sum"))
)
_GROW = (
    update(MONTH)
    .where(
        MONTH.c.tenant == bindparam("of"),
        MONTH.c.month == bindparam("during"),
        MONTH.c.kind == bindparam("what"),
    )
    .values(quantity=bindparam("grown"))
)
_LATEST_TARIFF = select(func.max(TARIFF.c.version))
_CLOSE = (
    update(HOLD)
    .where(HOLD.c.job_id.in_(bindparam("jobs", expanding=True)), HOLD.c.closed_at.is_(None))
    .values(closed_at=bindparam("now"))
    .returning(HOLD)
)


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


def add_accounts(connection: Connection, accounts: Iterable[str], floor: int | None) -> None:
    """Open accounts at zero; `floor` is the least balance, None for no limit."""
    connection.execute(
        insert(ACCOUNT), [{"account": name, "balance": 0, "floor": floor} for name in accounts]
    )


def open_missing(connection: Connection, accounts: Iterable[str]) -> None:
    """Open those accounts that are not there yet, at zero and without a limit."""
    wanted = set(accounts)
    if wanted:
        missing = wanted - balances(connection, sorted(wanted)).keys()
        if missing:
            add_accounts(connection, sorted(missing), floor=None)


def balances(connection: Connection, accounts: Sequence[str]) -> dict[str, MicroYuan]:
    """The balances of those accounts that exist."""
    rows = connection.execute(
        select(ACCOUNT.c.account, ACCOUNT.c.balance).where(ACCOUNT.c.account.in_(accounts))
    )
    return {row.account: MicroYuan(row.balance) for row in rows}


def take(connection: Connection, account: str, amount: MicroYuan) -> bool:
    """Take an amount if the balance stays at or above its floor; says whether it did."""
    return connection.execute(_TAKE, {"id": account, "sum": amount}).rowcount == 1


def add(connection: Connection, gains: Mapping[str, int]) -> None:
    """Add to balances; a negative gain takes away without asking the floor."""
    if gains:
        connection.execute(_ADD, [{"id": account, "gain": gain} for account, gain in gains.items()])


def add_quote(connection: Connection, offer: Offer) -> None:
    """Keep an offered quote."""
    connection.execute(
        insert(QUOTE),
        {
            "quote_id": offer.quote_id,
            "tenant": offer.tenant,
            "created_at": format_instant(offer.created_at),
            "expires_at": format_instant(offer.expires_at),
            "quote": _QUOTE.dump_json(offer.quote).decode(),
            "subject": _SUBJECT.dump_json(dict(offer.subject)).decode(),
        },
    )


def quote(connection: Connection, tenant: str, quote_id: str) -> Offer | None:
    """The tenant's quote of this id."""
    row = connection.execute(
        select(QUOTE).where(QUOTE.c.quote_id == quote_id, QUOTE.c.tenant == tenant)
    ).first()
    if row is None:
        return None
    return Offer(
        row.quote_id,
        row.tenant,
        parse_instant(row.created_at),
        parse_instant(row.expires_at),
        _QUOTE.validate_json(row.quote),
        _SUBJECT.validate_json(row.subject),
    )


def add_hold(connection: Connection, hold: Hold) -> None:
    """Keep an open hold.

    Raises:
        Conflict: the job has one already.
    """
    try:
        connection.execute(
            insert(HOLD),
            {
                "job_id": hold.job_id,
                "tenant": hold.tenant,
                "project": hold.project,
                "quote_id": hold.quote_id,
                "amount": hold.amount,
                "tariff_version": hold.tariff_version,
                "price_class": hold.price_class.value,
                "category": hold.category.value,
                "shadow": hold.shadow,
                "at": format_instant(hold.at),
            },
        )
    except IntegrityError as error:
        raise Conflict(f"Job {hold.job_id} has a hold already.") from error


def close_holds(connection: Connection, jobs: Sequence[str], now: Instant) -> dict[str, Hold]:
    """Close those of the jobs' holds that are open; each is given to one caller only."""
    rows = connection.execute(_CLOSE, {"jobs": jobs, "now": format_instant(now)}).all()
    return {row.job_id: _hold(row) for row in rows}


def open_holds_of(connection: Connection, jobs: Sequence[str]) -> dict[str, Hold]:
    """What is held for some jobs, by job; without those for which nothing is."""
    query = select(HOLD).where(HOLD.c.job_id.in_(jobs), HOLD.c.closed_at.is_(None))
    return {row.job_id: _hold(row) for row in connection.execute(query)}


def _hold(row: Row[Any]) -> Hold:
    return Hold(
        row.job_id,
        row.tenant,
        row.project,
        row.quote_id,
        MicroYuan(row.amount),
        row.tariff_version,
        PriceClass(row.price_class),
        parse_instant(row.at),
        Category(row.category),
        MicroYuan(row.shadow),
    )


def has_hold(connection: Connection, job_id: str) -> bool:
    """Whether money was ever held for this job."""
    query = select(HOLD.c.job_id).where(HOLD.c.job_id == job_id)
    return connection.execute(query).first() is not None


def usage(connection: Connection, jobs: Sequence[str]) -> dict[str, list[UsageRecord]]:
    """The jobs' usage records by job, in the order of their attempts."""
    rows = connection.execute(
        select(USAGE.c.job_id, USAGE.c.body)
        .where(USAGE.c.job_id.in_(jobs))
        .order_by(USAGE.c.job_id, USAGE.c.attempt)
    )
    found: dict[str, list[UsageRecord]] = {}
    for row in rows:
        found.setdefault(row.job_id, []).append(_USAGE.validate_json(row.body))
    return found


def usage_since(connection: Connection, since: Instant) -> Iterator[UsageRecord]:
    """Every usage record that began at or after an instant."""
    query = select(USAGE.c.body).where(USAGE.c.started_at >= format_instant(since))
    for body in connection.execute(query).scalars():
        yield _USAGE.validate_json(body)


def charges_of(connection: Connection, jobs: Sequence[str]) -> dict[str, Charge]:
    """The charges of those jobs that have one."""
    rows = connection.execute(
        select(CHARGE.c.job_id, CHARGE.c.body).where(CHARGE.c.job_id.in_(jobs))
    )
    return {row.job_id: _CHARGE.validate_json(row.body) for row in rows}


def charged(connection: Connection, jobs: Sequence[str]) -> dict[str, MicroYuan]:
    """What the jobs were charged that have been, by job."""
    query = select(CHARGE.c.job_id, CHARGE.c.amount).where(CHARGE.c.job_id.in_(jobs))
    return {row.job_id: MicroYuan(row.amount) for row in connection.execute(query)}


def charged_since(connection: Connection, since: Instant) -> MicroYuan:
    """What all tenants were charged since an instant."""
    query = select(func.sum(CHARGE.c.amount)).where(CHARGE.c.settled_at >= format_instant(since))
    return MicroYuan(int(connection.execute(query).scalar() or 0))


def charges(
    connection: Connection, tenant: str, before: int | None, limit: int
) -> tuple[Charge, ...]:
    """A tenant's charges, newest first, below place `before`."""
    query = select(CHARGE.c.body).where(CHARGE.c.tenant == tenant)
    if before is not None:
        query = query.where(CHARGE.c.seq < before)
    rows = connection.execute(query.order_by(CHARGE.c.seq.desc()).limit(limit))
    return tuple(_CHARGE.validate_json(row.body) for row in rows)


def charges_between(
    connection: Connection, tenant: str, since: Instant, until: Instant
) -> list[Charge]:
    """A tenant's charges settled from an instant up to another, in order."""
    query = (
        select(CHARGE.c.body)
        .where(CHARGE.c.tenant == tenant)
        .where(CHARGE.c.settled_at >= format_instant(since))
        .where(CHARGE.c.settled_at < format_instant(until))
        .order_by(CHARGE.c.seq)
    )
    return [_CHARGE.validate_json(body) for body in connection.execute(query).scalars()]


def entries_of(connection: Connection, job_id: str) -> tuple[Entry, ...]:
    """Every movement of money about a job, in order."""
    rows = connection.execute(
        select(ENTRY.c.body).where(ENTRY.c.job_id == job_id).order_by(ENTRY.c.seq)
    )
    return tuple(_ENTRY.validate_json(row.body) for row in rows)


def usage_between(
    connection: Connection, since: Instant, until: Instant
) -> Iterator[tuple[Category, UsageRecord]]:
    """Every usage record that began in a span, with its tenant's category, in their order."""
    query = (
        select(USAGE.c.body, HOLD.c.category)
        .outerjoin(HOLD, HOLD.c.job_id == USAGE.c.job_id)
        .where(USAGE.c.started_at >= format_instant(since))
        .where(USAGE.c.started_at < format_instant(until))
        .order_by(USAGE.c.seq)
    )
    for row in connection.execute(query):
        yield Category(row.category or Category.EXTERNAL), _USAGE.validate_json(row.body)


def months(connection: Connection, tenants: Iterable[str]) -> dict[str, dict[Counted, Decimal]]:
    """What tenants used in each month, where a tariff's tiers count it."""
    query = select(MONTH).where(MONTH.c.tenant.in_(set(tenants)))
    found: dict[str, dict[Counted, Decimal]] = {}
    for row in connection.execute(query):
        found.setdefault(row.tenant, {})[Counted(row.month, row.kind)] = Decimal(row.quantity)
    return found


def keep_months(
    connection: Connection,
    before: Mapping[str, Mapping[Counted, Decimal]],
    now: Mapping[str, Mapping[Counted, Decimal]],
) -> None:
    """Keep the quantities that changed; `before` is what has a row."""
    fresh: list[dict[str, str]] = []
    grown: list[dict[str, str]] = []
    for tenant, quantities in now.items():
        kept = before.get(tenant, {})
        for (month, kind), quantity in quantities.items():
            place = (tenant, month, kind, str(quantity))
            if (month, kind) not in kept:
                fresh.append(dict(zip(("tenant", "month", "kind", "quantity"), place, strict=True)))
            elif kept[Counted(month, kind)] != quantity:
                grown.append(dict(zip(("of", "during", "what", "grown"), place, strict=True)))
    if fresh:
        connection.execute(insert(MONTH), fresh)
    if grown:
        connection.execute(_GROW, grown)


def add_tariff(connection: Connection, version: int, digest: str, text: str) -> None:
    """Keep a tariff's text."""
    connection.execute(insert(TARIFF), {"version": version, "digest": digest, "text": text})


def latest_tariff(connection: Connection) -> int:
    """The highest version kept, 0 when there is none."""
    return connection.execute(_LATEST_TARIFF).scalar() or 0


def heads(connection: Connection) -> dict[str, tuple[int, str]]:
    """The heads of the chains, read without a lock."""
    return {row.name: (row.seq, row.hash) for row in connection.execute(select(HEAD))}


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


def all_balances(connection: Connection) -> dict[str, int]:
    """The balance of every account, as kept beside the entries."""
    return {row.account: row.balance for row in connection.execute(select(ACCOUNT))}


def open_holds(connection: Connection) -> dict[str, int]:
    """The sum of open holds by tenant."""
    rows = connection.execute(
        select(HOLD.c.tenant, func.sum(HOLD.c.amount).label("amount"))
        .where(HOLD.c.closed_at.is_(None))
        .group_by(HOLD.c.tenant)
    )
    return {row.tenant: row.amount for row in rows}


def of_projects(connection: Connection, tenant: str) -> dict[str, tuple[MicroYuan, MicroYuan]]:
    """By project of a tenant: what is held for its jobs, and what they were charged."""
    still = case((HOLD.c.closed_at.is_(None), HOLD.c.amount), else_=0)
    rows = connection.execute(
        select(
            HOLD.c.project,
            func.sum(still).label("held"),
            func.sum(func.coalesce(CHARGE.c.amount, 0)).label("charged"),
        )
        .join(CHARGE, CHARGE.c.job_id == HOLD.c.job_id, isouter=True)
        .where(HOLD.c.tenant == tenant, HOLD.c.project.is_not(None))
        .group_by(HOLD.c.project)
    )
    return {row.project: (MicroYuan(int(row.held)), MicroYuan(int(row.charged))) for row in rows}


def tariffs(connection: Connection) -> dict[int, tuple[str, str]]:
    """Digest and text of every tariff kept, by version."""
    return {row.version: (row.digest, row.text) for row in connection.execute(select(TARIFF))}


def links(connection: Connection, chain: str, seqs: Sequence[int]) -> dict[int, str]:
    """The links of some records of a chain, by their places."""
    table = CHAINS[chain]
    query = select(table.c.seq, table.c.hash).where(table.c.seq.in_(seqs))
    return {row.seq: row.hash for row in connection.execute(query)}


def invoices(connection: Connection) -> Iterator[tuple[int, int, str, str]]:
    """Number, total, digest and text of every invoice, in order."""
    query = select(INVOICE.c.number, INVOICE.c.total, INVOICE.c.digest, INVOICE.c.body)
    for row in connection.execute(query.order_by(INVOICE.c.number)):
        yield row.number, row.total, row.digest, row.body


def checkpoints(connection: Connection, last: int | None = None) -> list[tuple[int, str, str]]:
    """Number, body and signature of every checkpoint in order, or of the last few."""
    query = select(CHECKPOINT).order_by(CHECKPOINT.c.number.desc()).limit(last)
    return [
        (row.number, row.body, row.signature) for row in reversed(connection.execute(query).all())
    ]


def add_checkpoint(connection: Connection, number: int, body: str, signature: str) -> None:
    """Append a checkpoint."""
    connection.execute(insert(CHECKPOINT), {"number": number, "body": body, "signature": signature})
