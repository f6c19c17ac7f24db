"""Quotas: what each tenant may hold, and what it holds now."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from zhisuan.compute.job import Job
from zhisuan.compute.policy import Policy, Quota


@dataclass(frozen=True, slots=True)
class Share:
    """One tenant's.

    Attributes:
        own: whether the policy names it; else `quota` is the default one.
        used: what its jobs hold now; nothing of it is None.
        borrows: whether that is more than the quota.
    """

    tenant: str
    own: bool
    quota: Quota
    used: Quota
    borrows: bool


def shares(policy: Policy, live: Iterable[Job]) -> Sequence[Share]:
    """Of every tenant that the policy names or that holds something, by its id."""
    held: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for tenant in policy.quotas:
        held[tenant] = [0, 0, 0]
    for job in live:
        if job.state.holds_devices:
            held[job.tenant] = [a + b for a, b in zip(held[job.tenant], job.held, strict=True)]
    return [_share(policy, tenant, tuple(sums)) for tenant, sums in sorted(held.items())]


def _share(policy: Policy, tenant: str, sums: tuple[int, ...]) -> Share:
    quota = policy.quota(tenant)
    limits = (quota.cpu_milli, quota.memory_mb, quota.device_milli)
    beyond = any(
        limit is not None and amount > limit for limit, amount in zip(limits, sums, strict=True)
    )
    return Share(tenant, tenant in policy.quotas, quota, Quota(*sums), beyond)
