"""A node's energy divided between its jobs and the rest, so that the parts sum to the meter.

The idle part is shared by what each job reserved, the dynamic part by the processor time each
job used; what nobody reserved or used stays visible. It holds over one interval: the shares of
jobs that were read over different spans need not sum to one reading of the node.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from zhisuan.core.quantities import Seconds, WattHours


@dataclass(frozen=True, slots=True)
class Share:
    """What a job had of a node.

    Attributes:
        cpu_milli: reserved, 1000 = one core.
        cpu_s: processor seconds used.
    """

    cpu_milli: int
    cpu_s: Seconds


@dataclass(frozen=True, slots=True)
class Split:
    """A node's energy over an interval, divided; the parts sum to it.

    Attributes:
        idle_wh, dynamic_wh: of each job, in their order.
        unreserved_wh: idle energy of cores nobody reserved.
        other_wh: dynamic energy of what was no job.
    """

    idle_wh: tuple[WattHours, ...]
    dynamic_wh: tuple[WattHours, ...]
    unreserved_wh: WattHours
    other_wh: WattHours


def split_energy(
    total_wh: float, idle_wh: float, busy_s: float, cores: int, shares: Sequence[Share]
) -> Split:
    """Divide a node's energy over one interval between its jobs and the rest.

    Args:
        total_wh: the meter's, or the model's, for the whole node.
        idle_wh: what the node would have used at idle; at most `total_wh` counts.
        busy_s: busy seconds of all cores; no less than the jobs' own are taken.
        cores: logical cores of the node; no fewer than are reserved are taken.
        shares: of the jobs that ran over the interval.
    """
    idle = min(idle_wh, total_wh)
    dynamic = total_wh - idle
    reserved = max(cores * 1000, sum(share.cpu_milli for share in shares))
    busy = max(busy_s, sum(share.cpu_s for share in shares))
    idles = tuple(WattHours(idle * share.cpu_milli / reserved) for share in shares)
    dynamics = tuple(WattHours(dynamic * share.cpu_s / busy if busy else 0.0) for share in shares)
    return Split(idles, dynamics, WattHours(idle - sum(idles)), WattHours(dynamic - sum(dynamics)))
