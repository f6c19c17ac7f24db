"""The honest promise: an interval for a start, learned from how far off earlier forecasts were.

A forecast is one instant, and wrong: later arrivals pass, predicted run times miss. What can be
promised is an interval that holds as often as it says. Split conformal prediction (Papadopoulos
et al., ECML 2002; Lei et al., JASA 2018) takes it from the errors seen before, whatever made them:
with the errors x of m earlier jobs in order, a new one of the same kind lies between the a-th and
the b-th with probability (b - a) / (m + 1). Here

    x = ln((real wait + 60 s) / (forecast wait + 60 s))

since waits err by factors, and the minute keeps the shortest from mattering too much. Errors of
short and of long forecasts are of different kinds, so each band has its own, and only the latest
count, since a centre changes. A job teaches when it starts, never before.
"""

from bisect import bisect_left
from collections import deque
from math import ceil, exp, log
from typing import Any, Self

EDGES_S = (600.0, 3600.0, 6 * 3600.0, 86400.0)
"""Forecast waits at which the bands part; an edge belongs to the band below."""

REMEMBERED = 400
"""Errors that each band remembers; from 100 to 1,000 make little difference."""

FEWEST = 20
"""With fewer errors than this a band promises no more than a wide guess."""

_LOW, _HIGH = 0.09, 0.91
_SOFT_S = 60.0
_GUESS = 4.0
"""The wide guess: by so many times the forecast the job has started."""


class Promises:
    """What forecasts were worth, and the intervals that follow."""

    def __init__(self) -> None:
        bands = len(EDGES_S) + 1
        self._errors = [deque[float](maxlen=REMEMBERED) for _ in range(bands)]
        self._bounds: list[tuple[float, float] | None] = [None] * bands

    def learn(self, forecast_wait_s: float, wait_s: float) -> None:
        """A job that was told to wait has started.

        Args:
            forecast_wait_s: what was expected, 0 or more.
            wait_s: what came of it, from the same instant on, 0 or more.
        """
        band = _band(forecast_wait_s)
        self._errors[band].append(log((wait_s + _SOFT_S) / (forecast_wait_s + _SOFT_S)))
        self._bounds[band] = None

    def interval(self, forecast_wait_s: float) -> tuple[float, float]:
        """The least and the most that a job will wait, right about four times in five.

        Args:
            forecast_wait_s: what is expected, 0 or more.

        Returns:
            Seconds from the instant of the forecast; the least is 0 or more. While the band has
            seen too little, 0 and four times the forecast.
        """
        soft = forecast_wait_s + _SOFT_S
        bounds = self._between(_band(forecast_wait_s))
        if bounds is None:
            return 0.0, _GUESS * soft
        low, high = bounds
        return max(0.0, soft * exp(low) - _SOFT_S), max(0.0, soft * exp(high) - _SOFT_S)

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {"errors": [list(errors) for errors in self._errors]}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """What `to_json` wrote, band by band."""
        promises = cls()
        for errors, kept in zip(promises._errors, values["errors"], strict=True):
            errors.extend(kept)
        return promises

    def _between(self, band: int) -> tuple[float, float] | None:
        """The errors between which the next one is expected; None if too few are known."""
        bounds = self._bounds[band]
        count = len(self._errors[band])
        if bounds is None and count >= FEWEST:
            errors = sorted(self._errors[band])
            low, high = errors[int(_LOW * count)], errors[min(count - 1, ceil(_HIGH * count))]
            bounds = self._bounds[band] = low, high
        return bounds


def _band(forecast_wait_s: float) -> int:
    return bisect_left(EDGES_S, forecast_wait_s)
