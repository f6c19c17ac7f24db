"""The centre of a data folder on this machine: the one that runs, or one opened for the moment.

Who opens a centre writes down where it answers, so that a second opening finds it and talks to
it: one data folder, one centre, one door.
"""

import fcntl
import json
import time
from collections.abc import Generator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from zhisuan.access.keyring import Keyring
from zhisuan.core.errors import CentreBusy
from zhisuan.settings import Settings, read_settings

_ANSWER_WITHIN_S = 20.0


@dataclass(frozen=True, slots=True)
class LocalCentre:
    """The way to the centre of a data folder on this machine."""

    url: str
    folder: Path

    @property
    def operator_key(self) -> str | None:
        """The key of its operator, readable by the folder's owner."""
        return Keyring(self.folder).read("operator")

    def tenant_key(self, name: str = "local") -> str:
        """The key of the folder owner's own tenant, registered on first use."""
        keyring = Keyring(self.folder)
        return keyring.read("tenant") or keyring.keep("tenant", self._register(name))

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
    running = _joined(settings.data, stack)
    if running is not None:
        return running
    # Imported here: the whole centre, which a command that finds a running one need not load.
    from zhisuan.serving import opened_here  # noqa: PLC0415

    deadline = time.monotonic() + _ANSWER_WITHIN_S
    while running is None:
        try:
            running = stack.enter_context(opened_here(settings, port))
            stack.callback(_see_guests_off, settings.data)
        except CentreBusy:
            # Somebody is opening or closing it this very moment.
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
            running = _joined(settings.data, stack)
    return running


def _joined(folder: Path, stack: ExitStack) -> str | None:
    """The running centre's address; one opened by a command stays open while we are its guest."""
    with ExitStack() as guest:
        # Without a folder there is no centre, and in one that cannot be written no guest book.
        with suppress(OSError):
            guest.enter_context(_guest_book(folder, fcntl.LOCK_SH))
        running = running_at(folder)
        if running is not None:
            stack.push(guest.pop_all())
    return running


def _see_guests_off(folder: Path) -> None:
    """Let nobody find the centre any more, and wait for those who did."""
    (folder / "centre.json").unlink(missing_ok=True)
    with _guest_book(folder, fcntl.LOCK_EX):
        pass


@contextmanager
def _guest_book(folder: Path, how: int) -> Generator[None]:
    with (folder / "centre.guests").open("a") as file:
        fcntl.flock(file, how)
        yield


def running_at(folder: Path) -> str | None:
    """The address of the centre that has a data folder open and answers; None if none does."""
    try:
        url: str = json.loads((folder / "centre.json").read_text(encoding="utf-8"))["url"]
        answer = httpx.get(f"{url}/v1/health", trust_env=False, timeout=5.0)
    except (OSError, ValueError, KeyError, httpx.HTTPError):
        return None
    return url if answer.is_success and "version" in answer.json() else None
