"""Past use: what tenants used of late, from the records that outlive the centre's process."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import timedelta

from zhisuan.compute import records as jobs
from zhisuan.compute.fairness import faded
from zhisuan.compute.policy import Order
from zhisuan.core.clock import Instant
from zhisuan.core.quantities import MILLI
from zhisuan.services.centre import Centre

_HALF_LIVES = 8
"""What lies further back counts for less than a two-hundredth."""


def past_use(centre: Centre, now: Instant) -> Mapping[str, float]:
    """Tenant to average share of the pool, as `RecentUse` begins with; empty if nobody asks."""
    half_life_s = centre.rules.half_life_s
    used: dict[str, float] = defaultdict(float)
    if centre.rules.policy.order is not Order.FAIR:
        return used
    since = now - timedelta(seconds=_HALF_LIVES * half_life_s)

    def count(tenant: str, held: tuple[int, int, int], began: Instant, ended: Instant) -> None:
        span = (began.timestamp(), ended.timestamp())
        used[tenant] += faded(_dominant(centre, held), *span, now.timestamp(), half_life_s)

    with centre.database.read() as connection:
        for each in centre.ledger.usage_since(connection, since):
            held = (each.cpu_milli, each.memory_mb, each.device_milli)
            count(each.tenant, held, each.started_at, each.ended_at)
        for job in jobs.live_since(connection, 0):
            if job.state.holds_devices and job.started_at is not None:
                count(job.tenant, job.held, job.started_at, now)
    return used


def _dominant(centre: Centre, held: tuple[int, int, int]) -> float:
    """The largest of the shares of all cores, all memory and all devices."""
    whole = (
        sum(node.cpu_milli for node in centre.nodes),
        sum(node.memory_mb for node in centre.nodes),
        sum(MILLI * len(node.devices) for node in centre.nodes),
    )
    return max(some / total for some, total in zip(held, whole, strict=True) if total)
