"""Nodes: see the pool, close and open its machines, add simulated ones and take them out again."""

from collections import defaultdict
from collections.abc import Collection

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict
from sqlalchemy import Connection

from zhisuan.api.door import (
    CentreHere,
    NodeSetter,
    OnceKey,
    PoolViewer,
    ThisId,
    asking,
    once,
)
from zhisuan.api.models import NodeOut, Page
from zhisuan.compute.allocation import Allocation
from zhisuan.compute.node import Node, NodeState
from zhisuan.compute.poolfile import DeclaredNode
from zhisuan.services.centre import Centre
from zhisuan.services.pool.nodes import add, holding, present, remove, set_state, until_met

router = APIRouter(tags=["nodes"])


class NodeIn(BaseModel):
    """What the operator makes of a node."""

    model_config = ConfigDict(extra="forbid")
    state: NodeState


class AddedOut(BaseModel):
    """What was added to the pool."""

    count: int
    names: list[str]


class RemovedOut(BaseModel):
    """What is no part of the pool any more."""

    name: str
    removed: bool = True


@router.get("/v1/nodes")
def list_nodes(centre: CentreHere, _caller: PoolViewer) -> Page[NodeOut]:
    """The pool: every machine, its devices and what is free now."""
    with centre.database.read() as connection:
        held = holding(connection)
        nodes = present(centre, connection)
    return Page(items=_out(centre, nodes, held), next=None)


@router.post("/v1/nodes", status_code=201, response_model=AddedOut)
def add_nodes(
    request: Request,
    body: DeclaredNode,
    centre: CentreHere,
    caller: NodeSetter,
    key: OnceKey = None,
) -> Response:
    """Add simulated nodes, one or several alike; they are there after a restart, too."""

    def make(connection: Connection) -> AddedOut:
        names = [node.name for node in add(centre, connection, caller, body)]
        return AddedOut(count=len(names), names=names)

    answer = once(centre, caller, key, asking(request, body), make)
    until_met(centre, lambda: _met(centre, body))
    return answer


@router.post("/v1/nodes/{name}", status_code=200)
def set_node(name: ThisId, body: NodeIn, centre: CentreHere, caller: NodeSetter) -> NodeOut:
    """Let a node take new work, only finish what it has, or be gone with all that runs there."""
    with centre.database.write() as connection:
        node = set_state(centre, connection, caller, name, body.state)
        held = holding(connection)
    centre.news.ring()
    until_met(centre, lambda: node in centre.nodes)
    return _out(centre, [node], held)[0]


@router.delete("/v1/nodes/{name}")
def remove_node(name: ThisId, centre: CentreHere, caller: NodeSetter) -> RemovedOut:
    """Take out a node that was added while the centre ran; it must be closed and hold no work."""
    with centre.database.write() as connection:
        node = remove(centre, connection, caller, name)
    centre.news.ring()
    until_met(centre, lambda: all(each.name != name for each in centre.nodes))
    return RemovedOut(name=node.name)


def _met(centre: Centre, declared: DeclaredNode) -> bool:
    last = declared.name if declared.count == 1 else f"{declared.name}-{declared.count}"
    return any(node.name == last for node in centre.nodes)


def _out(centre: Centre, nodes: Collection[Node], held: Collection[Allocation]) -> list[NodeOut]:
    here: dict[str, list[Allocation]] = defaultdict(list)
    for each in held:
        here[each.node].append(each)
    fixed = {node.name for node in centre.fixed}
    return [NodeOut.of(node, here[node.name], added=node.name not in fixed) for node in nodes]
