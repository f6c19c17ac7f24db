"""The local engine: runners as processes of this machine, warm where it can, cold where it must.

All it must remember stands in the attempt's folders, so a new engine on the same data folder
takes over where a killed one stopped. Messages from runners make it quick; looking into the
folders once a second makes it right.
"""

import os
import selectors
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from zhisuan.compute.engines.accelerators import Found
from zhisuan.compute.engines.engine import (
    Capability,
    EngineState,
    EngineUsage,
    Inventory,
    JobId,
    Phase,
)
from zhisuan.compute.engines.inventory import labels, this_machine
from zhisuan.compute.engines.leftovers import end_leftovers
from zhisuan.compute.engines.link import RunnerLink
from zhisuan.compute.engines.runners import Runners
from zhisuan.core.clock import Instant, WallClock, format_instant, parse_instant
from zhisuan.core.errors import EnvironmentUnavailable
from zhisuan.core.quantities import Seconds
from zhisuan.core.work import EndReason, FinalRecord, LaunchSpec, MeterReading
from zhisuan.runner.folder import AttemptFolder
from zhisuan.runner.process import alive
from zhisuan.store.objects import disk_errors

_LOOK_AROUND_S = 1.0
_FENCE = "0-0-fenced"  # an owner that never lives


@dataclass(frozen=True, slots=True)
class _Start:
    """A launch on its way: ordered through this link, not yet claimed."""

    spec: LaunchSpec
    link: RunnerLink
    warm: bool


