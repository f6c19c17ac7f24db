"""All SQL of compute: the jobs.

A row keeps what is queried in columns and the rest of the job's fixed parts as JSON text.
"""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Float,
    Index,
    Integer,
    Row,
    String,
    Table,
    Text,
    bindparam,
    insert,
    select,
    update,
)

from zhisuan.compute.allocation import Allocation
from zhisuan.compute.job import Job, JobReason, JobState, Work
from zhisuan.compute.request import ResourceRequest
from zhisuan.core.clock import Instant, format_instant, parse_instant
from zhisuan.core.errors import NotFound
from zhisuan.store.database import METADATA

JOBS = Table(
    "job",
    METADATA,
    Column("sequence", Integer, primary_key=True, autoincrement=True),
    Column("job_id", String(40), nullable=False, unique=True),
    Column("tenant", String(40), nullable=False),
    Column("task_id", String(40)),
    Column("quote_id", String(40)),
    Column("tariff_version", Integer, nullable=False),
    Column("algorithm", String(80), nullable=False),
    Column("version", String(40), nullable=False),
    Column("parameters", Text, nullable=False),
    Column("inputs", Text, nullable=False),
    Column("time_limit_s", Float, nullable=False),
    Column("isolated", Integer, nullable=False),
    Column("request", Text, nullable=False),
    Column("price_class", String(20), nullable=False),
    Column("priority", Integer, nullable=False),
    Column("state", String(12), nullable=False),
    Column("reason", String(40)),
    Column("message", Text, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("allocations", Text, nullable=False),
    Column("submitted_at", String(27), nullable=False),
    Column("started_at", String(27)),
    Column("ended_at", String(27)),
    Column("stop_by", String(40)),
    Column("story", Text, nullable=False),
    Index("ix_job_tenant_sequence", "tenant", "sequence"),
    Index("ix_job_state", "state"),
    sqlite_autoincrement=True,
)

_LIVE = (JobState.QUEUED, JobState.STARTING, JobState.RUNNING)


def add(connection: Connection, job: Job) -> int:
    """Keep a new job; returns its sequence number."""
    result = connection.execute(
        insert(JOBS),
        {
            "job_id": job.job_id,
            "tenant": job.tenant,
            "task_id": job.task_id,
            "quote_id": job.quote_id,
            "tariff_version": job.tariff_version,
            "algorithm": job.work.algorithm,
            "version": job.work.version,
            "parameters": json.dumps(job.work.parameters, ensure_ascii=False),
            "inputs": json.dumps(job.work.inputs),
            "time_limit_s": job.work.time_limit_s,
            "isolated": int(job.work.isolated),
            "request": json.dumps(job.request.to_json()),
            "price_class": job.price_class,
            "priority": job.priority,
            "submitted_at": format_instant(job.submitted_at),
            "stop_by": job.stop_by,
            **_moving(job),
        },
    )
    key = result.inserted_primary_key
    assert key is not None  # noqa: S101  an insert of one row always has its key
    return int(key[0])


_SAVE = (
    update(JOBS)
    .where(JOBS.c.job_id == bindparam("the_job"))
    .values(
        {
            name: bindparam(name)
            for name in (
                "state",
                "reason",
                "message",
                "attempt",
                "allocations",
                "started_at",
                "ended_at",
                "story",
            )
        }
    )
)


def save(connection: Connection, jobs: Sequence[Job]) -> None:
    """Write the moving parts of jobs that `move` changed."""
    if jobs:
        connection.execute(_SAVE, [{"the_job": job.job_id, **_moving(job)} for job in jobs])


def ask_stop(connection: Connection, job_id: str, by: JobReason) -> None:
    """Note that somebody wants the job stopped; the first asker stands."""
    connection.execute(
        update(JOBS)
        .where(JOBS.c.job_id == job_id, JOBS.c.stop_by.is_(None), JOBS.c.state.in_(_LIVE))
        .values(stop_by=by)
    )


def get(connection: Connection, job_id: str, tenant: str | None = None) -> Job:
    """One job; of one tenant, unless `tenant` is None.

    Raises:
        NotFound: there is none, or it is another tenant's.
    """
    query = select(JOBS).where(JOBS.c.job_id == job_id)
    if tenant is not None:
        query = query.where(JOBS.c.tenant == tenant)
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFound(f"There is no job {job_id}.", hint="List your jobs: zhisuan job list.")
    return _job(row)


_SINCE = (
    select(JOBS)
    .where(JOBS.c.sequence > bindparam("sequence"), JOBS.c.state.in_(_LIVE))
    .order_by(JOBS.c.sequence)
)


def live_since(connection: Connection, sequence: int) -> list[Job]:
    """Jobs that have not ended and were submitted after the given one, in order."""
    return [_job(row) for row in connection.execute(_SINCE, {"sequence": sequence})]


def stops(connection: Connection) -> dict[str, JobReason]:
    """Live jobs that somebody wants stopped, and who."""
    query = select(JOBS.c.job_id, JOBS.c.stop_by).where(
        JOBS.c.stop_by.is_not(None), JOBS.c.state.in_(_LIVE)
    )
    return {row.job_id: JobReason(row.stop_by) for row in connection.execute(query)}


def page(
    connection: Connection,
    tenant: str | None,
    *,
    state: JobState | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[Job]:
    """Jobs, newest first; `before` is the sequence of the last one already seen."""
    query = select(JOBS).order_by(JOBS.c.sequence.desc()).limit(limit)
    if tenant is not None:
        query = query.where(JOBS.c.tenant == tenant)
    if state is not None:
        query = query.where(JOBS.c.state == state)
    if before is not None:
        query = query.where(JOBS.c.sequence < before)
    return [_job(row) for row in connection.execute(query)]


def _moving(job: Job) -> dict[str, Any]:
    return {
        "state": job.state,
        "reason": job.reason,
        "message": job.message,
        "attempt": job.attempt,
        "allocations": json.dumps([each.to_json() for each in job.allocations]),
        "started_at": _text(job.started_at),
        "ended_at": _text(job.ended_at),
        "story": json.dumps(job.story),
    }


def _text(instant: Instant | None) -> str | None:
    return None if instant is None else format_instant(instant)


def _instant(text: str | None) -> Instant | None:
    return None if text is None else parse_instant(text)


def _job(row: Row[Any]) -> Job:
    return Job(
        job_id=row.job_id,
        sequence=row.sequence,
        tenant=row.tenant,
        work=Work(
            row.algorithm,
            row.version,
            json.loads(row.parameters),
            json.loads(row.inputs),
            row.time_limit_s,
            bool(row.isolated),
        ),
        request=ResourceRequest.from_json(json.loads(row.request)),
        price_class=row.price_class,
        priority=row.priority,
        state=JobState(row.state),
        submitted_at=parse_instant(row.submitted_at),
        attempt=row.attempt,
        reason=None if row.reason is None else JobReason(row.reason),
        message=row.message,
        allocations=tuple(Allocation.from_json(each) for each in json.loads(row.allocations)),
        started_at=_instant(row.started_at),
        ended_at=_instant(row.ended_at),
        stop_by=None if row.stop_by is None else JobReason(row.stop_by),
        task_id=row.task_id,
        quote_id=row.quote_id,
        tariff_version=row.tariff_version,
        story=tuple(json.loads(row.story)),
    )
