"""The supervisor: starts jobs as forks of itself, watches them, and writes down their end.

One thread, one loop, no signal handlers: a job's end is a readable pidfd, everything else is
looked at every tenth of a second. Being the subreaper (prctl(2)) it inherits whatever a job
leaves behind, and ends it. What to do about a job its `Watch` decides.
"""

import ctypes
import json
import os
import selectors
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from shutil import rmtree

from zhisuan.core.clock import format_instant
from zhisuan.core.work import EndReason, FinalRecord, LaunchSpec, MeterReading
from zhisuan.runner.child import run_child
from zhisuan.runner.ending import Report, conclude
from zhisuan.runner.folder import MARK, AttemptFolder, Heartbeat
from zhisuan.runner.meter import Meter
from zhisuan.runner.process import Process, children, family, identity, look, proportional_mb
from zhisuan.runner.watch import Watch

_TICK_S = 0.1
_BEAT_S = 1.0
_LEFTOVER_PATIENCE_S = 5.0  # a process that resists SIGKILL hangs in the kernel; others go on
_LEFTOVER_TICK_S = 0.005
_REPORT_BYTES = 1 << 16
_PR_SET_CHILD_SUBREAPER = 36

# Told of each attempt that it `started`, `finished`, or was `refused` (not claimed, not run).
Announce = Callable[[LaunchSpec, str], None]


# A process whose parent ended, and the job in whose session it is.
Orphan = tuple[Process, Watch | None]


def message(spec: LaunchSpec, what: str) -> bytes:
    """The line in which a runner tells its engine what became of an attempt."""
    facts = {"job": spec.job_id, "attempt": spec.attempt, "is": what}
    return json.dumps(facts).encode() + b"\n"


