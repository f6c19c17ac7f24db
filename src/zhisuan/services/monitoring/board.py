"""The board: what anybody may know of the centre now, without a key.

It names no tenant and no job. What is simulated stands apart and counts in no total.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from zhisuan.compute import records as jobs
from zhisuan.compute.allocation import Allocation
from zhisuan.compute.job import Job, JobState
from zhisuan.compute.node import Node, NodeState
from zhisuan.compute.supply.interval import CORES, Kind, capacity
from zhisuan.core.clock import Instant
from zhisuan.core.errors import NotFound
from zhisuan.ledger.line import Line, price_line
from zhisuan.ledger.tariff import PriceClass, Tariff, TariffBook, Terms
from zhisuan.services.centre import Centre
from zhisuan.services.monitoring.utilisation import Utilisation, utilisation
from zhisuan.services.pool.nodes import present

DAYS = 7
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Free:
    """How much of one kind there is, in milli: 1000 = one core or one device.

    Attributes:
        installed: on every node.
        open: on nodes that take new work.
        free: of that, what nobody holds.
    """

    kind: Kind
    installed: int
    open: int
    free: int


@dataclass(frozen=True, slots=True)
class Prices:
    """What a stranger pays now.

    Attributes:
        tariff: the version in force.
        until: until when these prices hold, if that is known within a day or by a version to come.
        lines: for one unit of each item in each class.
    """

    tariff: Tariff
    until: Instant | None
    lines: Mapping[str, Mapping[PriceClass, Line]]


@dataclass(frozen=True, slots=True)
class Board:
    """The centre at one instant, for everybody.

    Attributes:
        waiting: jobs in the queue.
        running: jobs that hold something, and nothing of it simulated.
        running_simulated: those that hold something simulated.
        prices: None before the first tariff takes effect.
        since: the beginning of the span whose rates are told; `at` is its end.
    """

    at: Instant
    free: Sequence[Free]
    waiting: int
    running: int
    running_simulated: int
    prices: Prices | None
    since: Instant
    rates: Sequence[Utilisation]


def board(centre: Centre) -> Board:
    """All of it, as it is now."""
    now = centre.clock.now()
    since = now - timedelta(days=DAYS)
    with centre.database.read() as connection:
        nodes = present(centre, connection)
        live = jobs.live_since(connection, 0)
        book = centre.ledger.tariffs.refresh(connection)
        rates = utilisation(centre, connection, since, now)
    holding = [job for job in live if job.state.holds_devices]
    simulated = sum(_simulated(job) for job in holding)
    return Board(
        now,
        free(nodes, (each for job in holding for each in job.allocations)),
        sum(job.state is JobState.QUEUED for job in live),
        len(holding) - simulated,
        simulated,
        prices(book, now),
        since,
        rates,
    )


def free(nodes: Iterable[Node], held: Iterable[Allocation]) -> Sequence[Free]:
    """What there is and what is free of every kind, real kinds first."""
    installed: Counter[Kind] = Counter()
    there: Counter[Kind] = Counter()
    taken: Counter[Kind] = Counter()
    ready = {node.name: node for node in nodes if node.state is NodeState.READY}
    for node in nodes:
        installed.update(capacity(node))
    for node in ready.values():
        there.update(capacity(node))
    for each in held:
        if each.node in ready:
            simulated = ready[each.node].simulated
            taken[Kind(CORES, simulated)] += each.cpu_milli
            for share in each.devices:
                taken[Kind(share.priced_as, simulated or share.simulated)] += share.milli
    return [
        Free(kind, installed[kind], there[kind], there[kind] - taken[kind])
        for kind in sorted(installed, key=lambda kind: (kind.simulated, kind.name))
    ]


def prices(book: TariffBook, now: Instant) -> Prices | None:
    """The prices of this very instant, for whoever has no other agreement."""
    try:
        tariff = book.at(now)
    except NotFound:
        return None
    (_, current), *later = tariff.calendar.spells(now, now + _DAY)
    ends = [at for at, factors in later if factors != current][:1]
    ends += [each.effective_from for each in book.versions if each.effective_from > now]
    lines: dict[str, dict[PriceClass, Line]] = {}
    for item in tariff.prices:
        for price_class in PriceClass:
            terms = Terms(price_class)
            holding = tuple(
                each for each in current if each.concerns(item.partition(":")[0], terms)
            )
            line = price_line(tariff, terms, item, Decimal(1), holding)
            lines.setdefault(item, {})[price_class] = line
    return Prices(tariff, min(ends, default=None), lines)


def _simulated(job: Job) -> bool:
    return any(
        each.simulated or any(share.simulated for share in each.devices) for each in job.allocations
    )
