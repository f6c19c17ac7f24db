"""The model sensor: energy of a machine without a counter, from its load and a power profile."""

import time
from collections.abc import Callable

import psutil

from zhisuan.core.quantities import Quality, WattHours
from zhisuan.green.power import PowerProfile


class ModelSensor:
    """Adds up modelled power over the spans between readings.

    Args:
        profile: of this machine.
        clock: monotonic seconds.
        busy: busy seconds of all cores since some instant.
    """

    name = "two-point model"
    quality = Quality.MODELLED

    def __init__(
        self,
        profile: PowerProfile,
        clock: Callable[[], float] = time.monotonic,
        busy: Callable[[], float] | None = None,
    ) -> None:
        self._profile = profile
        self._clock = clock
        self._busy = busy or _busy_seconds
        self._last = (clock(), self._busy())
        self._total_wh = 0.0

    def read(self) -> WattHours:
        """Watt-hours since the sensor was made, modelled from the load since the last reading."""
        now, busy = self._clock(), self._busy()
        then, busy_then = self._last
        span = now - then
        if span > 0:
            load = (busy - busy_then) / (span * self._profile.cores)
            self._total_wh += self._profile.power(load) * span / 3600
            self._last = (now, busy)
        return WattHours(self._total_wh)


def _busy_seconds() -> float:
    times = psutil.cpu_times()
    # The kernel counts a guest's time in user and nice as well.
    not_ours = ("idle", "iowait", "steal", "guest", "guest_nice")
    return sum(times) - sum(getattr(times, name, 0.0) for name in not_ours)
