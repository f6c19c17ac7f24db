"""What an algorithm is given: its question, its data, its cores, and a way to tell progress.

An entry is a function of one `JobContext`. It writes what is to be taken away into
`context.output`; returning is success. It says that the asker is at fault with `WrongInput`, and
with `Stopped` that it ended early because it was asked to.
"""

import signal
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any

from zhisuan.core.clock import format_instant
from zhisuan.core.errors import WrongInput
from zhisuan.core.work import LaunchSpec
from zhisuan.runner.folder import AttemptFolder

__all__ = ["JobContext", "Stopped", "WrongInput"]


class Stopped(BaseException):
    """Raised by an algorithm that was asked to stop, has kept what it needs, and is not done.

    No `Exception`, so that code which forgives any failing step does not take it for one.
    """


class JobContext:
    """One attempt, seen from inside.

    Attributes:
        job_id: the job; the same over all its attempts.
        attempt: counts from 1.
        parameters: JSON values as the centre gave them.
        inputs: name to file or folder; read-only.
        output: folder for what the tenant takes away; exists.
        checkpoint: folder that the next attempt finds again as this one left it; exists.
        cores: how many cores are granted; use that many threads.
        devices: names of the devices granted.
    """

    def __init__(self, spec: LaunchSpec) -> None:
        self._folder = AttemptFolder(spec.folder)
        self._asked = False
        self._told = False
        self.job_id = spec.job_id
        self.attempt = spec.attempt
        self.parameters: Mapping[str, Any] = spec.parameters
        self.inputs = {name: Path(path) for name, path in spec.inputs.items()}
        self.output = self._folder.output
        self.checkpoint = self._folder.checkpoint
        self.cores = max(1, len(spec.cores))
        self.devices = spec.devices

    def progress(self, stage: str, fraction: float, **facts: object) -> None:
        """Tell how far the job is.

        Args:
            stage: what is being done, a word of the algorithm's own card.
            fraction: of the whole job, 0 to 1; values outside are cut.
            facts: anything JSON that belongs to the moment, such as `rows=1200`.
        """
        now = format_instant(datetime.now(UTC))
        share = min(1.0, max(0.0, fraction))
        self._folder.tell({"at": now, "stage": stage, "fraction": share, **facts})

    def should_stop(self) -> bool:
        """Whether the job was asked to end; from any thread, but first from the main one.

        A job that asks is given its grace to keep a checkpoint and raise `Stopped`; when the
        grace is over it is ended by force. One that never asks is ended at once, by the signal's
        own action. Once the answer was yes, returning counts as stopped too, because nobody else
        can know whether the result is whole; a job that returns without having been told has
        succeeded, even if the request came meanwhile. So ask only where you would stop.
        """
        # Only the main thread can listen for the signal.
        if not self.listens and threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, self._hear)
        if self._asked:
            self._told = True
        return self._told

    @property
    def told_to_stop(self) -> bool:
        """Whether `should_stop` has ever answered yes."""
        return self._told

    @property
    def listens(self) -> bool:
        """Whether a request to stop is heard here, and by nothing else in the program."""
        return signal.getsignal(signal.SIGTERM) == self._hear

    def _hear(self, _signal: int, _frame: FrameType | None) -> None:
        self._asked = True
