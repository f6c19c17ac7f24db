"""The policy in force: how the pool is given out, and what each quota's owner uses of it now."""

from typing import Self

from fastapi import APIRouter
from pydantic import BaseModel

from zhisuan.access import records as access
from zhisuan.access.permission import Permission, may
from zhisuan.api.door import CentreHere, PoolViewer
from zhisuan.compute import records as jobs
from zhisuan.compute.policy import Backfill, Order, Packing, Quota
from zhisuan.core.quantities import MILLI
from zhisuan.services.pool.quotas import Share, shares

router = APIRouter(tags=["nodes"])


class AmountOut(BaseModel):
    """An amount of the pool; null where it has no limit."""

    cores: float | None
    memory_mb: int | None
    devices: float | None

    @classmethod
    def of(cls, quota: Quota) -> Self:
        """From the value."""
        return cls(
            cores=None if quota.cpu_milli is None else quota.cpu_milli / MILLI,
            memory_mb=quota.memory_mb,
            devices=None if quota.device_milli is None else quota.device_milli / MILLI,
        )


class QuotaOut(BaseModel):
    """A tenant's quota, and what it holds now."""

    tenant_id: str
    tenant_name: str
    own: bool
    """Whether the policy names this tenant; else its quota is the default one."""
    quota: AmountOut
    used: AmountOut
    borrows: bool
    """Whether it holds more than its quota, which a policy that lets tenants borrow allows."""

    @classmethod
    def of(cls, share: Share, name: str) -> Self:
        """From the value."""
        return cls(
            tenant_id=share.tenant,
            tenant_name=name,
            own=share.own,
            quota=AmountOut.of(share.quota),
            used=AmountOut.of(share.used),
            borrows=share.borrows,
        )


class PolicyOut(BaseModel):
    """The policy in force since the centre opened."""

    text: str | None
    """The policy file, word for word; empty without one; null for who sees no tenants' jobs."""
    order: Order
    backfill: Backfill
    packing: Packing
    preempting: bool
    borrowing: bool
    minimum_run_s: float
    grace_s: float
    half_life_s: float
    patience_s: float | None
    """Null where no job is ever overdue."""
    reclaims_idle: bool
    """Whether idle jobs are asked to give back what they hold."""
    default_quota: AmountOut
    quotas: list[QuotaOut]
    """Of every tenant that the policy names or that holds something; empty as `text` is null."""


@router.get("/v1/policy")
def see_policy(centre: CentreHere, caller: PoolViewer) -> PolicyOut:
    """How the pool is given out now, and for those who see everybody's jobs, who uses how much."""
    rules, policy = centre.rules, centre.rules.policy
    sees_tenants = may(caller, Permission.SEE_JOBS)
    quotas: list[QuotaOut] = []
    if sees_tenants:
        with centre.database.read() as connection:
            found = shares(policy, jobs.live_since(connection, 0))
            names = access.tenant_names(connection, (each.tenant for each in found))
        quotas = [QuotaOut.of(each, names.get(each.tenant, each.tenant)) for each in found]
    return PolicyOut(
        text=rules.text if sees_tenants else None,
        order=policy.order,
        backfill=policy.backfill,
        packing=policy.packing,
        preempting=policy.preempting,
        borrowing=policy.borrowing,
        minimum_run_s=policy.minimum_run_s,
        grace_s=rules.grace_s,
        half_life_s=rules.half_life_s,
        patience_s=None if policy.patience_s == float("inf") else policy.patience_s,
        reclaims_idle=rules.idle is not None,
        default_quota=AmountOut.of(policy.default_quota),
        quotas=quotas,
    )
