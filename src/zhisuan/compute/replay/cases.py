"""The policies a public trace is replayed under, by the names people use for them."""

from dataclasses import dataclass
from enum import StrEnum

from zhisuan.compute.policy import Backfill, Order, Packing, Policy
from zhisuan.compute.replay.predicted import Predicted
from zhisuan.compute.replay.predictor import Perfect, Predictor, UserEstimate
from zhisuan.core.errors import WrongInput

_DAY_S = 86_400.0
_MINUTE_S = 60.0

BOUND = "已知真实运行时间：是界限，不是策略 · perfect knowledge: a bound, not a policy"
"""What is said wherever run times are known beforehand."""


class SwfOrder(StrEnum):
    """Whose turn it is in a log of a supercomputer."""

    FCFS = "fcfs"
    SJF = "sjf"
    CENTRE = "centre"


class SwfBackfill(StrEnum):
    """Whether a later job may pass."""

    NONE = "none"
    EASY = "easy"
    CONSERVATIVE = "conservative"


class Estimates(StrEnum):
    """From where run times are known."""

    USER = "user"
    PERFECT = "perfect"
    PREDICTED = "predicted"


class GpuPolicy(StrEnum):
    """How a cluster of GPUs is given out."""

    FCFS = "fcfs"
    SJF = "sjf"
    EASY = "easy"
    CENTRE = "centre"
    CENTRE_NONPREEMPTIVE = "centre-nonpreemptive"


class Tenants(StrEnum):
    """Whom the jobs of a cluster are counted against."""

    ONE = "one"
    VC = "vc"


class Placement(StrEnum):
    """Where a pod goes."""

    RANDOM = "random"
    BEST_FIT = "bestfit"
    PACKING = "packing"
    FGD = "fgd"
    CENTRE = "centre"

    @property
    def packing(self) -> Packing:
        """The packing of that name."""
        return _PACKINGS[self]


_PACKINGS = {
    Placement.RANDOM: Packing.RANDOM,
    Placement.BEST_FIT: Packing.BEST_FIT,
    Placement.PACKING: Packing.USED_FIRST,
    Placement.FGD: Packing.FRAGMENTATION,
    Placement.CENTRE: Packing.CENTRE,
}


@dataclass(frozen=True, slots=True)
class Case:
    """What a replay is run under.

    Attributes:
        told: the policy in words.
        policy: what `plan` is told.
        predictor: how long jobs are expected to run; fresh, since it learns.
        tick_s: time alone is asked for another plan at multiples of this.
        caution: what must be known to read the figures right, empty if nothing.
    """

    told: str
    policy: Policy
    predictor: Predictor
    tick_s: float = 1.0
    caution: str = ""


def swf_case(order: SwfOrder, backfill: SwfBackfill | None, estimates: Estimates | None) -> Case:
    """The case of a log of a supercomputer.

    Args:
        order: whose turn it is.
        backfill: None is EASY.
        estimates: None is predicted for the centre's own order, users' otherwise.

    Raises:
        WrongInput: the centre's own order with other than EASY backfilling.
    """
    ours = order is SwfOrder.CENTRE
    if ours and backfill not in (None, SwfBackfill.EASY):
        raise WrongInput(
            f"The order centre backfills by EASY alone, not by {backfill}.",
            hint="Leave --backfill away, or take another --order.",
        )
    backfill = backfill or SwfBackfill.EASY
    estimates = estimates or (Estimates.PREDICTED if ours else Estimates.USER)
    predictor: Predictor = {
        Estimates.USER: UserEstimate,
        Estimates.PERFECT: Perfect,
        Estimates.PREDICTED: Predicted.of_users,
    }[estimates]()
    policy = Policy(order=_ORDERS[order], backfill=Backfill(backfill))
    if ours:
        policy = Policy(
            order=Order.AGED,
            backfill=Backfill.EASY,
            patience_s=5.0 * _DAY_S,
            patience_share=1.0,
        )
    caution = BOUND if estimates is Estimates.PERFECT else ""
    told = f"{order}, backfill {backfill}, run times {estimates}"
    return Case(told, policy, predictor, caution=caution)


_ORDERS = {
    SwfOrder.FCFS: Order.FIRST_COME,
    SwfOrder.SJF: Order.SHORTEST,
    SwfOrder.CENTRE: Order.AGED,
}


def gpu_case(policy: GpuPolicy) -> Case:
    """The case of a cluster of GPUs whose jobs say nothing of their length."""
    week_s = 7.0 * _DAY_S
    told = policy.value
    match policy:
        case GpuPolicy.FCFS:
            return Case(told, Policy(), UserEstimate())
        case GpuPolicy.SJF:
            return Case(told, Policy(order=Order.SHORTEST), Perfect(), caution=BOUND)
        case GpuPolicy.EASY:
            return Case(told, Policy(backfill=Backfill.EASY), Perfect(), caution=BOUND)
        case GpuPolicy.CENTRE:
            taking_turns = Policy(order=Order.ATTAINED, minimum_run_s=300.0, patience_s=week_s)
            return Case(told, taking_turns, UserEstimate(), _MINUTE_S)
        case GpuPolicy.CENTRE_NONPREEMPTIVE:
            smallest = Policy(order=Order.SMALLEST, backfill=Backfill.GREEDY, patience_s=week_s)
            return Case(told, smallest, Predicted.of_groups())
