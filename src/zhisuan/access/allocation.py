"""Allocations: what of a tenant's money is a project's own. All in micro-yuan.

The law: what projects may still hold never passes what their tenant has available, so what they
have left never passes what it has. It holds after any order of allocating, holding, charging and
releasing, because whoever takes money asks here first.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from zhisuan.core.errors import InsufficientBalance, OverAllocated
from zhisuan.core.money import MicroYuan, shown


@dataclass(frozen=True, slots=True)
class Share:
    """What a project was allocated and has used.

    Attributes:
        held: set aside for its accepted quotes.
        charged: for its ended jobs.
    """

    project_id: str
    allocated: int
    held: int = 0
    charged: int = 0

    @property
    def left(self) -> int:
        """What has not been charged yet; it includes what is held."""
        return max(0, self.allocated - self.charged)

    @property
    def free(self) -> int:
        """What may still be held."""
        return max(0, self.left - self.held)


def require_divisible(available: int, shares: Iterable[Share]) -> None:
    """Refuse shares that promise more than there is.

    What is held outside these shares counts as gone: it may be charged whole.

    Args:
        available: what the tenant may still hold, over all.
        shares: of its open projects, with the one that is asked for.

    Raises:
        OverAllocated: with how much is missing.
    """
    free = sum(share.free for share in shares)
    if free > available:
        raise OverAllocated(
            f"The projects would have {shown(MicroYuan(free))} to use, but only "
            f"{shown(MicroYuan(available))} is available.",
            hint="Allocate less, close a project, or apply for more.",
        )


def require_room(available: int, shares: Iterable[Share], project: str | None, amount: int) -> None:
    """Refuse a hold that would take what is another project's.

    Args:
        available: what the tenant may still hold, over all.
        shares: of its open projects.
        project: whose work it is; one without a share uses what is nobody's.
        amount: to be held.

    Raises:
        InsufficientBalance: with what there is for this work.
    """
    by_project = {share.project_id: share for share in shares}
    own = by_project.get(project or "")
    rest = available - sum(share.free for share in by_project.values())
    room = rest if own is None else own.free
    if amount > room:
        whose = "outside the projects' allocations" if own is None else "in this project"
        raise InsufficientBalance(
            f"The quote's upper end is {shown(MicroYuan(amount))}, but only "
            f"{shown(MicroYuan(max(0, room)))} is left {whose}.",
            hint="Choose less effort, or allocate more to the project.",
        )
