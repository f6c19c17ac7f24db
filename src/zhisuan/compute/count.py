"""A pool that only counts: so many cores or devices, no matter where."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Self

from zhisuan.compute.policy import Packing
from zhisuan.compute.request import ResourceRequest
from zhisuan.compute.room import Claim, Held, Release
from zhisuan.compute.scheduler.values import Places, QueuedJob, WaitingReason

HERE: Places = ()


@dataclass(slots=True, init=False)
class Count:
    """One number of free milli: of devices if the request asks for any, of cores otherwise.

    Args:
        capacity: of the whole pool, 1000 a core or device.
        free: of it, now; all of it unless told.
        freed: how often something was given back.
    """

    capacity: int
    free: int
    freed: int

    def __init__(self, capacity: int, free: int | None = None, freed: int = 0) -> None:
        self.capacity = capacity
        self.free = capacity if free is None else free
        self.freed = freed

    def find(
        self,
        request: ResourceRequest,
        packing: Packing,  # noqa: ARG002  there are no places to choose from
        beside: Self | None = None,
    ) -> Places | None:
        """Room, if the number suffices; see `Room.find`."""
        size = request.size
        if size <= self.free and (beside is None or size <= beside.free):
            return HERE
        return None

    def sieve(self, jobs: Iterable[QueuedJob]) -> list[QueuedJob]:
        """Those that are no more than what is free."""
        free = self.free
        return [job for job in jobs if job.request.size <= free] if free else []

    def beside(
        self,
        claim: Claim[Self],
        jobs: Iterable[QueuedJob],
        now: float,
        packing: Packing,  # noqa: ARG002  there are no places to choose from
        held: Held | None,
    ) -> Iterator[tuple[QueuedJob, Places, Self | None]]:
        """Those whose numbers suffice; see `Room.beside`."""
        at, room, free = claim.at, claim.room, self.free
        spare = free if room is None else room.free
        if held is not None:
            jobs = (job for job in jobs if held(job) is None)
        for job in jobs:
            size = job.request.size
            if size > free:
                continue
            kept = room if now + (job.limit_s or job.run_s) > at else None
            if kept is not None and size > spare:
                continue
            yield job, HERE, kept
            free = self.free
            if not free:
                return
            spare = free if room is None else room.free

    @property
    def spent(self) -> bool:
        """Whether the number is nought."""
        return self.free <= 0

    def fits(self, places: Places, request: ResourceRequest) -> bool:  # noqa: ARG002  the same
        """Whether the number suffices."""
        return request.size <= self.free

    def share(self, request: ResourceRequest) -> float:
        """What the request is of the capacity."""
        return request.size / self.capacity

    def take(self, places: Places, request: ResourceRequest) -> None:  # noqa: ARG002  the same
        """Count as used; see `Room.take`."""
        left = self.free - request.size
        if left < 0:
            raise ValueError(f"{request} is more than the {self.free} milli that are free")
        self.free = left

    def give_back(self, places: Places, request: ResourceRequest) -> None:  # noqa: ARG002  the same
        """Count as free again."""
        self.free += request.size
        self.freed += 1

    def admits(self, request: ResourceRequest) -> bool:
        """Whether it is no more than the whole pool."""
        return request.size <= self.capacity

    def serves(self, request: ResourceRequest) -> bool:
        """The same: nothing here is ever closed."""
        return request.size <= self.capacity

    def copy(self) -> "Count":
        """An independent copy."""
        return Count(self.capacity, self.free, self.freed)

    def meet(self, other: "Count") -> "Count":
        """The lesser of both."""
        return Count(self.capacity, min(self.free, other.free), self.freed)

    def lacks(self, request: ResourceRequest) -> WaitingReason:  # noqa: ARG002  one number
        """There is not enough: nothing else can be wrong with a number."""
        return WaitingReason.NO_FIT_NOW

    def when(
        self, request: ResourceRequest, releases: Iterable[Release]
    ) -> tuple[float, "Count"] | None:
        """When enough will have ended; see `Room.when`."""
        kept = self.keep(request, releases, Packing.FIRST_FIT)
        if kept is None:
            return None
        at, _, room = kept
        room.free += request.size
        return at, room

    def keep(
        self,
        request: ResourceRequest,
        releases: Iterable[Release],
        packing: Packing,  # noqa: ARG002  there are no places to choose from
    ) -> tuple[float, Places, "Count"] | None:
        """When enough will have ended, and what is left then; see `Room.keep`."""
        left = self.free - request.size
        for at, _, _, held in releases:
            left += held.size
            if left >= 0:
                return at, HERE, Count(self.capacity, left, self.freed)
        return None
