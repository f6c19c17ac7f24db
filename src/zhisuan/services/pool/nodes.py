"""Nodes: what the operator makes of each, which are added while the centre runs, who holds them.

The operator's word is kept in the database; the loop takes it in at its next turn. What is added
is simulated: real machines are found by the centre, never declared.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache

from sqlalchemy import Connection

from zhisuan.access import records as access
from zhisuan.access.tenant import Caller
from zhisuan.compute import records as jobs
from zhisuan.compute.allocation import Allocation
from zhisuan.compute.job import Job
from zhisuan.compute.node import Node, NodeState
from zhisuan.compute.poolfile import DeclaredNode
from zhisuan.compute.supply import records as supply
from zhisuan.core.errors import Conflict, NotFound, WrongInput
from zhisuan.services import records
from zhisuan.services.centre import Centre
from zhisuan.services.events import CENTRE, Event

_MOST_NODES = 10_000
_MOST_DEVICES = 100_000
_PATIENCE_S = 2.0
_LOOK_EVERY_S = 0.01


def set_state(
    centre: Centre, connection: Connection, who: Caller, name: str, state: NodeState
) -> Node:
    """Let a node take new work, finish what it has, or be gone. Wake the engine after the commit.

    Raises:
        NotFound: the pool has no such node.
        Conflict: it is the machine on which the centre runs, and that was to be down.
    """
    node = _named(centre, connection, name)
    if state is NodeState.DOWN and not node.simulated:
        raise Conflict(
            f"The centre itself runs on {name}, so the node cannot be down while it answers.",
            hint="Drain it instead, wait for its jobs, then end the centre.",
        )
    now = centre.clock.now()
    changed = replace(node, state=state)
    supply.change(connection, changed, now)
    access.audit(connection, who, "node.set", name, {"state": state}, now)
    records.append_events(connection, [Event(CENTRE, "node.changed", name, {"state": state}, now)])
    return changed


def add(
    centre: Centre, connection: Connection, who: Caller, declared: DeclaredNode
) -> tuple[Node, ...]:
    """Add simulated nodes to the pool. Wake the engine after the commit.

    Raises:
        WrongInput: they are not simulated, or would be too many.
        Conflict: the pool has a node of one of the names.
    """
    if not declared.simulated:
        raise WrongInput(
            f"The node {declared.name} does not say that it is simulated.",
            hint="Only simulated nodes can be added; real ones are found by the centre.",
        )
    there = present(centre, connection)
    made = declared.nodes()
    taken = {node.name for node in there}.intersection(node.name for node in made)
    if taken:
        raise Conflict(f"The pool has a node {min(taken)!r} already.", hint="Choose another name.")
    devices = sum(len(node.devices) for node in (*there, *made))
    if len(there) + len(made) > _MOST_NODES or devices > _MOST_DEVICES:
        raise WrongInput(
            f"With these the pool would have {len(there) + len(made):,} nodes and {devices:,} "
            f"devices; it can have {_MOST_NODES:,} and {_MOST_DEVICES:,}.",
            hint="Add fewer.",
        )
    now = centre.clock.now()
    alike = declared.model_copy(update={"name": "one", "count": 1}).model_dump_json()
    supply.add(connection, made, alike, now)
    facts = declared.model_dump(mode="json")
    access.audit(connection, who, "node.added", declared.name, facts, now)
    told = {"count": declared.count, "simulated": True}
    records.append_events(connection, [Event(CENTRE, "node.added", declared.name, told, now)])
    return made


def remove(centre: Centre, connection: Connection, who: Caller, name: str) -> Node:
    """Take a node out of the pool that was added while the centre ran. Wake the engine then.

    The loop must have seen that the node is closed, so that it can place nothing there any more.

    Raises:
        NotFound: the pool has no such node.
        Conflict: it was not added so, or takes new work, or has work.
    """
    node = _named(centre, connection, name)
    if any(each.name == name for each in centre.fixed):
        raise Conflict(
            f"The node {name} was there when the centre opened, so it stays.",
            hint="Take it out of the pool file and start the centre again; or drain it.",
        )
    if node.state is NodeState.READY:
        raise Conflict(
            f"The node {name} takes new work.", hint=f"Drain it first: zhisuan node drain {name}"
        )
    if node not in centre.nodes:
        raise Conflict(
            f"The node {name} was closed in this very moment.", hint="Try again in a moment."
        )
    held = sum(each.node == name for each in holding(connection))
    if held:
        raise Conflict(
            f"The node {name} still holds the work of {held} job(s).",
            hint="Wait until they have ended, or take the node down so that they queue again.",
        )
    now = centre.clock.now()
    supply.remove(connection, node, now)
    access.audit(connection, who, "node.removed", name, {}, now)
    records.append_events(
        connection, [Event(CENTRE, "node.removed", name, {"simulated": True}, now)]
    )
    return node


def until_met(centre: Centre, met: Callable[[], bool]) -> None:
    """Wake the loop, and wait a moment for it to have seen what the operator wants."""
    deadline = time.monotonic() + _PATIENCE_S
    centre.engine.wake()
    while not met() and time.monotonic() < deadline:
        time.sleep(_LOOK_EVERY_S)


def present(centre: Centre, connection: Connection) -> tuple[Node, ...]:
    """The pool's nodes, added ones too, in the states that the operator gave them."""
    states = supply.states(connection)
    everything = (*centre.fixed, *_added(centre, connection))
    if not states:
        return everything
    return tuple(
        node
        if (state := states.get(node.name, NodeState.READY)) is node.state
        else replace(node, state=state)
        for node in everything
    )


def simulated_names(centre: Centre, connection: Connection) -> set[str]:
    """The names of all simulated nodes that there are or were."""
    here = {node.name for node in centre.nodes if node.simulated}
    return here | supply.ever_added(connection)


def bare(centre: Centre) -> Node:
    """This machine without what a pool file added to it."""
    here = centre.here
    return replace(here, devices=tuple(each for each in here.devices if not each.simulated))


def on_a_lost_node(job: Job, nodes: Sequence[Node]) -> bool:
    """Whether any part of what a job holds is on a node that is down."""
    down = {node.name for node in nodes if node.state is NodeState.DOWN}
    return any(held.node in down for held in job.allocations)


def holding(connection: Connection) -> list[Allocation]:
    """What live jobs hold."""
    return [
        allocation
        for job in jobs.live_since(connection, 0)
        if job.state.holds_devices
        for allocation in job.allocations
    ]


def _named(centre: Centre, connection: Connection, name: str) -> Node:
    found = next((node for node in present(centre, connection) if node.name == name), None)
    if found is None:
        raise NotFound(f"The pool has no node {name!r}.", hint="List the nodes: zhisuan node list.")
    return found


def _added(centre: Centre, connection: Connection) -> tuple[Node, ...]:
    """Read again only when one was added or removed; a name of the pool file goes first."""
    mark = supply.mark(connection)
    kept, nodes = centre.added
    if kept != mark:
        fixed = {node.name for node in centre.fixed}
        nodes = tuple(
            replace(_declared(text), name=name)
            for name, text in supply.added(connection)
            if name not in fixed
        )
        centre.added = mark, nodes
    return nodes


@lru_cache(maxsize=256)
def _declared(text: str) -> Node:
    (node,) = DeclaredNode.model_validate_json(text).nodes()
    return node
