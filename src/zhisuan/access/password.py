"""Passwords: kept as Argon2id.

The parameters are those of the OWASP Password Storage Cheat Sheet (19 MiB, 2 passes, 1 lane): a
few logins at one time do not take the machine's memory.
"""

from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from zhisuan.core.errors import WrongInput

SHORTEST, LONGEST = 10, 200
_AT_ONCE = BoundedSemaphore(4)
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_NOBODYS = (
    "$argon2id$v=19$m=19456,t=2,p=1$c29tZSBzYWx0IGhlcmU$RdescudvJCsgt3ub+b/dWRWJTmaaJObGZZZZZZZZZZY"
)
"""A hash that no password gives, compared with where there is no member."""


def hashed(password: str) -> str:
    """What is stored of a password.

    Raises:
        WrongInput: it is too short or too long (NIST SP 800-63B asks for length, not for signs).
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise WrongInput(
            f"A password has {SHORTEST} to {LONGEST} characters.", hint="Choose a longer one."
        )
    with _AT_ONCE:
        return _HASHER.hash(password)


def matches(password: str, stored: str | None) -> bool:
    """Whether this is the password; None takes the same time and never matches."""
    with _AT_ONCE:
        try:
            return _HASHER.verify(stored or _NOBODYS, password) and stored is not None
        except (VerificationError, InvalidHashError):
            return False
