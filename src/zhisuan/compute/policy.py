"""A policy is a value: what `plan` is told, not a subclass of anything."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType


class Order(StrEnum):
    """Whose turn it is among jobs of one priority."""

    FIRST_COME = "first_come"


class Backfill(StrEnum):
    """Whether a later job may pass an earlier one that does not fit now."""

    NONE = "none"


@dataclass(frozen=True, slots=True)
class Quota:
    """The most a tenant may hold at one time; None is no limit."""

    cpu_milli: int | None = None
    memory_mb: int | None = None
    device_milli: int | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """How the pool is given out.

    Attributes:
        order: among equal priorities.
        backfill: whether a later job may pass a blocked earlier one.
        quotas: tenant to quota; a tenant without one has `default_quota`.
    """

    order: Order = Order.FIRST_COME
    backfill: Backfill = Backfill.NONE
    default_quota: Quota = Quota()
    quotas: Mapping[str, Quota] = field(default_factory=lambda: MappingProxyType({}))

    def quota(self, tenant: str) -> Quota:
        """The quota of a tenant."""
        return self.quotas.get(tenant, self.default_quota)
