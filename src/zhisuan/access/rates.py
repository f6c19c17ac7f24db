"""How often somebody may ask: counted in this process's memory, gone with it.

Windows move with the clock, so that nobody gets twice the rate at the edge of a minute.
"""

from dataclasses import dataclass
from math import ceil
from time import time

from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter, MovingWindowRateLimiter

from zhisuan.core.errors import TooManyRequests

_LOGINS_BY_NAME = RateLimitItemPerMinute(5, 15)
_LOGINS_BY_ADDRESS = RateLimitItemPerMinute(50, 15)


@dataclass(frozen=True, slots=True)
class RateRules:
    """The limits that an operator sets.

    Attributes:
        requests_a_minute: of one key or session.
        registrations_an_hour: from one network address.
    """

    requests_a_minute: int = 60_000
    registrations_an_hour: int = 5


class Rates:
    """Counts what came from whom.

    Args:
        rules: the limits.
    """

    def __init__(self, rules: RateRules) -> None:
        storage = MemoryStorage()
        # Every request is counted, so in fixed windows: they cost a number each, not a list.
        self._every = FixedWindowRateLimiter(storage)
        self._few = MovingWindowRateLimiter(storage)
        self._requests = RateLimitItemPerMinute(rules.requests_a_minute)
        self._registrations = RateLimitItemPerHour(rules.registrations_an_hour)

    def request(self, actor: str) -> None:
        """Count a request of a key or session.

        Raises:
            TooManyRequests: it has had its share of this minute.
        """
        if not self._every.hit(self._requests, "request", actor):
            raise self._too_many(self._every, self._requests, "request", actor)

    def registration(self, address: str) -> None:
        """Count a registration from a network address.

        Raises:
            TooManyRequests: there were enough from there in the last hour.
        """
        if not self._few.hit(self._registrations, "registration", address):
            raise self._too_many(self._few, self._registrations, "registration", address)

    def login(self, name: str, address: str) -> None:
        """Let a login be tried, known name or not.

        Raises:
            TooManyRequests: too many failed by this name, or from this address.
        """
        for limit, kind, whose in _logins(name, address):
            if not self._few.test(limit, kind, whose):
                raise self._too_many(self._few, limit, kind, whose)

    def login_failed(self, name: str, address: str) -> None:
        """Count a login that failed."""
        for limit, kind, whose in _logins(name, address):
            self._few.hit(limit, kind, whose)

    @staticmethod
    def _too_many(
        limiter: FixedWindowRateLimiter | MovingWindowRateLimiter,
        limit: RateLimitItem,
        *whose: str,
    ) -> TooManyRequests:
        again = limiter.get_window_stats(limit, *whose).reset_time
        wait_s = max(1, ceil(again - time()))
        return TooManyRequests(
            "Too many requests came in too short a time.",
            hint=f"Try again in {wait_s} s.",
            retry_after_s=wait_s,
        )


def _logins(name: str, address: str) -> tuple[tuple[RateLimitItem, str, str], ...]:
    return (
        (_LOGINS_BY_NAME, "login-name", name),
        (_LOGINS_BY_ADDRESS, "login-address", address),
    )
