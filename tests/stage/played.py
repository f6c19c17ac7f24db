"""A centre on a clock that is moved, with machines that play what the jobs say they do.

Everything of it is the product's own: the composition root, the doors, the loop, the ledger. Only
three things are replaced, at the seams made for it: the clock; the engine, which lets a job of the
probe last and end as its own parameters say; and the environments, which no played job needs.
"""

import asyncio
import heapq
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import patch

import httpx
from sqlalchemy import event

from zhisuan import app as composition
from zhisuan.access.keyring import Keyring
from zhisuan.algorithms.environment import Environment, EnvironmentState
from zhisuan.api.app import create_app
from zhisuan.compute.engines.engine import EngineState, Phase
from zhisuan.compute.engines.local import LocalEngine
from zhisuan.compute.supply import records as supply
from zhisuan.core.clock import format_instant
from zhisuan.core.work import EndReason, FinalRecord, LaunchSpec, MeterReading
from zhisuan.runner.folder import AttemptFolder
from zhisuan.services.centre import Centre
from zhisuan.services.operate import Operator
from zhisuan.services.tasks.wrap import Wrapper
from zhisuan.settings import read_settings
from zhisuan.store.database import Database
from zhisuan.store.schema import upgrade

BEGINS_AFTER_S, LEAVES_AFTER_S = 2.0, 12.0
NOTED_EVERY = timedelta(hours=6)
ENDINGS = {
    None: (EndReason.SUCCEEDED, 0),
    "error": (EndReason.PROGRAM_ERROR, 1),
    "memory": (EndReason.OUT_OF_MEMORY, -9),
    "wrong_input": (EndReason.WRONG_INPUT, 2),
}
SENTENCES = {
    EndReason.PROGRAM_ERROR: "RuntimeError: The probe was asked to fail.",
    EndReason.WRONG_INPUT: "The probe was asked to find its input wrong.",
}


class MovedClock:
    """Tells the instant to which it was moved."""

    def __init__(self, instant: datetime) -> None:
        self.instant = instant

    def now(self) -> datetime:
        return self.instant


@dataclass
class Agenda:
    """What will happen, in the order of its instants."""

    clock: MovedClock
    waiting: list[tuple[datetime, int, Callable[[], None]]] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=count)

    def at(self, instant: datetime, act: Callable[[], None]) -> None:
        heapq.heappush(self.waiting, (instant, next(self.numbers), act))

    def after(self, seconds: float, act: Callable[[], None]) -> None:
        self.at(self.clock.now() + timedelta(seconds=seconds), act)

    def until(self, end: datetime) -> Iterator[Callable[[], None]]:
        """Moves the clock to each thing that happens before the end, and then to the end."""
        while self.waiting and self.waiting[0][0] <= end:
            instant, _, act = heapq.heappop(self.waiting)
            self.clock.instant = max(instant, self.clock.instant)
            yield act
        self.clock.instant = end


@dataclass
class Attempt:
    """One attempt as the played machines know it; `final` once it is over."""

    spec: LaunchSpec
    began: datetime
    final: FinalRecord | None = None


