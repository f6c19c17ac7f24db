"""Jobs, and every question that is asked of them.

A job's row keeps what is queried in columns and the rest of its fixed parts as JSON text.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
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
    func,
    insert,
    or_,
    select,
    update,
)

from zhisuan.compute.allocation import Allocation
from zhisuan.compute.job import Job, JobReason, JobState, Leave, Times, Work
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
    Column("times", Text, nullable=False),
    Column("leave_for", String(20)),
    Column("lost", Integer, nullable=False),
    Column("attained", Float, nullable=False),
    Column("behind_s", Float, nullable=False),
    Column("idle_since", String(27)),
    Column("project", String(40)),
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
            "price_class": job.price_class,
            "priority": job.priority,
            "submitted_at": format_instant(job.submitted_at),
            "stop_by": job.stop_by,
            "times": _times_text(job.times),
            "project": job.project,
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
                "request",
                "leave_for",
                "lost",
                "attained",
                "behind_s",
                "idle_since",
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


def some(connection: Connection, job_ids: Sequence[str]) -> dict[str, Job]:
    """Those of the jobs that there are, by id."""
    if not job_ids:
        return {}
    found = connection.execute(select(JOBS).where(JOBS.c.job_id.in_(job_ids)))
    return {row.job_id: _job(row) for row in found}


def ends_of(
    connection: Connection, algorithm: str, *, tasks: bool, limit: int
) -> list[tuple[str, JobState]]:
    """The newest jobs of an algorithm that ended, and how; of tasks alone, if so asked."""
    query = select(JOBS.c.job_id, JOBS.c.state).where(
        JOBS.c.algorithm == algorithm, JOBS.c.ended_at.is_not(None)
    )
    if tasks:
        query = query.where(JOBS.c.task_id.is_not(None))
    rows = connection.execute(query.order_by(JOBS.c.sequence.desc()).limit(limit))
    return [(row.job_id, JobState(row.state)) for row in rows]


def naming(
    connection: Connection, tenant: str, parameter: str, value: str, *, limit: int
) -> list[Job]:
    """A tenant's first jobs of which a parameter is this text, in order of submission."""
    said = f"{json.dumps(parameter)}: {json.dumps(value, ensure_ascii=False)}"
    query = (
        select(JOBS)
        .where(JOBS.c.tenant == tenant, JOBS.c.parameters.contains(said, autoescape=True))
        .order_by(JOBS.c.sequence)
        .limit(limit)
    )
    found = [_job(row) for row in connection.execute(query)]
    return [job for job in found if job.work.parameters.get(parameter) == value]


_SINCE = (
    select(JOBS)
    .where(JOBS.c.sequence > bindparam("sequence"), JOBS.c.state.in_(_LIVE))
    .order_by(JOBS.c.sequence)
)


def states(connection: Connection) -> Iterator[tuple[str, JobState]]:
    """Every job there ever was, and where it is in its life."""
    for job_id, state in connection.execute(select(JOBS.c.job_id, JOBS.c.state)):
        yield job_id, JobState(state)


def live_since(connection: Connection, sequence: int) -> list[Job]:
    """Jobs that have not ended and were submitted after the given one, in order."""
    return [_job(row) for row in connection.execute(_SINCE, {"sequence": sequence})]


def stops(connection: Connection) -> dict[str, JobReason]:
    """Live jobs that somebody wants stopped, and who."""
    query = select(JOBS.c.job_id, JOBS.c.stop_by).where(
        JOBS.c.stop_by.is_not(None), JOBS.c.state.in_(_LIVE)
    )
    return {row.job_id: JobReason(row.stop_by) for row in connection.execute(query)}


def ask_resume(connection: Connection, job_id: str) -> bool:
    """Note that a suspended job is wanted again; says whether it was suspended."""
    return (
        connection.execute(
            update(JOBS)
            .where(JOBS.c.job_id == job_id, JOBS.c.reason == JobReason.SUSPENDED)
            .where(JOBS.c.state == JobState.QUEUED)
            .values(leave_for=None)
        ).rowcount
        == 1
    )


def resumed(connection: Connection) -> list[str]:
    """Suspended jobs that are wanted again."""
    query = select(JOBS.c.job_id).where(
        JOBS.c.state == JobState.QUEUED,
        JOBS.c.reason == JobReason.SUSPENDED,
        JOBS.c.leave_for.is_(None),
    )
    return list(connection.execute(query).scalars())


SEARCHED = 20_000
"""So many of the newest jobs are looked through for a word or a node."""


