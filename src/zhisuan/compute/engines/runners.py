"""The runners of this machine: one warm one for each environment, program and thread count.

They live under `runners` of the data folder, each behind a socket named by what it serves, so a
later engine finds those that outlived an earlier one.
"""

import hashlib
import json
import os
import socket
from collections.abc import Mapping, Sequence
from pathlib import Path

from zhisuan.compute.engines.bundle import runner_bundle
from zhisuan.compute.engines.link import RUNNER_END, RunnerLink, SocketFolder, start_runner
from zhisuan.core.errors import EnvironmentUnavailable
from zhisuan.core.work import LaunchSpec
from zhisuan.runner.child import thread_environment
from zhisuan.runner.folder import AttemptFolder


class Runners:
    """Starts runners and keeps the links to the warm ones.

    Args:
        home: the data folder; when it vanishes, the warm runners end.
    """

    def __init__(self, home: Path) -> None:
        self._home = home
        self._folder = home / "runners"
        self._folder.mkdir(mode=0o700, exist_ok=True)
        self._bundle = runner_bundle(self._folder)
        self._sockets = SocketFolder(self._folder)
        self._spawned: set[int] = set()
        self._warm = {name: RunnerLink(stream) for name, stream in self._sockets.sweep()}

    def links(self) -> Sequence[RunnerLink]:
        """To every living warm runner."""
        return list(self._warm.values())

    def warm(self, spec: LaunchSpec) -> RunnerLink:
        """The warm runner that serves such orders, started if there is none.

        The number of threads is part of what it serves: libraries read theirs when they are
        imported, and a fork cannot change it afterwards.

        Raises:
            EnvironmentUnavailable: its interpreter cannot be started.
        """
        threads = _threads(spec)
        traits = [self._bundle.name, spec.interpreter, spec.program, spec.preload, threads]
        key = hashlib.sha256(json.dumps(traits).encode()).hexdigest()[:16]
        name = f"{key}.sock"
        if name not in self._warm:
            imports = json.dumps({"program": spec.program, "preload": spec.preload})
            arguments = ("warm", str(RUNNER_END), str(self._home), imports)
            with self._sockets.listen(name) as listener:
                log = self._folder / f"{key}.log"
                self._spawn(spec, arguments, listener, log)
                stream = self._sockets.connect(name)
            if stream is None:
                raise ConnectionError(f"no connection to our own socket {name}")
            self._warm[name] = RunnerLink(stream)
        return self._warm[name]

    def cold(self, spec: LaunchSpec) -> RunnerLink:
        """A runner for this order alone, started now.

        Raises:
            EnvironmentUnavailable: its interpreter cannot be started.
        """
        ours, theirs = socket.socketpair()
        with theirs:
            arguments = ("run", spec.folder, str(RUNNER_END))
            try:
                self._spawn(spec, arguments, theirs, AttemptFolder(spec.folder).log)
            except EnvironmentUnavailable:
                ours.close()
                raise
        return RunnerLink(ours)

    def forget(self, link: RunnerLink) -> None:
        """A runner is gone."""
        link.close()
        self._warm = {name: other for name, other in self._warm.items() if other is not link}
        self.reap()

    def reap(self) -> None:
        """Wait for runners of ours that have ended, so that none stays a zombie."""
        for pid in list(self._spawned):
            try:
                ended, _ = os.waitpid(pid, os.WNOHANG)
            except ChildProcessError:
                ended = pid
            if ended:
                self._spawned.discard(pid)

    def close(self) -> None:
        """Let go of the folder; the runners go on."""
        self._sockets.close()

    def _spawn(
        self, spec: LaunchSpec, arguments: Sequence[str], runner_end: socket.socket, log: Path
    ) -> None:
        command = [*spec.interpreter, str(self._bundle), *arguments]
        variables: Mapping[str, str] = thread_environment(_threads(spec))
        self._spawned.add(start_runner(command, runner_end, log, variables))


def _threads(spec: LaunchSpec) -> int:
    return max(1, len(spec.cores))
