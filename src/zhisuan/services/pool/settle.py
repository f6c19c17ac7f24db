"""Settle: an ended attempt becomes usage, footprint and charge; pure but for its records.

Work that a checkpoint keeps for the next attempt is billed. What was lost, or was taken away from
a program that kept nothing, costs nothing.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from zhisuan.compute.allocation import Allocation
from zhisuan.compute.job import Job, JobEvent, JobReason, JobState, Leave
from zhisuan.core.clock import Instant, parse_instant
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
    JobReason.BY_IDLE_RULE: Outcome.STOPPED,
    JobReason.BY_UNPAID: Outcome.STOPPED,
}
"""What is not named here is the centre's own fault."""


_LEFT: Mapping[Leave, tuple[JobEvent, JobReason]] = {
    Leave.PRIORITY: (JobEvent.PREEMPTED, JobReason.PREEMPTED),
    Leave.RECLAIMED: (JobEvent.PREEMPTED, JobReason.PREEMPTED),
    Leave.TURN: (JobEvent.PREEMPTED, JobReason.PREEMPTED),
    Leave.SHRINK: (JobEvent.PREEMPTED, JobReason.SHRUNK),
    Leave.IDLE: (JobEvent.PREEMPTED, JobReason.SUSPENDED),
    Leave.UNPAID: (JobEvent.PREEMPTED, JobReason.UNPAID),
    Leave.NODE_DOWN: (JobEvent.LOST, JobReason.NODE_LOST),
}


def event_of(
    final: FinalRecord, stop_by: JobReason | None, leave_for: Leave | None
) -> tuple[JobEvent, JobReason | None]:
    """What a final record means for the job's life.

    A job that ended by itself has ended, whatever was asked of it meanwhile; of those who asked,
    its tenant and the operator come before the centre.
    """
    if final.reason is EndReason.SUCCEEDED:
        return JobEvent.SUCCEEDED, None
    if final.reason is not EndReason.STOPPED:
        return JobEvent.FAILED, FAILURES[final.reason]
    if stop_by is None and leave_for is not None:
        return _LEFT[leave_for]
    return JobEvent.STOPPED, stop_by or JobReason.UNKNOWN


def keeps(final: FinalRecord, *, resumes: bool) -> bool:
    """Whether the next attempt goes on from this one.

    A program that resumes and ended by itself when it was asked to has kept its checkpoint; one
    that was ended by force may have kept an older one or none.
    """
    return resumes and final.exit_code == 0


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


def usage_of(
    centre: Centre,
    job: Job,
    final: FinalRecord,
    reason: JobReason | None = None,
    *,
    billable: bool = True,
) -> tuple[UsageRecord, Footprint]:
    """The meter's evidence of one attempt that has a final record.

    Args:
        centre: whose power model and factors hold.
        job: still with what the attempt held.
        final: what its runner wrote.
        reason: why it ended, where the job's life knows better than the runner.
        billable: whether it costs anything.
    """
    foot = footprint(
        final.meter,
        sum(each.cpu_milli for each in job.allocations),
        centre.power,
        centre.factor,
        centre.pue,
        [share.device for each in job.allocations for share in each.devices],
    )
    record = _record(
        job,
        parse_instant(final.started_at),
        parse_instant(final.ended_at),
        reason=reason or final.reason,
        billable=billable,
    )
    metered = replace(
        record,
        wall_s=final.meter.wall_s,
        cpu_s=final.meter.cpu_s,
        peak_memory_mb=final.meter.peak_memory_mb,
        energy_wh=foot.energy_wh,
        energy_quality=foot.energy_quality,
    )
    return metered, foot


def usage_of_lost(job: Job, now: Instant) -> UsageRecord:
    """The record of an attempt that was lost: the time is a gap, and it costs nothing."""
    started = job.started_at or now
    seconds = max(0.0, (now - started).total_seconds())
    record = _record(job, started, now, reason=JobReason.NODE_LOST, billable=False)
    return replace(record, wall_s=seconds, gap_s=seconds)


def usage_so_far(job: Job, started: Instant, now: Instant) -> UsageRecord:
    """The record of an attempt that goes on, as if it ended now; its meters are not read yet."""
    record = _record(job, started, now, reason=job.state, billable=True)
    return replace(record, wall_s=max(0.0, (now - started).total_seconds()))


def _record(
    job: Job, started: Instant, ended: Instant, *, reason: str, billable: bool
) -> UsageRecord:
    """What an attempt had, over its whole gang; nothing is read yet."""
    held = job.allocations
    return UsageRecord(
        job_id=job.job_id,
        attempt=job.attempt,
        tenant=job.tenant,
        project=job.project,
        node=",".join(each.node for each in held),
        cpu_milli=sum(each.cpu_milli for each in held),
        memory_mb=sum(each.memory_mb for each in held),
        started_at=started,
        ended_at=ended,
        wall_s=0.0,
        cpu_s=0.0,
        peak_memory_mb=None,
        energy_wh=0.0,
        energy_quality=Quality.ASSUMED,
        algorithm=f"{job.work.algorithm}@{job.work.version}",
        tariff_version=job.tariff_version,
        price_class=PriceClass(job.price_class),
        reason=reason,
        devices=tuple(device for each in held for device in _devices(each, gang=len(held) > 1)),
        billable=billable,
    )


def _devices(allocation: Allocation, *, gang: bool) -> tuple[UsedDevice, ...]:
    """In a gang a device's name alone would be that of one on each node."""
    before = f"{allocation.node}/" if gang else ""
    return tuple(
        UsedDevice(f"{before}{share.device}", share.priced_as, share.milli, share.simulated)
        for share in allocation.devices
    )
