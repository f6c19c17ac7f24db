"""The cold runner: one job, one process, nothing imported beforehand.

Started by an engine in a session of its own, so that it lives on when the centre dies; an
engine on another machine starts it the same way.
"""

import os
import selectors
from contextlib import suppress
from pathlib import Path

from zhisuan.core.work import LaunchSpec
from zhisuan.runner.folder import AttemptFolder
from zhisuan.runner.supervise import Supervisor, message


def run(folder: Path, tell: int | None = None) -> int:
    """Run the attempt ordered in the folder; 0 when it was claimed here and ended.

    Args:
        folder: the attempt's folder.
        tell: file descriptor that takes the same lines as a warm runner's socket.
    """
    selector = selectors.DefaultSelector()
    told: list[str] = []

    def announce(spec: LaunchSpec, what: str) -> None:
        told.append(what)
        if tell is not None:
            with suppress(OSError):  # the centre is away; the folder holds it all
                os.write(tell, message(spec, what))

    supervisor = Supervisor(selector, announce)
    os.chdir("/")
    supervisor.start(AttemptFolder(folder))
    while supervisor.busy:
        for key, _ in selector.select(supervisor.patience()):
            key.data()
        supervisor.step()
    return 0 if "finished" in told else 1
