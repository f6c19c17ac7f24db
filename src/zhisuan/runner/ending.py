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
    """What the job's own process says of its end, before it exits.

    Attributes:
        whole: the program listened for a request to stop, was told of none, and returned: what it
            made is complete, whatever was asked of it meanwhile.
    """

    reason: EndReason
    message: str
    whole: bool = False

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
        return cls(EndReason(values["reason"]), values["message"], values["whole"])


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

    Whoever was asked to end did not succeed, unless its report says that the result is whole:
    half a result must never pass for one, and a whole one must not be made twice.

    Args:
        spec: what was ordered.
        verdict: why the supervisor ended the job, None if it did not.
        report: what the job's process said, None if it could not.
        status: exit code, negative for a signal.
        oom: whether the kernel ended some process for want of memory during the job.
    """
    if verdict in _ASKED and report is not None and report.whole and status == 0:
        return report.reason, status, report.message
    if verdict is not None:
        return verdict, status, _sentence(spec, verdict, status)
    if report is None:
        return _unreported(status, oom=oom)
    if report.reason is EndReason.STOPPED:
        return EndReason.PROGRAM_ERROR, status, _UNASKED
    return report.reason, status, report.message


def _unreported(status: int, *, oom: bool) -> tuple[EndReason, int, str]:
    """The end of a process that nobody ended here and that could say nothing itself."""
    if status == -signal.SIGKILL and oom:
        return EndReason.OUT_OF_MEMORY, status, "The machine ran out of memory."
    if status < 0:
        name = signal.strsignal(-status) or "unknown"
        message = f"The program was ended by signal {-status}, {name}."
        return EndReason.PROGRAM_ERROR, status, message
    return EndReason.PROGRAM_ERROR, status, f"The program left with exit code {status}."


def _sentence(spec: LaunchSpec, verdict: EndReason, status: int) -> str:
    forced = verdict is EndReason.STOPPED and status == -signal.SIGKILL
    return _FORCED if forced else _VERDICTS[verdict].format(spec=spec)


# Verdicts that ask first and leave the program time to answer.
_ASKED = frozenset({EndReason.STOPPED, EndReason.OVER_TIME})

_VERDICTS = {
    EndReason.STOPPED: "The job was stopped on request.",
    EndReason.OVER_TIME: "The job ran longer than its limit of {spec.time_limit_s:g} s.",
    EndReason.OUT_OF_MEMORY: "The job used more than its limit of {spec.memory_mb} MB of memory.",
}
_FORCED = "The job was stopped on request; it had not ended by itself when its grace was over."
_UNASKED = "The program ended as if it had been asked to stop, but the centre had not asked it."
