"""All SQL of vouchers, besides the money, which is in the ledger's own accounts."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Connection, Row, Select, Table, func, insert, select, update

from zhisuan.core.chain import GENESIS
from zhisuan.core.clock import Instant, format_instant, parse_instant
from zhisuan.core.errors import NotFound
from zhisuan.core.money import MicroYuan
from zhisuan.ledger.account import voucher_used
from zhisuan.ledger.tables import ENTRY
from zhisuan.ledger.voucher.application import (
    Document,
    application_json,
    documents_json,
    read_application,
)
from zhisuan.ledger.voucher.programme import Programme, read_programme
from zhisuan.ledger.voucher.tables import CHAIN, MOVE, PROGRAMME, VOUCHER
from zhisuan.ledger.voucher.voucher import (
    IN_REDEMPTION,
    UNISSUED,
    Actor,
    Move,
    Voucher,
    VoucherState,
)
from zhisuan.store import chains

_PAPERS = TypeAdapter(tuple[Document, ...])


@dataclass(frozen=True, slots=True)
class KeptProgramme:
    """A programme that was added, and how much of its budget it was given."""

    programme_id: str
    programme: Programme
    budget: MicroYuan
    added_at: Instant


@dataclass(frozen=True, slots=True)
class Linked:
    """A record of a chain with the link before it, so that it can be checked alone."""

    seq: int
    body: str
    previous: str
    hash: str


def add_programme(connection: Connection, kept: KeptProgramme) -> None:
    """Keep a programme."""
    connection.execute(
        insert(PROGRAMME),
        {
            "programme_id": kept.programme_id,
            "slug": kept.programme.slug,
            "digest": kept.programme.digest,
            "text": kept.programme.text,
            "budget": kept.budget,
            "added_at": format_instant(kept.added_at),
        },
    )


def programme(connection: Connection, name: str) -> KeptProgramme:
    """A programme by its id, or the newest of a short name.

    Raises:
        NotFound: there is none.
    """
    query = select(PROGRAMME).where((PROGRAMME.c.programme_id == name) | (PROGRAMME.c.slug == name))
    row = connection.execute(query.order_by(PROGRAMME.c.programme_id.desc())).first()
    if row is None:
        raise NotFound(
            f"There is no voucher programme {name}.", hint="List them: zhisuan programme list"
        )
    return _programme(row)


def programmes(
    connection: Connection, after: str | None = None, limit: int = 50
) -> list[KeptProgramme]:
    """Programmes in the order in which they were added."""
    query = select(PROGRAMME).order_by(PROGRAMME.c.programme_id).limit(limit)
    if after is not None:
        query = query.where(PROGRAMME.c.programme_id > after)
    return [_programme(row) for row in connection.execute(query)]


def add(connection: Connection, voucher: Voucher) -> None:
    """Keep a new voucher."""
    connection.execute(insert(VOUCHER), _columns(voucher))


def save(connection: Connection, voucher: Voucher) -> None:
    """Keep how a voucher stands now."""
    connection.execute(
        update(VOUCHER).where(VOUCHER.c.voucher_id == voucher.voucher_id).values(_columns(voucher))
    )


def voucher(connection: Connection, tenant: str | None, voucher_id: str) -> Voucher:
    """One voucher, of the tenant or (None) of anybody.

    Raises:
        NotFound: there is none, or it is another tenant's.
    """
    query = select(VOUCHER).where(VOUCHER.c.voucher_id == voucher_id)
    if tenant is not None:
        query = query.where(VOUCHER.c.tenant == tenant)
    row = connection.execute(query).first()
    if row is None:
        raise NotFound(
            f"There is no voucher {voucher_id}.", hint="List yours: zhisuan voucher list"
        )
    return _voucher(row)


def vouchers(
    connection: Connection,
    tenant: str | None,
    state: VoucherState | None = None,
    after: str | None = None,
    limit: int = 50,
) -> list[Voucher]:
    """Vouchers, newest first: of the tenant or (None) of everybody."""
    query = select(VOUCHER).order_by(VOUCHER.c.voucher_id.desc()).limit(limit)
    if tenant is not None:
        query = query.where(VOUCHER.c.tenant == tenant)
    if state is not None:
        query = query.where(VOUCHER.c.state == state.value)
    if after is not None:
        query = query.where(VOUCHER.c.voucher_id < after)
    return [_voucher(row) for row in connection.execute(query)]


def standing_in(
    connection: Connection, states: Iterable[VoucherState]
) -> dict[str, tuple[int, str]]:
    """How many vouchers are in each of these states, and since when the oldest has been."""
    query = (
        select(VOUCHER.c.state, func.count(), func.min(VOUCHER.c.changed_at))
        .where(VOUCHER.c.state.in_([each.value for each in states]))
        .group_by(VOUCHER.c.state)
        .order_by(VOUCHER.c.state)
    )
    return {state: (count, since) for state, count, since in connection.execute(query)}


def paying(connection: Connection, tenants: Collection[str], now: Instant) -> list[Voucher]:
    """The vouchers that may pay for these tenants' jobs, the one bound first before others."""
    states = [VoucherState.BOUND.value, VoucherState.CONSUMING.value]
    query = select(VOUCHER).where(
        VOUCHER.c.tenant.in_(tenants),
        VOUCHER.c.state.in_(states),
        VOUCHER.c.expires_at > format_instant(now),
    )
    rows = connection.execute(query.order_by(VOUCHER.c.bound_at, VOUCHER.c.voucher_id))
    return [_voucher(row) for row in rows]


