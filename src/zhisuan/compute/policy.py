"""A policy is a value: what `plan` is told, not a subclass of anything."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType


class Order(StrEnum):
    """Whose turn it is among jobs of one priority."""

    FIRST_COME = "first_come"
    SHORTEST = "shortest"
    FAIR = "fair"
    AGED = "aged"
    SMALLEST = "smallest"
    ATTAINED = "attained"


class Backfill(StrEnum):
    """Whether a later job may pass an earlier one that does not fit now."""

    NONE = "none"
    GREEDY = "greedy"
    EASY = "easy"
    CONSERVATIVE = "conservative"


class Packing(StrEnum):
    """Where a job goes among the nodes that could take it."""

    FIRST_FIT = "first_fit"
    BEST_FIT = "best_fit"
    SPREAD = "spread"
    RANDOM = "random"
    USED_FIRST = "used_first"
    FRAGMENTATION = "fragmentation"
    CENTRE = "centre"


@dataclass(frozen=True, slots=True)
class Quota:
    """What a tenant may hold at one time; None is no limit.

    Under a policy that lets tenants borrow, it is what a tenant can always get back.
    """

    cpu_milli: int | None = None
    memory_mb: int | None = None
    device_milli: int | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """How the pool is given out.

    Attributes:
        order: among equal priorities.
        backfill: whether a later job may pass a blocked earlier one.
        packing: which node, among those with room.
        default_quota: of a tenant that `quotas` does not name.
        quotas: tenant to quota.
        borrowing: what others leave unused of their quotas may be borrowed, and is reclaimed.
        preempting: a running job of a lower priority may be evicted for a higher one.
        minimum_run_s: nobody is evicted before he has run so long.
        patience_s: a job that has waited so long goes before all younger ones of its priority.
        patience_share: of the pool, what such jobs may hold together; the rest goes on serving
            the others, so that a crowd of overdue jobs cannot stop everybody else.
        limits: whether any tenant has a quota at all.
        gates: whether a job may be held back though there is room.
        standing: whether the order of waiting jobs stays the same while time passes.
        evicts: whether a running job may be asked to make room.
        steady: whether who has no room now gets none before something is given back: nobody is
            limited or asked to make room, and the order stands.
    """

    order: Order = Order.FIRST_COME
    backfill: Backfill = Backfill.NONE
    packing: Packing = Packing.BEST_FIT
    default_quota: Quota = Quota()
    quotas: Mapping[str, Quota] = field(default_factory=lambda: MappingProxyType({}))
    borrowing: bool = False
    preempting: bool = False
    minimum_run_s: float = 300.0
    patience_s: float = float("inf")
    patience_share: float = 0.5
    limits: bool = field(init=False, repr=False, compare=False, default=False)
    gates: bool = field(init=False, repr=False, compare=False, default=False)
    standing: bool = field(init=False, repr=False, compare=False, default=True)
    evicts: bool = field(init=False, repr=False, compare=False, default=False)
    steady: bool = field(init=False, repr=False, compare=False, default=True)

    def __post_init__(self) -> None:
        """What follows from the rules is kept, since every plan asks for it."""
        limits = bool(self.quotas) or self.default_quota != Quota()
        standing = self.order in (Order.FIRST_COME, Order.SHORTEST)
        object.__setattr__(self, "limits", limits)
        object.__setattr__(self, "gates", limits and not self.borrowing)
        standing = standing and self.patience_s == float("inf")
        evicts = self.preempting or self.borrowing
        object.__setattr__(self, "standing", standing)
        object.__setattr__(self, "evicts", evicts)
        object.__setattr__(self, "steady", standing and not limits and not evicts)

    def quota(self, tenant: str) -> Quota:
        """The quota of a tenant."""
        return self.quotas.get(tenant, self.default_quota)
