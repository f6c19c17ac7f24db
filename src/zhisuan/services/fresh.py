"""Fresh: answers that are the same for everybody, so that many who ask cost what one does."""

import time
from collections import defaultdict
from collections.abc import Callable
from threading import Lock
from typing import TypeVar, cast

_SHARE = 20.0
"""No more than one part in so many of the time goes into making the same answer again."""

Answer = TypeVar("Answer")


class Fresh:
    """Keeps answers by name, each made again only when it is asked for and old enough.

    An answer that took long to make is kept longer. While one is being made, whoever else asks for
    it waits for that one.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: dict[str, tuple[float, object]] = {}
        self._locks: dict[str, Lock] = defaultdict(Lock)

    def get(self, name: str, every_s: float, make: Callable[[], Answer]) -> Answer:
        """The answer of a name, made at most every so many seconds."""
        with self._locks[name]:
            until, answer = self._kept.get(name, (0.0, None))
            began = self._clock()
            if name not in self._kept or began >= until:
                answer = make()
                now = self._clock()
                self._kept[name] = now + max(every_s, _SHARE * (now - began)), answer
            return cast("Answer", answer)
