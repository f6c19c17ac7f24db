"""What idle jobs gave back, step by step."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict

from sqlalchemy import Column, Connection, Integer, String, Table, insert, select, update

from zhisuan.compute.reclaim import GivenBack, Step
from zhisuan.core.clock import Instant, format_instant, parse_instant
from zhisuan.store.database import METADATA

GIVEN_BACK = Table(
    "given_back",
    METADATA,
    Column("sequence", Integer, primary_key=True, autoincrement=True),
    Column("job_id", String(40), nullable=False, index=True),
    Column("step", String(10), nullable=False),
    Column("at", String(27), nullable=False),
    Column("until", String(27), nullable=False),
    Column("cpu_milli", Integer, nullable=False),
    Column("device_milli", Integer, nullable=False),
    Column("simulated_milli", Integer, nullable=False),
)


def add_given_back(connection: Connection, given: Sequence[GivenBack]) -> None:
    """Keep what idle jobs gave back."""
    if given:
        connection.execute(
            insert(GIVEN_BACK),
            [
                {
                    **asdict(each),
                    "at": format_instant(each.at),
                    "until": format_instant(each.until),
                }
                for each in given
            ],
        )


def close_given_back(connection: Connection, job_ids: Sequence[str], at: Instant) -> None:
    """These jobs came back or ended, so they would hold nothing from now on.

    What a released job gave back stays: its end is the giving back.
    """
    if job_ids:
        connection.execute(
            update(GIVEN_BACK)
            .where(GIVEN_BACK.c.job_id.in_(job_ids), GIVEN_BACK.c.step != Step.RELEASE)
            .where(GIVEN_BACK.c.until > format_instant(at))
            .values(until=format_instant(at))
        )


def given_back(connection: Connection) -> Iterator[GivenBack]:
    """All that idle jobs gave back."""
    for row in connection.execute(select(GIVEN_BACK)):
        yield GivenBack(
            row.job_id,
            Step(row.step),
            parse_instant(row.at),
            parse_instant(row.until),
            row.cpu_milli,
            row.device_milli,
            row.simulated_milli,
        )
