"""When a job that may wait should start: the cheapest or cleanest hours before its deadline."""

from zhisuan.compute.scheduler.values import NEVER, Outlook, QueuedJob

_MARGIN = 1.25
"""A delayed job must still finish in time if it runs so much longer than expected."""

_WORTH = 1e-9
"""Of the cost of starting now, what waiting must save: less is an error of rounding."""


def better_start(now: float, job: QueuedJob, outlook: Outlook) -> float:
    """The start that costs least, of those that let the job finish by its deadline.

    A cost that changes in steps is least either when the job starts at the beginning of a step
    or when it ends there, so only those instants are compared; of equal ones the earliest wins.

    Args:
        now: the earliest.
        job: with its expected run time and deadline; without a deadline it does not wait.
        outlook: cost ahead, in steps.
    """
    latest = min(job.finish_by - _MARGIN * job.run_s, job.start_by)
    if job.finish_by == NEVER or not outlook.cost or latest <= now:
        return now
    edges = [at for at, _ in outlook.cost]
    candidates = {now, latest, *edges, *(at - job.run_s for at in edges)}
    able = sorted(at for at in candidates if now <= at <= latest)
    costs = [_cost(at, at + job.run_s, outlook.cost) for at in able]
    enough = min(costs) + _WORTH * abs(costs[0])
    return next(at for at, cost in zip(able, costs, strict=True) if cost <= enough)


def _cost(start: float, end: float, steps: tuple[tuple[float, float], ...]) -> float:
    """What running from start to end costs; before the first step its value holds."""
    total = 0.0
    for place, (at, value) in enumerate(steps):
        begins = start if place == 0 else max(start, at)
        ends = min(end, steps[place + 1][0]) if place + 1 < len(steps) else end
        total += max(0.0, ends - begins) * value
    return total
