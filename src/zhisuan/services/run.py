"""Run: a job is admitted with its price held, or stopped."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from zhisuan.algorithms.package import Need
from zhisuan.compute import records as jobs
from zhisuan.compute.job import Job, JobReason, JobState, Work
from zhisuan.compute.pool import Pool
from zhisuan.compute.request import ResourceRequest
from zhisuan.core.errors import Conflict, PaymentError, Unsatisfiable
from zhisuan.core.identifiers import new_id
from zhisuan.core.money import MicroYuan, shown
from zhisuan.core.work import MeterReading
from zhisuan.green.footprint import footprint
from zhisuan.ledger.quote import Demand, Offer, Quote, quote
from zhisuan.ledger.tariff import PriceClass
from zhisuan.services import records
from zhisuan.services.centre import Centre
from zhisuan.services.events import Event

PRIORITIES: Mapping[PriceClass, int] = {
    PriceClass.PREEMPTIBLE: 0,
    PriceClass.STANDARD: 10,
    PriceClass.RESERVED: 20,
}
"""What a price class buys: its place in the queue."""

_SLACK = 3.0
"""Times the expected wall time after which a job is over its limit."""

_LEAST_LIMIT_S = 60.0


@dataclass(frozen=True, slots=True)
class Order:
    """A job as a tenant asks for it."""

    algorithm: str
    parameters: Mapping[str, Any]
    request: ResourceRequest
    price_class: PriceClass = PriceClass.STANDARD
    time_limit_s: float = 3600.0
    most: MicroYuan | None = None
    isolated: bool = False


def submit(centre: Centre, connection: Connection, tenant: str, order: Order) -> Job:
    """Admit a job: quote it, hold the price, queue it. Wake the engine after the commit.

    The hold covers the whole time limit, so it is the most the job can ever cost.

    Raises:
        NotFound: there is no such algorithm.
        Unsatisfiable: no node of the pool could ever run it.
        PaymentError: it could cost more than the tenant's `most`.
        InsufficientBalance: the account cannot cover it.
    """
    algorithm = centre.catalogue.get(order.algorithm)
    admit(centre, order.request)
    seconds = (0.0, order.time_limit_s)
    need = Need(1, seconds, seconds, order.request.memory_mb)
    offer = centre.ledger.store_quote(
        connection, tenant, price(centre, order.request, need, order.price_class)
    )
    if order.most is not None and offer.quote.high > order.most:
        raise PaymentError(
            f"It could cost {shown(offer.quote.high)}, more than the {shown(order.most)} allowed.",
            hint="Raise the allowance, or shorten time_limit_s.",
        )
    work = Work(
        algorithm.name,
        algorithm.card.version,
        order.parameters,
        {},
        order.time_limit_s,
        order.isolated,
    )
    return queue(centre, connection, tenant, work, order.request, offer)


def queue(
    centre: Centre,
    connection: Connection,
    tenant: str,
    work: Work,
    request: ResourceRequest,
    offer: Offer,
    task_id: str | None = None,
) -> Job:
    """Hold an offer's price for a new job and put it into the queue."""
    now = centre.clock.now()
    price_class = offer.quote.price_class
    job = Job(
        job_id=new_id("job"),
        sequence=0,
        tenant=tenant,
        work=work,
        request=request,
        price_class=price_class,
        priority=PRIORITIES[price_class],
        state=JobState.QUEUED,
        submitted_at=now,
        task_id=task_id,
        quote_id=offer.quote_id,
        tariff_version=offer.quote.tariff_version,
    )
    centre.ledger.hold(connection, job.job_id, offer)
    jobs.add(connection, job)
    facts = {"task_id": task_id} if task_id else {}
    records.append_events(connection, [Event(tenant, "job.queued", job.job_id, facts, now)])
    return job


def stop(connection: Connection, job: Job, by: JobReason) -> None:
    """Ask for a job to end. Wake the engine after the commit.

    Raises:
        Conflict: it has ended.
    """
    if job.state.ended:
        raise Conflict(f"The job {job.job_id} has {job.state} already.", hint="Nothing to stop.")
    jobs.ask_stop(connection, job.job_id, by)


def admit(centre: Centre, request: ResourceRequest) -> None:
    """Refuse what the whole pool, idle, could not run.

    Raises:
        Unsatisfiable: with what the largest node has.
    """
    if Pool.idle(centre.nodes).admits(request):
        return
    largest = max(centre.nodes, key=lambda node: (len(node.cores), node.memory_mb))
    devices = sorted({device.kind.value for node in centre.nodes for device in node.devices})
    asked = " or ".join(f"{wanted.milli / 1000:g} {wanted.kind}" for wanted in request.any_of)
    raise Unsatisfiable(
        f"No machine of this centre could ever run this: asked are {request.cpu_milli / 1000:g} "
        f"cores and {request.memory_mb} MB{f' with {asked}' if asked else ''}"
        f"{f' on {request.nodes} nodes' if request.nodes > 1 else ''}.",
        hint=f"The largest has {len(largest.cores)} cores and {largest.memory_mb} MB; "
        f"the pool has {', '.join(devices) or 'no accelerator'} and {len(centre.nodes)} node(s).",
    )


def price(centre: Centre, request: ResourceRequest, need: Need, price_class: PriceClass) -> Quote:
    """The price of a request for as long as it is expected to need it, by today's tariff."""
    low, high = (
        Demand.of_grant(
            wall_s,
            request.cpu_milli,
            request.memory_mb,
            dearest_devices(centre, request),
            expected_energy_wh(centre, request, wall_s, cpu_s),
        )
        for wall_s, cpu_s in zip(need.wall_s, need.cpu_s, strict=True)
    )
    return quote(centre.ledger.tariff, low, high, price_class)


def dearest_devices(centre: Centre, request: ResourceRequest) -> dict[str, int]:
    """The device shares, as the tariff prices them, of the dearest way to serve a request.

    Which of several kinds is granted is decided at the start, so the price is made for the worst.
    """
    tariff = centre.ledger.tariff
    choices = [
        (device.priced_as, wanted.milli)
        for wanted in request.any_of
        for node in centre.nodes
        for device in node.devices
        if wanted.admits(device)
    ]
    if not choices:
        return {}
    kind, milli = max(choices, key=lambda each: tariff.device_price(each[0]).amount * each[1])
    return {kind: milli}


def expected_energy_wh(
    centre: Centre, request: ResourceRequest, wall_s: float, cpu_s: float
) -> float:
    """The energy such a run would use on this machine if nothing else ran, modelled."""
    cores = len(centre.here.cores)
    busy = min(cpu_s, wall_s * cores)
    reading = MeterReading(wall_s, busy, 0.0, busy, cores, None)
    return footprint(reading, request.cpu_milli, centre.power, centre.factor, centre.pue).energy_wh


def request_for(need: Need) -> ResourceRequest:
    """The resources of an algorithm's expected need."""
    return ResourceRequest(1000 * need.cores, need.memory_mb)


def limit_for(need: Need) -> float:
    """The wall seconds after which something must be wrong."""
    return max(_LEAST_LIMIT_S, _SLACK * need.wall_s[1])
