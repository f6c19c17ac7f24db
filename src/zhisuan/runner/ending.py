"""How a job ended: the report its process left, its exit status, and our own verdict, as one end.

Pure. A process that ended for a reason of its own choosing leaves a `Report`; one that was
ended from outside leaves none, and then the verdict of the supervisor or the signal speaks.
"""

import errno
import json
import signal
from dataclasses import asdict, dataclass
from typing import Self

from zhisuan.core.errors import WrongInput
from zhisuan.core.work import EndReason, LaunchSpec

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_LONGEST_MESSAGE = 600  # characters; as JSON at most six bytes each


@dataclass(frozen=True, slots=True)
class Report:
    """What the job's own process says of its end, before it exits."""

    reason: EndReason
    message: str

    @classmethod
    def of(cls, reason: EndReason, message: str) -> Self:
        """A report whose message is short and can be written as UTF-8."""
        if len(message) > _LONGEST_MESSAGE:
            message = message[: _LONGEST_MESSAGE - 1] + "…"
        return cls(reason, message.encode("utf-8", "backslashreplace").decode())

    def to_json(self) -> str:
        """One line."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The report written by `to_json`."""
        values = json.loads(text)
        return cls(EndReason(values["reason"]), values["message"])


def report_error(error: BaseException) -> Report:
    """The report of a job whose program raised."""
    match error:
        case WrongInput():
            return Report.of(EndReason.WRONG_INPUT, f"{error.message} {error.hint}".strip())
        case MemoryError():
            return Report(EndReason.OUT_OF_MEMORY, "The program could not get the memory it needs.")
        case OSError() if error.errno in _FULL:
            return Report(EndReason.DISK_FULL, "There is no room left on the disk.")
        case _:
            return Report.of(EndReason.PROGRAM_ERROR, f"{type(error).__name__}: {error}")


def conclude(
    spec: LaunchSpec, verdict: EndReason | None, report: Report | None, status: int, *, oom: bool
) -> tuple[EndReason, int, str]:
    """Reason, exit code and sentence of the end.

    Args:
        spec: what was ordered.
        verdict: why the supervisor ended the job, None if it did not.
        report: what the job's process said, None if it could not.
        status: exit code, negative for a signal.
        oom: whether the kernel ended some process for want of memory during the job.
    """
    if verdict is not None:
        return verdict, status, _VERDICTS[verdict].format(spec=spec)
    if report is not None:
        return report.reason, status, report.message
    if status == -signal.SIGKILL and oom:
        return EndReason.OUT_OF_MEMORY, status, "The machine ran out of memory."
    if status < 0:
        name = signal.strsignal(-status) or "unknown"
        return (
            EndReason.PROGRAM_ERROR,
            status,
            f"The program was ended by signal {-status}, {name}.",
        )
    return EndReason.PROGRAM_ERROR, status, f"The program left with exit code {status}."


_VERDICTS = {
    EndReason.STOPPED: "The job was stopped on request.",
    EndReason.OVER_TIME: "The job ran longer than its limit of {spec.time_limit_s:g} s.",
    EndReason.OUT_OF_MEMORY: "The job used more than its limit of {spec.memory_mb} MB of memory.",
}
