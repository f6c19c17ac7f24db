"""Admit: what pool, quota or calendar can never give is refused at once, with the reason."""

from zhisuan.compute.job import Times
from zhisuan.compute.pool import Pool
from zhisuan.compute.request import ResourceRequest, Together
from zhisuan.core.clock import Instant
from zhisuan.core.errors import Unsatisfiable, WrongInput
from zhisuan.core.quantities import MILLI
from zhisuan.services.centre import Centre

_FURTHEST_S = 366 * 86400.0


def admit(centre: Centre, tenant: str, request: ResourceRequest) -> None:
    """Refuse what the whole pool, idle, could not run, or what a quota never allows.

    Raises:
        Unsatisfiable: with what the largest node, or the quota, has.
    """
    if not Pool.idle(centre.nodes).admits(request):
        raise _beyond_the_pool(centre, request)
    policy = centre.rules.policy
    quota = policy.quota(tenant)
    asked = (
        ("cores", quota.cpu_milli, request.cpu_milli, MILLI),
        ("MB", quota.memory_mb, request.memory_mb, 1),
        ("devices", quota.device_milli, request.device_milli, MILLI),
    )
    for unit, limit, amount, one in asked:
        whole = request.nodes * amount
        if limit is not None and whole > limit and not policy.borrowing:
            raise Unsatisfiable(
                f"This asks for {whole / one:g} {unit}; your quota allows {limit / one:g} at one"
                " time.",
                hint="Ask for less, or ask the operator for a larger quota.",
            )


def check(times: Times, time_limit_s: float, now: Instant) -> None:
    """Refuse times that are past, contradict one another or lie too far ahead.

    Raises:
        WrongInput: with the time that would do.
    """
    named = {
        "not_before": times.not_before,
        "start_by": times.start_by,
        "finish_by": times.finish_by,
    }
    for name, at in named.items():
        if at is not None and (at - now).total_seconds() > _FURTHEST_S:
            raise WrongInput(f"{name} is more than a year ahead.", hint="Submit the job later.")
    begin = now if times.not_before is None else max(now, times.not_before)
    if times.start_by is not None and times.start_by < begin:
        raise WrongInput(
            f"start_by is {_told(times.start_by)}, but the job cannot start before {_told(begin)}.",
            hint="Give a later start_by.",
        )
    if times.finish_by is not None:
        _check_deadline(times.finish_by, begin, time_limit_s)
    elif times.green:
        raise WrongInput(
            "A green job waits for a better hour until its deadline, but no finish_by was given.",
            hint="Give finish_by, or leave green out.",
        )


def _check_deadline(finish_by: Instant, begin: Instant, time_limit_s: float) -> None:
    if finish_by <= begin:
        raise WrongInput(
            f"finish_by is {_told(finish_by)}, but the job cannot start before {_told(begin)}.",
            hint="Give a later finish_by.",
        )
    if (finish_by - begin).total_seconds() < time_limit_s:
        raise WrongInput(
            f"The job may run for {time_limit_s:g} s from {_told(begin)} on, which is past its "
            f"finish_by, {_told(finish_by)}.",
            hint="Give a later finish_by, or a shorter time_limit_s.",
        )


def _told(at: Instant) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"


def _beyond_the_pool(centre: Centre, request: ResourceRequest) -> Unsatisfiable:
    largest = max(centre.nodes, key=lambda node: (len(node.cores), node.memory_mb))
    devices = sorted({device.kind.value for node in centre.nodes for device in node.devices})
    asked = " or ".join(
        f"{wanted.milli / MILLI:g} {wanted.model or wanted.kind}" for wanted in request.any_of
    )
    gang = f" on {request.nodes} nodes{_nearness(request)}" if request.nodes > 1 else ""
    return Unsatisfiable(
        f"No machine of this centre could ever run this: asked are {request.cpu_milli / MILLI:g} "
        f"cores and {request.memory_mb} MB{f' with {asked}' if asked else ''}{gang}.",
        hint=f"The largest has {len(largest.cores)} cores and {largest.memory_mb} MB; "
        f"the pool has {', '.join(devices) or 'no accelerator'} and {len(centre.nodes)} node(s).",
    )


def _nearness(request: ResourceRequest) -> str:
    return " of one rack" if request.together is Together.RACK_REQUIRED else ""
