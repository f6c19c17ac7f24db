"""What `plan` needs of a pool: to find room, take it, give it back, and look ahead.

Two kinds have it: `Pool`, which knows its nodes and devices, and `Count`, one number, for what
places jobs itself (a foreign engine) or has no places worth knowing (a trace of processors).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, Protocol, Self, TypeVar

from zhisuan.compute.policy import Packing
from zhisuan.compute.request import ResourceRequest
from zhisuan.compute.scheduler.values import Places, QueuedJob, Reservation, WaitingReason

Release = tuple[float, int, Places, ResourceRequest]
"""When a running job is expected to end, its sequence, and what it then gives back."""

Held = Callable[[QueuedJob], WaitingReason | None]
"""What holds a job back though there is room, or None."""

R = TypeVar("R")


@dataclass(slots=True)
class Claim(Generic[R]):
    """The room kept for the first blocked job.

    Attributes:
        job: for whom.
        at: when it can start if running jobs end as expected.
        room: what will be free then beside it; None if nobody may pass.
        places: of the job, then.
    """

    job: QueuedJob
    at: float
    room: R | None
    places: Places

    @property
    def reservation(self) -> Reservation:
        """The job's promise."""
        return Reservation(self.job.job_id, self.at, self.places)


class Room(Protocol):
    """A pool as the scheduler sees it.

    Attributes:
        freed: counts what was given back; while it stands still, what did not fit does not fit.
    """

    freed: int

    def find(
        self, request: ResourceRequest, packing: Packing, beside: Self | None = None
    ) -> Places | None:
        """Where the request fits now, or None.

        Args:
            request: whole or not at all.
            packing: which of several possible places is taken.
            beside: it must fit into this one too, at the same places.
        """
        ...

    def sieve(self, jobs: Iterable[QueuedJob]) -> list[QueuedJob]:
        """Those of the jobs that may have room now, in their order; told at next to no cost."""
        ...

    def beside(
        self,
        claim: Claim[Self],
        jobs: Iterable[QueuedJob],
        now: float,
        packing: Packing,
        held: Held | None,
    ) -> Iterator[tuple[QueuedJob, Places, Self | None]]:
        """Those of the jobs that can start without touching what is kept for another.

        They end before that job can start, or fit beside it too.

        Args:
            claim: what is kept.
            jobs: in turn.
            now: the instant.
            packing: which of several possible places is taken.
            held: what holds single jobs back; None if nothing does.

        Yields:
            A job, its places, and the claim's room if it is in that too; all to be taken before
            the next is asked for.
        """
        ...

    @property
    def spent(self) -> bool:
        """Whether nothing at all is free any more."""
        ...

    def fits(self, places: Places, request: ResourceRequest) -> bool:
        """Whether these very places are free now."""
        ...

    def share(self, request: ResourceRequest) -> float:
        """What the request is of the whole pool, 0 to 1, by its dominant resource."""
        ...

    def take(self, places: Places, request: ResourceRequest) -> None:
        """Count places as used.

        Raises:
            ValueError: it is more than is free: the books are wrong.
        """
        ...

    def give_back(self, places: Places, request: ResourceRequest) -> None:
        """Count places as free again."""
        ...

    def admits(self, request: ResourceRequest) -> bool:
        """Whether the idle pool could ever run this."""
        ...

    def serves(self, request: ResourceRequest) -> bool:
        """Whether it would fit if nothing ran, on the nodes that are open now."""
        ...

    def copy(self) -> Self:
        """An independent copy."""
        ...

    def meet(self, other: Self) -> Self:
        """What is free in both, as a pool of its own."""
        ...

    def lacks(self, request: ResourceRequest) -> WaitingReason:
        """Why a request that the idle pool would admit does not fit now."""
        ...

    def when(
        self, request: ResourceRequest, releases: Iterable[Release]
    ) -> tuple[float, Self] | None:
        """The first instant at which the request fits while running jobs end one by one.

        Args:
            request: what does not fit now.
            releases: in order of time.

        Returns:
            The instant and a copy of the pool as it will be then; None if it never fits.
        """
        ...

    def keep(
        self, request: ResourceRequest, releases: Iterable[Release], packing: Packing
    ) -> tuple[float, Places, Self] | None:
        """The same instant, the request's places then, and what will be free beside it."""
        ...
