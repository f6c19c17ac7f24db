"""The centre: its capabilities opened on one data folder, as one value that use cases share."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from zhisuan.access.front import FrontDoor
from zhisuan.algorithms.catalogue import Catalogue
from zhisuan.algorithms.environment import Environments
from zhisuan.compute.engines.engine import Engine
from zhisuan.compute.node import Node
from zhisuan.compute.policyfile import Rules
from zhisuan.compute.scheduler.values import Waiting
from zhisuan.compute.supply.records import Mark
from zhisuan.core.clock import Clock, Instant
from zhisuan.core.money import MicroYuan
from zhisuan.data.limits import Limits
from zhisuan.data.shelf import DataShelf
from zhisuan.green.factor import Factor
from zhisuan.green.footprint import Pue
from zhisuan.green.power import PowerProfile
from zhisuan.ledger.book import Ledger
from zhisuan.services.events import Bell
from zhisuan.services.fresh import Fresh
from zhisuan.services.pool.foresight import Foresight
from zhisuan.store.database import Database
from zhisuan.store.objects import ObjectStore


@dataclass(slots=True)
class Centre:
    """One open centre.

    Attributes:
        folder: the data folder.
        nodes: of the pool, in the states that the last turn of the loop met.
        fixed: those of them that were there when it opened: this machine and the pool file's.
        added: those that were added since, and what tells whether they are still the same.
        rules: how the pool is given out.
        power, factor, pue: what energy and carbon are reckoned with.
        secret: key that signs the ledger's checkpoints.
        grant: what a new tenant starts with.
        limits: bounds on one data set.
        keep_events: how long the live feed can be resumed and answers are remembered.
        front: rules and counters of the doors.
        fresh: what is the same for everybody and made only now and then.
        news: rung when an event was written; wakes the live feeds.
        waiting: why each queued job waits, as the last plan said, in the order of their turns.
        foresight: what the loop has learned of how long jobs run.
        promised: between which instants waiting jobs will start, about four times in five.
    """

    folder: Path
    database: Database
    objects: ObjectStore
    shelf: DataShelf
    ledger: Ledger
    catalogue: Catalogue
    environments: Environments
    engine: Engine
    nodes: tuple[Node, ...]
    rules: Rules
    power: PowerProfile
    factor: Factor
    pue: Pue
    clock: Clock
    secret: bytes
    grant: MicroYuan
    limits: Limits
    keep_events: timedelta
    fixed: tuple[Node, ...] = ()
    added: tuple[Mark, tuple[Node, ...]] = (Mark(0, 0), ())
    front: FrontDoor = field(default_factory=FrontDoor)
    fresh: Fresh = field(default_factory=Fresh)
    news: Bell = field(default_factory=Bell)
    foresight: Foresight = field(default_factory=lambda: Foresight(None))
    waiting: Mapping[str, Waiting] = field(default_factory=dict[str, Waiting])
    promised: Mapping[str, tuple[Instant, Instant]] = field(
        default_factory=dict[str, tuple[Instant, Instant]]
    )

    def __post_init__(self) -> None:
        self.fixed = self.fixed or self.nodes

    @property
    def here(self) -> Node:
        """This machine."""
        return next(node for node in self.nodes if not node.simulated)

    def job_folder(self, job_id: str) -> Path:
        """Where all of a job lives."""
        return self.folder / "jobs" / job_id

    def attempt_folder(self, job_id: str, attempt: int) -> Path:
        """Where one attempt of a job lives."""
        return self.job_folder(job_id) / str(attempt)
