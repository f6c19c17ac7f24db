"""The engine's end of a runner: a process in a session of its own, and lines to and from it.

A warm runner listens on a Unix socket that the engine makes and hands over as an open file, so
orders wait in the socket while the runner still imports, and a later engine finds it by name. A
cold runner has one end of a pair. Either way the end of the stream is the end of the runner.
"""

import json
import os
import secrets
import socket
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from zhisuan.core.errors import EnvironmentUnavailable
from zhisuan.runner.folder import MARK

RUNNER_END = 3  # file descriptor of its socket in the runner, after the standard streams

_BACKLOG = 16
_BLOCK = 1 << 16
_CONNECT_S = 5.0
# What a job may know of the environment in which the centre was started.
_PASSED_ON = (
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "TZ",
    "TMPDIR",
    "LD_LIBRARY_PATH",
)
_PASSED_ON_PREFIXES = ("CUDA_", "NVIDIA_", "ASCEND_", "ROCM_", "HIP_", "ONEAPI_", "NEUWARE_")


class RunnerLink:
    """A stream to one runner.

    Args:
        stream: connected socket; becomes ours and non-blocking.
    """

    def __init__(self, stream: socket.socket) -> None:
        stream.setblocking(False)
        self.open = True
        self._stream = stream
        self._incoming = bytearray()
        self._outgoing = bytearray()

    def fileno(self) -> int:
        """For a selector."""
        return self._stream.fileno()

    @property
    def wants_to_write(self) -> bool:
        """Whether lines wait for room in the socket."""
        return bool(self._outgoing)

    def send(self, message: Mapping[str, Any]) -> None:
        """Hand a line over as soon as there is room."""
        self._outgoing += json.dumps(message).encode() + b"\n"
        self.flush()

    def flush(self) -> None:
        """Write what waits, as far as there is room."""
        try:
            while self._outgoing:
                sent = self._stream.send(self._outgoing)
                del self._outgoing[:sent]
        except BlockingIOError:
            pass
        except OSError:
            self.open = False

    def receive(self) -> list[Mapping[str, Any]]:
        """The lines that have come; at the stream's end `open` becomes False."""
        try:
            while block := self._stream.recv(_BLOCK):
                self._incoming += block
            self.open = False
        except BlockingIOError:
            pass
        except OSError:
            self.open = False
        *lines, rest = self._incoming.split(b"\n")
        self._incoming = bytearray(rest)
        return [json.loads(line) for line in lines]

    def close(self) -> None:
        """Let go; the runner goes on."""
        self._stream.close()


class SocketFolder:
    """Unix sockets by name in a folder whose path may be longer than a socket's may be (107).

    They are reached through the open folder, as `/proc/self/fd/N/name`.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)

    def connect(self, name: str) -> socket.socket | None:
        """A stream to whoever listens under this name, None if nobody does."""
        stream = socket.socket(socket.AF_UNIX)
        stream.settimeout(_CONNECT_S)
        try:
            stream.connect(self._address(name))
        except OSError:
            stream.close()
            return None
        return stream

    def listen(self, name: str) -> socket.socket:
        """A listening socket under this name, in place of a dead one."""
        (self._path / name).unlink(missing_ok=True)
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(self._address(name))
        listener.listen(_BACKLOG)
        return listener

    def sweep(self) -> list[tuple[str, socket.socket]]:
        """Streams to all that listen here; the names of the dead are removed."""
        living: list[tuple[str, socket.socket]] = []
        for path in sorted(self._path.glob("*.sock")):
            stream = self.connect(path.name)
            if stream is None:
                path.unlink(missing_ok=True)
            else:
                living.append((path.name, stream))
        return living

    def close(self) -> None:
        """Close the folder's handle."""
        os.close(self._handle)

    def _address(self, name: str) -> str:
        return f"/proc/self/fd/{self._handle}/{name}"


def start_runner(
    command: Sequence[str], runner_end: socket.socket, log: Path, variables: Mapping[str, str]
) -> int:
    """Start a runner in a session of its own, which the centre's end does not touch; its pid.

    Args:
        command: interpreter, its options, the runner's file and its arguments.
        runner_end: becomes file descriptor `RUNNER_END` of the runner.
        log: takes what the runner itself prints.
        variables: added to what is passed on of our environment.

    Raises:
        EnvironmentUnavailable: the interpreter cannot be started.
    """
    environment = {
        name: value
        for name, value in os.environ.items()
        if name in _PASSED_ON or name.startswith(_PASSED_ON_PREFIXES)
    }
    append = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    try:
        return os.posix_spawn(
            command[0],
            list(command),
            {**environment, **variables, MARK: secrets.token_hex(16)},
            file_actions=[
                (os.POSIX_SPAWN_DUP2, runner_end.fileno(), RUNNER_END),
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_OPEN, 1, str(log), append, 0o600),
                (os.POSIX_SPAWN_DUP2, 1, 2),
            ],
            setsid=True,
        )
    except OSError as error:
        raise EnvironmentUnavailable(
            f"The Python of the algorithm's environment cannot be started: {command[0]}.",
            hint="Remove the environment's folder; the centre makes it anew.",
        ) from error
