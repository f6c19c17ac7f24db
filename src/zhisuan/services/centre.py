"""The centre: its capabilities opened on one data folder, as one value that use cases share."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from zhisuan.algorithms.catalogue import Catalogue
from zhisuan.algorithms.environment import Environments
from zhisuan.compute.engines.engine import Engine
from zhisuan.compute.node import Node
from zhisuan.compute.policy import Policy
from zhisuan.compute.scheduler import Waiting
from zhisuan.core.clock import Clock
from zhisuan.core.money import MicroYuan
from zhisuan.data.limits import Limits
from zhisuan.data.shelf import DataShelf
from zhisuan.green.factor import Factor
from zhisuan.green.footprint import Pue
from zhisuan.green.power import PowerProfile
from zhisuan.ledger.book import Ledger
from zhisuan.services.events import Bell
from zhisuan.store.database import Database
from zhisuan.store.objects import ObjectStore


@dataclass(slots=True)
class Centre:
    """One open centre.

    Attributes:
        folder: the data folder.
        power, factor, pue: what energy and carbon are reckoned with.
        secret: key that signs the ledger's checkpoints.
        grant: what a new tenant starts with.
        limits: bounds on one data set.
        keep_events: how long the live feed can be resumed and answers are remembered.
        news: rung when an event was written; wakes the live feeds.
        waiting: why each queued job waits, as the last plan said.
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
    policy: Policy
    power: PowerProfile
    factor: Factor
    pue: Pue
    clock: Clock
    secret: bytes
    grant: MicroYuan
    limits: Limits
    keep_events: timedelta
    news: Bell = field(default_factory=Bell)
    waiting: Mapping[str, Waiting] = field(default_factory=dict[str, Waiting])

    @property
    def here(self) -> Node:
        """This machine."""
        return next(node for node in self.nodes if not node.simulated)

    def attempt_folder(self, job_id: str, attempt: int) -> Path:
        """Where one attempt of a job lives."""
        return self.folder / "jobs" / job_id / str(attempt)
