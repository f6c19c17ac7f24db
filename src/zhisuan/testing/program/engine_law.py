"""The jobs with which an engine is tried: each function is an entry that does one thing."""

import errno
import json
import os
import signal
import subprocess
import sys
import time

from zhisuan.runner.context import JobContext, Stopped, WrongInput

_MEGABYTE = 1 << 20


def answer(context: JobContext) -> None:
    """Write a parameter to the output, and count that this attempt ran."""
    with (context.checkpoint / "runs").open("a") as file:
        file.write(f"{context.attempt}\n")
    (context.output / "answer").write_text(str(context.parameters.get("answer", "")))


def tell(context: JobContext) -> None:
    """Tell progress twice, and print."""
    context.progress("begin", 0.0, rows=3)
    print("一行 a line")  # noqa: T201  a job's log is what it prints
    context.progress("end", 7.0)


def describe(context: JobContext) -> None:
    """Write down the surroundings of the job."""
    facts = {
        "cores": sorted(os.sched_getaffinity(0)),
        "granted": context.cores,
        "environment": dict(os.environ),
        "leads_session": os.getsid(0) == os.getpid() == os.getpgid(0),
        "descriptors": sorted(int(name) for name in os.listdir("/proc/self/fd")),
        "umask": os.umask(0o077),
        "folder": os.getcwd(),
        "inputs": {name: path.read_text() for name, path in context.inputs.items()},
        "modules": sorted(name for name in sys.modules if name.startswith("zhisuan")),
    }
    (context.output / "facts.json").write_text(json.dumps(facts))


def leave(_context: JobContext) -> None:
    """Leave with an exit code."""
    sys.exit(3)


def err(_context: JobContext) -> None:
    """Raise an error of the program's own."""
    raise KeyError("missing column")


def die(_context: JobContext) -> None:
    """End by a signal, as a crashing library does."""
    os.kill(os.getpid(), signal.SIGSEGV)


def refuse(_context: JobContext) -> None:
    """Say that the asker is at fault."""
    raise WrongInput("The table has no rows.", hint="Send one with rows.")


def overfill(_context: JobContext) -> None:
    """Meet a full disk."""
    raise OSError(errno.ENOSPC, "No space left on device")


def eat(_context: JobContext) -> None:
    """Take memory without end, in a child of the job."""
    if os.fork():
        os.wait()
    eaten: list[bytes] = []
    while True:
        eaten.append(b"\1" * (4 * _MEGABYTE))
        time.sleep(0.005)


def want(_context: JobContext) -> None:
    """Ask for more memory than any machine has."""
    bytearray(1 << 60)


def sleep(context: JobContext) -> None:
    """Sleep; the usual action ends it at SIGTERM."""
    (context.output / "asleep").touch()
    time.sleep(600)


def resist(context: JobContext) -> None:
    """Ignore SIGTERM."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    (context.output / "asleep").touch()
    while True:
        time.sleep(600)


def yield_when_asked(context: JobContext) -> None:
    """Stop politely: write a checkpoint and return."""
    while not context.should_stop():
        (context.output / "asleep").touch()
        time.sleep(0.01)
    (context.checkpoint / "state").write_text("kept")


def give_up_when_asked(context: JobContext) -> None:
    """Stop as the contract has it: write a checkpoint and say that the work is not done."""
    while not context.should_stop():
        (context.output / "asleep").touch()
        time.sleep(0.01)
    (context.checkpoint / "state").write_text("kept")
    raise Stopped


def finish_when_asked(context: JobContext) -> None:
    """Be asked in the middle of the last piece of work, and finish it without looking up."""
    context.should_stop()
    (context.output / "asleep").touch()
    while not (context.output.parent / "stop").exists():
        time.sleep(0.01)
    time.sleep(0.5)  # until the signal has come, too
    (context.output / "answer").write_text("whole")


def heed_by_itself(context: JobContext) -> None:
    """Catch the signal without the runner's knowledge, and return early."""
    caught: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _frame: caught.append(number))
    (context.output / "asleep").touch()
    while not caught:
        time.sleep(0.01)


def give_up_unasked(_context: JobContext) -> None:
    """Stop though nobody asked."""
    raise Stopped


def leave_helpers(context: JobContext) -> None:
    """Leave processes behind: in the session, in one of their own, and forked twice."""
    command = [sys.executable, "-c", "import time; time.sleep(600)"]
    helpers = [
        subprocess.Popen(command),  # noqa: S603  our own interpreter
        subprocess.Popen(command, start_new_session=True),  # noqa: S603  the same
    ]
    if os.fork() == 0:
        os.setsid()
        if os.fork() != 0:
            os._exit(0)
        (context.output / "daemon").write_text(str(os.getpid()))
        time.sleep(600)
    while not (context.output / "daemon").exists() or not (
        text := (context.output / "daemon").read_text()
    ):
        time.sleep(0.005)
    pids = [helper.pid for helper in helpers]
    (context.output / "helpers.json").write_text(json.dumps([*pids, int(text)]))
    if context.parameters.get("stay"):
        (context.output / "asleep").touch()
        time.sleep(600)
