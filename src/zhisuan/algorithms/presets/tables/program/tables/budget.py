"""How much computing may still be spent, counted in CPU seconds of this process and its threads."""

import time
from collections.abc import Callable, Mapping

KEPT_BACK = 0.12
"""Part of the budget kept back for scoring, explaining and writing the result."""


class Budget:
    """A budget of CPU seconds that is asked before each piece of work.

    Args:
        cpu_s: CPU seconds that the whole run may use, over all its attempts.
        clock: CPU seconds used so far; the process clock unless a test brings its own.
        kept_back: share of the budget that `left` does not give away.
    """

    def __init__(
        self,
        cpu_s: float,
        clock: Callable[[], float] = time.process_time,
        kept_back: float = KEPT_BACK,
    ) -> None:
        self._clock = clock
        self._start = clock()
        self.cpu_s = cpu_s
        self._kept_back = kept_back
        self.stages: dict[str, float] = {}
        self._last = self._start

    def resume(self, stages: Mapping[str, float]) -> None:
        """Count in what earlier attempts used for each stage."""
        self._start -= sum(stages.values())
        for name, used_s in stages.items():
            self.stages[name] = self.stages.get(name, 0.0) + used_s

    def used(self) -> float:
        """CPU seconds used since the run began."""
        return self._clock() - self._start

    def left(self) -> float:
        """CPU seconds the search may still use."""
        return self.cpu_s * (1 - self._kept_back) - self.used()

    def allows(self, cost_s: float) -> bool:
        """Whether work of this expected cost fits."""
        return cost_s <= self.left()

    def portion(self, share: float) -> "Budget":
        """A budget for one piece of work: this share of what is left now, and never more."""
        return Budget(self.left() * share, self._clock, kept_back=0.0)

    def close_stage(self, name: str) -> None:
        """Book what was used since the last stage under this name."""
        now = self._clock()
        self.stages[name] = self.stages.get(name, 0.0) + now - self._last
        self._last = now
