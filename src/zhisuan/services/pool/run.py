"""Run: a job is admitted with its price held, stopped, or taken up again."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from zhisuan.access import records as access
from zhisuan.algorithms.package import Need
from zhisuan.compute import records as jobs
from zhisuan.compute.job import ANY_TIME, Job, JobReason, JobState, Times, Work
from zhisuan.compute.request import ResourceRequest
from zhisuan.core.errors import Conflict, PaymentError
from zhisuan.core.identifiers import new_id
from zhisuan.core.money import MicroYuan, shown
from zhisuan.core.work import MeterReading
from zhisuan.green.footprint import footprint
from zhisuan.ledger.quote import Demand, Offer, Quote
from zhisuan.ledger.tariff import Category, PriceClass, Terms
from zhisuan.services import records
from zhisuan.services.centre import Centre
from zhisuan.services.events import Event
from zhisuan.services.people.projects import check_room
from zhisuan.services.pool.admit import admit, check

PRIORITIES: Mapping[PriceClass, int] = {
    PriceClass.PREEMPTIBLE: 0,
    PriceClass.STANDARD: 10,
    PriceClass.RESERVED: 20,
}
"""What a price class buys: its place in the queue, and whether it keeps a place it has."""

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
    times: Times = ANY_TIME
    project: str | None = None
    """Its id."""


def submit(centre: Centre, connection: Connection, tenant: str, order: Order) -> Job:
    """Admit a job: quote it, hold the price, queue it. Wake the engine after the commit.

    The hold covers the whole time limit, so it is the most the job can ever cost.

    Raises:
        NotFound: there is no such algorithm.
        WrongInput: its times cannot be kept.
        Unsatisfiable: no node of the pool could ever run it, or its tenant's quota is smaller.
        PaymentError: it could cost more than the tenant's `most`.
        InsufficientBalance: the account cannot cover it.
    """
    algorithm = centre.catalogue.get(order.algorithm)
    admit(centre, tenant, order.request)
    check(order.times, order.time_limit_s, centre.clock.now())
    seconds = (0.0, order.time_limit_s)
    need = Need(1, seconds, seconds, order.request.memory_mb)
    offer = centre.ledger.store_quote(
        connection,
        tenant,
        price(centre, order.request, need, terms_of(connection, tenant, order.price_class)),
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
    return queue(
        centre,
        connection,
        tenant,
        work,
        order.request,
        offer,
        times=order.times,
        project=order.project,
    )


def queue(
    centre: Centre,
    connection: Connection,
    tenant: str,
    work: Work,
    request: ResourceRequest,
    offer: Offer,
    *,
    task_id: str | None = None,
    times: Times = ANY_TIME,
    project: str | None = None,
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
        times=times,
        project=project,
    )
    check_room(centre, connection, tenant, project, offer.quote.high)
    centre.ledger.hold(connection, job.job_id, offer, project)
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


def resume(connection: Connection, job: Job) -> None:
    """Let a suspended job queue again. Wake the engine after the commit.

    Raises:
        Conflict: it is not suspended.
    """
    if not jobs.ask_resume(connection, job.job_id):
        raise Conflict(
            f"The job {job.job_id} is {job.state}, not suspended.",
            hint="Only a job that waits because it was suspended can be resumed.",
        )


def terms_of(connection: Connection, tenant: str, price_class: PriceClass) -> Terms:
    """On which terms a tenant is priced."""
    return Terms(price_class, Category(access.tenant(connection, tenant).category))


def price(centre: Centre, request: ResourceRequest, need: Need, terms: Terms) -> Quote:
    """The price of a request for as long as it is expected to need it, by the published tariffs.

    An elastic gang is quoted from its fewest nodes to its most.
    """
    gang = (request.nodes, request.most_nodes or request.nodes)
    low, high = (
        Demand.of_grant(
            wall_s,
            nodes * request.cpu_milli,
            nodes * request.memory_mb,
            {kind: nodes * milli for kind, milli in dearest_devices(centre, request).items()},
            expected_energy_wh(centre, request, wall_s, cpu_s),
        )
        for nodes, wall_s, cpu_s in zip(gang, need.wall_s, need.cpu_s, strict=True)
    )
    return centre.ledger.quote(low, high, terms)


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
    kind, milli = max(choices, key=lambda each: tariff.device_weight(each[0]) * each[1])
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
