"""All SQL of supply: nodes that were added, the operator's word on each, and its intervals."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from sqlalchemy import (
    Column,
    Connection,
    Integer,
    Row,
    String,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
    update,
)

from zhisuan.compute.node import Node, NodeState
from zhisuan.compute.supply.interval import Interval, Kind, capacity
from zhisuan.core.clock import Instant, format_instant, parse_instant
from zhisuan.store.database import METADATA

NODES = Table(
    "node",
    METADATA,
    Column("name", String(80), primary_key=True),
    Column("state", String(10), nullable=False),
    Column("changed_at", String(27), nullable=False),
)

SUPPLY = Table(
    "supply",
    METADATA,
    Column("sequence", Integer, primary_key=True, autoincrement=True),
    Column("node", String(80), nullable=False, index=True),
    Column("state", String(10), nullable=False),
    Column("capacity", Text, nullable=False),
    Column("since", String(27), nullable=False),
    Column("until", String(27), nullable=False, index=True),
    Column("going_on", Integer, nullable=False),
)

ADDED = Table(
    "added_node",
    METADATA,
    Column("sequence", Integer, primary_key=True, autoincrement=True),
    Column("name", String(80), nullable=False, index=True),
    Column("declared", Text, nullable=False),
    Column("added_at", String(27), nullable=False),
    Column("removed_at", String(27)),
    sqlite_autoincrement=True,
)


class Mark(NamedTuple):
    """Tells two sets of added nodes apart: rows are only ever added, and ended once."""

    last: int
    there: int


def mark(connection: Connection) -> Mark:
    """Of the nodes that are added now."""
    query = select(func.max(ADDED.c.sequence), func.count(ADDED.c.removed_at), func.count())
    last, gone, rows = connection.execute(query).one()
    return Mark(last or 0, rows - gone)


def added(connection: Connection) -> list[tuple[str, str]]:
    """Name and declaration of every node that was added and not removed, in order."""
    query = select(ADDED.c.name, ADDED.c.declared).where(ADDED.c.removed_at.is_(None))
    rows = connection.execute(query.order_by(ADDED.c.sequence))
    return [(row.name, row.declared) for row in rows]


def ever_added(connection: Connection) -> set[str]:
    """The names of all nodes that were ever added; every one of them was simulated."""
    return set(connection.execute(select(ADDED.c.name).distinct()).scalars())


def add(connection: Connection, nodes: Sequence[Node], declared: str, at: Instant) -> None:
    """Keep like nodes that were added; their supply begins.

    Args:
        connection: of the transaction.
        nodes: alike but for their names.
        declared: what each of them is, as whoever reads it wants it.
        at: from when on they are there.
    """
    now = format_instant(at)
    rows = [{"name": node.name, "declared": declared, "added_at": now} for node in nodes]
    connection.execute(insert(ADDED), rows)
    _begin(connection, nodes, at)


def remove(connection: Connection, node: Node, at: Instant) -> None:
    """Take an added node out of the pool: from here on it is no supply, and no gap either."""
    gone = format_instant(at)
    connection.execute(
        update(ADDED)
        .where(ADDED.c.name == node.name, ADDED.c.removed_at.is_(None))
        .values(removed_at=gone)
    )
    connection.execute(delete(NODES).where(NODES.c.name == node.name))
    _end(connection, node.name, gone)
    # Without this a node that comes back later would seem to have been there all the time.
    nothing = {"node": node.name, "state": NodeState.DOWN, "capacity": _text({})}
    connection.execute(insert(SUPPLY), {**nothing, "since": gone, "until": gone, "going_on": 0})


def states(connection: Connection) -> dict[str, NodeState]:
    """What the operator made of each node; one that is not named is ready."""
    rows = connection.execute(select(NODES.c.name, NODES.c.state))
    return {row.name: NodeState(row.state) for row in rows}


def changed(connection: Connection) -> dict[str, Instant]:
    """When the operator last said something of each node."""
    rows = connection.execute(select(NODES.c.name, NODES.c.changed_at))
    return {row.name: parse_instant(row.changed_at) for row in rows}


def change(connection: Connection, node: Node, at: Instant) -> None:
    """Keep what the operator made of a node: its interval ends here and another begins."""
    connection.execute(delete(NODES).where(NODES.c.name == node.name))
    changed = {"name": node.name, "state": node.state, "changed_at": format_instant(at)}
    connection.execute(insert(NODES), changed)
    _end(connection, node.name, format_instant(at))
    _begin(connection, [node], at)


def begin(connection: Connection, nodes: Iterable[Node], at: Instant) -> None:
    """The centre opens: intervals of an earlier process are over since they were last seen."""
    connection.execute(update(SUPPLY).where(SUPPLY.c.going_on == 1).values(going_on=0))
    _begin(connection, nodes, at)


def go_on(connection: Connection, at: Instant) -> None:
    """The centre still runs: whatever goes on has lasted until now."""
    connection.execute(
        update(SUPPLY).where(SUPPLY.c.going_on == 1).values(until=format_instant(at))
    )


def between(
    connection: Connection, since: Instant, until: Instant, now: Instant
) -> Iterator[Interval]:
    """The intervals that touch a period, and for each node the last before and the first after.

    What goes on has lasted until `now`: who asks is the running centre itself.
    """
    begins, ends = format_instant(since), format_instant(until)
    lasted = (SUPPLY.c.until >= begins) | (SUPPLY.c.going_on == 1)
    before = select(func.max(SUPPLY.c.sequence)).where(~lasted).group_by(SUPPLY.c.node)
    after = (
        select(func.min(SUPPLY.c.sequence)).where(SUPPLY.c.since >= ends).group_by(SUPPLY.c.node)
    )
    query = select(SUPPLY).where(
        ((SUPPLY.c.since < ends) & lasted)
        | SUPPLY.c.sequence.in_(before)
        | SUPPLY.c.sequence.in_(after)
    )
    for row in connection.execute(query.order_by(SUPPLY.c.sequence)):
        interval = _interval(row)
        yield replace(interval, until=now) if row.going_on else interval


def _begin(connection: Connection, nodes: Iterable[Node], at: Instant) -> None:
    now = format_instant(at)
    rows = [
        {
            "node": node.name,
            "state": node.state,
            "capacity": _text(capacity(node)),
            "since": now,
            "until": now,
            "going_on": 1,
        }
        for node in nodes
    ]
    if rows:
        connection.execute(insert(SUPPLY), rows)


def _end(connection: Connection, node: str, at: str) -> None:
    connection.execute(
        update(SUPPLY)
        .where(SUPPLY.c.node == node, SUPPLY.c.going_on == 1)
        .values(until=at, going_on=0)
    )


def _text(capacity: Mapping[Kind, int]) -> str:
    return json.dumps([[kind.name, kind.simulated, milli] for kind, milli in capacity.items()])


def _interval(row: Row[Any]) -> Interval:
    return Interval(
        row.node,
        NodeState(row.state),
        {Kind(name, simulated): milli for name, simulated, milli in json.loads(row.capacity)},
        parse_instant(row.since),
        parse_instant(row.until),
    )
