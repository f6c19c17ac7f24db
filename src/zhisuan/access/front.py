"""The front door's own parts: rules, counters, and what it remembers only while it is open."""

from dataclasses import dataclass, field
from datetime import timedelta
from threading import Lock

from zhisuan.access.granting import Granting, shipped
from zhisuan.access.oidc import Provider
from zhisuan.access.rates import RateRules, Rates
from zhisuan.core.clock import Instant

_USED = timedelta(minutes=10)
_SEEN = timedelta(minutes=1)


class Noticed:
    """When each key or session was last written down as used, so that few requests write.

    Args:
        every: a use within this span of the last one written is not written.
    """

    def __init__(self, every: timedelta) -> None:
        self._every = every
        self._last: dict[str, Instant] = {}
        self._lock = Lock()

    def is_new(self, name: str, at: Instant) -> bool:
        """Whether this use should be written down; the next ones then need not."""
        with self._lock:
            last = self._last.get(name)
            if last is not None and at - last < self._every:
                return False
            self._last[name] = at
            return True


@dataclass(slots=True)
class FrontDoor:
    """What the doors share.

    Attributes:
        granting: what is given without paying.
        registration: whether anybody may register.
        rates: who asked how often.
        provider: where people may log in with an account of another house; None is nowhere.
        name: what the centre is called; None where nobody has named it.
    """

    granting: Granting = field(default_factory=shipped)
    registration: bool = True
    rates: Rates = field(default_factory=lambda: Rates(RateRules()))
    provider: Provider | None = None
    name: str | None = None
    used: Noticed = field(default_factory=lambda: Noticed(_USED))
    seen: Noticed = field(default_factory=lambda: Noticed(_SEEN))
