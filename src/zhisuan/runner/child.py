"""The job's own process, from the fork to the exit: its cores, its devices, its log, its entry.

It runs in a fork of the runner, never returns into the runner's code, and never outlives it.
"""

import atexit
import ctypes
import importlib
import io
import os
import signal
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

from zhisuan.core.work import EndReason, LaunchSpec
from zhisuan.runner.context import JobContext, Stopped
from zhisuan.runner.ending import Report, report_error
from zhisuan.runner.folder import AttemptFolder

# Each library's own name for the number of threads it may use.
THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "NUMBA_NUM_THREADS",
    "POLARS_MAX_THREADS",
    "RAYON_NUM_THREADS",
    "LOKY_MAX_CPU_COUNT",
)

# Threads of OpenMP wait for one another asleep, not spinning. On cores shared with anything else,
# spinning made fits of LightGBM and scikit-learn on two threads 10 to 100 times slower than
# sleeping does; on idle cores it saves at most a quarter (2 cores, 20,000 x 30 table).
_PATIENT = {"OMP_WAIT_POLICY": "PASSIVE"}

# Each maker's runtime and the variable that narrows what it shows. ROCm has a second one,
# ROCR_VISIBLE_DEVICES, whose effect would multiply with the first.
DEVICE_VARIABLES = {
    "cann": ("ASCEND_RT_VISIBLE_DEVICES", "NPU_VISIBLE_DEVICES"),
    "corex": ("CUDA_VISIBLE_DEVICES",),
    "cuda": ("CUDA_VISIBLE_DEVICES",),
    "dtk": ("HIP_VISIBLE_DEVICES",),
    "hggc": ("CUDA_VISIBLE_DEVICES",),
    "maca": ("CUDA_VISIBLE_DEVICES",),
    "musa": ("CUDA_VISIBLE_DEVICES", "MUSA_VISIBLE_DEVICES"),
    "neuware": ("MLU_VISIBLE_DEVICES",),
    "rocm": ("HIP_VISIBLE_DEVICES",),
}

_NICENESS = 5  # below the centre itself, so that it answers while the machine is full
_OOM_SCORE = "500"  # the kernel's first choice before the centre and the runner
_PR_SET_PDEATHSIG = 1
_LAST_STANDARD = 2  # file descriptor of the last standard stream
_SOCKET_ROOM = 70  # longest folder in which libraries can still place their Unix sockets

_libc = ctypes.CDLL(None)


def thread_environment(threads: int) -> dict[str, str]:
    """Variables that hold the common libraries to this many threads, and these to good manners."""
    return {**dict.fromkeys(THREAD_VARIABLES, str(threads)), **_PATIENT}


def device_environment(devices: tuple[str, ...]) -> dict[str, str]:
    """Variables that show the job its granted devices and hide the others.

    A name is a runtime and an index, such as `cann0`; a simulated device (`sim:…`) is no device
    to any library, so with none granted every maker's view is empty.
    """
    variables: dict[str, list[str]] = {
        name: [] for names in DEVICE_VARIABLES.values() for name in names
    }
    for device in devices:
        runtime = device.rstrip("0123456789")
        for name in DEVICE_VARIABLES.get(runtime, ()):
            variables[name].append(device[len(runtime) :])
    return {name: ",".join(indices) for name, indices in variables.items()}


def close_others(keep: int) -> None:
    """Close every inherited file but the standard streams and this one.

    A runner lives long and a job is another's program: neither may hold open the pipe of
    whoever started the centre.
    """
    for number in [int(path.name) for path in Path("/proc/self/fd").iterdir()]:
        if number > _LAST_STANDARD and number != keep:
            with suppress(OSError):  # the listing's own descriptor is closed already
                os.close(number)


def run_child(spec: LaunchSpec, folder: AttemptFolder, report_to: int, parent: int) -> NoReturn:
    """Become the job; the exit code is 0 only when the entry returned.

    Args:
        spec: the order.
        folder: the attempt's folder.
        report_to: file descriptor that takes the one `Report`.
        parent: pid of the runner.
    """
    code = 1
    try:
        report, code = _settle(spec, folder, report_to, parent) or _run(spec)
        os.write(report_to, report.to_json().encode())
        # What multiprocessing's own children do: libraries remove their shared memory here.
        atexit._run_exitfuncs()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)


def _settle(
    spec: LaunchSpec, folder: AttemptFolder, report_to: int, parent: int
) -> tuple[Report, int] | None:
    """Make the job's surroundings; the end of the job if they cannot be made."""
    os.setsid()
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
    os.umask(0o077)
    try:
        for place in (folder.output, folder.work, folder.temporary, folder.checkpoint):
            place.mkdir(exist_ok=True)
        _redirect(folder)
        close_others(report_to)
        os.chdir(folder.work)
        if spec.cores:
            os.sched_setaffinity(0, spec.cores)
        os.nice(_NICENESS)
        with open("/proc/self/oom_score_adj", "w") as file:  # noqa: PTH123  the kernel's file
            file.write(_OOM_SCORE)
    except OSError as error:
        report = report_error(error)
        if report.reason is EndReason.PROGRAM_ERROR:
            report = Report.of(EndReason.UNKNOWN, f"The job could not be set up: {error}.")
        return report, 1
    os.environ.update(thread_environment(max(1, len(spec.cores))))
    os.environ.update(device_environment(spec.devices))
    if len(str(folder.temporary)) <= _SOCKET_ROOM:
        os.environ["TMPDIR"] = str(folder.temporary)
    return None


def _redirect(folder: AttemptFolder) -> None:
    nothing = os.open(os.devnull, os.O_RDONLY)
    log = os.open(folder.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(nothing, 0)
    os.dup2(log, 1)
    os.dup2(log, 2)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a line of the log appears as it is printed
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", line_buffering=True)


def _run(spec: LaunchSpec) -> tuple[Report, int]:
    """The report and the exit code."""
    try:
        sys.path[:0] = [folder for folder in spec.program if folder not in sys.path]
        entry = _entry(spec.entry)
    except (ModuleNotFoundError, AttributeError, ValueError) as error:
        traceback.print_exc()
        return Report.of(EndReason.COMMAND_NOT_FOUND, f"{spec.entry} cannot start: {error}."), 127
    except BaseException as error:  # noqa: BLE001  whatever the program raises is its end
        traceback.print_exc()
        return report_error(error), 1
    job = JobContext(spec)
    try:
        entry(job)
    except Stopped:
        return Report(EndReason.STOPPED, ""), 0
    except SystemExit as leaving:
        if leaving.code not in (None, 0):
            code = leaving.code if isinstance(leaving.code, int) else 1
            return Report.of(
                EndReason.PROGRAM_ERROR, f"The program left with {leaving.code!r}."
            ), code
    except BaseException as error:  # noqa: BLE001  whatever the program raises is its end
        traceback.print_exc()
        return report_error(error), 1
    return _returned(job), 0


def _returned(job: JobContext) -> Report:
    """A program that was told to stop may have returned early, with half a result."""
    if job.told_to_stop:
        return Report(EndReason.STOPPED, "")
    return Report(EndReason.SUCCEEDED, "", whole=job.listens)


def _entry(name: str) -> Callable[[JobContext], Any]:
    module, _, function = name.partition(":")
    return getattr(importlib.import_module(module), function)
