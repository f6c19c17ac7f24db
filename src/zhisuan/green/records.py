"""All SQL of green: the footprint of every attempt, as it was reckoned when the attempt ended.

Kept, not recomputed: a later factor or profile must not change what a receipt said.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Column, Connection, Integer, String, Table, Text, insert, select

from zhisuan.green.footprint import Footprint
from zhisuan.store.database import METADATA

FOOTPRINTS = Table(
    "footprint",
    METADATA,
    Column("job_id", String(40), primary_key=True),
    Column("attempt", Integer, primary_key=True),
    Column("body", Text, nullable=False),
)


@dataclass(frozen=True, slots=True)
class JobFootprint:
    """The footprint of one attempt of a job."""

    job_id: str
    attempt: int
    footprint: Footprint


def add(connection: Connection, footprints: Sequence[JobFootprint]) -> None:
    """Keep footprints; each attempt has one."""
    if footprints:
        connection.execute(
            insert(FOOTPRINTS),
            [
                {
                    "job_id": each.job_id,
                    "attempt": each.attempt,
                    "body": json.dumps(asdict(each.footprint), ensure_ascii=False),
                }
                for each in footprints
            ],
        )


def of_job(connection: Connection, job_id: str) -> list[Mapping[str, Any]]:
    """The footprints of a job's attempts, in their order, as JSON values."""
    query = (
        select(FOOTPRINTS.c.body)
        .where(FOOTPRINTS.c.job_id == job_id)
        .order_by(FOOTPRINTS.c.attempt)
    )
    return [json.loads(body) for body in connection.execute(query).scalars()]


def of_jobs(connection: Connection, job_ids: Sequence[str]) -> dict[str, list[Mapping[str, Any]]]:
    """The same of several jobs, by job."""
    query = (
        select(FOOTPRINTS.c.job_id, FOOTPRINTS.c.body)
        .where(FOOTPRINTS.c.job_id.in_(job_ids))
        .order_by(FOOTPRINTS.c.attempt)
    )
    found: dict[str, list[Mapping[str, Any]]] = {}
    for row in connection.execute(query):
        found.setdefault(row.job_id, []).append(json.loads(row.body))
    return found
