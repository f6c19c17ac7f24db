"""The warm runner: imports an algorithm's libraries once and forks a job in milliseconds.

It serves one environment, one program and one number of threads. It listens on a Unix socket
that the engine made; each line either way is a JSON object. A centre may die, return and connect
again: the jobs go on, and what it missed stands in the folders.

    centre → runner   {"launch": FOLDER} · {"look": true}   (look: a request to stop was written)
    runner → centre   {"job": ID, "attempt": N, "is": "started" | "finished" | "refused"}
"""

import gc
import importlib
import json
import os
import selectors
import socket
import sys
import time
import traceback
from collections.abc import Sequence
from pathlib import Path

from zhisuan.core.work import LaunchSpec
from zhisuan.runner.folder import AttemptFolder
from zhisuan.runner.supervise import Supervisor, message

_BLOCK = 1 << 16
_LOOK_AROUND_S = 1.0
_ALONE_S = 60.0  # how long it waits without a job and without a centre
_IDLE_S = 900.0  # how long it keeps its memory without a job while a centre is connected


class WarmRunner:
    """The server.

    Args:
        listener: a listening Unix stream socket.
        home: a folder whose disappearance ends the runner; the centre's data folder.
    """

    def __init__(self, listener: socket.socket, home: Path) -> None:
        self._selector = selectors.DefaultSelector()
        self._supervisor = Supervisor(self._selector, self._announce)
        self._listener = listener
        self._home = home
        self._home_inode = home.stat().st_ino
        self._centres: dict[socket.socket, bytearray] = {}
        self._active_at = time.monotonic()
        listener.setblocking(False)
        self._selector.register(listener, selectors.EVENT_READ, self._accept)

    def serve(self) -> None:
        """Serve until nobody needs it."""
        while not self._may_leave(time.monotonic()):
            patience = self._supervisor.patience()
            timeout = _LOOK_AROUND_S if patience is None else min(patience, _LOOK_AROUND_S)
            for key, _ in self._selector.select(timeout):
                key.data()
            self._supervisor.step()

    def _may_leave(self, now: float) -> bool:
        try:
            if self._home.stat().st_ino != self._home_inode:
                return True
        except FileNotFoundError:
            return True
        if self._supervisor.busy:
            self._active_at = now
        return now - self._active_at > (_IDLE_S if self._centres else _ALONE_S)

    def _accept(self) -> None:
        centre, _ = self._listener.accept()
        centre.setblocking(False)
        self._centres[centre] = bytearray()
        self._selector.register(centre, selectors.EVENT_READ, lambda: self._hear(centre))

    def _hear(self, centre: socket.socket) -> None:
        try:
            block = centre.recv(_BLOCK)
        except OSError:
            block = b""
        if not block:
            self._forget(centre)
            return
        self._active_at = time.monotonic()
        waiting = self._centres[centre]
        waiting += block
        *lines, rest = waiting.split(b"\n")
        waiting[:] = rest
        for line in lines:
            order = json.loads(line)
            if "launch" in order:
                self._supervisor.start(AttemptFolder(order["launch"]))
            else:
                self._supervisor.look_now()

    def _announce(self, spec: LaunchSpec, what: str) -> None:
        line = message(spec, what)
        for centre in list(self._centres):
            try:
                centre.sendall(line)
            except OSError:  # gone, or not reading; it connects again and finds all in the folders
                self._forget(centre)

    def _forget(self, centre: socket.socket) -> None:
        if self._centres.pop(centre, None) is not None:
            self._selector.unregister(centre)
            centre.close()


def serve(listener: int, home: Path, program: Sequence[str], preload: Sequence[str]) -> int:
    """Import what is to be imported, then serve.

    Args:
        listener: file descriptor of the listening socket.
        home: the centre's data folder.
        program: folders put before the import path.
        preload: modules; one that cannot be imported is left to the jobs, whose log will say why.
    """
    os.chdir("/")
    sys.path[:0] = program
    for module in preload:
        try:
            importlib.import_module(module)
        except Exception:  # noqa: BLE001  any failure of a foreign import is only a slower start
            traceback.print_exc()
    sys.stdout.flush()  # else every fork would print again what an import has printed
    gc.collect()
    gc.freeze()  # what is shared with the forks stays untouched, and so stays shared
    WarmRunner(socket.socket(fileno=listener), home).serve()
    return 0
