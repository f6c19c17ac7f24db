"""The seam between the centre and whatever starts its runners: this machine, Slurm, Ray.

An engine only starts a runner, tells its state and stops it; what the runner did stands in the
attempt's folder. Every implementation obeys the laws in `zhisuan.testing.engine_contract`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from zhisuan.compute.node import Node
from zhisuan.core.clock import Instant
from zhisuan.core.quantities import Seconds
from zhisuan.core.work import FinalRecord, LaunchSpec, MeterReading

JobId = str


class Capability(StrEnum):
    """What an engine can do beyond starting and stopping."""

    GANG = "gang"
    PREEMPT = "preempt"
    DEVICE_INDEX = "device_index"
    ACCOUNTING = "accounting"
    ENERGY = "energy"
    PLACES = "places"


class Phase(StrEnum):
    """How far an attempt is, as its engine sees it.

    ABSENT: nobody has begun it and nobody is about to; launching it (again) is safe.
    PENDING: it waits in the engine's own queue.
    STARTING: its runner is on the way; nothing of the job has run yet.
    RUNNING: its runner lives and has started the job.
    ENDED: there is a final record.
    LOST: its runner is gone without a final record; this attempt will never run again.
    """

    ABSENT = "absent"
    PENDING = "pending"
    STARTING = "starting"
    RUNNING = "running"
    ENDED = "ended"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class EngineState:
    """What an engine says of a job's latest attempt.

    Attributes:
        attempt: 0 while the job is absent.
        final: the end, exactly when the phase is ENDED.
    """

    attempt: int
    phase: Phase
    final: FinalRecord | None = None


@dataclass(frozen=True, slots=True)
class EngineUsage:
    """What one ended attempt used, as the engine accounts for it.

    Attributes:
        ended_at: instant as `core.clock` writes it.
    """

    job_id: JobId
    attempt: int
    ended_at: str
    meter: MeterReading


@dataclass(frozen=True, slots=True)
class Inventory:
    """Everything an engine has.

    Attributes:
        nodes: real machines with what jobs and centre may use of them together.
        labels: of the engine as a whole, such as `cpu_model`.
        notes: what was seen and is not used, one sentence each.
    """

    nodes: tuple[Node, ...]
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    notes: tuple[str, ...] = ()


class Engine(Protocol):
    """Starts runners, tells their state, stops them. Used by one thread, except `wake`."""

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What it can do beyond the methods below."""
        ...

    def inventory(self) -> Inventory:
        """What it has now."""
        ...

    def launch(self, spec: LaunchSpec) -> None:
        """Begin the attempt without waiting for it; idempotent by job id and attempt.

        Raises:
            EnvironmentUnavailable: the interpreter is not there.
            DiskFull, DataFolderReadOnly: the order cannot be written.
        """
        ...

    def states(self, jobs: Sequence[JobId]) -> Mapping[JobId, EngineState]:
        """The state of each of these jobs, always all in one go."""
        ...

    def stop(self, job: JobId, grace: Seconds) -> None:
        """Ask the latest attempt to end, and end it after the grace; it never starts later."""
        ...

    def usage(self, since: Instant) -> Sequence[EngineUsage]:
        """Of the attempts that ended at or after this instant, in order of their end."""
        ...

    def wait(self, timeout: Seconds) -> Sequence[JobId]:
        """Sleep until something may have changed; jobs whose state is worth asking for."""
        ...

    def wake(self) -> None:
        """Let a `wait` in another thread return at once."""
        ...

    def close(self) -> None:
        """Let go of the engine; what runs goes on running."""
        ...
