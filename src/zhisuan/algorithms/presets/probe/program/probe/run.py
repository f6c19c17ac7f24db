"""The speed probe: what one core of this machine does in a second, and how a job fails.

Three loops of the interpreter, for integers, floating-point numbers and memory, each for an
equal share of the time. The figures compare cores under the same Python; they are no measure of
peak performance. The ways to fail exist so that an operator can see each one handled. A probe
that was stopped goes on where it was: what it rested and measured counts over all attempts.
"""

import json
import math
import os
import sys
import time
from collections.abc import Callable

from probe.course import Course
from zhisuan.runner.context import JobContext, WrongInput

_BLOCK = 20_000
_MEGABYTE = 1 << 20
_LONGEST_S = 30 * 86400  # as the API allows a job
_LARGEST_MB = 256
_NAP_S = 0.05


def main(context: JobContext) -> None:
    """Answer the job.

    Parameters: `rest` seconds of doing nothing first, `seconds` of measuring (0: write the
    result and end), `size` in megabytes of the
    memory loop's buffer (1 to 256), `fail` one of `exit`, `error`, `memory`, `wrong_input`,
    `sleep`, or absent.

    Raises:
        Stopped: it was asked to while it rested or measured.
        WrongInput: a parameter makes no sense.
    """
    seconds = float(context.parameters.get("seconds", 0))
    size = int(context.parameters.get("size", 16))
    if not 0 <= seconds <= _LONGEST_S:
        raise WrongInput(f"seconds is {seconds:g}; it must lie between 0 and {_LONGEST_S}.")
    if not 1 <= size <= _LARGEST_MB:
        raise WrongInput(f"size is {size} MB; it must lie between 1 and {_LARGEST_MB}.")
    rest = float(context.parameters.get("rest", 0))
    if not 0 <= rest <= _LONGEST_S:
        raise WrongInput(f"rest is {rest:g}; it must lie between 0 and {_LONGEST_S}.")
    course = Course(context, rest + seconds, {"rest": rest, "seconds": seconds, "size": size})
    course.run("rest", rest, _nap)
    fail = context.parameters.get("fail")
    if fail:
        _fail(str(fail))
    scores = _measure(course, seconds, size) if seconds else {}
    if seconds:
        context.progress("done", 1.0, **scores)
    solution = {"cores": sorted(os.sched_getaffinity(0)), "seconds": seconds, **scores}
    (context.output / "solution.json").write_text(json.dumps(solution))


def _measure(course: Course, seconds: float, size: int) -> dict[str, float]:
    """What each loop does in a second, in millions or megabytes."""
    loops: dict[str, Callable[[], float]] = {
        "integer_mops": _integers,
        "float_mops": _floats,
        "memory_mb_s": _memory(size),
    }
    share = seconds / len(loops)
    return {name: round(course.run(name, share, loop), 3) for name, loop in loops.items()}


def _nap() -> float:
    time.sleep(_NAP_S)
    return 0.0


def _integers() -> float:
    value = 1
    for _ in range(_BLOCK):
        value = (value * 1_103_515_245 + 12_345) & 0x7FFFFFFF  # a linear congruential step
    return _BLOCK / 1e6


def _floats() -> float:
    value = 0.5
    for _ in range(_BLOCK):
        value = math.sqrt(value * 1.25 + 0.75)
    return _BLOCK / 1e6


def _memory(size: int) -> Callable[[], float]:
    source = bytearray(size * _MEGABYTE)
    target = bytearray(size * _MEGABYTE)

    def copy() -> float:
        target[:] = source
        return float(size)

    return copy


def _fail(mode: str) -> None:
    if mode == "exit":
        sys.exit(3)
    elif mode == "error":
        raise RuntimeError("The probe was asked to fail.")
    elif mode == "memory":
        _eat_memory()
    elif mode == "wrong_input":
        raise WrongInput("The probe was asked to find its input wrong.")
    elif mode == "sleep":
        time.sleep(_LONGEST_S)
    else:
        raise WrongInput(f"{mode!r} is no way to fail that the probe knows.")


def _eat_memory() -> None:
    eaten: list[bytes] = []
    while True:
        eaten.append(b"\1" * (8 * _MEGABYTE))
        time.sleep(0.005)
