"""Taking turns: preemption by attained service, where nobody knows how long a job will run.

Jobs stand in levels by the device-seconds they have had; a lower level goes first, so that what
is short ends soon without being known to be short (least attained service: Nuyens & Wierman
2008; in levels for accelerators: Gu et al., Tiresias, NSDI 2019). Four things keep it calm: the
levels are a factor of four apart, so that a job is displaced a few times in its life at most;
within a level what runs goes on; what runs counts half, so that it must fall behind clearly
before it yields; and nobody is displaced before the policy's minimum run. A guard serves who has
waited beyond the policy's patience first among those of his priority, on a share of the pool, so
that nobody starves and the rest of the pool still serves the short. If such a job cannot have its
room yet, since somebody holds it who may stay, nobody else starts on it.

A quota counts who stays and who starts, so that a tenant's own jobs take turns within it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from heapq import merge
from operator import itemgetter
from typing import Any

from zhisuan.compute.policy import Policy
from zhisuan.compute.room import Release, Room
from zhisuan.compute.scheduler.elastic import grown
from zhisuan.compute.scheduler.gate import Gate
from zhisuan.compute.scheduler.order import LEVELS, Key, level, on_their_share
from zhisuan.compute.scheduler.queue import Queue, Running
from zhisuan.compute.scheduler.round import Job, Round
from zhisuan.compute.scheduler.values import (
    NEVER,
    Eviction,
    EvictionCause,
    Plan,
    QueuedJob,
    RunningJob,
    Waiting,
    WaitingReason,
)
from zhisuan.core.quantities import MILLI

_HYSTERESIS = 2.0
"""What a running job has had counts for so much less."""


def take_turns(
    now: float,
    pool: Room,
    queue: Queue,
    running: Running,
    policy: Policy,
    gate: Gate | None,
    *,
    explain: bool,
) -> Plan:
    """Who of all jobs should hold the pool now: who starts, and who makes room.

    Args:
        now: the instant.
        pool: what is free; left unchanged.
        queue: the jobs that wait, kept by what they have had.
        running: the jobs that hold the pool.
        policy: minimum run, quotas, patience and its share of the pool.
        gate: what holds single jobs back; None if nothing does.
        explain: say why the others wait.

    Returns:
        Starts of what has room already; the others start in a later plan, when those who must
        go have gone.
    """
    round_ = Round(pool.copy(), pool.copy(), policy, gate)
    scene = _scene(now, running, round_)
    _serve_all(round_, scene, queue, _overdue(now, queue, scene, round_, pool))
    evictions = [
        Eviction(job, EvictionCause.TURN)
        for _, job in scene.standing
        if job.job_id not in round_.chosen
    ]
    again = NEVER
    if len(queue) > len(round_.starts):
        hour = NEVER if gate is None else gate.again_at
        again = min(scene.again_at, hour, _next_overdue(now, queue, policy))
    reasons = _reasons(queue, round_, pool) if explain else {}
    starts = grown(round_.starts, round_.free, queue, policy.packing, gate)
    return Plan(tuple(starts), tuple(evictions), (), reasons, again)


@dataclass(slots=True)
class _Scene:
    """The running jobs, as they are now.

    Attributes:
        standing: who may be displaced and must stand again, in turn.
        firm: who stays for now.
        releases: when they may be displaced or end, and what they then give back, in order.
        again_at: the first instant at which time alone changes somebody's standing.
    """

    standing: list[tuple[Key, RunningJob]] = field(default_factory=list[tuple[Key, RunningJob]])
    firm: list[RunningJob] = field(default_factory=list[RunningJob])
    releases: list[Release] = field(default_factory=list[Release])
    again_at: float = NEVER


def _scene(now: float, running: Running, round_: Round[Any]) -> _Scene:
    """Part the running jobs; what may be displaced or is told to go gives its room back."""
    scene = _Scene()
    minimum_s = round_.policy.minimum_run_s
    for job in running:
        size = job.request.size / MILLI
        ran = now - job.started_at
        had = (job.attained + size * ran) / _HYSTERESIS
        at = level(had)
        if at <= len(LEVELS):
            changes = now + (LEVELS[at - 1] - had) * _HYSTERESIS / size
            scene.again_at = min(scene.again_at, changes)
        if job.leaving:
            round_.room.give_back(job.places, job.request)
        elif job.preemptible and ran >= minimum_s:
            round_.room.give_back(job.places, job.request)
            scene.standing.append(((-job.priority, at, 0, job.sequence), job))
        else:
            round_.stay.add(job)
            goes = job.started_at + minimum_s if job.preemptible else job.ends_at
            scene.firm.append(job)
            scene.releases.append((max(now, goes), job.sequence, job.places, job.request))
            if job.preemptible:
                scene.again_at = min(scene.again_at, goes)
    scene.standing.sort()
    scene.releases.sort(key=itemgetter(0))
    return scene


def _serve_all(round_: Round[Any], scene: _Scene, queue: Queue, late: list[Job]) -> None:
    """Give the pool out: first to the overdue, then in turn, at last to those who borrow."""
    early = {job.job_id for job in late}
    first = [((-job.priority, 0, 0, job.sequence), job) for job in late]
    borrowing: list[Job] = []
    for key, job in merge(first, scene.standing, queue.keyed()):
        if key[1] and job.job_id in early:
            continue
        if round_.beyond(job):
            borrowing.append(job)
            continue
        round_.serve(job)
        if not key[1]:
            round_.keep(job, scene.releases)
        if round_.room.spent:
            break
    if round_.policy.borrowing:
        for job in borrowing:
            round_.serve(job)
    # On a node that is closed there may be room for who is there, though the rest is spent.
    for _, job in scene.standing:
        if job.job_id not in round_.chosen and (round_.policy.borrowing or not round_.beyond(job)):
            round_.serve(job)


def _had(now: float, job: Job) -> float:
    """Device-seconds a job has held, work that was lost included."""
    if isinstance(job, RunningJob):
        return job.attained + job.request.size / MILLI * (now - job.started_at)
    return job.attained


def _overdue(now: float, queue: Queue, scene: _Scene, round_: Round[Any], pool: Room) -> list[Job]:
    """Who has waited beyond patience without holding the pool, and goes first for it."""
    policy, gate = round_.policy, round_.gate
    if policy.patience_s == NEVER:
        return []
    before = now - policy.patience_s
    waiting = (job for job in _submitted_by(queue, before) if gate is None or not gate.hour(job))
    standing = (job for _, job in scene.standing)
    late = [
        job
        for job in (*waiting, *standing, *scene.firm)
        if job.submitted_at + MILLI * _had(now, job) / job.request.size <= before
    ]
    # Who stays for now has his part of the share already.
    firm = {job.job_id for job in scene.firm}
    able = (job for job in late if job.job_id in firm or not round_.beyond(job))
    return [job for job in on_their_share(able, policy, pool) if job.job_id not in firm]


def _submitted_by(queue: Queue, instant: float) -> Iterator[QueuedJob]:
    for job in queue.oldest():
        if job.submitted_at > instant:
            return
        yield job


def _next_overdue(now: float, queue: Queue, policy: Policy) -> float:
    """When the next of those who are not overdue yet will be."""
    soonest = NEVER
    for job in queue.oldest():
        if job.submitted_at + policy.patience_s >= soonest:
            break
        due = job.submitted_at + MILLI * job.attained / job.request.size + policy.patience_s
        if now < due < soonest:
            soonest = due
    return soonest


def _reasons(queue: Queue, round_: Round[Any], pool: Room) -> dict[str, Waiting]:
    begun = {start.job.job_id for start in round_.starts}
    waiting = [job for job in queue if job.job_id not in begun]
    return {
        job.job_id: Waiting(_reason(job, round_, pool), ahead) for ahead, job in enumerate(waiting)
    }


def _reason(job: QueuedJob, round_: Round[Any], pool: Room) -> WaitingReason:
    if job.job_id in round_.chosen:
        return WaitingReason.MAKING_ROOM
    hour = None if round_.gate is None else round_.gate.hour(job)
    if hour is not None:
        return hour
    if round_.policy.gates and round_.beyond(job):
        return WaitingReason.QUOTA
    if not (pool.serves(job.request) or pool.admits(job.request)):
        return WaitingReason.NO_SUCH_DEVICE
    return WaitingReason.FAIR_SHARE