class LocalEngine:
    """Jobs on this machine.

    Args:
        data_folder: absolute; jobs stand under `jobs/<job>/<attempt>`, runners under `runners`.
        accelerators: what `accelerators.find` found.
    """

    capabilities = frozenset({Capability.DEVICE_INDEX, Capability.ACCOUNTING, Capability.ENERGY})

    def __init__(self, data_folder: Path, accelerators: Found | None = None) -> None:
        self._accelerators = accelerators or Found()
        self._jobs = data_folder / "jobs"
        with disk_errors():
            self._jobs.mkdir(parents=True, exist_ok=True)
            self._runners = Runners(data_folder)
        self._selector = selectors.DefaultSelector()
        self._bell = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._selector.register(self._bell, selectors.EVENT_READ)
        self._starting: dict[JobId, _Start] = {}
        self._open: set[JobId] = set()  # whose latest attempt is not known to be over
        self._looked_at = 0.0
        for link in self._runners.links():
            self._hear(link)

    def inventory(self) -> Inventory:
        """This machine."""
        found = self._accelerators
        return Inventory((this_machine(found.devices),), labels(), found.notes)

    def launch(self, spec: LaunchSpec) -> None:
        """Order the attempt and hand it to a runner.

        Raises:
            EnvironmentUnavailable, DiskFull, DataFolderReadOnly: see the seam.
        """
        folder = AttemptFolder(spec.folder)
        with disk_errors():
            folder.order(spec)
        self._open.add(spec.job_id)
        start = self._starting.get(spec.job_id)
        if folder.owner() is None and (start is None or start.spec.attempt != spec.attempt):
            self._hand_over(spec, warm=not spec.isolated)

    def states(self, jobs: Sequence[JobId]) -> Mapping[JobId, EngineState]:
        """What the folders and the runners' lives say."""
        return {job: self._state(job) for job in jobs}

    def stop(self, job: JobId, grace: Seconds) -> None:
        """Write the request, or end the attempt here if nobody has claimed it."""
        folder = self._latest(job)
        if folder is None:
            return
        with disk_errors():
            if not self._fence(folder):
                folder.request_stop(grace)
                for link in self._runners.links():
                    link.send({"look": True})
            elif (spec := folder.spec()) is not None:
                folder.finish(_stopped_before_start(spec))

    def usage(self, since: Instant) -> Sequence[EngineUsage]:
        """From the final records."""
        found = [
            EngineUsage(final.job_id, final.attempt, final.ended_at, final.meter)
            for path in self._jobs.glob("*/*/final.json")
            if (final := AttemptFolder(path.parent).final()) is not None
            and parse_instant(final.ended_at) >= since
        ]
        return sorted(found, key=lambda usage: usage.ended_at)

    def wait(self, timeout: Seconds) -> Sequence[JobId]:
        """Sleep until a runner speaks or ends, `wake` is called, or a second has passed."""
        changed: set[JobId] = set()
        now = time.monotonic()
        until_look = self._looked_at + _LOOK_AROUND_S - now if self._open else timeout
        for key, events in self._selector.select(max(0.0, min(timeout, until_look))):
            if isinstance(key.fileobj, RunnerLink):
                changed |= self._attend(key.fileobj, events)
            else:
                os.eventfd_read(self._bell)
        if time.monotonic() - self._looked_at >= _LOOK_AROUND_S:
            self._looked_at = time.monotonic()
            self._runners.reap()
            changed |= self._open
        return sorted(changed)

    def wake(self) -> None:
        """Let `wait` return; from any thread."""
        os.eventfd_write(self._bell, 1)

    def close(self) -> None:
        """Let go of the runners; they and their jobs go on."""
        for key in list(self._selector.get_map().values()):
            if isinstance(key.fileobj, RunnerLink):
                key.fileobj.close()
        self._selector.close()
        self._runners.close()
        os.close(self._bell)

    def _state(self, job: JobId) -> EngineState:
        folder = self._latest(job)
        if folder is None:
            return EngineState(0, Phase.ABSENT)
        phase, final = self._phase(job, folder)
        if phase in (Phase.ENDED, Phase.LOST):
            self._open.discard(job)
        else:
            self._open.add(job)
        return EngineState(int(folder.path.name), phase, final)

    def _phase(self, job: JobId, folder: AttemptFolder) -> tuple[Phase, FinalRecord | None]:
        owner = folder.owner()
        if owner is None:
            return (Phase.STARTING if job in self._starting else Phase.ABSENT), None
        self._starting.pop(job, None)
        # The order of the two questions matters: a runner writes the end before it goes.
        living = alive(owner)
        final = folder.final()
        if final is not None:
            return Phase.ENDED, final
        heartbeat = folder.heartbeat()
        if living:
            return (Phase.STARTING if heartbeat is None else Phase.RUNNING), None
        end_leftovers(owner, heartbeat)
        return Phase.LOST, None

    def _latest(self, job: JobId) -> AttemptFolder | None:
        try:
            names = [path.name for path in (self._jobs / job).iterdir()]
        except FileNotFoundError:
            return None
        attempts = [int(name) for name in names if name.isdigit()]
        return AttemptFolder(self._jobs / job / str(max(attempts))) if attempts else None

    def _fence(self, folder: AttemptFolder) -> bool:
        """Own the attempt, so that no runner ever will; False if one already does."""
        return folder.claim(_FENCE)

    def _hand_over(self, spec: LaunchSpec, *, warm: bool) -> None:
        if warm:
            link = self._runners.warm(spec)
            link.send({"launch": spec.folder})
        else:
            link = self._runners.cold(spec)
        self._hear(link)
        self._starting[spec.job_id] = _Start(spec, link, warm)

    def _hear(self, link: RunnerLink) -> None:
        """Wait for the link, and for room in it while lines wait."""
        events = selectors.EVENT_READ | (selectors.EVENT_WRITE if link.wants_to_write else 0)
        if link in self._selector.get_map():
            self._selector.modify(link, events)
        else:
            self._selector.register(link, events)

    def _attend(self, link: RunnerLink, events: int) -> set[JobId]:
        """Hear what the runner says; the jobs it speaks of."""
        if events & selectors.EVENT_WRITE:
            link.flush()
        changed: set[JobId] = set()
        for message in link.receive():
            changed.add(message["job"])
            start = self._starting.get(message["job"])
            if message["is"] == "refused" and start and start.spec.attempt == message["attempt"]:
                self._give_up(start.spec)
        if link.open:
            self._hear(link)
            return changed
        return changed | self._bury(link)

    def _bury(self, link: RunnerLink) -> set[JobId]:
        """The runner is gone: what it had not claimed gets a cold one, and then none."""
        self._selector.unregister(link)
        self._runners.forget(link)
        bereft = {job: start for job, start in self._starting.items() if start.link is link}
        for job, start in bereft.items():
            del self._starting[job]
            if AttemptFolder(start.spec.folder).owner() is not None:
                continue
            self._second_try(start)
        return set(bereft)

    def _second_try(self, start: _Start) -> None:
        if start.warm:
            with suppress(EnvironmentUnavailable):
                self._hand_over(start.spec, warm=False)
                return
        self._give_up(start.spec)

    def _give_up(self, spec: LaunchSpec) -> None:
        """No runner can begin this attempt: fence it off, so that it counts as lost."""
        self._starting.pop(spec.job_id, None)
        with suppress(OSError):  # a full disk: the attempt stays absent and may be launched again
            self._fence(AttemptFolder(spec.folder))


def _stopped_before_start(spec: LaunchSpec) -> FinalRecord:
    now = format_instant(WallClock().now())
    return FinalRecord(
        job_id=spec.job_id,
        attempt=spec.attempt,
        reason=EndReason.STOPPED,
        exit_code=0,
        message="The job was stopped before it started.",
        started_at=now,
        ended_at=now,
        meter=MeterReading(0.0, 0.0, 0.0, None, os.cpu_count() or 1, None),
    )
