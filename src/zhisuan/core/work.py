"""What crosses the wall between the centre and a runner: the order, and the final record.

The centre writes a `LaunchSpec` as `spec.json` into the job's folder and an engine starts a
runner on that folder. The runner writes beside it `claim` (once; whoever makes it owns the
attempt), `heartbeat.json`, `log`, `events.jsonl`, the algorithm's files under `output/`, and at
the very end `final.json`, a `FinalRecord`, atomically. Whoever finds `final.json` knows the end.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Self


class EndReason(StrEnum):
    """How a runner saw its job end; `SUCCEEDED` is the only good one."""

    SUCCEEDED = "succeeded"
    PROGRAM_ERROR = "program_error"
    OUT_OF_MEMORY = "out_of_memory"
    COMMAND_NOT_FOUND = "command_not_found"
    WRONG_INPUT = "wrong_input"
    OVER_TIME = "over_time"
    DISK_FULL = "disk_full"
    STOPPED = "stopped"
    RUNNER_LOST = "runner_lost"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class LaunchSpec:
    """One attempt of one job, complete: a runner needs nothing else.

    Attributes:
        job_id: the job; with `attempt` the identity under which a launch is idempotent.
        attempt: counts from 1; a requeued job comes again with the next number.
        folder: the attempt's folder, absolute, inside the job's own (`<job>/<attempt>`).
        environment: key of the algorithm's environment (the hash of its lock).
        interpreter: the command that starts Python in that environment, such as
            `(".../bin/python", "-I")`.
        entry: `module:function` called with a `JobContext`.
        program: folders put before the import path, absolute.
        preload: modules that a warm runner imports once for all its jobs.
        parameters: JSON values handed to the algorithm.
        inputs: name to absolute path; read-only for the job.
        cores: indices of the cores the job is pinned to; its threads equal their number.
        cpu_milli: the share granted, 1000 = one core; below 1000 the one core is shared.
        memory_mb: resident memory beyond which the job is stopped as `out_of_memory`.
        time_limit_s: seconds of wall time beyond which the job is stopped as `over_time`.
        grace_s: seconds between asking a job to stop and ending it.
        devices: names granted, a runtime and an index such as `cann0`; simulated ones `sim:…`.
        isolated: run in a cold runner of its own instead of a fork of the warm one.
    """

    job_id: str
    attempt: int
    folder: str
    environment: str
    interpreter: tuple[str, ...]
    entry: str
    program: tuple[str, ...] = ()
    preload: tuple[str, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict[str, Any])
    inputs: Mapping[str, str] = field(default_factory=dict[str, str])
    cores: tuple[int, ...] = ()
    cpu_milli: int = 1000
    memory_mb: int = 1024
    time_limit_s: float = 3600.0
    grace_s: float = 5.0
    devices: tuple[str, ...] = ()
    isolated: bool = False

    def to_json(self) -> str:
        """The text of `spec.json`."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The spec written by `to_json`; unknown keys are refused by the constructor."""
        values = json.loads(text)
        for name in ("interpreter", "program", "preload", "cores", "devices"):
            values[name] = tuple(values[name])
        return cls(**values)


@dataclass(frozen=True, slots=True)
class MeterReading:
    """What a runner read about one attempt from the operating system.

    Attributes:
        wall_s: seconds from the job's start to its end (monotonic clock).
        cpu_s: user and system seconds of the job and its ended children (`wait4`).
        peak_memory_mb: largest resident set seen, megabytes of 2**20 bytes.
        machine_cpu_s: busy seconds of all cores over the same span (`/proc/stat`), None if unread.
        machine_cores: logical cores of the machine.
        package_wh: watt-hours the CPU packages' own counters (RAPL) gained over the span,
            whole machine, None where there is no such counter.
    """

    wall_s: float
    cpu_s: float
    peak_memory_mb: float
    machine_cpu_s: float | None
    machine_cores: int
    package_wh: float | None


@dataclass(frozen=True, slots=True)
class FinalRecord:
    """The end of one attempt.

    Attributes:
        started_at, ended_at: instants as `core.clock` writes them.
        exit_code: of the process; negative is the signal that ended it.
        message: one sentence for a person; the algorithm's own words for `wrong_input`.
    """

    job_id: str
    attempt: int
    reason: EndReason
    exit_code: int
    message: str
    started_at: str
    ended_at: str
    meter: MeterReading

    def to_json(self) -> str:
        """The text of `final.json`."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The record written by `to_json`."""
        values = json.loads(text)
        values["reason"] = EndReason(values["reason"])
        values["meter"] = MeterReading(**values["meter"])
        return cls(**values)
