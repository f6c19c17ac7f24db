"""Nodes and pods of a GPU cluster, as Alibaba publishes them (cluster-trace-gpu-v2023).

Weng et al., Beware of Fragmentation, USENIX ATC 2023, place these pods one by one.
"""

from collections.abc import Mapping
from pathlib import Path

from zhisuan.compute.device import Device, DeviceKind
from zhisuan.compute.node import Node
from zhisuan.compute.request import DeviceRequest, ResourceRequest
from zhisuan.compute.traces.lines import Line, Told, table
from zhisuan.core.errors import WrongInput
from zhisuan.core.quantities import MILLI

_NODE_COLUMNS = ("sn", "cpu_milli", "memory_mib", "gpu", "model")
_POD_COLUMNS = ("cpu_milli", "memory_mib", "num_gpu", "gpu_milli")


def read_nodes(path: Path, told: Told | None = None) -> tuple[Node, ...]:
    """The nodes in the order of the file, each with its GPUs.

    Args:
        path: `sn,cpu_milli,memory_mib,gpu,model`, gzipped or not.
        told: progress.

    Raises:
        NotFound, WrongInput: no file, a malformed line, a name twice, or no node at all.
    """
    nodes: dict[str, Node] = {}
    for line, row in table(path, _NODE_COLUMNS, told):
        name = row["sn"]
        if name in nodes:
            raise line.wrong(f"node {name} stands there twice", "Names of nodes must be unique.")
        nodes[name] = Node(
            name,
            tuple(range(line.whole_in(row["cpu_milli"], "cpu_milli", MILLI) // MILLI)),
            line.whole_in(row["memory_mib"], "memory_mib", 1),
            tuple(
                Device(f"gpu{place}", DeviceKind.GPU, "", row["model"], 0)
                for place in range(line.whole_in(row["gpu"], "gpu"))
            ),
        )
    if not nodes:
        raise WrongInput(f"{path.name} holds no node.", hint="Name a list of nodes.")
    return tuple(nodes.values())


def read_pods(path: Path, told: Told | None = None) -> tuple[ResourceRequest, ...]:
    """What the pods ask for, in the order of the file; equal ones are one value.

    One GPU may be asked for in part (`gpu_milli`), several only whole. Who names models, with `|`
    between them, takes no others. A pod may ask for no GPU; one that asks for no cores, or no
    memory, is given the least there is.

    Args:
        path: `name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,…`, gzipped or not; lists
            in which nobody names a model may lack `gpu_spec`.
        told: progress.

    Raises:
        NotFound, WrongInput: no file, a malformed line, or no pod at all.
    """
    same: dict[ResourceRequest, ResourceRequest] = {}
    pods: list[ResourceRequest] = []
    for line, row in table(path, _POD_COLUMNS, told):
        request = _request(line, row)
        pods.append(same.setdefault(request, request))
    if not pods:
        raise WrongInput(f"{path.name} holds no pod.", hint="Name a list of pods.")
    return tuple(pods)


def _request(line: Line, row: Mapping[str, str]) -> ResourceRequest:
    gpus = line.whole_in(row["num_gpu"], "num_gpu")
    milli = MILLI * gpus
    if gpus == 1:
        milli = line.whole_in(row["gpu_milli"], "gpu_milli", 1)
        if milli > MILLI:
            raise line.wrong(f"gpu_milli is {milli}", f"One GPU has {MILLI} milli.")
    wanted = (DeviceRequest(DeviceKind.GPU, milli, row.get("gpu_spec", "")),) if gpus else ()
    return ResourceRequest(
        max(1, line.whole_in(row["cpu_milli"], "cpu_milli")),
        max(1, line.whole_in(row["memory_mib"], "memory_mib")),
        wanted,
    )