class Supervisor:
    """Runs any number of jobs side by side.

    Args:
        selector: of the loop that calls us; each job's pidfd is registered with a callback.
        announce: told what becomes of each attempt.
    """

    def __init__(self, selector: selectors.BaseSelector, announce: Announce) -> None:
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)
        self._selector = selector
        self._announce = announce
        self._meter = Meter()
        self._watches: list[Watch] = []
        self._pid = os.getpid()
        self._name = f"{identity(self._pid)}-{os.environ.get(MARK, '')}"
        self._next_tick = 0.0

    @property
    def busy(self) -> bool:
        """Whether any job has not been finished."""
        return bool(self._watches)

    def start(self, folder: AttemptFolder) -> None:
        """Start the attempt ordered in this folder, unless somebody else owns it."""
        spec = folder.spec()
        if spec is None:
            return
        try:
            if not folder.claim(self._name):
                return
        except OSError:
            self._announce(spec, "refused")
            return
        try:
            watch = self._fork(spec, folder)
        except OSError as error:
            folder.finish(_not_started(spec, error))
            self._announce(spec, "finished")
            return
        self._watches.append(watch)
        self._selector.register(watch.pidfd, selectors.EVENT_READ, lambda: self._see_end(watch))
        self._beat(watch, watch.started, 0.0, 0.0)
        self._announce(spec, "started")

    def look_now(self) -> None:
        """Let the next `step` look at everything, as after a request to stop."""
        self._next_tick = 0.0

    def patience(self) -> float | None:
        """Seconds until `step` wants to be called, None for never."""
        return max(0.0, self._next_tick - time.monotonic()) if self._watches else None

    def step(self) -> None:
        """Look at every job if it is time, and act."""
        now = time.monotonic()
        if now < self._next_tick:
            return
        self._next_tick = now + _TICK_S
        orphans = self._orphans()
        for watch in list(self._watches):
            if watch.ended is None:
                self._look(watch, now, orphans)
            else:
                self._finish(watch, orphans)

    def _fork(self, spec: LaunchSpec, folder: AttemptFolder) -> Watch:
        counts, oom_kills, started_at = self._meter.read(), _oom_kills(), _now()
        started = time.monotonic()
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            run_child(spec, folder, writing, self._pid)
        os.close(writing)
        os.set_blocking(reading, False)
        return Watch(
            spec=spec,
            folder=folder,
            pid=pid,
            pidfd=os.pidfd_open(pid),
            report=reading,
            job=identity(pid) or f"{pid}",
            started=started,
            started_at=started_at,
            counts=counts,
            oom_kills=oom_kills,
        )

    def _look(self, watch: Watch, now: float, orphans: list[Orphan]) -> None:
        mine = (orphan for orphan, home in orphans if home is watch)
        processes = [*family(watch.pid), *mine]
        memory = _memory(processes, watch.spec.memory_mb)
        watch.peak_mb = max(watch.peak_mb, memory)
        number = watch.judge(now, memory, watch.folder.stop_request())
        if number is not None:
            _signal_job(watch.pid, number)
        if now >= watch.beat_at:
            self._meter.read()
            self._beat(watch, now, memory, sum(process.cpu_s for process in processes))

    def _beat(self, watch: Watch, now: float, memory_mb: float, cpu_s: float) -> None:
        watch.beat_at = now + _BEAT_S
        with suppress(OSError):  # a full disk must not end the watching; the next beat may fit
            watch.folder.beat(Heartbeat(watch.job, _now(), memory_mb, cpu_s))

    def _see_end(self, watch: Watch) -> None:
        watch.ended = time.monotonic()
        self._selector.unregister(watch.pidfd)
        self._finish(watch, self._orphans())

    def _finish(self, watch: Watch, orphans: list[Orphan]) -> None:
        """Write the end once nothing of the job is left; until then, look again soon."""
        if watch.record is None:
            now = time.monotonic()
            if watch.over(now):
                _signal_job(watch.pid, signal.SIGKILL)
            left = any(home is None or home is watch for _, home in orphans)
            if left and now - (watch.ended or now) < _LEFTOVER_PATIENCE_S:
                self._next_tick = now + _LEFTOVER_TICK_S
                return
            watch.record = self._conclude(watch)
        try:
            watch.folder.finish(watch.record)
        except FileNotFoundError:
            pass  # the folder is gone, and with it whoever would read
        except OSError:
            return  # a full disk: the record waits for room
        self._watches.remove(watch)
        rmtree(watch.folder.temporary, ignore_errors=True)
        self._announce(watch.spec, "finished")

    def _conclude(self, watch: Watch) -> FinalRecord:
        _, status, usage = os.wait4(watch.pid, 0)
        report = _read_report(watch.report)
        os.close(watch.pidfd)
        os.close(watch.report)
        gained = self._meter.read().since(watch.counts)
        reason, code, message = conclude(
            watch.spec,
            watch.verdict,
            report,
            os.waitstatus_to_exitcode(status),
            oom=_oom_kills() > watch.oom_kills,
        )
        return FinalRecord(
            job_id=watch.spec.job_id,
            attempt=watch.spec.attempt,
            reason=reason,
            exit_code=code,
            message=message,
            started_at=watch.started_at,
            ended_at=_now(),
            meter=MeterReading(
                wall_s=(watch.ended or watch.started) - watch.started,
                cpu_s=usage.ru_utime + usage.ru_stime + watch.leftover_cpu_s,
                peak_memory_mb=max(watch.peak_mb, usage.ru_maxrss / 1024),
                machine_cpu_s=gained.cpu_s,
                machine_cores=os.cpu_count() or 1,
                package_wh=gained.package_wh,
            ),
        )

    def _orphans(self) -> list[Orphan]:
        """What jobs left behind and is still alive; what left its job's session is ended."""
        homes = {watch.pid: watch for watch in self._watches if watch.record is None}
        orphans: list[Orphan] = []
        for pid in children(self._pid):
            process = None if pid in homes else look(pid)
            if process is None:
                continue
            home = homes.get(process.session)
            if process.ended:
                _, _, usage = os.wait4(pid, 0)
                if home is not None:
                    home.leftover_cpu_s += usage.ru_utime + usage.ru_stime
                continue
            if home is None or home.over(time.monotonic()):
                os.kill(pid, signal.SIGKILL)
            orphans.append((process, home))
        return orphans


def _not_started(spec: LaunchSpec, error: OSError) -> FinalRecord:
    return FinalRecord(
        job_id=spec.job_id,
        attempt=spec.attempt,
        reason=EndReason.UNKNOWN,
        exit_code=1,
        message=f"The machine could not start the job's process: {error.strerror}.",
        started_at=_now(),
        ended_at=_now(),
        meter=MeterReading(0.0, 0.0, 0.0, None, os.cpu_count() or 1, None),
    )


def _memory(processes: list[Process], limit_mb: float) -> float:
    """Resident megabytes; near the limit shared pages count once (they are many after a fork)."""
    resident = sum(process.memory_mb for process in processes)
    if resident <= limit_mb:
        return resident
    shares = ((process.memory_mb, proportional_mb(process.pid)) for process in processes)
    return sum(whole if share is None else share for whole, share in shares)


def _signal_job(pid: int, number: int) -> None:
    """Signal the job's process group, or its process while that has not made its group."""
    try:
        os.killpg(pid, number)
    except ProcessLookupError:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def _read_report(pipe: int) -> Report | None:
    try:
        text = os.read(pipe, _REPORT_BYTES)
        return Report.from_json(text.decode())
    except (BlockingIOError, ValueError, KeyError):  # it said nothing, or nothing that we know
        return None


def _oom_kills() -> int:
    """How many processes the kernel has ended for want of memory since boot."""
    try:
        told = Path("/proc/vmstat").read_bytes()
    except OSError:
        return 0
    _, found, rest = told.partition(b"\noom_kill ")
    return int(rest.split(maxsplit=1)[0]) if found else 0


def _now() -> str:
    return format_instant(datetime.now(UTC))