class PlayedEngine:
    """Plays attempts: each lasts for its `rest` and ends as its `fail` says.

    Args:
        agenda: where the ends of attempts are put down.
        real: knows this machine.
    """

    capabilities = frozenset()

    def __init__(self, agenda: Agenda, real: LocalEngine) -> None:
        self._agenda = agenda
        self._real = real
        self._attempts: dict[str, Attempt] = {}
        self.turn: Callable[[], None] = lambda: None
        self._turning = False

    def inventory(self):
        return self._real.inventory()

    def launch(self, spec):
        known = self._attempts.get(spec.job_id)
        if known is not None and known.spec.attempt >= spec.attempt:
            return
        attempt = Attempt(spec, self._agenda.clock.now())
        self._attempts[spec.job_id] = attempt
        wanted, limit = float(spec.parameters.get("rest", 60.0)), spec.time_limit_s
        reason, code = ENDINGS[spec.parameters.get("fail")]
        if wanted > limit:
            reason, code = EndReason.OVER_TIME, -15
        self._agenda.after(BEGINS_AFTER_S, self.wake)
        lasts = BEGINS_AFTER_S + min(wanted, limit)
        self._agenda.after(lasts, lambda: self._end(attempt, reason, code))

    def states(self, jobs):
        return {job: self._state(job) for job in jobs}

    def stop(self, job, grace):
        attempt = self._attempts.get(job)
        if attempt is not None and attempt.final is None:
            by_itself = grace >= LEAVES_AFTER_S
            after, code = (LEAVES_AFTER_S, 0) if by_itself else (grace, -9)
            self._agenda.after(after, lambda: self._end(attempt, EndReason.STOPPED, code))

    def usage(self, _since):
        return []

    def wait(self, _timeout):
        return []

    def wake(self):
        """The loop turns at once, so that whoever woke it meets what it decided."""
        if not self._turning:
            self._turning = True
            try:
                self.turn()
            finally:
                self._turning = False

    def close(self):
        self._real.close()

    def _state(self, job: str) -> EngineState:
        attempt = self._attempts.get(job)
        if attempt is None:
            return EngineState(0, Phase.ABSENT)
        if attempt.final is not None:
            return EngineState(attempt.spec.attempt, Phase.ENDED, attempt.final)
        began = self._agenda.clock.now() - attempt.began >= timedelta(seconds=BEGINS_AFTER_S)
        return EngineState(attempt.spec.attempt, Phase.RUNNING if began else Phase.STARTING)

    def _end(self, attempt: Attempt, reason: EndReason, code: int) -> None:
        spec = attempt.spec
        if attempt.final is not None:
            return
        now = self._agenda.clock.now()
        wall_s = max(0.0, (now - attempt.began).total_seconds() - BEGINS_AFTER_S)
        cores = max(1, round(spec.cpu_milli / 1000))
        chance = Random(f"{spec.job_id}/{spec.attempt}/{wall_s}")
        share, memory = chance.uniform(0.35, 0.95), chance.uniform(0.3, 0.9)
        cpu_s = wall_s * spec.cpu_milli / 1000 * share
        meter = MeterReading(
            wall_s, cpu_s, round(spec.memory_mb * memory, 1), cpu_s * 1.05, cores, None
        )
        began = format_instant(attempt.began + timedelta(seconds=BEGINS_AFTER_S))
        attempt.final = FinalRecord(
            spec.job_id,
            spec.attempt,
            reason,
            code,
            SENTENCES.get(reason, ""),
            began,
            format_instant(now),
            meter,
        )
        folder = AttemptFolder(Path(spec.folder))
        folder.path.mkdir(parents=True, exist_ok=True)
        folder.log.write_text(
            f"{began} simulated node: the probe rests\n"
            f"{format_instant(now)} simulated node: {reason}\n"
        )
        self.wake()


class NoEnvironments:
    """Every environment is made already, since nothing runs in it."""

    def __init__(self, *_where: object) -> None:
        pass

    def prepare(self, _lock):
        return EnvironmentState("ready")

    def made(self, _lock):
        return Environment("played", ("python",))


class Door:
    """The centre's doors, asked in this process.

    Args:
        centre: behind them.
    """

    def __init__(self, centre: Centre) -> None:
        transport = httpx.ASGITransport(create_app(centre), client=("127.0.0.1", 1))
        self._client = httpx.AsyncClient(transport=transport, base_url="http://centre")
        self._loop = asyncio.new_event_loop()

    def request(self, method: str, address: str, **given: Any) -> httpx.Response:
        return self._loop.run_until_complete(self._client.request(method, address, **given))

    def close(self) -> None:
        self._loop.run_until_complete(self._client.aclose())
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()


@dataclass
class PlayedCentre:
    """A centre of a data folder whose time is moved from outside."""

    centre: Centre
    agenda: Agenda
    operator: Operator
    door: "Door"

    def now(self) -> datetime:
        return self.centre.clock.now()

    def play(self, end: datetime) -> None:
        """Let happen what is put down until then."""
        for act in self.agenda.until(end):
            act()

    def note(self) -> None:
        """What the loop does every minute; seen here every few hours."""
        self.operator._tidied = -1e9
        self.operator._tidy()
        self.agenda.at(self.now() + NOTED_EVERY, self.note)

    def key(self, name: str = "operator") -> str:
        found = Keyring(self.centre.folder).read(name)
        assert found is not None
        return found


def _without_waiting(connection: sqlite3.Connection, _entry: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")


@contextmanager
def played(folder: Path, begin: datetime) -> Iterator[PlayedCentre]:
    """The centre of a data folder, opened at an instant of the past."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    clock = MovedClock(begin)
    agenda = Agenda(clock)
    settings = read_settings(data=folder)
    replaced = {
        "WallClock": lambda: clock,
        "LocalEngine": lambda *given: PlayedEngine(agenda, LocalEngine(*given)),
        "Environments": NoEnvironments,
    }
    with ExitStack() as stack:
        stack.enter_context(composition._locked(folder))
        database = Database(folder / "centre.db")
        stack.callback(database.close)
        # A past that is lost with the power is simply told again.
        event.listen(database._engine, "connect", _without_waiting)
        upgrade(database)
        with patch.multiple(composition, **replaced):
            centre = composition._compose(settings, database, stack)
        composition._bootstrap(centre, Keyring(folder))
        with database.write() as connection:
            supply.begin(connection, centre.nodes, begin)
        operator = Operator(centre, Wrapper(centre))
        centre.engine.turn = operator.turn
        door = Door(centre)
        stack.callback(door.close)
        here = PlayedCentre(centre, agenda, operator, door)
        here.note()
        yield here
        here.note()
