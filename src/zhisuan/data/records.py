"""The tables of the data capability and every statement on them.

`dataset` has one row for each version ever made: a deleted one keeps its id and number, so that
neither is given again. `upload` says which arrivals are open; `deletion` is a chain.
"""

from collections.abc import Sequence

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Index,
    Integer,
    RowMapping,
    String,
    Table,
    Text,
    UniqueConstraint,
    func,
    insert,
    or_,
    select,
    update,
)

from zhisuan.core import chain
from zhisuan.core.clock import Instant, format_instant, parse_instant
from zhisuan.data.dataset import Dataset, Label
from zhisuan.data.deletion import DeletionCertificate, Link
from zhisuan.data.profile import Profile
from zhisuan.store.database import METADATA

dataset = Table(
    "dataset",
    METADATA,
    Column("id", String(40), primary_key=True),
    Column("tenant", String(80), nullable=False),
    Column("name", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("filename", Text, nullable=False),
    Column("sha256", String(64), nullable=False, index=True),
    Column("table_sha256", String(64), nullable=False, index=True),
    Column("rows", BigInteger, nullable=False),
    Column("columns", Integer, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("created_at", String(27), nullable=False),
    Column("deleted_at", String(27)),
    Column("profile", Text, nullable=False),
    UniqueConstraint("tenant", "name", "version"),
    Index("ix_dataset_tenant_id", "tenant", "id"),
)

upload = Table(
    "upload",
    METADATA,
    Column("id", String(40), primary_key=True),
    Column("tenant", String(80), nullable=False),
    Column("name", Text, nullable=False),
    Column("state", String(10), nullable=False, index=True),
    Column("opened_at", String(27), nullable=False),
    Column("closed_at", String(27)),
    Column("dataset_id", String(40)),
)

deletion = Table(
    "deletion",
    METADATA,
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("tenant", String(80), nullable=False),
    Column("dataset_id", String(40), nullable=False, unique=True),
    Column("record", Text, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("link", String(64), nullable=False),
)

_LIVE = dataset.c.deleted_at.is_(None)


def open_upload(
    connection: Connection, upload_id: str, tenant: str, name: str, now: Instant
) -> None:
    """Note that bytes begin to arrive."""
    connection.execute(
        insert(upload).values(
            id=upload_id, tenant=tenant, name=name, state="open", opened_at=format_instant(now)
        )
    )


def close_upload(
    connection: Connection, upload_id: str, now: Instant, dataset_id: str | None
) -> None:
    """Note that an upload became a data set (`done`) or, without one, nothing (`aborted`)."""
    connection.execute(
        update(upload)
        .where(upload.c.id == upload_id)
        .values(
            state="done" if dataset_id else "aborted",
            closed_at=format_instant(now),
            dataset_id=dataset_id,
        )
    )


def abort_open_uploads(connection: Connection, now: Instant) -> int:
    """Close every upload that an earlier process left open; returns how many."""
    closed = connection.execute(
        update(upload)
        .where(upload.c.state == "open")
        .values(state="aborted", closed_at=format_instant(now))
    )
    return closed.rowcount


def next_version(connection: Connection, tenant: str, name: str) -> int:
    """The number after the highest ever given, deleted versions included."""
    highest = connection.scalar(
        select(func.max(dataset.c.version)).where(
            dataset.c.tenant == tenant, dataset.c.name == name
        )
    )
    return 1 + (highest or 0)


def add_dataset(connection: Connection, added: Dataset) -> None:
    """Write a new version."""
    connection.execute(
        insert(dataset).values(
            id=added.id,
            tenant=added.tenant,
            name=added.name,
            version=added.version,
            filename=added.filename,
            sha256=added.sha256,
            table_sha256=added.table_sha256,
            rows=added.rows,
            columns=added.columns,
            bytes=added.bytes,
            created_at=format_instant(added.created_at),
            profile=added.profile.to_json(),
        )
    )


def newest(connection: Connection, tenant: str, name: str) -> Dataset | None:
    """The highest version that is not deleted."""
    return _one(
        connection.execute(
            select(dataset)
            .where(dataset.c.tenant == tenant, dataset.c.name == name, _LIVE)
            .order_by(dataset.c.version.desc())
            .limit(1)
        )
        .mappings()
        .first()
    )


def find(connection: Connection, tenant: str, dataset_id: str) -> Dataset | None:
    """The tenant's data set of this id, unless deleted."""
    statement = select(dataset).where(dataset.c.id == dataset_id, dataset.c.tenant == tenant, _LIVE)
    return _one(connection.execute(statement).mappings().first())


def list_after(
    connection: Connection, tenant: str, limit: int, after: str | None, name: str | None = None
) -> list[Dataset]:
    """The tenant's data sets, newest first, those older than `after`; of one name, if given."""
    statement = select(dataset).where(dataset.c.tenant == tenant, _LIVE)
    if after is not None:
        statement = statement.where(dataset.c.id < after)
    if name is not None:
        statement = statement.where(dataset.c.name == name)
    rows = connection.execute(statement.order_by(dataset.c.id.desc()).limit(limit)).mappings()
    return [_dataset(row) for row in rows]


def labels(connection: Connection, tenant: str, ids: Sequence[str]) -> dict[str, Label]:
    """What a tenant's data sets are called, by id, deleted ones too."""
    if not ids:
        return {}
    return _labels(connection, dataset.c.tenant == tenant, dataset.c.id.in_(set(ids)))


def called(connection: Connection, tenant: str, name: str) -> dict[str, Label]:
    """A tenant's data sets of a name or an id, by id, deleted ones too."""
    named = or_(dataset.c.name == name, dataset.c.id == name)
    return _labels(connection, dataset.c.tenant == tenant, named)


def namesakes(connection: Connection, tenant: str, names: Sequence[str]) -> dict[str, Label]:
    """All versions of a tenant's data sets of some names, by id, deleted ones too."""
    if not names:
        return {}
    return _labels(connection, dataset.c.tenant == tenant, dataset.c.name.in_(set(names)))


def mark_deleted(connection: Connection, dataset_id: str, now: Instant) -> None:
    """Take a data set out of sight; its bytes and its certificate follow."""
    connection.execute(
        update(dataset)
        .where(dataset.c.id == dataset_id)
        .values(deleted_at=format_instant(now), profile="", filename="")
    )


def half_deleted(connection: Connection) -> list[RowMapping]:
    """Rows of data sets out of sight that have no certificate yet."""
    certified = select(deletion.c.dataset_id)
    statement = select(dataset).where(
        dataset.c.deleted_at.is_not(None), dataset.c.id.not_in(certified)
    )
    return list(connection.execute(statement).mappings())


def held(connection: Connection, digests: Sequence[str]) -> set[str]:
    """Those of the objects that a data set in sight, of any tenant, refers to."""
    rows = connection.execute(
        select(dataset.c.sha256, dataset.c.table_sha256).where(
            or_(dataset.c.sha256.in_(digests), dataset.c.table_sha256.in_(digests)), _LIVE
        )
    )
    return {digest for row in rows for digest in row} & set(digests)


def last_deletion(connection: Connection) -> tuple[int, str]:
    """Sequence and link of the chain's end."""
    row = connection.execute(
        select(deletion.c.sequence, deletion.c.link).order_by(deletion.c.sequence.desc()).limit(1)
    ).first()
    return (row[0], row[1]) if row else (0, chain.GENESIS)


def add_deletion(connection: Connection, certificate: DeletionCertificate) -> None:
    """Append a certificate."""
    connection.execute(
        insert(deletion).values(
            sequence=certificate.sequence,
            tenant=certificate.tenant,
            dataset_id=certificate.dataset_id,
            record=certificate.record(),
            previous=certificate.previous,
            link=certificate.link,
        )
    )


def find_deletion(
    connection: Connection, tenant: str, dataset_id: str
) -> DeletionCertificate | None:
    """The certificate of the tenant's deleted data set."""
    row = (
        connection.execute(
            select(deletion).where(deletion.c.tenant == tenant, deletion.c.dataset_id == dataset_id)
        )
        .mappings()
        .first()
    )
    if row is None:
        return None
    return DeletionCertificate.from_record(row["record"], row["previous"], row["link"])


def deletions(connection: Connection) -> list[Link]:
    """The whole chain in order: sequence, record, previous, link."""
    columns = (deletion.c.sequence, deletion.c.record, deletion.c.previous, deletion.c.link)
    rows = connection.execute(select(*columns).order_by(deletion.c.sequence))
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def _labels(connection: Connection, *which: ColumnElement[bool]) -> dict[str, Label]:
    parts = (dataset.c.id, dataset.c.name, dataset.c.version, dataset.c.sha256)
    rows = connection.execute(
        select(*parts, dataset.c.created_at, dataset.c.deleted_at).where(*which)
    )
    return {
        row.id: Label(
            row.id,
            row.name,
            row.version,
            row.sha256,
            parse_instant(row.created_at),
            row.deleted_at is not None,
        )
        for row in rows
    }


def _one(row: RowMapping | None) -> Dataset | None:
    return None if row is None else _dataset(row)


def _dataset(row: RowMapping) -> Dataset:
    return Dataset(
        id=row["id"],
        tenant=row["tenant"],
        name=row["name"],
        version=row["version"],
        filename=row["filename"],
        sha256=row["sha256"],
        table_sha256=row["table_sha256"],
        rows=row["rows"],
        columns=row["columns"],
        bytes=row["bytes"],
        created_at=parse_instant(row["created_at"]),
        profile=Profile.from_json(row["profile"]),
    )
