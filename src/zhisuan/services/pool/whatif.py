"""What if: the centre's own history, replayed under another policy or on another pool.

The jobs are those that ended in a span of time, with the seconds they really ran. They are
replayed by the very scheduler that runs the centre, once under the rules of today and once under
the other ones, so that the difference is the rules' and not the simulator's; what really happened
stands beside both.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from multiprocessing import TimeoutError as TooLong
from multiprocessing import get_context
from typing import TypeVar

from sqlalchemy import Connection

from zhisuan.compute import records as jobs
from zhisuan.compute.job import Job, JobEvent
from zhisuan.compute.node import Node, NodeState
from zhisuan.compute.policy import Policy
from zhisuan.compute.policyfile import Rules
from zhisuan.compute.pool import Pool
from zhisuan.compute.replay.measures import Measures
from zhisuan.compute.replay.predicted import Predicted
from zhisuan.compute.replay.simulate import Finished, Replay
from zhisuan.compute.replay.trace import TraceJob
from zhisuan.compute.supply import records as supply
from zhisuan.core.clock import Instant
from zhisuan.core.errors import Conflict
from zhisuan.ledger.tariff import PriceClass
from zhisuan.services.pool.retrace import Agreement, retrace

T = TypeVar("T")

_MOST_JOBS = 100_000
_MOST_RETRACED = 5_000
_MOST_S = 300.0


@dataclass(frozen=True, slots=True)
class Lived:
    """One job as it really went.

    Attributes:
        job: as a trace has it.
        started_at: of its first attempt, Unix seconds.
        ended_at: of its last.
    """

    job: TraceJob
    started_at: float
    ended_at: float


@dataclass(frozen=True, slots=True)
class Course:
    """How it went, or would have gone, in all.

    Attributes:
        jobs: that ended.
        utilisation: of all devices, or of all cores of a pool without devices; 0 to 1.
        jain_fairness: of the mean slowdown of tenants, 0 to 1.
        never_started: jobs that this pool could not run.
    """

    jobs: int
    average_wait_s: float
    p99_wait_s: float
    bounded_slowdown: float
    utilisation: float
    makespan_s: float
    jain_fairness: float
    preemptions: int
    never_started: int = 0


def lived(connection: Connection, since: Instant, until: Instant) -> list[Lived]:
    """The jobs that were submitted and ended in a span, in order of submission.

    Raises:
        Conflict: they are too many for one replay.
    """
    found = jobs.ended_between(connection, since, until, limit=_MOST_JOBS + 1)
    if len(found) > _MOST_JOBS:
        raise Conflict(
            f"More than {_MOST_JOBS} jobs ended in that time.", hint="Take a shorter span."
        )
    return [each for each in map(_lived, found) if each is not None]


def _lived(job: Job) -> Lived | None:
    """A job that held the pool at least once, by its story."""
    ran_s, first, began = 0.0, None, None
    for at, event in job.moves():
        if event is JobEvent.PLACED:
            began = at.timestamp()
            first = began if first is None else first
        elif began is not None and event is not JobEvent.BEGAN:
            ran_s += 0.0 if event is JobEvent.LOST else at.timestamp() - began
            began = None
    if first is None or job.ended_at is None:
        return None
    trace = TraceJob(
        job.job_id,
        job.tenant,
        job.submitted_at.timestamp(),
        ran_s,
        job.work.time_limit_s,
        job.request,
        group=job.tenant,
        user=job.tenant,
        executable=job.work.algorithm,
        priority=job.priority,
        preemptible=job.price_class == PriceClass.PREEMPTIBLE,
    )
    return Lived(trace, first, job.ended_at.timestamp())


def as_it_was(past: Iterable[Lived], nodes: Sequence[Node]) -> Course:
    """What really happened."""
    measures = Measures()
    for each in past:
        measures.add(Finished(each.job, each.started_at, each.ended_at))
    return _course(measures, nodes, 0)


def agreement(
    connection: Connection, nodes: Sequence[Node], rules: Rules, since: Instant, until: Instant
) -> Agreement:
    """How far the scheduler, asked again turn by turn, decides as it did, in a process of its own.

    The pool is taken as idle and ready at the beginning, so the span should begin in a quiet hour;
    what the operator made of nodes meanwhile is known from the records of supply.

    Raises:
        Conflict: the jobs are too many, or it takes too long.
    """
    found = jobs.ended_between(connection, since, until, limit=_MOST_RETRACED + 1)
    if len(found) > _MOST_RETRACED:
        raise Conflict(
            f"More than {_MOST_RETRACED} jobs ended in that time.", hint="Take a shorter span."
        )
    kept = supply.between(connection, since, until, until)
    changes = sorted(
        (each.since, each.node, each.state) for each in kept if since <= each.since < until
    )
    ready = tuple(replace(node, state=NodeState.READY) for node in nodes)
    return _elsewhere(retrace, (found, ready, rules, changes))


def would_be(past: Sequence[Lived], nodes: Sequence[Node], policy: Policy) -> Course:
    """What would have happened under a policy, in a process of its own.

    Raises:
        Conflict: it takes too long.
    """
    return _elsewhere(_replay, ([each.job for each in past], tuple(nodes), policy))


def _elsewhere(do: Callable[..., T], asked: tuple[object, ...]) -> T:
    """Do something long in a process of its own, for as long as we have patience."""
    with get_context("spawn").Pool(1) as child:  # leaving it ends the child, whatever it does
        try:
            return child.apply_async(do, asked).get(_MOST_S)
        except TooLong as error:
            raise Conflict(
                f"The replay took longer than {_MOST_S:.0f} s.", hint="Take a shorter span."
            ) from error


def _replay(trace: Sequence[TraceJob], nodes: Sequence[Node], policy: Policy) -> Course:
    measures = Measures()
    replay = Replay(Pool(nodes), policy, Predicted(_alike, lambda job: job.user), measures.add)
    for _ in replay.run(trace):
        pass
    return _course(measures, nodes, replay.waiting)


def _alike(job: TraceJob) -> Sequence[Hashable]:
    """What the live centre goes by, too: who, what, and with how much time; see `foresight`."""
    wide = (job.user, job.executable)
    return (*wide, job.estimate_s), wide, (job.executable, job.estimate_s)


def _course(measures: Measures, nodes: Sequence[Node], never: int) -> Course:
    devices = sum(len(node.devices) for node in nodes)
    cores = sum(len(node.cores) for node in nodes)
    return Course(
        measures.jobs,
        measures.average_wait_s,
        measures.p99_wait_s,
        measures.bounded_slowdown,
        measures.utilisation(devices or cores),
        measures.makespan_s,
        measures.fairness,
        measures.preemptions,
        never,
    )
