"""Our own count of who holds what, so that no law trusts the pool's."""

from collections import Counter, defaultdict

from zhisuan.core.quantities import MILLI


def held_by(holders):
    """What is held, summed anew: cores and memory of rows, milli of devices, milli of a count.

    Args:
        holders: pairs of request and places.
    """
    sums = Counter()
    for request, places in holders:
        for row, columns in places:
            sums["cpu", row] += request.cpu_milli
            sums["memory", row] += request.memory_mb
            for column, milli in columns:
                sums["device", row, column] += milli
        if not places:
            sums["count",] += request.size
    return sums


def has(world):
    """What there is, under the names of `held_by`."""
    there = Counter({("count",): world.cores * MILLI})
    for row, each in enumerate(world.nodes):
        there["cpu", row] = each.cpu_milli
        there["memory", row] = each.memory_mb
        for column in range(len(each.devices)):
            there["device", row, column] = MILLI
    return there


def by_tenant(holders):
    """Core-milli, megabytes and device-milli that tenants hold, summed anew.

    Args:
        holders: triples of tenant, request and places.
    """
    sums = defaultdict(lambda: [0, 0, 0])
    for tenant, request, places in holders:
        parts = [columns for _, columns in places] or [()] * request.nodes
        for columns in parts:
            sums[tenant][0] += request.cpu_milli
            sums[tenant][1] += request.memory_mb
            sums[tenant][2] += sum(milli for _, milli in columns)
    return sums
