"""What will be free when: the pool of now and of every instant at which it changes."""

from bisect import bisect_left
from collections.abc import Iterable
from math import nextafter
from typing import Generic, TypeVar

from zhisuan.compute.policy import Packing
from zhisuan.compute.request import ResourceRequest
from zhisuan.compute.room import Release, Room
from zhisuan.compute.scheduler.values import NEVER, Places

R = TypeVar("R", bound=Room)


class Horizon(Generic[R]):
    """A step function of time: from each instant to the next, so much is free.

    Args:
        now: the first instant.
        pool: what is free now.
        releases: what running jobs will give back, in order of time; what is overdue comes an
            instant after `now`, for it is not free yet.
    """

    def __init__(self, now: float, pool: R, releases: Iterable[Release]) -> None:
        self._times = [now]
        self._rooms = [pool.copy()]
        soonest = nextafter(now, NEVER)
        for due, _, places, request in releases:
            at = max(due, soonest)
            if at > self._times[-1]:
                self._times.append(at)
                self._rooms.append(self._rooms[-1].copy())
            self._rooms[-1].give_back(places, request)

    def earliest(
        self, request: ResourceRequest, run_s: float, packing: Packing
    ) -> tuple[float, Places] | None:
        """The first instant from which the request fits for so long at one place, and where."""
        for place, at in enumerate(self._times):
            room = self._rooms[place]
            places = room.find(request, packing)
            after = place + 1
            while places is not None and after < len(self._times):
                if self._times[after] >= at + run_s:
                    break
                room = room.meet(self._rooms[after])
                places = room.find(request, packing)
                after += 1
            if places is not None:
                return at, places
        return None

    def claim(self, start: float, end: float, places: Places, request: ResourceRequest) -> None:
        """Keep the places from start to end."""
        for step in range(self._step(start), self._step(end)):
            self._rooms[step].take(places, request)

    def _step(self, at: float) -> int:
        """The step that begins at an instant, made if there is none yet."""
        place = bisect_left(self._times, at)
        if place == len(self._times) or self._times[place] != at:
            self._times.insert(place, at)
            self._rooms.insert(place, self._rooms[place - 1].copy())
        return place
