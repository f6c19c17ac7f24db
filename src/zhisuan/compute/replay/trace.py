"""A trace: jobs that ran somewhere once, as a replay needs them."""

from collections.abc import Sequence
from dataclasses import dataclass

from zhisuan.compute.request import ResourceRequest


@dataclass(frozen=True, slots=True)
class TraceJob:
    """One job of a trace.

    Attributes:
        job_id: unique in the trace.
        tenant: whom the scheduler counts it against.
        arrival_s: when it was submitted, seconds of the trace's clock.
        run_s: how long it ran; 0 or more. No policy is told, except through `Perfect`.
        estimate_s: how long its owner said it would run at most, above 0; `NEVER` if he did not.
        request: what it asks for.
        group: whose slowdown is compared with others', such as a virtual cluster.
        user, executable, queue: what a predictor may go by; empty if the trace does not say.
        priority: class; a higher one goes first.
        preemptible: it may be asked to make room.
    """

    job_id: str
    tenant: str
    arrival_s: float
    run_s: float
    estimate_s: float
    request: ResourceRequest
    group: str = ""
    user: str = ""
    executable: str = ""
    queue: str = ""
    priority: int = 0
    preemptible: bool = True


@dataclass(frozen=True, slots=True)
class Trace:
    """Jobs in order of arrival; those of one instant in the order of the file.

    Attributes:
        name: for people, such as the file's name.
        jobs: the ones that are kept.
        dropped: how many were read but are no work, such as those that never ran.
    """

    name: str
    jobs: Sequence[TraceJob]
    dropped: int = 0

    def last(self, count: int) -> "Trace":
        """The trace cut to its last jobs."""
        return Trace(self.name, self.jobs[-count:] if count else (), self.dropped)
