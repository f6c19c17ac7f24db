"""The pool: what every node has and what is free, one row a node.

Rows follow the order of `nodes`, and device columns the order of each node's devices; ties in
placement fall to the lower row, so equal inputs always give equal plans.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from zhisuan.compute.node import Node
from zhisuan.compute.packing import Packers
from zhisuan.compute.packing.mix import Mix
from zhisuan.compute.packing.packer import Packer
from zhisuan.compute.policy import Packing
from zhisuan.compute.request import ResourceRequest, Together
from zhisuan.compute.room import Claim, Held, Release
from zhisuan.compute.scheduler.values import Columns, Places, QueuedJob, WaitingReason
from zhisuan.compute.stock import Need, Rows, Stock, needs
from zhisuan.core.quantities import MILLI


@dataclass(slots=True)
class _Ranking:
    """What is kept of one need: a rank for each row, and how many changes it has seen."""

    ranks: NDArray[np.float64]
    seen: int = -1


class Pool:
    """Nodes and what is free on them.

    How well a need suits each row is kept between calls; only rows that changed are looked at
    again.

    Args:
        nodes: in their fixed order.
        stock: what is free; all of it if None.
        mix: what is typically asked for; some packings look at it.

    Attributes:
        freed: how often something was given back.
    """

    def __init__(
        self, nodes: Iterable[Node], stock: Stock | None = None, mix: Mix | None = None
    ) -> None:
        self.nodes = tuple(nodes)
        self.stock = Stock.idle(self.nodes) if stock is None else stock
        self.freed = 0
        self._whole = (
            sum(node.cpu_milli for node in self.nodes),
            sum(node.memory_mb for node in self.nodes),
            sum(MILLI * len(node.devices) for node in self.nodes),
        )
        self._admitted: dict[ResourceRequest, bool] = {}
        self._packers = Packers(self.stock, mix or Mix())
        self._changes = 0
        self._changed = np.zeros(len(self.nodes), dtype=np.int64)
        self._rankings: dict[tuple[Need, Packing], _Ranking] = {}
        self._serves: dict[ResourceRequest, bool] = {}
        racks = sorted({node.rack for node in self.nodes})
        self._rack = np.array([racks.index(node.rack) for node in self.nodes], dtype=np.intp)

    @classmethod
    def idle(cls, nodes: Iterable[Node]) -> Self:
        """The pool with nothing running."""
        return cls(nodes)

    def copy(self) -> "Pool":
        """An independent copy."""
        return self._over(self.stock.copy())

    def expect(self, mix: Mix) -> None:
        """From now on place by this mix of requests."""
        self._packers = self._packers.expecting(mix)
        self._rankings.clear()

    def find(
        self, request: ResourceRequest, packing: Packing, beside: "Pool | None" = None
    ) -> Places | None:
        """Where the request fits; of several kinds of device the first that does."""
        packer = self._packers.of(packing)
        for need in needs(request):
            ranks = packer.settle(self.stock, self._ranks(need, packing, packer), need)
            if beside is None and request.nodes == 1:
                best = int(ranks.argmin())
                if ranks[best] < np.inf:
                    return ((best, packer.columns(self.stock, best, need) or ()),)
                continue
            stock = self.stock
            if beside is not None:
                stock = stock.lesser(beside.stock)
                ranks = np.where(stock.fitting(slice(None), need), ranks, np.inf)
            places = self._gang(request, need, ranks, stock, packer)
            if places is not None:
                return places
        return None

    def sieve(self, jobs: Iterable[QueuedJob]) -> list[QueuedJob]:
        """All of them: to tell for certain is to look for a place."""
        return list(jobs)

    def beside(
        self,
        claim: Claim[Self],
        jobs: Iterable[QueuedJob],
        now: float,
        packing: Packing,
        held: Held | None,
    ) -> Iterator[tuple[QueuedJob, Places, Self | None]]:
        """Those that find a place; see `Room.beside`."""
        full: set[ResourceRequest] = set()  # what has no room now; there will only be less
        late: set[ResourceRequest] = set()  # what would take the room that is kept
        for job in jobs:
            request = job.request
            if request in full or (held is not None and held(job) is not None):
                continue
            kept = claim.room if now + job.at_most_s > claim.at else None
            if kept is not None and request in late:
                continue
            places = self.find(request, packing, kept)
            if places is not None:
                yield job, places, kept
            elif kept is not None:
                late.add(request)
            else:
                full.add(request)

    @property
    def spent(self) -> bool:
        """Whether no open node has a core left, without which nothing starts."""
        return not bool((self.stock.open & (self.stock.cpu_milli > 0)).any())

    def fits(self, places: Places, request: ResourceRequest) -> bool:
        """Whether these very places are free now."""
        stock = self.stock
        return all(
            stock.cpu_milli[row] >= request.cpu_milli
            and stock.memory_mb[row] >= request.memory_mb
            and all(stock.device_milli[row, column] >= milli for column, milli in taken)
            for row, taken in places
        )

    def share(self, request: ResourceRequest) -> float:
        """What the request is of the whole pool by its dominant resource (Ghodsi et al. 2011)."""
        asked = (request.cpu_milli, request.memory_mb, request.device_milli)
        return max(
            request.nodes * some / whole
            for some, whole in zip(asked, self._whole, strict=True)
            if whole
        )

    def take(self, places: Places, request: ResourceRequest) -> None:
        """Count places as used; see `Room.take`."""
        self._apply(places, request, -1)
        stock = self.stock
        for row, taken in places:
            if (
                stock.cpu_milli[row] < 0
                or stock.memory_mb[row] < 0
                or any(stock.device_milli[row, column] < 0 for column, _ in taken)
            ):
                self._apply(places, request, 1)
                raise ValueError(f"{request} is more than is free on {self.nodes[row].name}")

    def give_back(self, places: Places, request: ResourceRequest) -> None:
        """Count places as free again."""
        self._apply(places, request, 1)
        self.freed += 1

    def admits(self, request: ResourceRequest) -> bool:
        """Whether the idle pool, every node open, could ever run this."""
        if request not in self._admitted:
            whole = Pool(self.nodes)
            whole.stock.open[:] = True
            self._admitted[request] = whole.find(request, Packing.FIRST_FIT) is not None
        return self._admitted[request]

    def serves(self, request: ResourceRequest) -> bool:
        """Whether it would fit if nothing ran, on the nodes that are open now."""
        served = self._serves.get(request)
        if served is None:
            idle = Pool.idle(self.nodes)
            served = self._serves[request] = idle.find(request, Packing.FIRST_FIT) is not None
        return served

    def meet(self, other: "Pool") -> "Pool":
        """What is free in both, as a pool of its own."""
        return self._over(self.stock.lesser(other.stock))

    def lacks(self, request: ResourceRequest) -> WaitingReason:
        """Why a request that the idle pool would admit does not fit now."""
        if request.nodes > 1 and self.find(replace(request, nodes=1), Packing.FIRST_FIT):
            return WaitingReason.GANG_INCOMPLETE
        spread = len(self.nodes) > 1 and any(
            self.stock.total(need, request.nodes) for need in needs(request)
        )
        return WaitingReason.FRAGMENTATION if spread else WaitingReason.NO_FIT_NOW

    def when(
        self, request: ResourceRequest, releases: Iterable[Release]
    ) -> tuple[float, "Pool"] | None:
        """When enough will have ended; see `Room.when`."""
        later = self.copy()
        stock = later.stock
        able = list(needs(request))
        fits = np.zeros(len(self.nodes), dtype=np.bool_)
        for need in able:
            fits |= stock.fitting(slice(None), need)
        fitting = int(fits.sum())
        for at, _, places, held in releases:
            later._apply(places, held, 1)  # noqa: SLF001  the copy is of this class
            for row, _ in places:
                if not fits[row] and any(stock.fits(row, need) for need in able):
                    fits[row] = True
                    fitting += 1
            if fitting >= request.nodes and later.find(request, Packing.FIRST_FIT) is not None:
                return at, later
        return None

    def keep(
        self, request: ResourceRequest, releases: Iterable[Release], packing: Packing
    ) -> tuple[float, Places, "Pool"] | None:
        """When enough will have ended, where, and what is left then; see `Room.keep`."""
        found = self.when(request, releases)
        places = None if found is None else found[1].find(request, packing)
        if found is None or places is None:
            return None
        at, later = found
        later.take(places, request)
        return at, places, later

    def _over(self, stock: Stock) -> "Pool":
        """A pool of the same nodes, with the same in view, of which so much is free."""
        pool = Pool(self.nodes, stock)
        pool._packers = self._packers
        return pool

    def _gang(
        self,
        request: ResourceRequest,
        need: Need,
        ranks: NDArray[np.float64],
        stock: Stock,
        packer: Packer,
    ) -> Places | None:
        """The best rows for every node of the gang, or None: whole or not at all."""
        for rows in self._candidates(request, ranks):
            places: list[tuple[int, Columns]] = []
            for row in map(int, rows):
                taken = packer.columns(stock, row, need)
                if taken is not None:
                    places.append((row, taken))
                    if len(places) == request.nodes:
                        return tuple(places)
        return None

    def _candidates(self, request: ResourceRequest, ranks: NDArray[np.float64]) -> Iterator[Rows]:
        """Rows with room, best first; rack by rack where the gang should stay together."""
        able = np.flatnonzero(ranks < np.inf)
        if len(able) < request.nodes:
            return
        ordered = able[ranks[able].argsort(kind="stable")]
        if request.nodes > 1 and request.together is not Together.ANYWHERE:
            racks = self._rack[ordered]
            sizes = np.bincount(racks, minlength=int(self._rack.max()) + 1)
            # Best fit among racks too: the one with least room that suffices.
            for rack in sizes.argsort(kind="stable"):
                if sizes[rack] >= request.nodes:
                    yield ordered[racks == rack]
        if request.nodes == 1 or request.together is not Together.RACK_REQUIRED:
            yield ordered

    def _ranks(self, need: Need, packing: Packing, packer: Packer) -> NDArray[np.float64]:
        """How little each row suits the need, infinite where it has no room."""
        # Memory decides where there is room, not which is better: needs share what is kept.
        kept = need._replace(memory_mb=0)
        ranking = self._rankings.get((kept, packing))
        if ranking is None:
            ranking = self._rankings[kept, packing] = _Ranking(np.empty(len(self.nodes)))
        if ranking.seen < self._changes:
            rows = np.flatnonzero(self._changed > ranking.seen)
            ranking.ranks[rows] = np.inf
            rows = rows[self.stock.fitting(rows, kept)]
            ranking.ranks[rows] = packer.rank(self.stock, rows, kept)
            ranking.seen = self._changes
        return np.where(self.stock.memory_mb >= need.memory_mb, ranking.ranks, np.inf)

    def _apply(self, places: Places, request: ResourceRequest, sign: int) -> None:
        stock = self.stock
        by_sort = stock.sort_milli
        self._changes += 1
        for row, taken in places:
            stock.cpu_milli[row] += sign * request.cpu_milli
            stock.memory_mb[row] += sign * request.memory_mb
            for column, milli in taken:
                stock.device_milli[row, column] += sign * milli
                by_sort[stock.sort[row, column]] += sign * milli
            self._changed[row] = self._changes
