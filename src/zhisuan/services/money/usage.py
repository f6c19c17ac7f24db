"""One's own usage: what was charged in a period, and the hours, energy and carbon behind it.

Work counts in the period in which it was settled, whole, so the sums are those of the charges in
the ledger and nothing is counted twice or estimated.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from zhisuan.algorithms.package import Bilingual
from zhisuan.compute import records as jobs
from zhisuan.compute.job import Job
from zhisuan.core.clock import Instant
from zhisuan.core.quantities import Quality, worst
from zhisuan.green import records as footprints
from zhisuan.ledger.charge import Charge
from zhisuan.ledger.usage import UsageRecord
from zhisuan.services import records
from zhisuan.services.centre import Centre

_AT_ONCE = 2000


class UsageBy(StrEnum):
    """What usage is summed by."""

    DAY = "day"
    TASK = "task"
    PROJECT = "project"
    ALGORITHM = "algorithm"


@dataclass(slots=True)
class Sum:
    """The sum over some work.

    Attributes:
        key: the day, or an id; empty for what belongs to none.
        label: the same for people, where there are better words.
        jobs: how many were settled.
        amount: charged, micro-yuan.
        energy_quality, carbon_quality: of the weakest part; None where there is none.
        device_hours, simulated_device_hours: of devices that exist, and of those that do not.
    """

    key: str
    label: Bilingual | None = None
    jobs: int = 0
    amount: int = 0
    energy_wh: float = 0.0
    energy_quality: Quality | None = None
    carbon_g: float = 0.0
    carbon_quality: Quality | None = None
    core_hours: float = 0.0
    device_hours: float = 0.0
    simulated_device_hours: float = 0.0


@dataclass(slots=True)
class OwnUsage:
    """The sums of a period, by key, and over all of it."""

    rows: dict[str, Sum] = field(default_factory=dict[str, Sum])
    total: Sum = field(default_factory=lambda: Sum("total"))


def usage(
    centre: Centre, connection: Connection, tenant: str, since: Instant, until: Instant, by: UsageBy
) -> OwnUsage:
    """What a tenant was charged from `since` up to `until`, and what it had for it."""
    found = OwnUsage()
    charges = iter(centre.ledger.charges_between(connection, tenant, since, until))
    zone = ZoneInfo(centre.ledger.zone)
    while batch := list(islice(charges, _AT_ONCE)):
        ids = [charge.job_id for charge in batch]
        usage = centre.ledger.usage_of_many(connection, ids)
        feet = footprints.of_jobs(connection, ids)
        known = jobs.some(connection, ids)
        labels = _labels(centre, connection, tenant, known, by)
        key_of = _keys(by, zone)
        for charge in batch:
            key = key_of(charge, known[charge.job_id])
            row = found.rows.setdefault(key, Sum(key, labels.get(key)))
            for each in (row, found.total):
                _add(each, charge, usage.get(charge.job_id, ()), feet.get(charge.job_id, ()))
    return found


def _keys(by: UsageBy, zone: ZoneInfo) -> Callable[[Charge, Job], str]:
    if by is UsageBy.DAY:
        return lambda charge, _: charge.settled_at.astimezone(zone).date().isoformat()
    if by is UsageBy.TASK:
        return lambda _, job: job.task_id or ""
    if by is UsageBy.PROJECT:
        return lambda charge, _: charge.project or ""
    return lambda _, job: job.work.algorithm


def _labels(
    centre: Centre, connection: Connection, tenant: str, known: Mapping[str, Job], by: UsageBy
) -> Mapping[str, Bilingual]:
    if by is UsageBy.ALGORITHM:
        return {each.name: each.card.title for each in centre.catalogue}
    if by is not UsageBy.TASK:
        return {}
    wanted = [job.task_id for job in known.values() if job.task_id is not None]
    tasks = records.some_tasks(connection, wanted) if wanted else {}
    names = centre.shelf.labels(connection, tenant, [each.dataset_id for each in tasks.values()])
    told = {
        task_id: f"{names[task.dataset_id].name if task.dataset_id in names else ''}"
        f" → {task.question.target}"
        for task_id, task in tasks.items()
    }
    return {task_id: Bilingual(zh=words, en=words) for task_id, words in told.items()}


def _add(
    total: Sum,
    charge: Charge,
    usage: Iterable[UsageRecord],
    feet: Sequence[Mapping[str, Any]],
) -> None:
    total.jobs += 1
    total.amount += charge.amount
    for record in usage:
        hours = record.wall_s / 3600
        total.core_hours += record.cpu_milli / 1000 * hours
        for device in record.devices:
            if device.simulated:
                total.simulated_device_hours += device.milli / 1000 * hours
            else:
                total.device_hours += device.milli / 1000 * hours
    for foot in feet:
        total.energy_wh += foot["energy_wh"]
        total.carbon_g += foot["carbon_g"]
        total.energy_quality = _weaker(total.energy_quality, foot["energy_quality"])
        total.carbon_quality = _weaker(total.carbon_quality, foot["carbon_quality"])


def _weaker(one: Quality | None, other: str) -> Quality:
    return Quality(other) if one is None else worst(one, Quality(other))
