"""The composition root: settings → store, capabilities, engine → one centre behind one door.

A data folder has one centre at a time. Who opens it holds a lock on it and writes down where
it answers, so that a second opening finds the running centre and talks to it.
"""

import fcntl
import json
import os
import secrets
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, TextIO

import httpx
import structlog
import uvicorn

from zhisuan.access import records as access
from zhisuan.access.tenant import Role
from zhisuan.algorithms.catalogue import Catalogue
from zhisuan.algorithms.environment import Environments
from zhisuan.api.app import create_app
from zhisuan.compute.engines import accelerators
from zhisuan.compute.engines.local import LocalEngine
from zhisuan.compute.node import Node
from zhisuan.compute.policy import Policy
from zhisuan.compute.poolfile import read_pool
from zhisuan.core.clock import WallClock
from zhisuan.core.errors import CentreBusy, PortBusy, WrongInput
from zhisuan.core.money import from_yuan
from zhisuan.data.limits import GIB, Limits
from zhisuan.data.shelf import DataShelf
from zhisuan.green.factor import FactorTable, china
from zhisuan.green.footprint import NOT_METERED, Pue
from zhisuan.green.power import PowerProfile, calibrated, profile_of
from zhisuan.ledger.book import Ledger
from zhisuan.ledger.tariff import Tariff, TariffBook, default_tariff
from zhisuan.services.centre import Centre
from zhisuan.services.operate import Operator
from zhisuan.services.wrap import Wrapper
from zhisuan.settings import Settings, read_settings
from zhisuan.store.database import Database
from zhisuan.store.objects import ObjectStore, disk_errors
from zhisuan.store.schema import upgrade

log = structlog.get_logger()

_ANSWER_WITHIN_S = 20.0


@dataclass(slots=True)
class Opened:
    """A centre open in this process, its loop turning."""

    settings: Settings
    centre: Centre
    operator: Operator
    wrapper: Wrapper
    closing: ExitStack = field(repr=False)

    @property
    def keys(self) -> "Keys":
        """The keys kept in its data folder."""
        return Keys(self.settings.data)


@dataclass(frozen=True, slots=True)
class Keys:
    """Keys kept in a data folder, readable by its owner alone."""

    folder: Path

    def read(self, name: str) -> str | None:
        """A key's text, None if there is none of that name."""
        try:
            return (self.folder / "keys" / name).read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return None

    def keep(self, name: str, text: str) -> str:
        """Keep a key's text."""
        path = self.folder / "keys" / name
        path.parent.mkdir(mode=0o700, exist_ok=True)
        beside = path.with_suffix(".new")
        beside.write_text(text, encoding="ascii")
        beside.chmod(0o600)
        beside.replace(path)
        return text


def open_centre(settings: Settings) -> Opened:
    """Open the centre of a data folder.

    Raises:
        CentreBusy: another process has it open.
        DataFolderReadOnly, DiskFull: the folder cannot be written.
        WrongInput: the pool file or tariff is wrong.
    """
    _log_to_standard_error()
    with ExitStack() as closing, disk_errors():
        _make_folder(settings.data)
        closing.enter_context(_locked(settings.data))
        database = Database(settings.data / "centre.db")
        closing.callback(database.close)
        upgrade(database)
        centre = _compose(settings, database, closing)
        _bootstrap(centre, Keys(settings.data))
        centre.shelf.recover()
        wrapper = Wrapper(centre)
        operator = Operator(centre, wrapper)
        wrapper.start()
        closing.callback(wrapper.close)
        operator.start()
        closing.callback(operator.close)
        return Opened(settings, centre, operator, wrapper, closing.pop_all())
    raise AssertionError  # pragma: no cover  the with block returns or raises


def serve(settings: Settings, ready: Callable[[str], None]) -> None:
    """Open the centre and answer on its address until asked to end.

    Args:
        settings: of the centre.
        ready: called with the address once it answers.

    Raises:
        PortBusy, CentreBusy: see `bound` and `open_centre`.
    """
    running = running_at(settings.data)
    if running is not None:
        raise CentreBusy(
            f"The centre of {settings.data} runs already: it answers at {running}.",
            hint="Use that one, or end it first.",
        )
    with opened_here(settings, settings.port) as url:
        ready(url)
        wait_for_the_end()