def overdue(connection: Connection, programme_id: str, now: Instant) -> list[Voucher]:
    """The programme's vouchers with money set aside whose time is over."""
    states = [VoucherState.ISSUED.value, VoucherState.BOUND.value, VoucherState.CONSUMING.value]
    rows = connection.execute(
        select(VOUCHER).where(
            VOUCHER.c.programme_id == programme_id,
            VOUCHER.c.state.in_(states),
            VOUCHER.c.expires_at <= format_instant(now),
        )
    )
    return [_voucher(row) for row in rows]


def contract_uses(connection: Connection, contract: str, but: str) -> set[str]:
    """The programmes for which a contract is spoken for, by vouchers other than this one."""
    free = [state.value for state in UNISSUED]
    rows = connection.execute(
        select(VOUCHER.c.programme_id).where(
            VOUCHER.c.contract == contract,
            VOUCHER.c.voucher_id != but,
            VOUCHER.c.state.not_in(free),
        )
    )
    return set(rows.scalars())


def firm_year(connection: Connection, slug: str, firm: str, year: int, but: str) -> MicroYuan:
    """What a firm was given under a programme, all versions, in a year, less what it gave back."""
    query = select(func.sum(VOUCHER.c.granted - VOUCHER.c.given_back)).where(
        VOUCHER.c.programme_id.in_(_versions(slug)),
        VOUCHER.c.firm == firm,
        VOUCHER.c.year == year,
        VOUCHER.c.voucher_id != but,
        VOUCHER.c.state != VoucherState.CLAWED_BACK.value,
    )
    return MicroYuan(int(connection.execute(query).scalar() or 0))


def firm_year_redeemed(
    connection: Connection, slug: str, firm: str, year: int, but: str
) -> MicroYuan:
    """What a firm was paid, or has asked for, under a programme in a year."""
    query = select(func.sum(VOUCHER.c.redeemed)).where(
        VOUCHER.c.programme_id.in_(_versions(slug)),
        VOUCHER.c.firm == firm,
        VOUCHER.c.redeem_year == year,
        VOUCHER.c.voucher_id != but,
        VOUCHER.c.state.in_([state.value for state in IN_REDEMPTION]),
    )
    return MicroYuan(int(connection.execute(query).scalar() or 0))


