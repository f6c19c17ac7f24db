"""`plan`: who starts where, now. A pure function of values: no clock, no I/O, no chance.

The live centre calls it with the wall clock, a replay with a trace's clock.
"""

from collections.abc import Iterable
from functools import partial
from typing import TypeVar

from zhisuan.compute.policy import Order, Policy
from zhisuan.compute.room import Room
from zhisuan.compute.scheduler.backfill import Pass
from zhisuan.compute.scheduler.elastic import grown
from zhisuan.compute.scheduler.gate import Gate
from zhisuan.compute.scheduler.memo import Memo
from zhisuan.compute.scheduler.order import in_turn
from zhisuan.compute.scheduler.queue import Queue, Running
from zhisuan.compute.scheduler.quota import owed_first
from zhisuan.compute.scheduler.release import evictions
from zhisuan.compute.scheduler.turns import take_turns
from zhisuan.compute.scheduler.values import NEVER, Outlook, Plan, QueuedJob
from zhisuan.compute.scheduler.why import reasons

R = TypeVar("R", bound=Room)

NOTHING = Plan()
"""The plan in which nothing happens."""


def plan(
    now: float,
    pool: R,
    queue: Queue,
    running: Running,
    policy: Policy,
    outlook: Outlook,
    *,
    memo: Memo[R] | None = None,
    explain: bool = True,
    keep: bool = False,
) -> Plan:
    """Decide which waiting jobs start, and which running ones make room.

    Args:
        now: the instant of the decision.
        pool: what is free, `running` already taken out; the same afterwards unless `keep`.
        queue: the jobs that wait, kept in `policy.order`.
        running: what holds the rest of the pool.
        policy: the rules.
        outlook: use of late, and cost ahead.
        memo: of an earlier plan; only what changed since is looked at again.
        explain: say for every job that waits on why it does, which costs a walk of the queue,
            and promise starts, even where that changes nobody else's.
        keep: leave the starts taken from the pool, for a caller who carries them out at once.

    Returns:
        The plan. Equal inputs give equal plans.
    """
    if not queue.in_turn:
        if memo is not None:
            memo.claim = None
        return NOTHING
    if memo is not None and policy.steady and not queue.gated:
        walk = memo.walk(now, pool, queue, running, policy, explain=explain)
        return NOTHING if walk is None else _made(walk, queue, queue, explain=explain, keep=keep)
    gate = Gate(now, running, policy, outlook) if policy.limits or queue.gated else None
    if policy.order is Order.ATTAINED:
        turns = take_turns(now, pool, queue, running, policy, gate, explain=explain)
        for start in turns.starts if keep else ():
            pool.take(start.places, start.job.request)
        return turns
    walk = Pass(now, pool, running, policy.packing, gate)
    walk.promising = explain or policy.evicts
    waiting = _line_up(walk, queue, policy, outlook)
    walk.walk(waiting, policy.backfill)
    return _made(walk, queue, waiting, explain=explain, keep=keep)


def _made(
    walk: Pass[R], queue: Queue, waiting: Iterable[QueuedJob], *, explain: bool, keep: bool
) -> Plan:
    """What came of a walk, which often is nothing."""
    gate = walk.gate
    again_at = NEVER if gate is None else gate.again_at  # before reasons and growth ask the gate
    told = reasons(walk, waiting) if explain else NOTHING.reasons
    if walk.elastic:
        walk.starts = grown(walk.starts, walk.pool, queue, walk.packing, gate)
    if walk.starts and not keep:
        walk.undo()
    if walk.starts or walk.promising or gate is not None:
        return Plan(tuple(walk.starts), walk.evictions, tuple(walk.reservations), told, again_at)
    return NOTHING


def _line_up(walk: Pass[R], queue: Queue, policy: Policy, outlook: Outlook) -> Iterable[QueuedJob]:
    """Whom the walk looks at in turn, and what it may do for who is blocked."""
    waiting: Iterable[QueuedJob] = queue
    if not policy.standing:
        waiting, walk.first = in_turn(walk.now, walk.pool, queue, policy, outlook, walk.gate)
    if policy.borrowing and policy.limits:
        waiting = owed_first(waiting, walk.running, policy)
    if policy.evicts:
        walk.evict = partial(evictions, policy=policy)
    return waiting