def wait_for_the_end() -> None:
    """Until Ctrl-C or SIGTERM asks the process to end; a second one then ends it at once."""
    asked = threading.Event()
    signals = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(each, lambda _number, _frame: asked.set()) for each in signals]
    try:
        asked.wait()
    finally:
        for each, handler in zip(signals, before, strict=True):
            signal.signal(each, handler)


@dataclass(frozen=True, slots=True)
class LocalCentre:
    """The way to the centre of a data folder on this machine."""

    url: str
    folder: Path

    @property
    def operator_key(self) -> str | None:
        """The key of its operator, readable by the folder's owner."""
        return Keys(self.folder).read("operator")

    def tenant_key(self, name: str = "local") -> str:
        """The key of the folder owner's own tenant, registered on first use."""
        keys = Keys(self.folder)
        return keys.read("tenant") or keys.keep("tenant", self._register(name))

    def _register(self, name: str) -> str:
        """The first key of a tenant; another one where the first was told and then lost."""
        told = self._post("/v1/tenants", {"name": name, "local": True}, f"tenant-{name}")
        if told["key"] is None:
            told = self._post(f"/v1/tenants/{told['tenant']['tenant_id']}/keys", {"role": "local"})
        key: str = told["key"]
        return key

    def _post(self, path: str, body: dict[str, Any], once: str | None = None) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.operator_key}"}
        if once is not None:
            headers["Idempotency-Key"] = once
        answer = httpx.post(
            f"{self.url}{path}", json=body, headers=headers, trust_env=False, timeout=30.0
        )
        answer.raise_for_status()
        told: dict[str, Any] = answer.json()
        return told


@contextmanager
def local_centre(data: Path | None = None, port: int | None = None) -> Generator[LocalCentre]:
    """The data folder's centre: the running one, or one opened here for the block.

    Args:
        data: the data folder; None is the usual one.
        port: to answer on if it is opened here; None is any free one.

    Raises:
        CentreBusy: another process has it open and does not answer.
    """
    settings = read_settings(data=data)
    with ExitStack() as stack:
        yield LocalCentre(_found_or_opened(settings, port or 0, stack), settings.data)


def _found_or_opened(settings: Settings, port: int, stack: ExitStack) -> str:
    deadline = time.monotonic() + _ANSWER_WITHIN_S
    while True:
        running = running_at(settings.data)
        if running is not None:
            return running
        try:
            return stack.enter_context(opened_here(settings, port))
        except CentreBusy:
            # Somebody is opening or closing it this very moment.
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


@contextmanager
def opened_here(settings: Settings, port: int) -> Generator[str]:
    """Open the centre in this process and answer on a port; gives the address."""
    with bound(settings.host, port) as listener:
        opened = open_centre(settings)
        with opened.closing:
            server = _answering(opened, listener)
            thread = threading.Thread(target=server.run, args=([listener],), name="http")
            thread.start()
            try:
                yield address(listener)
            finally:
                opened.centre.news.close()
                server.should_exit = True
                thread.join()


def running_at(folder: Path) -> str | None:
    """The address of the centre that has a data folder open and answers; None if none does."""
    try:
        url: str = json.loads((folder / "centre.json").read_text(encoding="utf-8"))["url"]
        answer = httpx.get(f"{url}/v1/health", trust_env=False, timeout=5.0)
    except (OSError, ValueError, KeyError, httpx.HTTPError):
        return None
    return url if answer.is_success and "version" in answer.json() else None


@contextmanager
def bound(host: str, port: int) -> Generator[socket.socket]:
    """A listening socket.

    Raises:
        PortBusy: another program listens there.
    """
    # The protocol is named because asyncio sets TCP_NODELAY only on sockets that say so; without
    # it every answer on a kept connection waits 40 ms for the peer's delayed acknowledgement.
    with socket.socket(proto=socket.IPPROTO_TCP) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            raise PortBusy(
                f"The port {port} on {host} cannot be used: {error.strerror}.",
                hint="Take another one (--port, or make run PORT=9000), or end what has it.",
            ) from error
        listener.listen(128)
        yield listener


def address(listener: socket.socket) -> str:
    """The URL of a listening socket."""
    host, port = listener.getsockname()[:2]
    return f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}"  # noqa: S104  a comparison


