"""A centre whose engine and clock do what the test says, and whose loop turns when it is told."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from zhisuan.access import records as access
from zhisuan.access.tenant import Caller, Role
from zhisuan.algorithms.catalogue import PRESETS, Catalogue
from zhisuan.algorithms.environment import Environment, EnvironmentState
from zhisuan.algorithms.package import read_package
from zhisuan.compute import records as jobs
from zhisuan.compute.device import Device, DeviceKind
from zhisuan.compute.engines.engine import EngineState, Inventory, Phase
from zhisuan.compute.job import Job, JobReason
from zhisuan.compute.node import Node
from zhisuan.compute.policyfile import DEFAULT, Rules
from zhisuan.compute.request import DeviceRequest, ResourceRequest
from zhisuan.core.clock import format_instant
from zhisuan.core.money import from_yuan
from zhisuan.core.work import EndReason, FinalRecord, LaunchSpec, MeterReading
from zhisuan.data.limits import DEFAULT as LIMITS
from zhisuan.data.shelf import DataShelf
from zhisuan.green.factor import china
from zhisuan.green.power import profile_of
from zhisuan.green.pue import NOT_METERED
from zhisuan.ledger.book import Ledger
from zhisuan.ledger.tariff import PriceClass, TariffBook, default_tariff
from zhisuan.runner.folder import AttemptFolder, Heartbeat
from zhisuan.services.centre import Centre
from zhisuan.services.operate import Operator
from zhisuan.services.pool import run
from zhisuan.services.pool.run import Order
from zhisuan.services.tasks.wrap import Wrapper
from zhisuan.store.database import METADATA, Database
from zhisuan.store.objects import ObjectStore

sys.path.insert(0, str(Path(__file__).parent))


class Killed(BaseException):
    """The process ended at this very point."""


class TurnedClock:
    """Stands still until it is turned."""

    def __init__(self) -> None:
        self.instant = datetime(2026, 3, 1, 8, tzinfo=UTC)

    def now(self) -> datetime:
        return self.instant

    def turn(self, seconds: float) -> None:
        self.instant += timedelta(seconds=seconds)


@dataclass
class FakeEngine:
    """Runs nothing: attempts are what the test makes of them.

    Attributes:
        launched: every order, also those given again.
        stopped: job and grace of every request to end.
        dies: the process is killed instead of asking a job to end.
    """

    known: dict[str, EngineState] = field(default_factory=dict)
    launched: list[LaunchSpec] = field(default_factory=list)
    stopped: list[tuple[str, float]] = field(default_factory=list)
    dies: bool = False

    capabilities = frozenset()

    def inventory(self):
        return Inventory(())

    def launch(self, spec):
        self.launched.append(spec)
        state = self.known.get(spec.job_id)
        if state is None or state.attempt != spec.attempt:
            self.known[spec.job_id] = EngineState(spec.attempt, Phase.RUNNING)

    def states(self, jobs):
        return {job: self.known.get(job, EngineState(0, Phase.ABSENT)) for job in jobs}

    def stop(self, job, grace):
        if self.dies:
            raise Killed
        self.stopped.append((job, grace))

    def usage(self, _since):
        return []

    def wait(self, _timeout):
        return []

    def wake(self):
        pass

    def close(self):
        pass


class ReadyEnvironments:
    """Every environment is made already."""

    def prepare(self, _lock):
        return EnvironmentState("ready")

    def made(self, _lock):
        return Environment("key", ("python",))


NPU = Device("sim:npu0", DeviceKind.NPU, "Ascend", "910B", 65536, simulated=True)
NODES = (
    Node("here", (0, 1), 8192),
    Node("sim-1", tuple(range(8)), 65536, (NPU, replace(NPU, name="sim:npu1")), simulated=True),
    Node("sim-2", tuple(range(8)), 65536, (NPU,), simulated=True),
)
ALL = (DeviceRequest(DeviceKind.NPU, 2000),)


@dataclass
class Workshop:
    """A centre, its loop, and what a test does with them."""

    centre: Centre
    engine: FakeEngine
    clock: TurnedClock
    tenant: str
    operator: Operator = None
    killed: type[BaseException] = Killed
    any_device: tuple[DeviceRequest, ...] = (DeviceRequest(DeviceKind.NPU, 1000),)

    def __post_init__(self):
        self.start_again()

    def start_again(self):
        """A new process on the same data folder."""
        self.operator = Operator(self.centre, Wrapper(self.centre))

    def turn(self, seconds: float = 0.0):
        """Time passes, and the loop turns."""
        self.clock.turn(seconds)
        self.operator.turn()

    def submit(self, **order) -> str:
        """A job of the probe; its id."""
        asked = {"any_of": ALL, **order.pop("asked", {})}
        order = Order("probe", {}, ResourceRequest(1000, 1024, **asked), **order)
        with self.centre.database.write() as connection:
            return run.submit(self.centre, connection, self.tenant, order).job_id

    def mild(self, **order) -> str:
        return self.submit(price_class=PriceClass.PREEMPTIBLE, **order)

    def job(self, job_id: str) -> Job:
        """As the database has it."""
        with self.centre.database.read() as connection:
            return jobs.get(connection, job_id)

    def end(self, job_id: str, reason=EndReason.SUCCEEDED, code=0, wall_s=100.0):
        """The attempt's runner writes its end."""
        attempt = self.engine.known[job_id].attempt
        now = format_instant(self.clock.now())
        meter = MeterReading(wall_s, wall_s, 100.0, None, 2, None)
        final = FinalRecord(job_id, attempt, reason, code, "", now, now, meter)
        self.engine.known[job_id] = EngineState(attempt, Phase.ENDED, final)

    def lose(self, job_id: str):
        """The attempt's runner dies."""
        attempt = self.engine.known[job_id].attempt
        self.engine.known[job_id] = EngineState(attempt, Phase.LOST)

    def stop(self, job_id: str, by=JobReason.BY_TENANT):
        with self.centre.database.write() as connection:
            run.stop(connection, jobs.get(connection, job_id), by)

    def beat(self, job_id: str, cpu_s: float):
        """The attempt's runner writes a sign of life."""
        job = self.job(job_id)
        folder = AttemptFolder(self.centre.attempt_folder(job_id, job.attempt))
        folder.path.mkdir(parents=True, exist_ok=True)
        folder.beat(Heartbeat("1-1-boot", format_instant(self.clock.now()), 10.0, cpu_s))

    def usage(self, job_id: str):
        with self.centre.database.read() as connection:
            return self.centre.ledger.usage_of(connection, job_id)

    def charge(self, job_id: str):
        with self.centre.database.read() as connection:
            return self.centre.ledger.charge_of(connection, job_id)

    def told(self, job_id: str) -> list[str]:
        """The kinds of the job's events, in order."""
        with self.centre.database.read() as connection:
            rows = connection.exec_driver_sql(
                "SELECT kind FROM event WHERE subject = ? ORDER BY seq", (job_id,)
            )
            return [row.kind for row in rows]

    def operating(self) -> Caller:
        return Caller("ten_operator", Role.OPERATOR, "key_1")


