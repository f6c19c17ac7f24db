"""Settle: an ended attempt becomes usage, footprint and charge; pure but for its records."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from zhisuan.compute.allocation import Allocation
from zhisuan.compute.job import Job, JobEvent, JobReason, JobState
from zhisuan.core.clock import parse_instant
from zhisuan.core.quantities import Quality
from zhisuan.core.work import EndReason, FinalRecord
from zhisuan.green.footprint import Footprint, footprint
from zhisuan.ledger.tariff import Outcome, PriceClass
from zhisuan.ledger.usage import UsageRecord, UsedDevice
from zhisuan.services.centre import Centre

FAILURES: Mapping[EndReason, JobReason] = {
    EndReason.PROGRAM_ERROR: JobReason.PROGRAM_ERROR,
    EndReason.OUT_OF_MEMORY: JobReason.OUT_OF_MEMORY,
    EndReason.COMMAND_NOT_FOUND: JobReason.COMMAND_NOT_FOUND,
    EndReason.WRONG_INPUT: JobReason.WRONG_INPUT,
    EndReason.OVER_TIME: JobReason.OVER_TIME,
    EndReason.DISK_FULL: JobReason.DISK_FULL,
    EndReason.RUNNER_LOST: JobReason.NODE_LOST,
    EndReason.UNKNOWN: JobReason.UNKNOWN,
}

_OUTCOMES: Mapping[JobReason, Outcome] = {
    JobReason.PROGRAM_ERROR: Outcome.PROGRAM_ERROR,
    JobReason.COMMAND_NOT_FOUND: Outcome.PROGRAM_ERROR,
    JobReason.WRONG_INPUT: Outcome.WRONG_INPUT,
    JobReason.OUT_OF_MEMORY: Outcome.OVER_LIMIT,
    JobReason.OVER_TIME: Outcome.OVER_LIMIT,
    JobReason.BY_TENANT: Outcome.STOPPED,
}
"""What is not named here is the centre's own fault."""


def event_of(final: FinalRecord, stop_by: JobReason | None) -> tuple[JobEvent, JobReason | None]:
    """What a final record means for the job's life."""
    if final.reason is EndReason.SUCCEEDED:
        return JobEvent.SUCCEEDED, None
    if final.reason is EndReason.STOPPED:
        return JobEvent.STOPPED, stop_by or JobReason.UNKNOWN
    return JobEvent.FAILED, FAILURES[final.reason]


def outcome_of(job: Job, summary: Mapping[str, Any]) -> Outcome:
    """How the work ended, as far as its price is concerned."""
    if job.state is JobState.SUCCEEDED:
        usable = summary.get("usable", True)
        return Outcome.USABLE if usable else Outcome.NO_USABLE_MODEL
    if job.reason is None:
        return Outcome.CENTRE_FAULT
    return _OUTCOMES.get(job.reason, Outcome.CENTRE_FAULT)


def summary_of(folder: Path) -> Mapping[str, Any]:
    """The algorithm's own `solution.json`; empty if it wrote none that can be read."""
    try:
        found = json.loads((folder / "output" / "solution.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return cast("dict[str, Any]", found) if isinstance(found, dict) else {}


def usage_of(centre: Centre, job: Job, final: FinalRecord) -> tuple[UsageRecord, Footprint]:
    """The meter's evidence of one attempt that has a final record."""
    allocation = job.allocations[0]
    foot = footprint(
        final.meter,
        allocation.cpu_milli,
        centre.power,
        centre.factor,
        centre.pue,
        [share.device for share in allocation.devices],
    )
    record = UsageRecord(
        job_id=job.job_id,
        attempt=final.attempt,
        tenant=job.tenant,
        node=allocation.node,
        cpu_milli=allocation.cpu_milli,
        memory_mb=allocation.memory_mb,
        started_at=parse_instant(final.started_at),
        ended_at=parse_instant(final.ended_at),
        wall_s=final.meter.wall_s,
        cpu_s=final.meter.cpu_s,
        peak_memory_mb=final.meter.peak_memory_mb,
        energy_wh=foot.energy_wh,
        energy_quality=foot.energy_quality,
        algorithm=f"{job.work.algorithm}@{job.work.version}",
        tariff_version=job.tariff_version,
        price_class=PriceClass(job.price_class),
        reason=final.reason,
        devices=_devices(allocation),
    )
    return record, foot


def usage_of_lost(centre: Centre, job: Job) -> UsageRecord:
    """The record of an attempt that was lost: the time is a gap, and it costs nothing."""
    allocation = job.allocations[0]
    started, now = job.started_at or centre.clock.now(), centre.clock.now()
    seconds = max(0.0, (now - started).total_seconds())
    return UsageRecord(
        job_id=job.job_id,
        attempt=job.attempt,
        tenant=job.tenant,
        node=allocation.node,
        cpu_milli=allocation.cpu_milli,
        memory_mb=allocation.memory_mb,
        started_at=started,
        ended_at=now,
        wall_s=seconds,
        cpu_s=0.0,
        peak_memory_mb=None,
        energy_wh=0.0,
        energy_quality=Quality.ASSUMED,
        algorithm=f"{job.work.algorithm}@{job.work.version}",
        tariff_version=job.tariff_version,
        price_class=PriceClass(job.price_class),
        reason=JobReason.NODE_LOST,
        devices=_devices(allocation),
        billable=False,
        gap_s=seconds,
    )


def _devices(allocation: Allocation) -> tuple[UsedDevice, ...]:
    return tuple(
        UsedDevice(share.device, share.priced_as, share.milli, share.simulated)
        for share in allocation.devices
    )