def _answering(opened: Opened, listener: socket.socket) -> uvicorn.Server:
    folder = opened.settings.data
    place = folder / "centre.json"
    beside = place.with_suffix(".new")
    beside.write_text(json.dumps({"url": address(listener), "pid": os.getpid()}), "utf-8")
    beside.replace(place)
    opened.closing.callback(place.unlink, missing_ok=True)
    config = uvicorn.Config(
        create_app(opened.centre),
        log_config=None,
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=1,
    )
    return uvicorn.Server(config)


@contextmanager
def _locked(folder: Path) -> Generator[TextIO]:
    with (folder / "centre.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CentreBusy(
                f"Another process has the centre in {folder} open and does not answer.",
                hint="Wait a moment, or end that process.",
            ) from error
        yield file


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except (FileExistsError, NotADirectoryError) as error:
        raise WrongInput(
            f"The data folder {folder} cannot be made: a file is in its way.",
            hint="Give another folder with --data.",
        ) from error


def _log_to_standard_error() -> None:
    """Standard output belongs to results; a trace shows no values, which may be keys."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
            ),
        ],
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )


def _compose(settings: Settings, database: Database, closing: ExitStack) -> Centre:
    clock = WallClock()
    objects = ObjectStore(settings.data / "objects")
    environments = Environments(settings.data / "environments", settings.wheels)
    found = accelerators.find(lambda lock: environments.make(lock).interpreter)
    for note in found.notes:
        log.warning("accelerator_not_used", note=note)
    engine = LocalEngine(settings.data, found)
    closing.callback(engine.close)
    inventory = engine.inventory()
    here = inventory.nodes[0]
    nodes = read_pool(settings.data / "pool.toml", here)
    return Centre(
        folder=settings.data,
        database=database,
        objects=objects,
        shelf=DataShelf(database, objects, clock),
        ledger=Ledger(TariffBook(_tariffs(settings.data)), clock),
        catalogue=Catalogue.presets(),
        environments=environments,
        engine=engine,
        nodes=nodes,
        policy=Policy(),
        power=_power(settings, here, inventory.labels["cpu_model"]),
        factor=_factors(settings).of(settings.region),
        pue=NOT_METERED if settings.pue is None else Pue(settings.pue, settings.pue_quality),
        clock=clock,
        secret=_secret(settings.data),
        grant=from_yuan(settings.grant_yuan),
        limits=Limits(max_bytes=round(settings.max_upload_gb * GIB)),
        keep_events=timedelta(days=settings.keep_events_days),
    )


def _tariffs(folder: Path) -> list[Tariff]:
    """The shipped price list, or the operator's own in `tariffs/` of the data folder."""
    own = sorted((folder / "tariffs").glob("*.toml"))
    return [Tariff.from_text(path.read_text("utf-8")) for path in own] or [default_tariff()]


def _factors(settings: Settings) -> FactorTable:
    """The shipped factors, with the operator's own added or in their place."""
    if settings.factors is None:
        return china()
    try:
        return china().extended(settings.factors.read_text(encoding="utf-8"))
    except OSError as error:
        raise WrongInput(
            f"The factors file {settings.factors} cannot be read: {error.strerror}.",
            hint="Check the setting `factors`.",
        ) from error


def _power(settings: Settings, here: Node, processor: str) -> PowerProfile:
    cores = len(here.cores)
    if settings.idle_watts is not None and settings.max_watts is not None:
        return calibrated(cores, settings.idle_watts, settings.max_watts)
    return profile_of(processor, cores)


def _secret(folder: Path) -> bytes:
    """The key that signs the ledger's checkpoints; made once."""
    keys = Keys(folder)
    return (keys.read("ledger") or keys.keep("ledger", secrets.token_hex(32))).encode()


def _bootstrap(centre: Centre, keys: Keys) -> None:
    """The first page of the book, and the operator's key."""
    now = centre.clock.now()
    with centre.database.write() as connection:
        centre.ledger.prepare(connection)
        if keys.read("operator") is None:
            found = [each for each in access.tenants(connection) if each.name == "centre"]
            owner = found[0] if found else access.add_tenant(connection, "centre", now)
            made = access.add_key(connection, owner.tenant_id, Role.OPERATOR, now)
            keys.keep("operator", made.text)