def append_move(
    connection: Connection,
    voucher: Voucher,
    move: Move | None,
    who: Actor,
    facts: Mapping[str, Any],
) -> None:
    """Append what happened to a voucher to the chain of moves; None for its first draft."""
    chains.append(
        connection,
        CHAIN,
        MOVE,
        {
            "voucher_id": voucher.voucher_id,
            "move": "draft" if move is None else move.value,
            "state": voucher.state.value,
            "by": who.by.value,
            "actor": who.key_id,
            "tenant": who.tenant,
            "at": format_instant(voucher.changed_at),
            "facts": facts,
        },
    )


def moves(connection: Connection, voucher_id: str) -> list[dict[str, Any]]:
    """What happened to a voucher, in order."""
    query = select(MOVE.c.body, MOVE.c.hash).where(MOVE.c.voucher_id == voucher_id)
    rows = connection.execute(query.order_by(MOVE.c.seq))
    return [{**json.loads(row.body), "hash": row.hash} for row in rows]


def jobs_paid(connection: Connection, voucher_id: str) -> dict[str, MicroYuan]:
    """What a voucher paid of each job, less what was refunded."""
    query = (
        select(ENTRY.c.job_id, func.sum(ENTRY.c.amount).label("amount"))
        .where(ENTRY.c.account == voucher_used(voucher_id), ENTRY.c.job_id.is_not(None))
        .group_by(ENTRY.c.job_id)
    )
    return {row.job_id: MicroYuan(int(row.amount)) for row in connection.execute(query)}


def linked(connection: Connection, table: Table, which: ColumnElement[bool]) -> list[Linked]:
    """Records of a chain with the links before them, in order."""
    before = table.alias("before")
    rows = connection.execute(
        select(table.c.seq, table.c.body, table.c.hash, before.c.hash.label("previous"))
        .outerjoin(before, before.c.seq == table.c.seq - 1)
        .where(which)
        .order_by(table.c.seq)
    )
    return [Linked(row.seq, row.body, row.previous or GENESIS, row.hash) for row in rows]


def _versions(slug: str) -> Select[tuple[str]]:
    return select(PROGRAMME.c.programme_id).where(PROGRAMME.c.slug == slug)


def _programme(row: Row[Any]) -> KeptProgramme:
    return KeptProgramme(
        row.programme_id,
        read_programme(row.text),
        MicroYuan(row.budget),
        parse_instant(row.added_at),
    )


def _columns(kept: Voucher) -> dict[str, Any]:
    application = kept.application
    return {
        "voucher_id": kept.voucher_id,
        "programme_id": kept.programme_id,
        "tenant": kept.tenant,
        "state": kept.state.value,
        "firm": application.applicant.code.upper(),
        "contract": application.contract.key,
        "application": json.dumps(application_json(application), ensure_ascii=False),
        "papers": json.dumps(documents_json(kept.papers), ensure_ascii=False),
        "created_at": format_instant(kept.created_at),
        "changed_at": format_instant(kept.changed_at),
        "year": kept.year,
        "granted": kept.granted,
        "given_back": kept.given_back,
        "redeemed": kept.redeemed,
        "redeem_year": kept.redeem_year,
        "expires_at": None if kept.expires_at is None else format_instant(kept.expires_at),
        "bound_at": None if kept.bound_at is None else format_instant(kept.bound_at),
    }


def _voucher(row: Row[Any]) -> Voucher:
    return Voucher(
        voucher_id=row.voucher_id,
        programme_id=row.programme_id,
        tenant=row.tenant,
        state=VoucherState(row.state),
        application=read_application(row.application),
        created_at=parse_instant(row.created_at),
        changed_at=parse_instant(row.changed_at),
        year=row.year,
        granted=MicroYuan(row.granted),
        given_back=MicroYuan(row.given_back),
        redeemed=MicroYuan(row.redeemed),
        redeem_year=row.redeem_year,
        expires_at=None if row.expires_at is None else parse_instant(row.expires_at),
        bound_at=None if row.bound_at is None else parse_instant(row.bound_at),
        papers=_PAPERS.validate_json(row.papers),
    )