def page(
    connection: Connection,
    tenant: str | None,
    *,
    state: JobState | None = None,
    node: str | None = None,
    word: str | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[Job]:
    """Jobs, newest first; `before` is the sequence of the last one already seen.

    Args:
        connection: to read through.
        tenant: whose; None is everybody's.
        state: in this one alone.
        node: that hold, or held at last, something of this one; of the `SEARCHED` newest.
        word: in whose id, task, project or algorithm this stands; of the `SEARCHED` newest.
        before: older than this one.
        limit: how many at most.
    """
    query = select(JOBS).order_by(JOBS.c.sequence.desc()).limit(limit)
    if tenant is not None:
        query = query.where(JOBS.c.tenant == tenant)
    if state is not None:
        query = query.where(JOBS.c.state == state)
    if before is not None:
        query = query.where(JOBS.c.sequence < before)
    if node is not None:
        query = query.where(
            JOBS.c.allocations.contains(f'"node": {json.dumps(node)},', autoescape=True)
        )
    if word is not None:
        named = (JOBS.c.job_id, JOBS.c.task_id, JOBS.c.project, JOBS.c.algorithm)
        query = query.where(or_(*(column.icontains(word, autoescape=True) for column in named)))
    if node is not None or word is not None:
        newest = select(func.max(JOBS.c.sequence)).scalar_subquery()
        query = query.where(JOBS.c.sequence > newest - SEARCHED)
    return [_job(row) for row in connection.execute(query)]


def queued(connection: Connection) -> list[str]:
    """Ids of all jobs in the queue, in order of submission."""
    query = select(JOBS.c.job_id).where(JOBS.c.state == JobState.QUEUED)
    return list(connection.execute(query.order_by(JOBS.c.sequence)).scalars())


def holding(connection: Connection, after: int, limit: int) -> list[Job]:
    """Jobs that hold something, after this sequence number, in order of submission."""
    query = select(JOBS).where(JOBS.c.state.in_((JobState.STARTING, JobState.RUNNING)))
    query = query.where(JOBS.c.sequence > after).order_by(JOBS.c.sequence).limit(limit)
    return [_job(row) for row in connection.execute(query)]


def ended_between(
    connection: Connection, since: Instant, until: Instant, *, limit: int
) -> list[Job]:
    """The latest jobs that ended in a span and were submitted in it, in order of submission."""
    query = (
        select(JOBS)
        .where(JOBS.c.submitted_at >= format_instant(since))
        .where(JOBS.c.ended_at.is_not(None), JOBS.c.ended_at < format_instant(until))
        .order_by(JOBS.c.sequence.desc())
        .limit(limit)
    )
    return [_job(row) for row in connection.execute(query)][::-1]


def ended_since(connection: Connection, since: Instant, *, limit: int) -> list[Job]:
    """The jobs submitted last of those that ended since an instant, the newest first."""
    query = select(JOBS).where(JOBS.c.ended_at >= format_instant(since))
    query = query.order_by(JOBS.c.sequence.desc()).limit(limit)
    return [_job(row) for row in connection.execute(query)]


def last_ended(connection: Connection, limit: int) -> list[Job]:
    """The jobs submitted last of those that ended, in order of submission."""
    query = (
        select(JOBS)
        .where(JOBS.c.ended_at.is_not(None))
        .order_by(JOBS.c.sequence.desc())
        .limit(limit)
    )
    return [_job(row) for row in connection.execute(query)][::-1]


def counts(connection: Connection) -> dict[JobState, int]:
    """How many jobs are in each state."""
    query = select(JOBS.c.state, func.count()).group_by(JOBS.c.state)
    return {JobState(state): number for state, number in connection.execute(query)}


_NEWEST = 20_000
"""Of so many jobs it is told how they went lately."""


def waits_since(connection: Connection, since: Instant) -> list[float]:
    """Seconds from submission to start of the jobs that started since an instant."""
    query = (
        select(JOBS.c.submitted_at, JOBS.c.started_at)
        .where(JOBS.c.started_at >= format_instant(since))
        .order_by(JOBS.c.sequence.desc())
        .limit(_NEWEST)
    )
    return [
        (parse_instant(started) - parse_instant(submitted)).total_seconds()
        for submitted, started in connection.execute(query)
    ]


def ends_since(connection: Connection, since: Instant) -> dict[JobState, int]:
    """How many jobs ended in each way since an instant."""
    query = select(JOBS.c.state, func.count()).where(JOBS.c.ended_at >= format_instant(since))
    found = connection.execute(query.group_by(JOBS.c.state))
    return {JobState(state): number for state, number in found}


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
        "request": json.dumps(job.request.to_json()),
        "leave_for": job.leave_for,
        "lost": job.lost,
        "attained": job.attained,
        "behind_s": job.behind_s,
        "idle_since": _text(job.idle_since),
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
        times=_times(json.loads(row.times)),
        leave_for=None if row.leave_for is None else Leave(row.leave_for),
        lost=row.lost,
        attained=row.attained,
        behind_s=row.behind_s,
        idle_since=_instant(row.idle_since),
        project=row.project,
    )


def _times_text(times: Times) -> str:
    """Only what was asked for."""
    told = {
        "not_before": _text(times.not_before),
        "start_by": _text(times.start_by),
        "finish_by": _text(times.finish_by),
        "green": times.green or None,
    }
    return json.dumps({name: value for name, value in told.items() if value is not None})


def _times(values: Mapping[str, Any]) -> Times:
    return Times(
        _instant(values.get("not_before")),
        _instant(values.get("start_by")),
        _instant(values.get("finish_by")),
        values.get("green", False),
    )
