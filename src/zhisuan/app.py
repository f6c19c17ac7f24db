"""The composition root: settings → store, capabilities, engine → one centre, its loop turning.

A data folder has one centre at a time: who opens it holds a lock on it.
"""

import fcntl
import secrets
import sys
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TextIO

import structlog

from zhisuan.access import records as access
from zhisuan.access.front import FrontDoor
from zhisuan.access.granting import Granting
from zhisuan.access.keyring import Keyring
from zhisuan.access.oidc import Provider, ProviderRules
from zhisuan.access.rates import RateRules, Rates
from zhisuan.access.tenant import Category, Role
from zhisuan.algorithms.catalogue import Catalogue
from zhisuan.algorithms.environment import Environments
from zhisuan.compute.engines import accelerators
from zhisuan.compute.engines.local import LocalEngine
from zhisuan.compute.node import Node
from zhisuan.compute.policyfile import read_rules
from zhisuan.compute.poolfile import read_pool
from zhisuan.core.clock import WallClock
from zhisuan.core.errors import CentreBusy, WrongInput
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
from zhisuan.services.operating import read_operating
from zhisuan.services.tasks.wrap import Wrapper
from zhisuan.settings import Settings
from zhisuan.store.database import Database
from zhisuan.store.objects import ObjectStore, disk_errors
from zhisuan.store.schema import upgrade

log = structlog.get_logger()


@dataclass(slots=True)
class Opened:
    """A centre open in this process, its loop turning."""

    settings: Settings
    centre: Centre
    closing: ExitStack = field(repr=False)


def open_centre(settings: Settings) -> Opened:
    """Open the centre of a data folder.

    Raises:
        CentreBusy: another process has it open.
        DataFolderReadOnly, DiskFull: the folder cannot be written.
        WrongInput: the pool file, the policy file or the tariff is wrong.
    """
    _log_to_standard_error()
    with ExitStack() as closing, disk_errors():
        _make_folder(settings.data)
        closing.enter_context(_locked(settings.data))
        database = Database(settings.database or settings.data / "centre.db")
        closing.callback(database.close)
        upgrade(database)
        centre = _compose(settings, database, closing)
        _bootstrap(centre, Keyring(settings.data))
        centre.shelf.recover()
        wrapper = Wrapper(centre)
        operator = Operator(centre, wrapper)
        wrapper.start()
        closing.callback(wrapper.close)
        operator.start()
        closing.callback(operator.close)
        return Opened(settings, centre, closing.pop_all())
    raise AssertionError  # pragma: no cover  the with block returns or raises


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
    except FileNotFoundError as error:  # such as below /proc, where the system makes the folders
        raise WrongInput(
            f"The data folder {folder} cannot be made: no folder can be made there.",
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
    operating = read_operating(settings.data)
    return Centre(
        folder=settings.data,
        database=database,
        objects=objects,
        shelf=DataShelf(database, objects, clock),
        ledger=Ledger(TariffBook(_tariffs(settings.data)), clock, operating.business),
        catalogue=Catalogue.presets(),
        environments=environments,
        engine=engine,
        nodes=nodes,
        rules=read_rules(settings.data / "policy.toml"),
        power=_power(settings, here, inventory.labels["cpu_model"]),
        factor=_factors(settings).of(settings.region),
        pue=NOT_METERED if settings.pue is None else Pue(settings.pue, settings.pue_quality),
        clock=clock,
        secret=_secret(settings.data),
        grant=from_yuan(settings.grant_yuan),
        limits=Limits(max_bytes=round(settings.max_upload_gb * GIB)),
        keep_events=timedelta(days=settings.keep_events_days),
        front=_front(settings, operating.granting),
    )


def _front(settings: Settings, granting: Granting) -> FrontDoor:
    rules = RateRules(settings.requests_a_minute, granting.registrations_an_hour)
    return FrontDoor(
        granting, settings.registration, Rates(rules), _provider(settings), settings.centre_name
    )


def _provider(settings: Settings) -> Provider | None:
    """Where people may log in with an account of another house; all its settings or none."""
    issuer, client, redirect = (
        settings.oidc_issuer,
        settings.oidc_client_id,
        settings.oidc_redirect,
    )
    secret = settings.oidc_client_secret
    if issuer is None:
        return None
    if client is None or secret is None or redirect is None:
        raise WrongInput(
            "The setting oidc_issuer needs oidc_client_id, oidc_client_secret and oidc_redirect.",
            hint="See docs/how-to/let-people-in.md.",
        )
    return Provider(
        ProviderRules(issuer, client, secret.get_secret_value(), redirect, settings.oidc_claim)
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
    keyring = Keyring(folder)
    return (keyring.read("ledger") or keyring.keep("ledger", secrets.token_hex(32))).encode()


def _bootstrap(centre: Centre, keyring: Keyring) -> None:
    """The first page of the book, and the operator's key."""
    now = centre.clock.now()
    with centre.database.write() as connection:
        centre.ledger.prepare(connection)
        access.prepare(connection)
        if keyring.read("operator") is None:
            found = [each for each in access.tenants(connection) if each.name == "centre"]
            owner = (
                found[0]
                if found
                else access.add_tenant(connection, "centre", now, Category.INTERNAL)
            )
            made = access.add_key(connection, owner.tenant_id, Role.ADMIN, now)
            keyring.keep("operator", made.text)
