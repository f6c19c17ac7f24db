"""Environments: a Python of its own for each algorithm, made by uv from the algorithm's lock.

An environment is named by what it is made of, so equal locks share one and a changed lock makes
another. It is made in a folder beside its place and renamed when complete: a half-made one is
never used. The centre imports none of it; runners are started with its interpreter.
"""

import fcntl
import hashlib
import platform
import shutil
import sys
import tempfile
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from zhisuan.algorithms.uv import Progress, run_uv
from zhisuan.core.errors import CentreError, EnvironmentUnavailable
from zhisuan.store.objects import disk_errors

_MAKING = ".making-"
_KEY_LENGTH = 32  # hex digits, 128 bits of a SHA-256


@dataclass(frozen=True, slots=True)
class Environment:
    """A finished environment.

    Attributes:
        key: names what it is made of.
        interpreter: the command that starts Python in it, closed to everything outside.
    """

    key: str
    interpreter: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EnvironmentState:
    """How far an environment is.

    Attributes:
        stage: `waiting`, `resolving`, `downloading`, `installing`, `compiling`, `ready`, `failed`.
        detail: what uv said last, for a person.
        error: why it could not be made; asking again tries again.
    """

    stage: str
    detail: str = ""
    error: CentreError | None = None

    @property
    def ready(self) -> bool:
        """Whether jobs can start in it."""
        return self.stage == "ready"


class Environments:
    """The environments under one folder.

    Args:
        folder: `environments` of the data folder.
        find_links: a folder of wheels that replaces the package registry, for a site without
            a network; None uses the registry that uv is configured for.
    """

    def __init__(self, folder: Path, find_links: Path | None = None) -> None:
        self._folder = folder
        self._find_links = find_links
        self._states: dict[str, EnvironmentState] = {}
        self._guard = threading.Lock()
        with disk_errors():
            folder.mkdir(parents=True, exist_ok=True)
            self._sweep()

    def prepare(self, lock: Path) -> EnvironmentState:
        """Where the environment stands; the first question begins to make it, in a thread.

        An error is told once; the next question begins again.
        """
        key = environment_key(lock)
        if self._finished(key, lock) is not None:
            return EnvironmentState("ready")
        with self._guard:
            state = self._states.get(key)
            if state is None:
                state = self._states[key] = EnvironmentState("waiting")
                threading.Thread(
                    target=self._make_quietly, args=(key, lock), name=f"make-{key[:8]}", daemon=True
                ).start()
            elif state.error is not None:
                del self._states[key]
            return state

    def made(self, lock: Path) -> Environment:
        """The environment of this lock.

        Raises:
            EnvironmentUnavailable: it has not been made.
        """
        found = self._finished(environment_key(lock), lock)
        if found is None:
            raise EnvironmentUnavailable(
                "The algorithm's environment has not been made yet.", hint="Try again in a minute."
            )
        return found

    def make(self, lock: Path, tell: Progress | None = None) -> Environment:
        """The environment of this lock, made now if absent; waits for another process's making.

        Args:
            lock: a requirements file with exact versions and hashes.
            tell: called with a stage and a line of detail as the making goes on.

        Raises:
            EnvironmentUnavailable: it cannot be made; says why.
            DiskFull, DataFolderReadOnly: there is no room or no right to write.
        """
        key = environment_key(lock)
        with disk_errors(), self._sole_maker(key):
            found = self._finished(key, lock)
            if found is None:
                self._build(key, lock, tell or _say_nothing)
                found = self.made(lock)
        return found

    def _finished(self, key: str, lock: Path) -> Environment | None:
        if not _read(lock).requirements:
            # The standard library alone: our own interpreter without any installed package.
            return Environment(key, (sys.executable, "-I", "-S"))
        python = self._folder / key / "bin" / "python"
        return Environment(key, (str(python), "-I")) if python.exists() else None

    def _build(self, key: str, lock: Path, tell: Progress) -> None:
        making = Path(tempfile.mkdtemp(prefix=f"{_MAKING}{key}-", dir=self._folder))
        try:
            place = making / "environment"
            venv = ("venv", "--no-project", "--relocatable", "--python", sys.executable)
            run_uv((*venv, "--quiet", str(place)), making, tell)
            sync = ("pip", "sync", "--require-hashes", "--compile-bytecode", "--strict")
            links = self._find_links
            source = () if links is None else ("--no-index", "--find-links", str(links))
            python = str(place / "bin" / "python")
            run_uv((*sync, *source, "--python", python, str(lock.absolute())), making, tell)
            place.rename(self._folder / key)
        finally:
            shutil.rmtree(making, ignore_errors=True)

    def _make_quietly(self, key: str, lock: Path) -> None:
        def note(stage: str, detail: str) -> None:
            self._states[key] = EnvironmentState(stage, detail)

        try:
            self.make(lock, note)
        except CentreError as error:
            self._states[key] = EnvironmentState("failed", error.message, error)
        except Exception as error:  # noqa: BLE001  the thread ends here; whoever asks is told
            wrapped = EnvironmentUnavailable(f"The algorithm's environment failed: {error}.")
            self._states[key] = EnvironmentState("failed", wrapped.message, wrapped)
        else:
            self._states.pop(key, None)

    @contextmanager
    def _sole_maker(self, key: str, *, wait: bool = True) -> Generator[None]:
        """Hold the key's lock file against other threads and processes."""
        with (self._folder / f"{key}.lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            yield

    def _sweep(self) -> None:
        """Remove what makers that died have left."""
        for leftover in self._folder.glob(f"{_MAKING}*"):
            key = leftover.name.removeprefix(_MAKING).partition("-")[0]
            try:
                with self._sole_maker(key, wait=False):
                    shutil.rmtree(leftover, ignore_errors=True)
            except BlockingIOError:
                continue  # somebody is making it right now


def environment_key(lock: Path) -> str:
    """The name of what this lock makes on this kind of machine and this version of Python."""
    return _read(lock).key


@dataclass(frozen=True, slots=True)
class _Lock:
    """What a lock file says: its key, and whether it requires anything at all."""

    key: str
    requirements: bool


def _read(lock: Path) -> _Lock:
    status = lock.stat()
    return _parse(lock, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=256)
def _parse(lock: Path, _changed_ns: int, _size: int) -> _Lock:
    content = lock.read_bytes()
    kind = (platform.python_version(), platform.machine(), *platform.libc_ver())
    digest = hashlib.sha256("\0".join(kind).encode() + b"\0" + content).hexdigest()
    lines = (line.partition(b"#")[0].strip() for line in content.splitlines())
    return _Lock(digest[:_KEY_LENGTH], any(lines))


def _say_nothing(_stage: str, _detail: str) -> None:
    pass
