"""The published packing experiment: a cluster is filled pod by pod, and nothing ever leaves.

As in Weng et al., Beware of Fragmentation, USENIX ATC 2023, and its simulator: the trace is
shuffled, and copies of pods drawn from it follow in the order drawn until demand is 1.3 times
what the cluster has; of a trace that asks for more, pods are dropped at random. Nodes stand in
random order too, by which ties fall. A pod that finds no room is turned away for good.
"""

from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from time import process_time

import numpy as np

from zhisuan.compute.node import Node
from zhisuan.compute.packing.fragmentation import Loss
from zhisuan.compute.packing.layout import Layout, wanted
from zhisuan.compute.packing.mix import Mix
from zhisuan.compute.policy import Packing
from zhisuan.compute.pool import Pool
from zhisuan.compute.replay.measures import percentile
from zhisuan.compute.request import ResourceRequest
from zhisuan.core.errors import WrongInput
from zhisuan.core.quantities import MILLI

TUNE = 1.3
"""Demand in the end, of what the cluster has."""

LOADED = 80.0
"""Percent arrived at which fragmentation is told: later next to nothing of use is left anyway."""

_TOLD_EVERY = 250
_NODES_STREAM = 7
"""Keeps the draw of the nodes' order apart from that of the pods."""


@dataclass(frozen=True, slots=True)
class Experiment:
    """What is placed where, in which order.

    Attributes:
        nodes: in the order in which ties fall.
        pods: in order of arrival.
        mix: what the trace typically asks for.
        capacity: device-milli of all nodes.
    """

    nodes: tuple[Node, ...]
    pods: tuple[ResourceRequest, ...]
    mix: Mix
    capacity: int


def experiment(nodes: Sequence[Node], pods: Sequence[ResourceRequest], seed: int) -> Experiment:
    """Draw the order of nodes and pods.

    Args:
        nodes: of the cluster.
        pods: of the trace.
        seed: the same seed draws the same orders.

    Raises:
        WrongInput: the nodes have no devices, or no pod asks for any.
    """
    capacity = MILLI * sum(len(node.devices) for node in nodes)
    if not capacity:
        raise WrongInput("None of the nodes has a GPU.", hint="Name a list of nodes with GPUs.")
    if not any(pod.device_milli for pod in pods):
        raise WrongInput("None of the pods asks for a GPU.", hint="Name a list of GPU pods.")
    draw = np.random.default_rng([seed, _NODES_STREAM])
    order: list[int] = draw.permutation(len(nodes)).tolist()
    return Experiment(
        tuple(nodes[place] for place in order),
        tuple(_stream(pods, TUNE * capacity, np.random.default_rng(seed))),
        Mix.of(pods),
        capacity,
    )


def _stream(
    pods: Sequence[ResourceRequest], limit: float, draw: np.random.Generator
) -> list[ResourceRequest]:
    """The pods in the order drawn, with copies or without some, until demand meets the limit."""
    order: list[int] = draw.permutation(len(pods)).tolist()
    stream = [pods[place] for place in order]
    demand = sum(pod.device_milli for pod in stream)
    while demand > limit:
        demand -= stream.pop(int(draw.integers(len(stream)))).device_milli
    if len(stream) < len(pods):
        return stream
    while True:
        copy = pods[int(draw.integers(len(pods)))]
        # The published simulator asks whether one GPU of the copy is still below the limit.
        if demand + min(copy.device_milli, MILLI) > limit:
            return stream
        demand += copy.device_milli
        stream.append(copy)


class Filling:
    """A cluster being filled.

    Args:
        experiment: what is placed where.
        packing: by which a node is chosen.
        clock: tells seconds, to say how long decisions take; by default of processor time, which
            nobody else on the machine makes longer.

    Attributes:
        arrived: percent of capacity asked for so far, after each pod.
        allocated: percent of capacity in use, after each pod.
        decisions_ms: how long each decision took.
        refused: pods turned away.
        fragmentation: percent of free capacity of no use to the mix, when demand first met 80.
    """

    def __init__(
        self,
        experiment: Experiment,
        packing: Packing,
        clock: Callable[[], float] = process_time,
    ) -> None:
        self._experiment = experiment
        self._packing = packing
        self._clock = clock
        self._pool = Pool(experiment.nodes, mix=experiment.mix)
        self.arrived = array("d")
        self.allocated = array("d")
        self.decisions_ms = array("d")
        self.refused = 0
        self.fragmentation = 0.0

    def run(self) -> Iterator[int]:
        """Place all pods one by one.

        Yields:
            How many have been looked at, every now and then.
        """
        pool, packing, clock = self._pool, self._packing, self._clock
        percent = 100.0 / self._experiment.capacity
        demand = allocated = 0
        # What a packing looks up is made once for a mix, before anybody waits for a decision.
        pool.find(self._experiment.pods[0], packing)
        for number, pod in enumerate(self._experiment.pods, start=1):
            begun = clock()
            places = pool.find(pod, packing)
            if places is not None:
                pool.take(places, pod)
                allocated += pod.device_milli
            self.decisions_ms.append(1000.0 * (clock() - begun))
            self.refused += places is None
            met = demand * percent >= LOADED
            demand += pod.device_milli
            if not met and demand * percent >= LOADED:
                self.fragmentation = fragmented_percent(pool, self._experiment.mix)
            self.arrived.append(demand * percent)
            self.allocated.append(allocated * percent)
            if number % _TOLD_EVERY == 0:
                yield number

    def unallocated_percent(self, arrived: float) -> float:
        """Capacity not in use when so much had arrived.

        The mean over all pods after which the percent arrived rounds to the one asked for, as
        published; if there is none, after the last pod before.
        """
        percent = np.asarray(self.arrived)
        allocated = np.asarray(self.allocated)
        there = np.rint(percent) == arrived
        if there.any():
            return float(100.0 - allocated[there].mean())
        before = int(np.searchsorted(percent, arrived, side="right")) - 1
        return float(100.0 - allocated[before]) if before >= 0 else 100.0

    @property
    def placements_per_second(self) -> float:
        """Decisions, refusals too, in a second of deciding."""
        return len(self.decisions_ms) / max(1e-9, sum(self.decisions_ms) / 1000.0)

    def decision_ms(self, share: float) -> float:
        """The time that this share of decisions does not exceed."""
        return percentile(sorted(self.decisions_ms), share)


def fragmented_percent(pool: Pool, mix: Mix) -> float:
    """Free device-milli that the mix is expected to make no use of, percent of what is free.

    Source: the fragmentation of a node, Weng et al., USENIX ATC 2023, §3.
    """
    stock = pool.stock
    free = int(stock.device_milli.sum())
    if not free:
        return 0.0
    rows = np.arange(len(pool.nodes))
    loss = Loss(stock, Layout.of(stock), tuple(wanted(mix.typical, stock)))
    lost = loss.of(rows, stock.cpu_milli, stock.device_milli)
    return float(100.0 * lost.sum() / free)