@pytest.fixture
def opened(tmp_path: Path) -> Callable[..., Workshop]:
    """Opens a workshop by rules of the test's own."""
    closing = []

    def open_workshop(rules: Rules = DEFAULT, *, resumes: bool = True) -> Workshop:
        clock, engine = TurnedClock(), FakeEngine()
        database = Database(tmp_path / "centre.db")
        closing.append(database.close)
        probe = read_package(PRESETS / "probe")
        card = probe.card.model_copy(update={"resumes": resumes})
        centre = Centre(
            folder=tmp_path,
            database=database,
            objects=ObjectStore(tmp_path / "objects"),
            shelf=DataShelf(database, ObjectStore(tmp_path / "objects"), clock),
            ledger=Ledger(TariffBook([default_tariff()]), clock),
            catalogue=Catalogue([replace(probe, card=card)]),
            environments=ReadyEnvironments(),
            engine=engine,
            nodes=NODES,
            rules=rules,
            power=profile_of("unknown", 2),
            factor=china().of("CN"),
            pue=NOT_METERED,
            clock=clock,
            secret=b"secret",
            grant=from_yuan(100),
            limits=LIMITS,
            keep_events=timedelta(days=7),
        )
        with database.write() as connection:
            METADATA.create_all(connection)
            centre.ledger.prepare(connection)
            tenant = access.add_tenant(connection, "one", clock.now()).tenant_id
            centre.ledger.open_account(connection, tenant, centre.grant)
        return Workshop(centre, engine, clock, tenant)

    yield open_workshop
    for close in closing:
        close()


@pytest.fixture
def workshop(opened) -> Workshop:
    return opened()
