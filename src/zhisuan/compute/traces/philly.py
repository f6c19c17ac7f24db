"""Jobs of a GPU cluster as `timestamp,duration,num_gpus,gpu_time,cluster`.

So the trace of Microsoft's Philly (Jeon et al., USENIX ATC 2019) is published in short: when a
job came, how many seconds it ran, on how many GPUs, and in which virtual cluster.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from operator import attrgetter
from pathlib import Path

from zhisuan.compute.count import Count
from zhisuan.compute.device import Device, DeviceKind
from zhisuan.compute.node import Node
from zhisuan.compute.pool import Pool
from zhisuan.compute.replay.cases import Tenants
from zhisuan.compute.replay.trace import Trace, TraceJob
from zhisuan.compute.request import DeviceRequest, ResourceRequest
from zhisuan.compute.room import Room
from zhisuan.compute.traces.lines import Line, Told, table
from zhisuan.core.errors import WrongInput
from zhisuan.core.quantities import MILLI

UNSAID_S = 1e9
"""The limit of a job whose owner said none: about thirty years."""

_COLUMNS = ("timestamp", "duration", "num_gpus", "cluster")
_EVERYBODY = "centre"


@dataclass(frozen=True, slots=True)
class Cluster:
    """How the trace is fitted to a pool.

    Attributes:
        tenants: everybody is one tenant, or every virtual cluster its own.
        node_gpus: GPUs of one node, 0 if nodes do not matter. A job larger than a node is a gang
            of as few equal parts as hold it.
    """

    tenants: Tenants = Tenants.ONE
    node_gpus: int = 0

    def request(self, gpus: int) -> ResourceRequest:
        """What a job of so many GPUs asks for."""
        parts = -(-gpus // self.node_gpus) if self.node_gpus else 1
        milli = MILLI * -(-gpus // parts)
        return ResourceRequest(1, 1, (DeviceRequest(DeviceKind.GPU, milli),), nodes=parts)

    def pool(self, gpus: int) -> Room:
        """A pool of so many GPUs, that only counts if nodes do not matter.

        Raises:
            WrongInput: they do not make up whole nodes.
        """
        if not self.node_gpus:
            return Count(MILLI * gpus)
        if gpus % self.node_gpus:
            raise WrongInput(
                f"{gpus} GPUs do not make up nodes of {self.node_gpus}.",
                hint=f"Take a multiple of {self.node_gpus} for --gpus.",
            )
        devices = tuple(
            Device(f"gpu{place}", DeviceKind.GPU, "", "", 0) for place in range(self.node_gpus)
        )
        return Pool(
            Node(f"node-{number:04d}", (0,), self.node_gpus, devices)
            for number in range(gpus // self.node_gpus)
        )


@dataclass(frozen=True, slots=True)
class Window:
    """Which jobs are kept: those that came from `begin` on and before `end`.

    Attributes:
        begin: aware; None is where the trace begins.
        end: aware; None is where it ends.
    """

    begin: datetime | None = None
    end: datetime | None = None


def read_philly(
    path: Path, cluster: Cluster, window: Window | None = None, told: Told | None = None
) -> Trace:
    """The jobs that came in a window.

    Args:
        path: the table, gzipped or not.
        cluster: how it is fitted to a pool.
        window: which of them; all if None.
        told: progress.

    Returns:
        The trace; its clock is Unix seconds, times without a zone taken as UTC. Jobs of one
        second keep the order of the file.

    Raises:
        NotFound, WrongInput: no file, a malformed line, or no job in that time.
    """
    window = window or Window()
    first = window.begin.timestamp() if window.begin is not None else float("-inf")
    last = window.end.timestamp() if window.end is not None else float("inf")
    jobs: list[TraceJob] = []
    requests: dict[int, ResourceRequest] = {}
    dropped = 0
    for line, row in table(path, _COLUMNS, told):
        at = _instant(line, row["timestamp"])
        run_s = line.number_in(row["duration"], "duration")
        gpus = line.whole_in(row["num_gpus"], "num_gpus")
        if not (first <= at < last and run_s > 0 and gpus > 0):
            dropped += 1
            continue
        group = row["cluster"]
        request = requests.get(gpus)
        if request is None:
            request = requests[gpus] = cluster.request(gpus)
        tenant = group if cluster.tenants is Tenants.VC else _EVERYBODY
        jobs.append(TraceJob(str(line.number), tenant, at, run_s, UNSAID_S, request, group))
    if not jobs:
        raise WrongInput(
            f"{path.name} holds no job that came in that time.",
            hint="Widen --from and --to, or leave them away.",
        )
    jobs.sort(key=attrgetter("arrival_s"))  # stable
    return Trace(path.name, jobs, dropped)


def _instant(line: Line, text: str) -> float:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as unreadable:
        raise line.wrong(
            f"timestamp is “{text[:40]}”", "timestamp must be like 2017-10-09 07:01:55."
        ) from unreadable
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
