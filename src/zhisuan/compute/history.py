"""How long a job will run, learned from the centre's own ended jobs; no oracle.

People run the same thing again: the mean of the last few jobs that are alike is a better guess
than what they say themselves (Tsafrir et al., IEEE TPDS 2007, take a user's last two). What is
alike is told by keys from narrow to wide, such as (who, what, how much time was asked) and (who).
"""

from collections import defaultdict, deque
from collections.abc import Hashable, Sequence

REMEMBERED = 5
"""Ended jobs that a guess is the mean of; from 3 to 20 make little difference."""

GROWTH = 2.0
"""What has run as long as was expected is expected to run so many times as long."""


class History:
    """Run times of ended jobs by what they had in common."""

    def __init__(self) -> None:
        self._ended: dict[Hashable, deque[float]] = defaultdict(lambda: deque(maxlen=REMEMBERED))

    def learn(self, keys: Sequence[Hashable], run_s: float) -> None:
        """A job ended after so many seconds, by itself and not for being stopped."""
        for key in keys:
            self._ended[key].append(run_s)

    def expect(self, keys: Sequence[Hashable], limit_s: float) -> float:
        """Seconds a job is expected to run: the mean of the nearest like ones.

        Args:
            keys: from narrow to wide; the first with any ended job tells.
            limit_s: it is ended then; also the answer while nothing is known.
        """
        alike = self.alike(keys)
        return sum(min(run_s, limit_s) for run_s in alike) / len(alike) if alike else limit_s

    def alike(self, keys: Sequence[Hashable]) -> Sequence[float]:
        """Seconds that the nearest like ones ran; empty while nothing is known."""
        for key in keys:
            ended = self._ended.get(key)
            if ended:
                return tuple(ended)  # at once: whoever asks need not be whoever learns
        return ()


def outran(ran_s: float, limit_s: float) -> float:
    """What is expected of a job that has run as long as was expected and goes on."""
    return min(limit_s, GROWTH * ran_s + 1.0)
