"""Use of late: each tenant's share of the pool, averaged with a memory that fades.

The average of the dominant share (Ghodsi et al., NSDI 2011) with exponential weights: what lies
one half-life back counts half, as in Slurm's multifactor priority.
"""

from collections.abc import Mapping
from dataclasses import dataclass


def faded(share: float, began: float, ended: float, now: float, half_life_s: float) -> float:
    """What having held a share of the pool for a while is worth now in the average."""
    fresh, old = (0.5 ** (max(0.0, now - at) / half_life_s) for at in (ended, began))
    return share * (fresh - old)


@dataclass(slots=True)
class _Use:
    average: float = 0.0
    share: float = 0.0
    at: float = 0.0


class RecentUse:
    """What tenants used of late.

    Args:
        half_life_s: seconds after which use counts half.
        past: averages to begin with, as `used` told them at `now`.
        now: the instant of the beginning, seconds.
    """

    def __init__(self, half_life_s: float, past: Mapping[str, float], now: float) -> None:
        self._half_life_s = half_life_s
        self._tenants = {tenant: _Use(average, 0.0, now) for tenant, average in past.items()}

    def change(self, tenant: str, share: float, now: float) -> None:
        """From now on a tenant holds so much more of the pool, or less if negative."""
        use = self._tenants.setdefault(tenant, _Use(at=now))
        use.average = self._average(use, now)
        use.share = max(0.0, use.share + share)
        use.at = max(use.at, now)

    def used(self, now: float) -> Mapping[str, float]:
        """Tenant to average share, 0 to 1."""
        return {tenant: self._average(use, now) for tenant, use in self._tenants.items()}

    def _average(self, use: _Use, now: float) -> float:
        kept = 0.5 ** (max(0.0, now - use.at) / self._half_life_s)
        return use.average * kept + use.share * (1 - kept)
