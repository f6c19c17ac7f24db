"""The cold runner: one job, one process, nothing imported beforehand.

Started by an engine in a session of its own, so that it lives on when the centre dies; an
engine on another machine starts it the same way.
"""

import os
import selectors
from pathlib import Path

from zhisuan.runner.folder import AttemptFolder
from zhisuan.runner.supervise import Supervisor


def run(folder: Path) -> int:
    """Run the attempt ordered in the folder; 0 when it was claimed here and has a final record."""
    selector = selectors.DefaultSelector()
    refused: list[str] = []
    attempt = AttemptFolder(folder)
    supervisor = Supervisor(selector, lambda spec, what: refused.append(what))
    os.chdir("/")
    supervisor.start(attempt)
    while supervisor.busy:
        for key, _ in selector.select(supervisor.patience()):
            key.data()
        supervisor.step()
    return 0 if "finished" in refused else 1
